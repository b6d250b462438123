/* What staff mean by what they type: a query -> leaflets, in the language that they ask for.
 *
 * The chosen language and the source language come first. What they have not, or only with
 * typing errors, is looked for in the other languages that are written with the same letters.
 */
"use strict";

const RackFind = (() => {
  const { config, nextTask } = RackTools;
  const { shelf } = RackShelves;

  const names = config.locales.map(({ code, native, english }) => [code, native, english]);
  /* Milliseconds without a keystroke before other languages are looked through. */
  const PAUSE_MS = 150;

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
    const found = [...new Set([...codes, config.source])].filter(shelf).map((code) => {
      const { index, topics } = shelf(code);
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
    const all = codes.flatMap((code) => shelf(code)?.topics ?? []);
    return { whole: true, exact: true, topics: new Map(all.map((topic) => [topic, 0])) };
  }

  /** Look for a query. Give the languages meant, and topics with their scores.
   * `want` is asked for shards that have not come; `elsewhere` is left to `othersFor`. */
  function look(query, language, want) {
    let { codes, rest } = RackSearch.findLanguages(query, names, false);
    let targets = codes.length ? codes : [language];
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
  async function lookElsewhere(query, targets, want, show) {
    const now = asked;
    const codes = localesWrittenLike(query).filter((code) => !targets.includes(code) && code !== config.source);
    for (const kind of ["titles", "texts"]) {
      const news = await want(kind, codes);
      if (!news && kind === "texts") return;
      let [results, rank] = [[], 0];
      for (const code of codes.filter(shelf)) {
        await nextTask();
        if (now !== asked) return;
        const { index, topics } = shelf(code);
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
  function othersFor(query, targets, found, want, show) {
    const now = query && `${targets} ${query}`;
    if (now !== asked) {
      asked = now;
      clearTimeout(pause);
      if (query) pause = setTimeout(() => lookElsewhere(query, targets, want, show), PAUSE_MS);
    }
    if (!query || others.asked !== now) return [];
    // What the chosen language has, if with errors, yields only to what another has without.
    const enough = found.whole ? 2 : 1;
    return others.rank >= enough || !found.results.length ? others.results : [];
  }

  /** Tell whether other languages are still being looked through. */
  const looking = () => asked !== "" && others.asked !== asked;

  return { names, look, othersFor, looking };
})();
