"use strict";
const part = Object.fromEntries(["main", "name", "count", "progress", "notice", "trouble", "said", "title", "why", "choices", "skips", "panels", "transcript", "back", "again"]
  .map((name) => [name, document.getElementById(name)]));
// What was answered so far, column and code; the server keeps nothing.
let answers = [];
let view = null;
let waiting = false;

function element(tag, text, kind) {
  const made = document.createElement(tag);
  made.textContent = text;
  made.dir = "auto";
  if (kind) made.className = kind;
  return made;
}

async function go(next, moved) {
  // A second press while the first is on its way must not answer the next question.
  if (waiting) return;
  waiting = true;
  part.main.setAttribute("aria-busy", "true");
  try {
    const written = next.map(([facet, code]) => `${facet}.${code}`).join(",");
    const reply = await fetch(`view?answers=${encodeURIComponent(written)}`);
    const found = await reply.json();
    if (!reply.ok) throw new Error(found.problem);
    answers = next;
    view = found;
    show(moved);
    part.trouble.hidden = true;
  } catch (error) {
    part.trouble.textContent = error instanceof TypeError || error instanceof SyntaxError
      ? "There is no answer from elicit serve. Is it still running?" : error.message;
    part.trouble.hidden = false;
  } finally {
    waiting = false;
    part.main.setAttribute("aria-busy", "false");
  }
}

const choose = (choice) => go([...answers, [view.facet, choice.code]], true);
const back = () => answers.length && go(answers.slice(0, -1), true);
const again = () => answers.length && go([], true);

function choiceButton(choice) {
  const button = element("button", "");
  button.type = "button";
  button.append(element("span", choice.text));
  if (choice.note) button.append(element("span", choice.note, "note"));
  if (choice.key) {
    const hint = element("kbd", choice.key.toUpperCase());
    hint.setAttribute("aria-hidden", "true");
    button.append(hint);
    button.setAttribute("aria-keyshortcuts", choice.key.toUpperCase());
  }
  button.addEventListener("click", () => choose(choice));
  return button;
}

function rowLine(row) {
  const line = document.createElement("li");
  line.append(element("b", row.text), element("span", row.value, "value"));
  if (row.why) line.append(element("span", row.why, "reason"));
  return line;
}

function box(heading, content) {
  const made = document.createElement("section");
  made.append(element("h2", heading), content);
  return made;
}

function panelBox(panel) {
  if (!panel.rows.length) return box(panel.heading, element("p", panel.empty, "empty"));
  const list = element("ol", "", "rows");
  list.append(...panel.rows.map(rowLine));
  return box(panel.heading, list);
}

function transcript() {
  const list = element("dl", "", "said");
  for (const { question, answer, note, dropped } of view.answered) {
    const said = document.createElement("dd");
    said.append(element("span", answer, dropped ? "dropped" : ""), element("span", dropped ? "to give up" : note, "note"));
    list.append(element("dt", question), said);
  }
  return box("Your answers", list);
}

function show(moved) {
  document.title = part.name.textContent = view.title;
  part.count.textContent = view.count;
  part.progress.value = view.progress;
  part.notice.textContent = view.notice;
  part.notice.hidden = !view.notice;
  part.title.textContent = view.heading;
  part.why.textContent = view.why;
  part.choices.replaceChildren(...view.choices.map(choiceButton));
  part.skips.replaceChildren(...view.skips.map(choiceButton));
  part.choices.hidden = part.skips.hidden = view.facet < 0;
  part.panels.replaceChildren(...view.panels.map(panelBox));
  part.transcript.replaceChildren(...(view.answered.length ? [transcript()] : []));
  part.back.disabled = part.again.disabled = !answers.length;
  if (!moved) return;
  part.said.textContent = view.count;
  part.title.focus();
  window.scrollTo(0, 0);
}

function pressed(event) {
  if (!view || event.repeat || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
  const key = event.key.toLowerCase();
  if (key === "backspace" || key === "b") {
    event.preventDefault();
    back();
    return;
  }
  const choice = [...view.choices, ...view.skips].find((one) => one.key === key);
  if (choice) choose(choice);
}

part.back.addEventListener("click", back);
part.again.addEventListener("click", again);
document.addEventListener("keydown", pressed);
go([], false);
