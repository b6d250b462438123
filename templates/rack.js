/* The rack in the browser: what staff type and choose -> cards of leaflets, and a print dialog. */
"use strict";

(() => {
  const { config, locales, byId, say, editionName, languageName, make, memory } = RackTools;
  const { cardsOf } = RackShelves;

  /* Cards that are shown at a time. */
  const AT_ONCE = 20;

  const order = new Intl.Collator([config.interface, "en"], { numeric: true });
  const state = { language: config.source, drafts: memory.get("drafts") === "yes", shown: AT_ONCE };
  if (!locales.has(state.language)) state.language = config.locales[0]?.code;
  if (locales.has(memory.get("language"))) state.language = memory.get("language");

  /** Fetch shards, and look again when they have come. */
  async function want(kind, codes) {
    try {
      const news = await RackShelves.want(kind, codes);
      if (news) show();
      return news;
    } catch {
      byId("said").textContent = say("broken");
      return false;
    }
  }

  const visible = (card) => state.drafts || !card.draft;

  /** Give what to show of a result: its cards, or those of the source language with a remark. */
  function choose({ topic, locale }) {
    const own = cardsOf(topic, locale);
    const cards = own.filter(visible);
    if (cards.length) return cards.map((card) => ({ card }));
    if (locale === config.source) return [];
    const instead = say(own.length ? "only-draft-in" : "not-in-language", { language: locales.get(locale).english });
    return cardsOf(topic, config.source).filter(visible).map((card) => ({ card, instead }));
  }

  // Printing

  /** Show a PDF and open the browser's print dialog with it.
   * A page opened as a file may not call print() of another file; Chromium's viewer listens to
   * messages to its element all the same. Elsewhere the hint says what to do. */
  function print(card, edition) {
    if (card.locale !== state.language) setLanguage(card.locale);
    const dialog = byId("printing");
    const address = RackCards.addressOf(card, edition);
    const hint = byId("printing-hint");
    byId("printing-title").replaceChildren(RackCards.titleOf(card));
    byId("printing-language").replaceChildren(...languageName(locales.get(card.locale)), ` · ${editionName(edition)}`);
    byId("printing-pdf").href = address;
    if (navigator.pdfViewerEnabled === false) {
      hint.textContent = say("print-in-tab");
      byId("printing-view").replaceChildren();
    } else {
      hint.textContent = say("printing");
      const view = make("embed", { type: "application/pdf", src: address, title: card.title });
      view.addEventListener("load", () => {
        hint.textContent = say("print-by-hand");
        if (typeof view.postMessage === "function") view.postMessage({ type: "print" }, "*");
        else printFrame(address, view);
      });
      byId("printing-view").replaceChildren(view);
    }
    dialog.showModal();
  }

  /** Print by a frame, where the viewer is no plugin that takes messages. */
  function printFrame(address, view) {
    const frame = make("iframe", { src: address, title: view.title });
    frame.addEventListener("load", () => {
      try {
        frame.contentWindow.focus();
        frame.contentWindow.print();
      } catch { /* Forbidden to files: the hint says what to do. */ }
    });
    view.replaceWith(frame);
  }

  // The page

  /** Show what the query finds. */
  function show() {
    const typed = byId("query").value.trim();
    // Marks alone look for nothing.
    const query = /[\p{L}\p{N}]/u.test(typed) ? typed : "";
    const found = RackFind.look(query, state.language, want);
    const { targets, elsewhere } = found;
    const results = [...found.results, ...RackFind.othersFor(elsewhere, targets, found, want, show)];
    const titleFor = ({ topic, locale }) => (cardsOf(topic, locale)[0] ?? cardsOf(topic, config.source)[0])?.title ?? topic;
    const longer = (a, b) => (query ? titleFor(a).length - titleFor(b).length : 0);
    results.sort((a, b) => b.score - a.score || longer(a, b) || order.compare(titleFor(a), titleFor(b)));
    const shown = results.flatMap(choose);
    const hidden = results.filter(({ topic, locale }) => !cardsOf(topic, locale).some(visible) && cardsOf(topic, locale).length).length;
    const within = shown.filter(({ card }) => targets.includes(card.locale)).length;
    tell(query, targets, shown.length, within, hidden);
    const list = byId("results");
    const focused = list.contains(document.activeElement);
    if (focused) return keepCount(shown);
    list.replaceChildren(...shown.slice(0, state.shown).map((one) => RackCards.cardElement(one, visible, print)));
    byId("more").hidden = shown.length <= state.shown;
    list.dataset.query = query;
  }

  /** Leave the cards alone while someone is among them: a late shard must not take them away. */
  function keepCount(shown) {
    byId("more").hidden = shown.length <= byId("results").children.length;
  }

  /** Say what was found, and what is not shown. */
  function tell(query, targets, count, within, hidden) {
    const language = targets.map((code) => locales.get(code)?.english ?? code).join(", ");
    const waiting = targets.some((code) => !RackShelves.has("titles", code)) || (RackFind.looking() && !count);
    let text = "";
    if (waiting) text = say("loading");
    else if (count && !within) text = say("found-elsewhere", { count });
    else if (count) text = say("found", { count, language });
    else if (query && !hidden) text = say("nothing-found", { query });
    byId("said").textContent = text;
    byId("advice").hidden = waiting || count > 0 || hidden > 0 || !query;
    const onlyDrafts = !waiting && hidden > 0 && count === 0;
    const total = config.locales.reduce((sum, { drafts }) => sum + drafts, 0);
    const none = config.locales.every(({ approved }) => approved === 0);
    byId("hidden").hidden = !(hidden > 0);
    byId("hidden").classList.toggle("whole", onlyDrafts);
    byId("hidden-count").textContent = onlyDrafts
      ? say("only-drafts", { count: none && !query ? total : hidden }) : say("drafts-hidden", { count: hidden });
    byId("hidden-why").textContent = onlyDrafts ? say("only-drafts-why", { language }) : "";
  }

  function setLanguage(code) {
    state.language = code;
    memory.set("language", code);
    byId("language-now").replaceChildren(...languageName(locales.get(code)));
    for (const button of document.querySelectorAll("#languages-list button")) {
      button.setAttribute("aria-pressed", String(button.dataset.code === code));
    }
  }

  function setDrafts(on) {
    state.drafts = on;
    memory.set("drafts", on ? "yes" : "no");
    byId("drafts").checked = on;
    again();
  }

  /** Look anew, from the first card on. */
  function again() {
    state.shown = AT_ONCE;
    show();
  }

  /** Let the list of languages follow what is typed above it. */
  function filterLanguages() {
    const typed = byId("language-filter").value.trim();
    const found = typed ? RackSearch.findLanguages(typed, RackFind.names, true).codes : [];
    const folded = RackSearch.fold(typed);
    let any = false;
    for (const button of document.querySelectorAll("#languages-list button")) {
      const fits = !typed || found.includes(button.dataset.code) || RackSearch.fold(button.textContent).includes(folded);
      button.parentElement.hidden = !fits;
      any ||= fits;
    }
    byId("language-none").hidden = any;
  }

  /** Move among elements with the arrow keys; give whether there was one to go to. */
  function move(elements, step) {
    const at = elements.findIndex((element) => element.contains(document.activeElement));
    const next = elements[at < 0 ? (step > 0 ? 0 : elements.length - 1) : at + step];
    const target = next?.querySelector("a[href], button") ?? next;
    target?.focus();
    return target !== undefined;
  }

  function onKey(event) {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    const query = byId("query");
    const cards = [...document.querySelectorAll("#results .card")].map((card) => card.querySelector(".actions"));
    const inCards = cards.some((card) => card.contains(document.activeElement));
    const radio = document.activeElement?.type === "radio";
    if (event.key === "/" && document.activeElement !== query) query.focus();
    else if (event.key === "Escape") {
      if (document.activeElement === query) query.value = "";
      query.focus();
      again();
    } else if (event.key === "ArrowDown" && !radio && (inCards || document.activeElement === query)) {
      if (!move(cards, 1) && !byId("more").hidden) byId("more").focus();
    } else if (event.key === "ArrowUp" && !radio && inCards) {
      if (cards[0].contains(document.activeElement)) query.focus();
      else move(cards, -1);
    } else if (event.key === "Enter" && document.activeElement === query) move(cards, 1);
    else return;
    event.preventDefault();
  }

  function start() {
    document.documentElement.classList.add("live");
    const query = byId("query");
    byId("search").addEventListener("submit", (event) => event.preventDefault());
    query.addEventListener("input", again);
    document.addEventListener("keydown", onKey);
    byId("drafts").checked = state.drafts;
    byId("drafts").addEventListener("change", (event) => setDrafts(event.target.checked));
    byId("show-drafts").addEventListener("click", () => { setDrafts(true); query.focus(); });
    byId("more").addEventListener("click", () => {
      const before = document.querySelectorAll("#results .card").length;
      state.shown += AT_ONCE;
      byId("more").blur();
      show();
      document.querySelectorAll("#results .card .actions")[before]?.querySelector("a, button")?.focus();
    });
    const languages = byId("languages");
    byId("language").addEventListener("click", () => {
      byId("language-filter").value = "";
      filterLanguages();
      languages.showModal();
    });
    byId("language-filter").addEventListener("input", filterLanguages);
    languages.addEventListener("keydown", (event) => {
      const open = [...document.querySelectorAll("#languages-list li:not([hidden])")];
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (step) move(open, step);
      else if (event.key === "Enter" && document.activeElement.id === "language-filter") open[0]?.firstElementChild.click();
      else return;
      event.preventDefault();
    });
    byId("languages-list").addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (!button) return;
      setLanguage(button.dataset.code);
      languages.close();
      query.focus();
      again();
    });
    for (const dialog of document.querySelectorAll("dialog")) {
      dialog.querySelector(".close").addEventListener("click", () => dialog.close());
      dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
    }
    byId("printing").addEventListener("close", () => byId("printing-view").replaceChildren());
    if (!config.locales.length) return;
    setLanguage(state.language);
    want("titles", [state.language, config.source]);
    query.focus();
  }

  start();
})();
