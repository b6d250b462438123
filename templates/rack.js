/* The rack in the browser: what staff type and choose -> cards of leaflets, and a print dialog. */
"use strict";

(() => {
  const { config, locales, localeOf, byId, say, editionName, languageName, make, memory } = RackTools;
  const { cardsOf } = RackShelves;

  /* Cards that are shown at a time. */
  const AT_ONCE = 20;

  const order = new Intl.Collator([config.interface, "en"], { numeric: true });
  /* `own` is the language that was chosen here; `link` is what the page was opened with, until
   * something else is typed. */
  const state = {
    language: config.source, drafts: memory.get("drafts") === "yes", shown: AT_ONCE, link: undefined, enter: false, step: false,
    edition: "", letter: "", category: "",
  };
  if (!locales.has(state.language)) state.language = config.locales[0]?.code;
  const STILL_MS = config.languageMinutes * 60_000;
  // The language of one patient is not that of the next.
  if (Date.now() - Number(memory.get("touched")) > STILL_MS) memory.drop("language");
  if (locales.has(memory.get("language"))) state.language = memory.get("language");
  state.own = state.language;

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
    const language = localeOf(locale).name;
    const out = config.withdrawn.find((one) => one.topic === topic && (!one.locale || one.locale === locale));
    const instead = out ? say("withdrawn-in", { language, date: out.date }) : say(own.length ? "only-draft-in" : "not-in-language", { language });
    return cardsOf(topic, config.source).filter(visible).map((card) => ({ card, instead }));
  }

  /** Tell whether other languages' hits are what was asked for: all of one language, in letters
   * that neither the chosen language nor the source language is written with. */
  function meansOther(others, query) {
    const codes = new Set(others.map(({ locale }) => locale));
    const [code] = codes;
    const near = [state.language, config.source].map((one) => localeOf(one).script);
    return Boolean(query) && codes.size === 1 && !near.includes(localeOf(code).script);
  }

  // Printing

  /** Show a PDF and open the browser's print dialog with it.
   * A page opened as a file may not call print() of another file; Chromium's viewer listens to
   * messages to its element all the same. Elsewhere the hint says what to do. */
  async function print(card, edition) {
    state.step = true;
    const why = await RackNow.whyNot(card, edition);
    const hint = open(card, edition);
    byId("printing-again").hidden = !why;
    byId("printing-pdf").hidden = Boolean(why);
    hint.classList.toggle("wrong", Boolean(why));
    if (why) {
      hint.textContent = why;
      return;
    }
    RackQueue.note(card, edition);
    // Where a server shows the rack, it counts.
    const printed = { topic: card.topic, locale: card.locale, edition: edition.edition, mark: card.mark };
    document.dispatchEvent(new CustomEvent("rack-print", { detail: printed }));
    if (!shows()) {
      hint.textContent = say("print-in-tab");
      byId("printing-pdf").focus();
      return;
    }
    // Firefox prints no PDF for a script: what to do stands there before the leaflet does.
    hint.textContent = say(PRINTS ? "printing" : "print-by-hand");
    const view = make("embed", { type: "application/pdf", src: RackCards.addressOf(card, edition), title: card.title });
    view.addEventListener("load", () => {
      hint.textContent = say("print-by-hand");
      if (typeof view.postMessage === "function") view.postMessage({ type: "print" }, "*");
      else if (PRINTS) printFrame(view.src, view);
    });
    byId("printing-view").replaceChildren(view);
  }

  /** Open the dialog that shows a leaflet, without it. Give the place for what is said of it. */
  function open(card, edition) {
    byId("printing-title").replaceChildren(RackCards.titleOf(card));
    byId("printing-language").replaceChildren(...languageName(locales.get(card.locale)), ` · ${editionName(edition)}`);
    byId("printing-pdf").href = RackCards.addressOf(card, edition);
    byId("printing-view").replaceChildren();
    byId("printing").showModal();
    return byId("printing-hint");
  }

  const PRINTS = !CSS.supports("-moz-appearance", "none");
  /* Safari on a touch screen shows the first page of a PDF and no more. */
  const shows = () => navigator.pdfViewerEnabled !== false && !("GestureEvent" in window && navigator.maxTouchPoints > 1);

  /** Show a PDF within the page, where the browser has no tabs to come back from. */
  function stay(event) {
    const link = event.target.closest?.(".card a[target], .list a[target]");
    if (!link || !matchMedia("(display-mode: fullscreen), (display-mode: standalone), (display-mode: kiosk)").matches || !shows()) return;
    event.preventDefault();
    byId("printing-title").replaceChildren(link.closest(".card").querySelector("h2").firstElementChild.cloneNode(true));
    byId("printing-language").textContent = "";
    byId("printing-hint").textContent = "";
    byId("printing-again").hidden = true;
    byId("printing-pdf").hidden = true;
    byId("printing-view").replaceChildren(make("embed", { type: "application/pdf", src: link.href, title: link.textContent }));
    byId("printing").showModal();
  }

  /** Show a code that leads a phone to the web page of a leaflet. */
  function phone(card) {
    const address = `${config.address}/${card.locale}/${card.topic}.html`;
    const { rows } = RackQr.make(address);
    const size = rows.length + 8;
    const path = rows.map((row, y) => row.map((dark, x) => (dark ? `M${x + 4} ${y + 4}h1v1h-1z` : "")).join("")).join("");
    const svg = "http://www.w3.org/2000/svg";
    const picture = document.createElementNS(svg, "svg");
    picture.setAttribute("viewBox", `0 0 ${size} ${size}`);
    picture.setAttribute("role", "img");
    picture.setAttribute("aria-label", say("phone"));
    const modules = document.createElementNS(svg, "path");
    modules.setAttribute("d", path);
    picture.append(modules);
    byId("phone-title").replaceChildren(RackCards.titleOf(card));
    byId("phone-code").replaceChildren(picture);
    byId("phone-link").href = byId("phone-link").textContent = address;
    byId("phone").showModal();
  }

  /* What can be done with a card. Large print is kept, until it is taken back or the list is empty. */
  const doing = {
    print,
    phone,
    queue: RackQueue.add,
    edition: () => state.edition,
    choose: ({ edition }) => {
      state.edition = edition === LARGE ? LARGE : "";
      keep();
    },
  };
  const LARGE = "large-print";

  /** Keep what is looked for in the address; Back leads to what was acted on. */
  function keep() {
    const fragment = RackLinks.write({ words: byId("query").value.trim(), language: state.language, edition: state.edition });
    if (state.link || fragment === location.hash) return;
    const address = fragment || location.pathname + location.search;
    try {
      if (state.step) history.pushState(null, "", address);
      else history.replaceState(null, "", address);
      state.step = false;
    } catch { /* It stays as it was. */ }
  }

  // Browsing

  const letterOf = (topic) => {
    const first = RackSearch.fold(sourceTitle(topic))[0] ?? "";
    return /\p{L}/u.test(first) ? first.toUpperCase() : "#";
  };
  const sourceTitle = (topic) => cardsOf(topic, config.source)[0]?.title ?? topic;
  const categoryOf = (topic) => cardsOf(topic, config.source)[0]?.category ?? "";
  /* More first letters than this are none to choose from. */
  const MOST_LETTERS = 40;

  /** Show letters and categories to choose from, where there is more than a page of leaflets. */
  function browse(query, results) {
    const topics = results.map(({ topic }) => topic);
    const letters = [...new Set(topics.map(letterOf))].sort(order.compare);
    const categories = [...new Set(topics.map(categoryOf))].filter(Boolean).sort(order.compare);
    const many = !query && !state.link && results.length > AT_ONCE;
    byId("browse").hidden = !many;
    if (!many) return results;
    const choice = (kind, value, name) => make("button", {
      type: "button", "aria-pressed": String(state[kind] === value),
      onclick: () => { state[kind] = state[kind] === value ? "" : value; again(); byId("browse").querySelector(`[data-value="${CSS.escape(kind + value)}"]`)?.focus(); },
      "data-value": kind + value,
    }, name);
    byId("categories").replaceChildren(...categories.map((one) => choice("category", one, one)));
    byId("letters").replaceChildren(...(letters.length > MOST_LETTERS ? [] : letters.map((one) => choice("letter", one, one))));
    const chosen = results.filter(({ topic }) => (!state.letter || letterOf(topic) === state.letter) && (!state.category || categoryOf(topic) === state.category));
    if (chosen.length < results.length) state.shown = Infinity;
    return chosen;
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
    const entered = byId("query").value.trim();
    // Marks alone look for nothing.
    const query = /[\p{L}\p{N}]/u.test(entered) ? entered : "";
    const found = state.link ? RackFind.follow(state.link, state.language, want) : RackFind.look(query, state.language, want);
    let { targets } = found;
    const others = RackFind.othersFor(found.elsewhere, targets, found, want, show);
    let results = others.better ? [] : found.results;
    results = browse(query, results);
    if (!results.length && meansOther(others.results, query)) [results, targets, others.results] = [others.results, [others.results[0].locale], []];
    const titleFor = ({ topic, locale }) => (cardsOf(topic, locale)[0] ?? cardsOf(topic, config.source)[0])?.title ?? topic;
    const longer = (a, b) => (query ? titleFor(a).length - titleFor(b).length : 0);
    const sorted = (some) => [...some].sort((a, b) => b.score - a.score || longer(a, b) || order.compare(titleFor(a), titleFor(b)));
    const chosen = sorted(results).flatMap(choose);
    // The language that was asked for comes first; the rest stands below a line, and Enter leaves it.
    const own = chosen.filter(({ instead }) => !instead);
    const rest = [...chosen.filter(({ instead }) => instead), ...sorted(others.results).flatMap(choose)];
    const hidden = results.filter(({ topic, locale }) => !cardsOf(topic, locale).some(visible) && cardsOf(topic, locale).length).length;
    const waiting = waitsFor(found, targets, own.length + rest.length);
    tell(query, targets, own.length, rest, hidden, waiting);
    fill(own, rest);
    byId("results").dataset.query = waiting ? "" : query;
    document.documentElement.classList.toggle("searching", Boolean(query || state.link));
    keep();
    if (state.enter && !waiting) enter();
  }

  /** Tell whether shards are still to come that what is shown depends on. */
  function waitsFor(found, targets, count) {
    const lacks = (kind) => [...targets, config.source].some((code) => !RackShelves.has(kind, code));
    return lacks("titles") || ((found.rest || state.link?.code) && lacks("texts")) || (RackFind.looking() && (!count || !found.exact));
  }

  /** Show cards: those of the language that was asked for, a line, and the others. */
  function fill(own, rest) {
    const list = byId("results");
    const count = own.length + rest.length;
    // A late shard must not take away the cards that someone is among.
    if (list.contains(document.activeElement)) {
      byId("more").hidden = count <= list.querySelectorAll(".card").length;
      return;
    }
    const card = (one) => RackCards.cardElement(one, visible, doing);
    const below = rest.slice(0, Math.max(0, state.shown - own.length)).map(card);
    const line = below.length && own.length ? [make("li", { class: "line" }, say("found-elsewhere", { count: rest.length }))] : [];
    for (const one of below) one.classList.add("other");
    list.replaceChildren(...own.slice(0, state.shown).map(card), ...line, ...below);
    byId("more").hidden = count <= state.shown;
  }

  /** Go to the first leaflet of the language that was asked for, once it is known. */
  function enter() {
    state.enter = false;
    document.querySelector("#results .card:not(.other) .actions")?.querySelector("a[href], button")?.focus();
  }

  /** Say what was found, and what is not shown. */
  function tell(query, targets, within, rest, hidden, waiting) {
    const language = targets.map((code) => localeOf(code).name).join(", ");
    const count = within + rest.length;
    let text = "";
    if (waiting && !count) text = say("loading");
    else if (within) text = say("found", { count: within, language });
    else if (count) text = say("found-elsewhere", { count });
    else if (!waiting && query && !hidden) text = withdrawnAs(query) ?? say("nothing-found", { query });
    byId("said").textContent = text;
    byId("advice").hidden = waiting || count > 0 || hidden > 0 || !query;
    tellOfLanguage(targets, language, waiting ? 0 : rest.length, within);
    const onlyDrafts = !waiting && hidden > 0 && count === 0;
    const total = config.locales.reduce((sum, { drafts }) => sum + drafts, 0);
    const none = config.locales.every(({ approved }) => approved === 0);
    byId("hidden").hidden = !(hidden > 0);
    byId("hidden").classList.toggle("whole", onlyDrafts);
    byId("hidden-count").textContent = onlyDrafts
      ? say("only-drafts", { count: none && !query ? total : hidden }) : say("drafts-hidden", { count: hidden });
    byId("hidden-why").textContent = onlyDrafts ? say("only-drafts-why", { language }) : "";
  }

  /** Say that a language has no leaflet on the rack, or not this one, and whom to call. */
  function tellOfLanguage(targets, language, others, within) {
    const there = targets.some((code) => locales.has(code));
    const lacking = !within && !targets.includes(config.source) && (others > 0 || !there);
    byId("absent").hidden = !lacking;
    if (!lacking) return;
    byId("absent-why").textContent = say(there ? "absent-leaflet" : "absent-language", { language });
    byId("absent-call").textContent = config.interpreter ? say("interpreter", { number: config.interpreter }) : "";
  }

  /** Give what is said of a leaflet that was looked for and taken out in all languages. */
  function withdrawnAs(query) {
    const index = new RackSearch.Index();
    config.withdrawn.forEach(({ title }, at) => index.title(at, title, 10));
    const [at] = [...index.find(query).scores].sort((a, b) => b[1] - a[1])[0] ?? [];
    return at === undefined ? undefined : say("withdrawn-leaflet", config.withdrawn[at]);
  }

  function setLanguage(code, remembered = true) {
    state.language = code;
    if (remembered) {
      state.own = STILL_MS ? code : config.source;
      if (STILL_MS) memory.set("language", code);
    }
    byId("language-now").replaceChildren(...languageName(localeOf(code)));
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

  /** Show what a link asks for: the language is this patient's, and not remembered. */
  async function followLink() {
    const link = RackLinks.read(location.hash);
    if (!link && !location.hash && (state.link || byId("query").value)) {
      // Back, to before anything was typed.
      state.link = undefined;
      byId("query").value = "";
      setLanguage(state.own, false);
      again();
    }
    if (!link) return;
    setLanguage(link.locale ?? state.own, false);
    state.edition = link.edition === LARGE ? LARGE : "";
    state.link = link.topic || link.code ? link : undefined;
    byId("query").value = link.words ?? link.code?.code ?? "";
    again();
    if (!link.topic) return;
    await want("titles", [state.language, config.source]);
    if (state.link !== link) return;
    byId("query").value = (cardsOf(link.topic, state.language)[0] ?? cardsOf(link.topic, config.source)[0])?.title ?? link.topic;
    show();
  }

  /** Begin anew, for the next patient. */
  function nextPatient() {
    memory.drop("language");
    state.own = config.source;
    state.edition = "";
    byId("query").value = "";
    for (const dialog of document.querySelectorAll("dialog[open]")) dialog.close();
    RackQueue.empty();
    setLanguage(config.source, false);
    startOver();
  }

  let still;

  /** Note that somebody is there; after some minutes without, the next patient may be. */
  function touch() {
    clearTimeout(still);
    if (!STILL_MS) return;
    memory.set("touched", String(Date.now()));
    still = setTimeout(nextPatient, STILL_MS);
  }

  /** Turn large print on or off, on all cards. */
  function toggleLarge() {
    state.edition = state.edition === LARGE ? "" : LARGE;
    document.activeElement?.blur();
    show();
    byId("said").textContent = say(state.edition ? "edition-large-print" : "edition-standard");
  }

  /** Look for what is typed. */
  function startOver() {
    state.link = undefined;
    state.letter = state.category = "";
    state.enter = false;
    again();
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
    else if (event.key.toLowerCase() === "l" && document.activeElement !== query) toggleLarge();
    else if (event.key === "Escape") {
      if (document.activeElement === query) {
        query.value = "";
        if (!STILL_MS) setLanguage(config.source, false);
      }
      query.focus();
      startOver();
    } else if (event.key === "ArrowDown" && !radio && (inCards || document.activeElement === query)) {
      if (!move(cards, 1) && !byId("more").hidden) byId("more").focus();
    } else if (event.key === "ArrowUp" && !radio && inCards) {
      if (cards[0].contains(document.activeElement)) query.focus();
      else move(cards, -1);
    } else if (event.key === "Enter" && document.activeElement === query) {
      state.enter = state.step = true;
      RackFind.hurry();
      show();
    }
    else return;
    event.preventDefault();
  }

  function start() {
    document.documentElement.classList.add("live");
    const query = byId("query");
    byId("search").addEventListener("submit", (event) => event.preventDefault());
    query.addEventListener("input", startOver);
    addEventListener("hashchange", followLink);
    addEventListener("popstate", followLink);
    for (const kind of ["keydown", "pointerdown"]) addEventListener(kind, touch, true);
    touch();
    RackNow.start();
    RackQueue.start(print);
    document.addEventListener("click", stay);
    byId("printing-again").addEventListener("click", () => location.reload());
    byId("queue-empty").addEventListener("click", () => { state.edition = ""; show(); });
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
      // The list is closed by now: the page must not take the key for its own.
      event.stopPropagation();
      event.preventDefault();
    });
    byId("languages-list").addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (!button) return;
      setLanguage(button.dataset.code);
      languages.close();
      query.focus();
      again();
      state.step = true;
    });
    for (const dialog of document.querySelectorAll("dialog")) {
      dialog.querySelector(".close").addEventListener("click", () => dialog.close());
      dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
    }
    byId("printing").addEventListener("close", () => byId("printing-view").replaceChildren());
    if (!config.locales.length) return;
    setLanguage(state.language);
    want("titles", [state.language, config.source]);
    followLink();
    query.focus();
  }

  start();
})();
