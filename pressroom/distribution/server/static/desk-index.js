/* The list of the desk: locales, and how far each topic is in them. */
"use strict";

(() => {
  const make = makeElement;
  const memory = makeMemory("desk");
  const byId = (id) => document.getElementById(id);

  function complain(problems) {
    byId("problems").hidden = problems.length === 0;
    byId("problems").replaceChildren(...problems.map((problem) => make("p", {}, problem)));
  }

  function rowElement(row, code) {
    const total = row.translated + row.unsure + row.fuzzy + row.missing;
    const share = total ? Math.round((100 * row.translated) / total) : 0;
    const bar = make("span");
    bar.style.width = `${share}%`;
    const todo = [row.unsure && `${row.unsure} with numbers to confirm`, row.fuzzy && `${row.fuzzy} fuzzy`, row.missing && `${row.missing} missing`].filter(Boolean);
    return make("li", {},
      make("a", { href: `${row.topic}/${code}` }, row.title),
      total ? make("div", { class: "bar", "aria-hidden": "true" }, bar) : make("span"),
      make("span", {}, total ? `${share}% · ${row.state}` : row.state),
      todo.length ? make("span", { class: "note" }, todo.join(" · ")) : undefined);
  }

  async function fill(details, code) {
    const answer = await fetch(`progress/${code}`);
    if (!answer.ok) return complain([await answer.text()]);
    const { topics, problems } = await answer.json();
    const notes = problems.map((problem) => make("li", {}, make("span", { class: "note" }, problem)));
    details.querySelector("ul")?.remove();
    details.append(make("ul", {}, ...topics.map((row) => rowElement(row, code)), ...notes));
    return undefined;
  }

  function localeElement({ code, native_name: native, english_name: english }) {
    const names = native === english ? [english] : [make("bdi", { lang: code }, native), make("span", { class: "english" }, ` · ${english}`)];
    const details = make("details", { "data-code": code }, make("summary", {}, ...names, make("span", { class: "english" }, ` (${code})`)));
    details.dataset.names = `${native} ${english} ${code}`.toLowerCase();
    details.addEventListener("toggle", () => { if (details.open) fill(details, code); });
    return details;
  }

  function filter() {
    const typed = byId("filter").value.trim().toLowerCase();
    memory.set("filter", byId("filter").value);
    const shown = [...document.querySelectorAll("details")].filter((one) => {
      one.hidden = !one.dataset.names.includes(typed);
      return !one.hidden;
    });
    if (typed && shown.length <= 2) for (const one of shown) one.open = true;
  }

  async function start() {
    const answer = await fetch("locales");
    if (!answer.ok) return complain([await answer.text()]);
    const { clinic, accent, locales, problems = [] } = await answer.json();
    complain(problems);
    if (accent) document.documentElement.style.setProperty("--accent", accent);
    byId("clinic").textContent = clinic ?? "";
    byId("locales").replaceChildren(...Object.values(locales).map(localeElement));
    filter();
    document.body.dataset.ready = "yes";
    return undefined;
  }

  byId("filter").value = memory.get("filter");
  byId("filter").addEventListener("input", filter);
  start();
})();
