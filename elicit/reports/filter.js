const form = document.getElementById("filters");
if (form) {
  const talks = [...document.querySelectorAll(".talk")];
  const count = document.getElementById("count");
  const texts = talks.map((talk) =>
    [...talk.querySelectorAll("h3, .cause, .bubble")].map((part) => part.textContent).join("\n").toLowerCase());
  const show = () => {
    const { status, end, event, words } = Object.fromEntries(new FormData(form));
    const wanted = words.trim().toLowerCase();
    let shown = 0;
    for (const [place, talk] of talks.entries()) {
      const fits = (!status || talk.dataset.status === status) && (!end || talk.dataset.end === end)
        && (!event || talk.dataset.events.split(" ").includes(event))
        && (!wanted || texts[place].includes(wanted));
      talk.hidden = !fits;
      shown += fits;
    }
    count.textContent = `${shown} of ${talks.length} shown`;
  };
  form.hidden = false;
  form.addEventListener("input", show);
  form.addEventListener("submit", (submitted) => submitted.preventDefault());
  show();
}
