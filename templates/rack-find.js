/* What staff mean by what they type: a query -> leaflets, in the language that they ask for.
 *
 * A language may be named that has no leaflet here. What the chosen language and the source
 * language have not, or only with typing errors, is looked for in the other languages that are
 * written with the same letters.
 */
"use strict";

const RackFind = (() => {
  const { config, locales, nextTask } = RackTools;
  const { shelf } = RackShelves;

  const known = new Map(RackNames.languages.map(([code, ...all]) => [code, all]));
  /* What languages are called: those of the rack, and all others that CLDR knows. */
  const names = config.locales.map(({ code, native, name, english }) => [code, native, name, english, ...(known.get(code) ?? [])]);
  const absent = RackNames.languages.filter(([code]) => !config.locales.some((locale) => locale.code === code));
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

  /** Give the codes of the topics that the chosen and the source language have. */
  const codesOf = (codes) => new Map([...codes, config.source].filter(shelf).flatMap((code) => [...shelf(code).codes]));

  /** Give topics and scores of what the chosen and the source language have of a query. */
  function topicsFor(query, codes) {
    const coded = RackLinks.byTyped(codesOf(codes), query);
    if (coded.length) return { whole: true, exact: true, topics: new Map(coded) };
    const found = [...new Set([...codes, config.source])].filter(shelf).map((code) => {
      const { index, topics } = shelf(code);
      const { scores, whole, exact } = index.find(query);
      return { whole, exact, topics: [...scores].map(([number, score]) => [topics[number], score]) };
    });
    const whole = found.some((one) => one.whole);
    const exact = found.some((one) => one.exact);
    const topics = new Map();
    for (const one of found) {
      if ((whole && !one.whole) || (exact && !one.exact)) continue;
      for (const [topic, score] of one.topics) topics.set(topic, Math.max(topics.get(topic) ?? 0, score));
    }
    return { whole, exact, topics };
  }

  /** Give every topic of some locales: what stands on the rack before anything is typed. */
  function everything(codes) {
    const all = codes.flatMap((code) => shelf(code)?.topics ?? []);
    return { whole: true, exact: true, topics: new Map(all.map((topic) => [topic, 0])) };
  }

  /** Find the languages that a query names: those of the rack, else one that it has not. */
  function languagesIn(query, guess) {
    const there = RackSearch.findLanguages(query, names, guess);
    const missing = guess ? { codes: [] } : RackSearch.findLanguages(query, absent, false);
    // "Swiss German" is no German, "Cantonese" what there is of it.
    return missing.said?.length > there.said.length ? { ...missing, codes: missing.codes.slice(0, 1) } : there;
  }

  /** Look for a query. Give the languages meant, and topics with their scores.
   * `want` is asked for shards that have not come; `elsewhere` is left to `othersFor`. */
  function look(query, language, want) {
    let { codes, rest } = languagesIn(query, false);
    // "German measles" is an illness.
    const isName = codes.length && rest && [language, config.source].some((code) => shelf(code)?.index.isName(query));
    if (isName) [codes, rest] = [[], query];
    let targets = codes.length ? codes : [language];
    want("titles", targets);
    let found = rest ? topicsFor(rest, targets) : everything(targets);
    if (rest && !codes.length && !found.whole) {
      const guess = languagesIn(query, true);
      if (guess.codes.length) {
        const again = guess.rest ? topicsFor(guess.rest, guess.codes) : everything(guess.codes);
        want("titles", guess.codes);
        if (again.whole || !found.topics.size) {
          ({ codes, rest } = guess);
          [targets, found] = [guess.codes, again];
        }
      }
    }
    // Of a language that is not there, what the clinic's own has is shown.
    if (codes.length && !rest && !locales.has(codes[0])) found = { ...found, topics: new Map() };
    if (rest) want("texts", [...targets, config.source]);
    const results = [...found.topics].flatMap(([topic, score]) =>
      targets.map((locale, at) => ({ topic, locale, score: score - at / 1000 })));
    const elsewhere = rest && !found.exact && !codes.length;
    return { targets, results, whole: found.whole, exact: found.exact, elsewhere: elsewhere ? rest : "", rest, named: codes.length > 0 };
  }

  /** Give what a link leads to: one topic, or all that have a code, the closest first. */
  function follow({ topic, code }, language, want) {
    want("titles", [language, config.source]);
    if (code) want("texts", [language, config.source]);
    const scores = topic ? [[topic, 1]] : RackLinks.byCode(codesOf([language]), code);
    const results = scores.map(([found, score]) => ({ topic: found, locale: language, score }));
    return { targets: [language], results, whole: true, exact: true, elsewhere: "", rest: "", named: true };
  }

  /** What other languages have of what was typed last; `rank`: 2 without errors, 1 all, 0 some. */
  let others = { asked: "", results: [], rank: 0 };
  /** What is looked for in other languages: the languages left out, and the query. */
  let asked = "";
  let pause;
  let later;

  /** Look in the other locales that are written like the query, one after another. */
  async function lookElsewhere(query, targets, want, show) {
    const now = asked;
    const codes = localesWrittenLike(query).filter((code) => !targets.includes(code) && code !== config.source);
    for (const kind of ["titles", "texts"]) {
      await want(kind, codes);
      if (now !== asked || (kind === "texts" && others.asked === now)) return;
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
      others = { asked: kind === "texts" ? now : others.asked, results, rank };
      if (kind === "titles" && rank === 2) others.asked = now;
      show();
    }
  }

  /** Give what other languages have, and whether they have it better; look there once the typing
   * pauses, or at once. */
  function othersFor(query, targets, found, want, show) {
    const now = query && `${targets} ${query}`;
    if (now !== asked) {
      asked = now;
      clearTimeout(pause);
      if (query) {
        later = () => { later = undefined; lookElsewhere(query, targets, want, show); };
        pause = setTimeout(() => later?.(), PAUSE_MS);
      }
    }
    if (!query || others.asked !== now) return { results: [], better: false };
    // What the chosen language has, if with errors, yields only to what another has without.
    const better = others.rank >= (found.whole ? 2 : 1);
    return { results: better || !found.results.length ? others.results : [], better };
  }

  /** Do not wait for a pause. */
  function hurry() {
    clearTimeout(pause);
    later?.();
  }

  /** Tell whether other languages are still being looked through. */
  const looking = () => asked !== "" && others.asked !== asked;

  return { names: [...names, ...absent], look, follow, othersFor, hurry, looking };
})();
