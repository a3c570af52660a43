// Answers a survey as its cases say, without a screen, and prints what SurveyJS showed.
// Usage: node walk_survey.cjs FOLDER_OF_SURVEY_CORE survey.json survey-cases.json
"use strict";
const { readFileSync } = require("node:fs");
const { Model } = require(require("node:path").resolve(process.argv[2]));
const [definition, { cases }] = process.argv.slice(3).map((file) => JSON.parse(readFileSync(file, "utf8")));

function visible(survey) {
  return survey.getAllQuestions().filter((question) => question.isVisible && question.isParentVisible).map((q) => q.name);
}

// Answers page by page, as a person does, from the page that is open on.
function answer(survey, answers) {
  const seen = [visible(survey)];
  const pages = [];
  for (const { question, answer: value } of answers) {
    pages.push(survey.currentPage.questions.filter((q) => q.isVisible).map((q) => q.name));
    survey.setValue(question, value);
    seen.push(visible(survey));
    survey.nextPage();
  }
  pages.push(survey.currentPage.questions.filter((q) => q.isVisible).map((q) => q.name));
  return { seen, pages };
}

function walk({ answers }) {
  const survey = new Model(definition);
  const walked = answer(survey, answers);
  const done = survey.isLastPage && survey.completeLastPage() && survey.state;
  return { ...walked, done, data: survey.data };
}

// Gives all answers of a case, goes back to the start and gives those of another: what was answered before is gone.
function changed(before, after) {
  const survey = new Model(definition);
  answer(survey, before.answers);
  survey.currentPageNo = 0;
  const { seen, pages } = answer(survey, after.answers);
  return { seen: seen.at(-1), pages, data: survey.data };
}

function stops(question) {
  const survey = new Model(definition);
  survey.nextPage();
  return survey.currentPage.questions[0].name === question;
}

function edited() {
  const survey = new Model();
  survey.setDesignMode(true);
  survey.fromJSON(definition);
  return survey.toJSON();
}

function texts() {
  const survey = new Model(definition);
  return survey.getAllQuestions().map((q) => q.getType() === "html" ? [q.processedHtml] : [q.locTitle.renderedHtml, ...q.choices.map((c) => c.locText.renderedHtml)]);
}

process.stdout.write(JSON.stringify({
  walks: cases.map(walk),
  changed: cases.slice(0, 4).map((one, place) => changed(cases.at(-1 - place), one)),
  required: stops(cases[0].answers[0].question),
  edited: edited(),
  texts: texts(),
}));
