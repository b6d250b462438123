/* What a link asks the rack for, and which topics have a code.
 *
 * A record's own link ends with a fragment, which no server sees and a page on a stick reads:
 * #topic=ID&lang=TAG, #code=SYSTEM|CODE&lang=TAG, #q=WORDS&lang=TAG. The rack itself keeps its
 * search there, so that Back and a bookmark lead to it again.
 */
"use strict";

const RackLinks = (() => {
  const { config, locales } = RackTools;

  /* Languages that are one to a reader, and that browsers hold to be two. */
  const SAME = { mww: "hmn", no: "nb" };

  /** Read a tag (BCP 47); nothing for one that is none. */
  function readTag(tag) {
    try {
      const { language, script } = new Intl.Locale(tag.replaceAll("_", "-")).maximize();
      return { language: SAME[language] ?? language, script };
    } catch {
      return undefined;
    }
  }

  /** Give the locale of the rack that a tag names: itself, else one of the same language, in the
   * same script where there is one. Without any, the tag stays: nothing is shown in its place. */
  function localeFor(tag) {
    const codes = [...locales.keys()];
    const exact = codes.find((code) => code.toLowerCase() === tag.toLowerCase().replaceAll("_", "-"));
    const asked = readTag(tag);
    if (exact || !asked) return exact ?? tag;
    const alike = codes.filter((code) => readTag(code)?.language === asked.language);
    return alike.find((code) => locales.get(code).script === asked.script) ?? alike[0] ?? tag;
  }

  /** Read a fragment; nothing where it is not a link to leaflets. */
  function read(fragment) {
    const given = new URLSearchParams(fragment.replace(/^#/, ""));
    const [topic, token, words, tag, edition] = ["topic", "code", "q", "lang", "edition"].map((name) => given.get(name)?.trim());
    if (!topic && !token && !words && !tag && !edition) return undefined;
    const bar = token?.lastIndexOf("|") ?? -1;
    const code = token && { system: token.slice(0, Math.max(bar, 0)), code: token.slice(bar + 1) };
    return { topic, code, words, edition, locale: tag ? localeFor(tag) : undefined };
  }

  /** Give the fragment that leads back to a search; empty where there is nothing to say. */
  function write({ words, language, edition }) {
    const said = { q: words, lang: language === config.source ? "" : language, edition };
    const given = new URLSearchParams(Object.entries(said).filter(([, value]) => value));
    return String(given) && `#${given}`;
  }

  /** Give a code as it is compared: in ICD-10, case and dots do not count. */
  const bare = (system, code) => (config.systems[system].below ? code.replaceAll(".", "").toUpperCase() : code);

  /** Say how closely a topic's code fits one that is asked for: 1 exactly, 0 not at all. */
  function fit(system, own, asked) {
    const [given, wanted] = [bare(system, own), bare(system, asked)];
    if (given === wanted) return 1;
    return config.systems[system].below && wanted.startsWith(given) ? given.length / wanted.length : 0;
  }

  /** Give topics and scores by a code of a system, which may be named by its OID or URI. */
  function byCode(codes, { system, code }) {
    const named = system.replace(/^urn:oid:/i, "");
    const name = Object.keys(config.systems).find((one) => [one, config.systems[one].oid, config.systems[one].url].includes(named));
    return score(codes, (own, given) => (own === name ? fit(own, given, code) : 0));
  }

  /** Give topics and scores by what is typed, if that is a code of any system or begins one. */
  function byTyped(codes, typed) {
    const wanted = typed.replace(/[.\s-]/g, "").toUpperCase();
    if (!/^(?=.*\d)[A-Z\d]{3,18}$/.test(wanted)) return [];
    return score(codes, (system, code) => {
      const own = code.replace(/[.-]/g, "").toUpperCase();
      return Math.max(fit(system, own, wanted), own.startsWith(wanted) ? wanted.length / own.length : 0);
    });
  }

  function score(codes, fits) {
    return [...codes]
      .map(([topic, own]) => [topic, Math.max(0, ...own.map(([system, code]) => fits(system, code)))])
      .filter(([, found]) => found > 0);
  }

  return { read, write, byCode, byTyped };
})();
