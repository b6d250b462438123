/* The data of the rack: scripts of each locale -> an index, and cards by topic.
 *
 * Titles and texts come as scripts, a pair for each locale (pressroom/rack/search_data.py),
 * and are fetched when they are wanted.
 */
"use strict";

const RackShelves = (() => {
  const { locales, make, nextTask, today } = RackTools;

  /* Weights of the places in which a word is found: the title counts most. */
  const WEIGHT = { title: 10, also: 8, tags: 6, main: 3, symptoms: 1.5 };
  /* Milliseconds that texts may be taken in before keystrokes are looked at. */
  const PIECE_MS = 12;

  /** What else is looked for where a word is typed: kid, kids and children for child. */
  const alike = new Map(RackNames.alike.flatMap((group) => {
    const words = group.split(" ").map(RackSearch.spelled);
    return words.map((word) => [word, words]);
  }));

  /** What has come of a locale: its index, its cards by topic. */
  const shelves = new Map();
  const coming = new Map();
  /** Shard -> a promise of its being taken in. */
  const taken = new Map();

  function shelfOf(code) {
    if (!shelves.has(code)) {
      shelves.set(code, { index: new RackSearch.Index(alike), topics: [], numbers: new Map(), cards: new Map(), codes: new Map() });
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

  function takeTitle(shelf, code, { topic, title, draft, version, mark, issued, review, overdue, category, editions }) {
    shelf.index.title(numberOf(shelf, topic), title, WEIGHT.title);
    if (!shelf.cards.has(topic)) shelf.cards.set(topic, []);
    shelf.cards.get(topic).push({
      topic, locale: code, title, draft: draft === 1, version, mark, issued, review, category: category ?? "",
      // A page that was opened long ago, or lies on a stick, outlives its leaflets.
      get overdue() { return overdue === 1 || review < today(); },
      editions: editions.map(([edition, pages, sha256, stale]) => ({ edition, pages, sha256, key: sha256.slice(0, 8), stale: stale === 1 })),
    });
  }

  function takeText(shelf, _code, { topic, also, main, symptoms, tags, codes }) {
    if (codes) shelf.codes.set(topic, codes.split(" ").map((token) => token.split("|")));
    const number = numberOf(shelf, topic);
    for (const name of also.split(";")) shelf.index.also(number, name, WEIGHT.also);
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
  /** Tell whether a shard has been taken in, or will never come. */
  const has = (kind, code) => arrived.has(`${kind}/${code}`) || !locales.has(code);

  /** Fetch shards. Give whether there were any to come. */
  async function want(kind, codes) {
    const missing = codes.filter((code) => locales.has(code) && !has(kind, code));
    await Promise.all(missing.map((code) => fetchShard(kind, code).then(() => taken.get(`${kind}/${code}`))));
    for (const code of missing) arrived.add(`${kind}/${code}`);
    return missing.length > 0;
  }

  /** Give the cards of a topic in a locale. */
  const cardsOf = (topic, code) => shelves.get(code)?.cards.get(topic) ?? [];

  return { shelve, want, has, cardsOf, shelf: (code) => shelves.get(code) };
})();

/* What the scripts of the data call. */
const Rack = RackShelves;
