const form = document.getElementById("filters");
if (form) {
  const talks = [...document.querySelectorAll(".talk")];
  const count = document.getElementById("count");
  const show = () => {
    const { status, end, event, words } = Object.fromEntries(new FormData(form));
    const wanted = words.trim().toLowerCase();
    let shown = 0;
    for (const talk of talks) {
      const fits = (!status || talk.dataset.status === status) && (!end || talk.dataset.end === end)
        && (!event || talk.dataset.events.split(" ").includes(event))
        && (!wanted || talk.querySelector(".turns").textContent.toLowerCase().includes(wanted));
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
