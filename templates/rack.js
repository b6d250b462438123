/* The rack in the browser: what staff type -> cards of leaflets, and their print dialog.
 *
 * Titles and texts come as scripts, a pair for each locale (pressroom/rack/shards.py), and are
 * fetched when they are needed: those of the chosen language and of the source language first.
 */
"use strict";

const Rack = (() => {
  const config = JSON.parse(document.getElementById("rack-config").textContent);
  const words = RackWords;
  const locales = new Map(config.locales.map((locale) => [locale.code, locale]));
  const names = config.locales.map(({ code, native, english }) => [code, native, english]);
  const byId = (id) => document.getElementById(id);

  /* Weights of the places in which a word is found: the title counts most. */
  const WEIGHT = { title: 10, tags: 6, main: 3, symptoms: 1.5 };
  /* Milliseconds that texts may be taken in before keystrokes are looked at. */
  const PIECE_MS = 12;
  /* Milliseconds without a keystroke before other languages are looked through. */
  const PAUSE_MS = 150;
  /* Cards that are shown at a time. */
  const AT_ONCE = 20;

  // Words

  const dates = new Intl.DateTimeFormat([config.dates, "en-001"], { dateStyle: "long", timeZone: "UTC" });
  const plural = new Intl.PluralRules([config.source, "en"]);
  const order = new Intl.Collator([config.source, "en"], { numeric: true });

  /** Fill the braces of one of the rack's own words; `count` chooses its plural form. */
  function say(name, values = {}) {
    const form = "count" in values ? words[`${name}-${plural.select(values.count)}`] ?? words[`${name}-other`] : words[name];
    return form.replace(/\{(\w+)\}/g, (_, key) => values[key] ?? "");
  }

  /** Name a language as both know it: the patient, and the staff. */
  function languageName({ native, english }) {
    return native.toLowerCase() === english.toLowerCase() ? english : `${native} · ${english}`;
  }

  /** Make an element: `on…` is a handler, other properties are attributes; no text is ever HTML. */
  function make(tag, properties, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(properties ?? {})) {
      if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
      else if (value !== false && value !== undefined) element.setAttribute(name, value === true ? "" : value);
    }
    element.append(...children.filter((child) => child !== undefined && child !== false));
    return element;
  }

  // What is remembered; a browser may forbid that, above all to pages opened as files.

  const memory = {
    get(name) {
      try { return localStorage.getItem(`rack.${name}`); } catch { return null; }
    },
    set(name, value) {
      try { localStorage.setItem(`rack.${name}`, value); } catch { /* It is asked for again. */ }
    },
  };
  const state = { language: config.source, drafts: memory.get("drafts") === "yes", shown: AT_ONCE };
  if (!locales.has(state.language)) state.language = config.locales[0]?.code;
  if (locales.has(memory.get("language"))) state.language = memory.get("language");

  // Shards

  /** What has come of a locale: its index, its cards by topic. */
  const shelves = new Map();
  const coming = new Map();
  /** Shard -> a promise of its being taken in. */
  const taken = new Map();

  function shelfOf(code) {
    if (!shelves.has(code)) {
      shelves.set(code, { index: new RackSearch.Index(), topics: [], numbers: new Map(), cards: new Map() });
    }
    return shelves.get(code);
  }

  function numberOf(shelf, topic) {
    if (!shelf.numbers.has(topic)) {
      shelf.numbers.set(topic, shelf.topics.length);
      shelf.topics.push(topic);
    }
    return shelf.numbers.get(topic);
  }

  /** Take in a shard: the scripts of the data call this. */
  function shelve(name, columns) {
    const [kind, code] = name.split("/");
    const shelf = shelfOf(code);
    const take = kind === "titles" ? takeTitle : takeText;
    const one = (at) => Object.fromEntries(Object.entries(columns).map(([column, values]) => [column, values[at]]));
    taken.set(name, inPieces(columns.topic.length, (at) => take(shelf, code, one(at)), kind === "titles"));
  }

  function takeTitle(shelf, code, { topic, title, draft, version, issued, review, overdue, editions }) {
    shelf.index.add(numberOf(shelf, topic), title, WEIGHT.title);
    if (!shelf.cards.has(topic)) shelf.cards.set(topic, []);
    shelf.cards.get(topic).push({
      topic, locale: code, title, draft: draft === 1, version, issued, review, overdue: overdue === 1,
      editions: editions.map(([edition, pages, key, stale]) => ({ edition, pages, key, stale: stale === 1 })),
    });
  }

  function takeText(shelf, _code, { topic, main, symptoms, tags }) {
    const number = numberOf(shelf, topic);
    shelf.index.add(number, tags, WEIGHT.tags);
    shelf.index.add(number, main, WEIGHT.main);
    shelf.index.add(number, symptoms, WEIGHT.symptoms);
  }

  /** Do a piece of work many times; unless `at_once`, let keystrokes through between. */
  async function inPieces(count, work, atOnce) {
    let started = performance.now();
    for (let at = 0; at < count; at++) {
      work(at);
      if (atOnce || performance.now() - started < PIECE_MS) continue;
      await nextTask();
      started = performance.now();
    }
  }

  const nextTask = () => new Promise((resolve) => setTimeout(resolve));

  /** Fetch a shard once. */
  function fetchShard(kind, code) {
    const name = `${kind}/${code}`;
    if (!coming.has(name)) {
      coming.set(name, new Promise((resolve, reject) => {
        const source = `rack/${name}.js?v=${locales.get(code).key}`;
        document.head.append(make("script", { src: source, onload: resolve, onerror: () => reject(new Error(source)) }));
      }));
    }
    return coming.get(name);
  }

  const arrived = new Set();
  /** Fetch shards, and look again when they have come. Give whether there were any to come. */
  async function want(kind, codes) {
    const missing = codes.filter((code) => locales.has(code) && !arrived.has(`${kind}/${code}`));
    if (!missing.length) return false;
    try {
      await Promise.all(missing.map((code) => fetchShard(kind, code).then(() => taken.get(`${kind}/${code}`))));
    } catch {
      byId("said").textContent = say("broken");
      return false;
    }
    for (const code of missing) arrived.add(`${kind}/${code}`);
    show();
    return true;
  }

  // Searching

  /* Scripts that Unicode's properties name otherwise than locales do. */
  const LETTERS = { Hans: "Hani", Hant: "Hani", Jpan: "Hira", Kore: "Hang", Aran: "Arab" };

  /** Give the locales whose letters stand in a query. */
  function localesWrittenLike(query) {
    return config.locales.filter(({ script }) => {
      const pattern = new RegExp(`\\p{sc=${LETTERS[script] ?? script}}`, "u");
      return pattern.test(query) || (script === "Jpan" && /\p{sc=Kana}|\p{sc=Hani}/u.test(query));
    }).map(({ code }) => code);
  }

  /** Give topics and scores of what the chosen and the source language have of a query. */
  function topicsFor(query, codes) {
    const found = [...new Set([...codes, config.source])].filter((code) => shelves.has(code)).map((code) => {
      const { index, topics } = shelfOf(code);
      const { scores, whole, exact } = index.find(query);
      return { whole, exact, topics: [...scores].map(([number, score]) => [topics[number], score]) };
    });
    const whole = found.some((one) => one.whole);
    const exact = found.some((one) => one.exact);
    const topics = new Map();
    for (const one of found) {
      if (whole && !one.whole) continue;
      for (const [topic, score] of one.topics) topics.set(topic, Math.max(topics.get(topic) ?? 0, score));
    }
    return { whole, exact, topics };
  }

  /** Give every topic of some locales: what stands on the rack before anything is typed. */
  function everything(codes) {
    const all = codes.flatMap((code) => shelves.get(code)?.topics ?? []);
    return { whole: true, exact: true, topics: new Map(all.map((topic) => [topic, 0])) };
  }

  /** Look for a query. Give the languages meant, and topics with scores: best first in each. */
  function look(query) {
    let { codes, rest } = RackSearch.findLanguages(query, names, false);
    let targets = codes.length ? codes : [state.language];
    want("titles", targets);
    let found = rest ? topicsFor(rest, targets) : everything(targets);
    if (rest && !codes.length && !found.whole) {
      const guess = RackSearch.findLanguages(query, names, true);
      if (guess.codes.length) {
        const again = guess.rest ? topicsFor(guess.rest, guess.codes) : everything(guess.codes);
        want("titles", guess.codes);
        if (again.whole || !found.topics.size) {
          ({ codes, rest } = guess);
          [targets, found] = [guess.codes, again];
        }
      }
    }
    if (rest) want("texts", [...targets, config.source]);
    const results = [...found.topics].flatMap(([topic, score]) => targets.map((locale) => ({ topic, locale, score })));
    const elsewhere = rest && !found.exact && !codes.length;
    return { targets, results, whole: found.whole, elsewhere: elsewhere ? rest : "" };
  }

  /** What other languages have of what was typed last; `rank`: 2 without errors, 1 all, 0 some. */
  let others = { asked: "", results: [], rank: 0 };
  /** What is looked for in other languages: the languages left out, and the query. */
  let asked = "";
  let pause;

  /** Look in the other locales that are written like the query, one after another. */
  async function lookElsewhere(query, targets) {
    const now = asked;
    const codes = localesWrittenLike(query).filter((code) => !targets.includes(code) && code !== config.source);
    for (const kind of ["titles", "texts"]) {
      const news = await want(kind, codes);
      if (!news && kind === "texts") return;
      let [results, rank] = [[], 0];
      for (const code of codes.filter((other) => shelves.has(other))) {
        await nextTask();
        if (now !== asked) return;
        const { index, topics } = shelfOf(code);
        const found = index.find(query);
        const own = found.exact ? 2 : found.whole ? 1 : 0;
        if (own > rank) [results, rank] = [[], own];
        if (own < rank) continue;
        for (const [number, score] of found.scores) results.push({ topic: topics[number], locale: code, score });
      }
      others = { asked: now, results, rank };
      show();
    }
  }

  /** Give what other languages have; look there once the typing pauses. */
  function othersFor(query, targets, found, whole) {
    const now = query && `${targets} ${query}`;
    if (now !== asked) {
      asked = now;
      clearTimeout(pause);
      if (query) pause = setTimeout(() => lookElsewhere(query, targets), PAUSE_MS);
    }
    if (!query || others.asked !== now) return [];
    // What the chosen language has, if with errors, yields only to what another has without.
    if (others.rank < (whole ? 2 : 1)) return found.length ? [] : others.results;
    return others.results;
  }

  // Cards

  const fileOf = (card, { edition }) => `${card.locale}/${card.topic}.${edition}${card.draft ? ".draft" : ""}.pdf`;
  const addressOf = (card, edition) => `${fileOf(card, edition)}?v=${edition.key}`;
  const thumbOf = (card, edition) => `rack/thumbs/${fileOf(card, edition).replace(/\.pdf$/, ".png")}?v=${edition.key}`;

  const visible = (card) => state.drafts || !card.draft;
  const cardsOf = (topic, locale) => (shelves.get(locale)?.cards.get(topic) ?? []);

  /** Give what to show of a result: its cards, or those of the source language with a remark. */
  function choose({ topic, locale }) {
    const own = cardsOf(topic, locale);
    const cards = own.filter(visible);
    if (cards.length) return cards.map((card) => ({ card }));
    if (own.length || locale === config.source) return [];
    return cardsOf(topic, config.source).filter(visible).map((card) => ({ card, instead: locale }));
  }

  function titleOf(card) {
    const { dir } = locales.get(card.locale);
    return make("span", { lang: card.locale, dir }, card.title);
  }

  function mark(kind, text) {
    return make("strong", { class: `mark ${kind}` }, text);
  }

  let made = 0;

  /** Make the card of a leaflet. */
  function cardElement({ card, instead }) {
    const id = `card-${++made}`;
    const language = locales.get(card.locale);
    const source = cardsOf(card.topic, config.source).filter(visible)[0];
    const body = make("div", { class: "body" },
      make("h2", { id }, titleOf(card)),
      card.locale !== config.source && source
        ? make("p", { class: "source-title", lang: config.source }, source.title) : undefined);
    const marks = make("p", { class: "marks" }, make("span", { class: "language" },
      make("bdi", { lang: card.locale }, language.native),
      language.native.toLowerCase() === language.english.toLowerCase() ? "" : ` · ${language.english}`));
    if (instead) marks.append(mark("note", say("not-in-language", { language: locales.get(instead).english })));
    if (card.draft) marks.append(mark("draft", say("draft")));
    if (card.overdue) marks.append(mark("bad", say("out-of-date")));
    body.append(marks);

    const facts = make("p", { class: "facts" });
    const actions = make("div", { class: "actions" });
    const picture = make("img", { class: "thumb", alt: "", loading: "lazy", width: 120, height: 170,
      onerror: () => picture.classList.add("gone"), onload: () => picture.classList.remove("gone") });
    const editions = editionChoice(card, id, (edition) => fill(edition));
    if (editions) body.append(editions);
    body.append(facts);

    function fill(edition) {
      picture.src = thumbOf(card, edition);
      facts.replaceChildren(
        ...[
          edition.pages ? say("pages", { count: edition.pages }) : "",
          say("version", { version: card.version }),
          say("issued", { date: dates.format(new Date(card.issued)) }),
          say("review-by", { date: dates.format(new Date(card.review)) }),
        ].filter(Boolean).map((fact) => make("span", {}, fact)),
      );
      for (const old of marks.querySelectorAll(".stale")) old.remove();
      if (edition.stale) marks.append(mark("bad stale", say("stale")));
      actions.replaceChildren(...actionsOf(card, edition, id, source));
    }
    fill(card.editions[0]);
    return make("li", { class: card.draft ? "card draft" : "card", "data-leaflet": `${card.locale}/${card.topic}` },
      picture, body, actions);
  }

  /** Make the choice among editions; nothing where there is but one. */
  function editionChoice(card, id, onchoice) {
    if (card.editions.length < 2) return undefined;
    return make("fieldset", { class: "editions" },
      make("legend", { class: "unseen" }, say("edition", { title: card.title })),
      ...card.editions.map((edition, at) => make("label", {},
        make("input", { type: "radio", name: `${id}-edition`, checked: at === 0, onchange: () => onchoice(edition) }),
        make("span", {}, words[`edition-${edition.edition}`] ?? edition.edition))));
  }

  /** Make what can be done with a leaflet: what must not be handed out cannot be printed. */
  function actionsOf(card, edition, id, source) {
    const actions = [];
    const action = (name, properties, text) => {
      const own = `${id}-${name}`;
      const tag = "href" in properties ? "a" : "button";
      return make(tag, { id: own, class: `action ${name}`, "aria-labelledby": `${own} ${id}`, ...properties }, text);
    };
    if (!card.overdue) {
      if (!card.draft && !edition.stale) {
        actions.push(action("print", { type: "button", onclick: () => print(card, edition) }, say("print")));
      }
      actions.push(action("pdf", { href: addressOf(card, edition), target: "_blank", rel: "noopener" }, say("pdf")));
      actions.push(action("web", { href: `${card.locale}/${card.topic}.html` }, say("web-page")));
      if (source && card.locale !== config.source && !source.overdue) {
        const same = source.editions.find((one) => one.edition === edition.edition) ?? source.editions[0];
        actions.push(action("source", { href: addressOf(source, same), target: "_blank", rel: "noopener" },
          say("source-copy", { language: locales.get(config.source).english })));
      }
    }
    actions.push(action("status", { href: `c/${card.topic}.html#${card.locale}-${card.version}` }, say("other-languages")));
    return actions;
  }

  // Printing

  /** Show a PDF and open the browser's print dialog with it.
   * A page opened as a file may not call print() of another file; Chromium's viewer listens to
   * messages to its element all the same. Elsewhere the hint says what to do. */
  function print(card, edition) {
    if (card.locale !== state.language) setLanguage(card.locale);
    const dialog = byId("printing");
    const address = addressOf(card, edition);
    const hint = byId("printing-hint");
    byId("printing-title").replaceChildren(titleOf(card));
    byId("printing-language").textContent =
      `${languageName(locales.get(card.locale))} · ${words[`edition-${edition.edition}`] ?? edition.edition}`;
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
    const { targets, results, whole, elsewhere } = look(query);
    results.push(...othersFor(elsewhere, targets, results, whole));
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
    list.replaceChildren(...shown.slice(0, state.shown).map(cardElement));
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
    const waiting = targets.some((code) => !arrived.has(`titles/${code}`)) || (asked && others.asked !== asked && !count);
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
    const locale = locales.get(code);
    byId("language-now").replaceChildren(make("bdi", { lang: code }, locale.native),
      locale.native.toLowerCase() === locale.english.toLowerCase() ? "" : ` · ${locale.english}`);
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
    const found = typed ? RackSearch.findLanguages(typed, names, true).codes : [];
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
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
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

  return { shelve, start };
})();

Rack.start();
