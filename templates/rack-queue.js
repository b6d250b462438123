/* The list of what is to be printed for the patient at hand: leaflets, each in its edition. */
"use strict";

const RackQueue = (() => {
  const { byId, say, editionName, languageName, locales, make } = RackTools;

  /** What is on the list: a card, its edition, and whether it has been printed. */
  let items = [];

  const same = (one, card, edition) => one.card === card && one.edition.edition === edition.edition;

  function add(card, edition) {
    if (!items.some((one) => same(one, card, edition))) items.push({ card, edition, printed: false });
    show();
  }

  function remove(item) {
    items = items.filter((one) => one !== item);
    show();
  }

  function empty() {
    items = [];
    byId("queue").close();
    show();
  }

  /** Note that a leaflet was sent to be printed. */
  function note(card, edition) {
    for (const one of items) if (same(one, card, edition)) one.printed = true;
    show();
  }

  /** Show the list, and how long it is at the foot of the page. */
  function show() {
    byId("queue-bar").hidden = items.length === 0;
    byId("queue-count").textContent = say("list-count", { count: items.length });
    byId("queue-items").replaceChildren(...items.map((item) => make("li",
      { "data-order": `${item.card.locale}/${item.card.topic}.${item.edition.edition}`, class: item.printed ? "printed" : "" },
      make("div", {}, RackCards.titleOf(item.card),
        make("p", {}, ...languageName(locales.get(item.card.locale)), ` · ${editionName(item.edition)}${item.printed ? ` · ${say("list-printed")}` : ""}`)),
      make("button", { type: "button", class: "action", onclick: () => remove(item) }, say("list-remove")))));
    byId("queue-next").hidden = !items.some((one) => !one.printed);
    if (!items.length) byId("queue").close();
  }

  function start(print) {
    byId("queue-open").addEventListener("click", () => byId("queue").showModal());
    byId("queue-empty").addEventListener("click", empty);
    byId("queue-next").addEventListener("click", () => {
      const next = items.find((one) => !one.printed);
      print(next.card, next.edition);
    });
  }

  return { start, add, note, empty, isEmpty: () => items.length === 0 };
})();
