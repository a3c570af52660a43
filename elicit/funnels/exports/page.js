"use strict";
const data = JSON.parse(document.getElementById("data").textContent);
const part = Object.fromEntries(["count", "progress", "said", "title", "why", "choices", "items", "more", "answers", "back", "again"]
  .map((name) => [name, document.getElementById(name)]));
// What was answered so far: the id of the node and the choice that was made there.
let path = [];

const current = () => (path.length ? path.at(-1).choice.to : data.first);
const plural = (number, noun) => `${number.toLocaleString("en")} ${noun}${number === 1 ? "" : "s"}`;

function element(tag, text, kind) {
  const made = document.createElement(tag);
  made.textContent = text;
  made.dir = "auto";
  if (kind) made.className = kind;
  return made;
}

function choose(choice) {
  path.push({ id: current(), choice });
  show(true);
}

function back() {
  if (!path.length) return;
  path.pop();
  show(true);
}

function again() {
  path = [];
  show(true);
}

function choiceButton(choice, key, kind) {
  const button = element("button", "", kind);
  button.type = "button";
  button.append(element("span", choice.text));
  if (key <= 9) {
    const hint = element("kbd", String(key));
    hint.setAttribute("aria-hidden", "true");
    button.append(hint);
    button.setAttribute("aria-keyshortcuts", String(key));
  }
  button.addEventListener("click", () => choose(choice));
  return button;
}

function itemLine(item) {
  const line = document.createElement("li");
  line.append(element("b", item.text));
  if (item.price) line.append(element("span", item.price));
  return line;
}

function answerLines(dropped) {
  return path.flatMap(({ id, choice }) => {
    const node = data.nodes[id];
    const given = dropped.includes(node.facet);
    const answer = element("dd", choice.text, given ? "dropped" : "");
    if (!given) return [element("dt", node.label), answer];
    return [element("dt", `${node.label} (given up)`), answer];
  });
}

function count(node) {
  if (node.choices) return `Question ${path.length + 1} of at most ${path.length + node.most} · ${plural(node.left, "item")} left`;
  const asked = `${plural(path.length, "question")} answered`;
  return node.dropped.length ? asked : `${asked} · ${plural(node.left, "item")} left`;
}

function show(moved) {
  const node = data.nodes[current()];
  const asks = Boolean(node.choices);
  part.count.textContent = count(node);
  part.progress.value = asks ? path.length / (path.length + node.most) : 1;
  part.title.textContent = node.title;
  part.why.textContent = node.why;
  part.choices.replaceChildren(...(asks ? node.choices.map((choice, place) => choiceButton(choice, place + 1, "")) : []));
  if (asks) part.choices.append(choiceButton(node.skip, 0, "skip"));
  part.items.replaceChildren(...(asks ? [] : node.items.map(itemLine)));
  part.more.hidden = asks || !node.more;
  part.more.textContent = asks ? "" : `And ${node.more.toLocaleString("en")} more.`;
  part.answers.replaceChildren(...(asks ? [] : answerLines(node.dropped)));
  for (const name of ["choices", "items", "answers"]) part[name].hidden = !part[name].hasChildNodes();
  part.back.disabled = part.again.disabled = !path.length;
  if (!moved) return;
  part.said.textContent = part.count.textContent;
  part.title.focus();
  window.scrollTo(0, 0);
}

function pressed(event) {
  if (event.repeat || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
  const node = data.nodes[current()];
  if (event.key === "Backspace" || event.key.toLowerCase() === "b") {
    event.preventDefault();
    back();
  } else if (node.choices && /^[0-9]$/.test(event.key)) {
    const choice = event.key === "0" ? node.skip : node.choices[Number(event.key) - 1];
    if (choice) choose(choice);
  }
}

part.back.addEventListener("click", back);
part.again.addEventListener("click", again);
document.addEventListener("keydown", pressed);
show(false);
