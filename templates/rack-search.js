/* Search in the leaflets: words as people type them -> documents, best first.
 *
 * Pure: no page, no files. Text is folded, so that accents, case, Arabic letter variants and the
 * digits of any script make no difference. Words of scripts that set spaces stand in a
 * vocabulary, where a typing error is bridged by edit distance; Khmer, Thai, Lao, Burmese,
 * Chinese and Japanese are searched as runs of letters, and bridged by pairs of letters.
 */
"use strict";

const RackSearch = (() => {
  /* Marks that people leave out: accents, Hebrew points, Arabic vowel signs and tatweel, nuktas,
   * voicing marks of kana, apostrophes, and what cannot be seen. Vowel signs of Indic scripts are
   * letters, and stay. */
  const LEFT_OUT = new RegExp(
    "[\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06ed" +
      "\u093c\u09bc\u0a3c\u0abc\u3099\u309a'\u2018\u2019\u02bb\u02bc`\u00ad\u200b-\u200f\u2060\ufeff]",
    "gu",
  );
  /* Letters that readers hold to be one: a string maps each of its letters to the first. */
  const ALIKE = new Map(
    [
      "هةہھۀەۂ", "يىیےېۍئ", "كکڪګ", "وؤ", "اٱ", "гґ", "еэ", "иы",
      "ሀሐኀኸሃሓኃኻ", "ሁሑኁ", "ሂሒኂ", "ሄሔኄ", "ህሕኅ", "ሆሖኆ",
      "ሰሠ", "ሱሡ", "ሲሢ", "ሳሣ", "ሴሤ", "ስሥ", "ሶሦ", "አዐዓኣ", "ኡዑ", "ኢዒ", "ኤዔ", "እዕ", "ኦዖ",
      "ጸፀ", "ጹፁ", "ጺፂ", "ጻፃ", "ጼፄ", "ጽፅ", "ጾፆ",
    ].flatMap((alike) => [...alike].slice(1).map((letter) => [letter, [...alike][0]])),
  );
  for (const [letter, plain] of Object.entries({
    ß: "ss", æ: "ae", œ: "oe", ø: "o", đ: "d", ł: "l", ı: "i", þ: "th", ð: "d", ς: "σ",
  })) ALIKE.set(letter, plain);
  const UNLIKE = new RegExp(`[${[...ALIKE.keys()].join("")}]`, "gu");

  /* Scripts that set no spaces between words. */
  const UNSPACED = /[\p{sc=Khmer}\p{sc=Thai}\p{sc=Lao}\p{sc=Myanmar}\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}ー]+/gu;
  const WORD = /[\p{L}\p{N}\p{M}]+/gu;
  /* Each stands 0x60 after the hiragana of its sound. */
  const KATAKANA = /[\u30a1-\u30f6]/gu;
  const DIGIT = /[^0-9\P{Nd}]/gu;

  /** Give the value of a decimal digit of any script: they stand in rows of ten in Unicode. */
  function digit(letter) {
    let zero = letter.codePointAt(0);
    while (/\p{Nd}/u.test(String.fromCodePoint(zero - 1)) && letter.codePointAt(0) - zero < 9) zero--;
    return String(letter.codePointAt(0) - zero);
  }

  /** Take from a text all that a reader may type differently. */
  function fold(text) {
    let folded = text.normalize("NFKD").toLowerCase();
    // Plain English has nothing more to fold.
    if (/^[\x20-\x7e]*$/.test(folded)) return folded.replaceAll("'", "").replaceAll("`", "");
    folded = folded.replace(LEFT_OUT, "").replace(DIGIT, digit);
    folded = folded.replace(KATAKANA, (kana) => String.fromCharCode(kana.charCodeAt(0) - 0x60));
    return folded.replace(UNLIKE, (letter) => ALIKE.get(letter));
  }

  /** Split folded text: words of spaced scripts, and runs of unspaced ones. */
  function split(folded) {
    const runs = [];
    const rest = folded.replace(UNSPACED, (run) => (runs.push(run.replace(/\s/g, "")), " "));
    return { words: rest.match(WORD) ?? [], runs };
  }

  /** Say how many typing errors a word of this length may have. */
  const mostErrors = (word) => (word.length < 4 ? 0 : word.length < 7 ? 1 : 2);

  /** Give the least edit distance between `typed` and a beginning of `word`, or `most` + 1.
   * Letters that changed places count as one error. */
  function errors(typed, word, most) {
    const width = Math.min(word.length, typed.length + most);
    let before = null;
    let last = Array.from({ length: width + 1 }, (_, column) => column);
    for (let row = 1; row <= typed.length; row++) {
      const line = [row];
      let least = row;
      for (let column = 1; column <= width; column++) {
        const same = typed[row - 1] === word[column - 1];
        let cost = Math.min(last[column - 1] + (same ? 0 : 1), last[column] + 1, line[column - 1] + 1);
        if (before && typed[row - 1] === word[column - 2] && typed[row - 2] === word[column - 1]) {
          cost = Math.min(cost, before[column - 2] + 1);
        }
        line.push(cost);
        if (cost < least) least = cost;
      }
      if (least > most) return most + 1;
      before = last;
      last = line;
    }
    return Math.min(...last.slice(Math.max(0, typed.length - most)));
  }

  /** Say how well a word that was typed fits one that stands written: 1 the same, 0 not at all. */
  function likeness(typed, word) {
    if (word === typed) return 1;
    if (word.startsWith(typed)) return 0.75 + (0.2 * typed.length) / word.length;
    return typed.length > 2 && word.includes(typed) ? 0.5 : 0;
  }

  /** Say how well a word fits one, typing errors allowed. */
  function likenessWithErrors(typed, word) {
    const most = mostErrors(typed);
    if (!most || word.length < typed.length - most) return 0;
    const found = errors(typed, word, most);
    return found > most ? 0 : 0.5 - 0.12 * found;
  }

  /** Give the share of the pairs of letters of `typed` that stand in `text`. */
  function sharedPairs(typed, text) {
    const letters = [...typed];
    if (letters.length < 4) return 0;
    let found = 0;
    for (let at = 1; at < letters.length; at++) {
      if (text.includes(letters[at - 1] + letters[at])) found++;
    }
    return found / (letters.length - 1);
  }

  /** The words of many documents, numbered from 0. */
  class Index {
    /** Folded word -> document -> weight of its heaviest place. */
    #words = new Map();
    /** Weight -> document -> its runs of unspaced letters. */
    #runs = new Map();

    /** Add a text of a document. The weight says how much it counts when found there. */
    add(document, text, weight) {
      const { words, runs } = split(fold(text));
      for (const word of words) {
        let places = this.#words.get(word);
        if (!places) this.#words.set(word, (places = new Map()));
        if ((places.get(document) ?? 0) < weight) places.set(document, weight);
      }
      if (!runs.length) return;
      if (!this.#runs.has(weight)) this.#runs.set(weight, new Map());
      const documents = this.#runs.get(weight);
      documents.set(document, (documents.get(document) ?? "") + runs.join(""));
    }

    #wordScores(typed, like) {
      const scores = new Map();
      for (const [word, places] of this.#words) {
        const fits = like(typed, word);
        if (!fits) continue;
        for (const [document, weight] of places) {
          const score = fits * weight;
          if ((scores.get(document) ?? 0) < score) scores.set(document, score);
        }
      }
      return scores;
    }

    #runScores(typed, like) {
      const scores = new Map();
      for (const [weight, documents] of this.#runs) {
        for (const [document, text] of documents) {
          const score = like(typed, text) * weight;
          if (score && (scores.get(document) ?? 0) < score) scores.set(document, score);
        }
      }
      return scores;
    }

    /** Give documents and their scores for what was typed, whether they have all of it (`whole`),
     * and without typing errors (`exact`). A part that no document has bridges to words with
     * errors. A document counts if it has as many parts as the best one. */
    find(query) {
      const { words, runs } = split(fold(query));
      let exactly = true;
      const withErrors = (scores) => ((exactly = false), scores);
      const parts = [
        ...words.map((word) => {
          const exact = this.#wordScores(word, likeness);
          return exact.size ? exact : withErrors(this.#wordScores(word, likenessWithErrors));
        }),
        ...runs.map((run) => {
          const exact = this.#runScores(run, (typed, text) =>
            text.startsWith(typed) ? 1 : text.includes(typed) ? 0.8 : 0,
          );
          if (exact.size) return exact;
          return withErrors(this.#runScores(run, (typed, text) => {
            const share = sharedPairs(typed, text);
            return share < 0.6 ? 0 : share * 0.4;
          }));
        }),
      ];
      const found = new Map();
      for (const part of parts) {
        for (const [document, score] of part) {
          const [count, sum] = found.get(document) ?? [0, 0];
          found.set(document, [count + 1, sum + score]);
        }
      }
      const most = Math.max(0, ...[...found.values()].map(([count]) => count));
      const scores = new Map();
      for (const [document, [count, sum]] of found) {
        if (count === most) scores.set(document, sum / parts.length);
      }
      const whole = parts.length > 0 && most === parts.length;
      return { scores, whole, exact: whole && exactly };
    }
  }

  /** Find the languages that a query names, and the rest of it.
   * `names` has for each language its code and its names. A name counts when it is typed whole;
   * with `guess`, also its first four letters, or with a typing error. */
  function findLanguages(query, names, guess) {
    const { words, runs } = split(fold(query));
    const typed = [...words, ...runs];
    for (let length = Math.min(3, typed.length); length > 0; length--) {
      for (let at = 0; at + length <= typed.length; at++) {
        const name = typed.slice(at, at + length).join(" ");
        const codes = names.filter(([, ...all]) => all.some((one) => isNamed(name, one, guess)));
        if (!codes.length) continue;
        const rest = [...typed.slice(0, at), ...typed.slice(at + length)].join(" ");
        return { codes: codes.map(([code]) => code), rest };
      }
    }
    return { codes: [], rest: query };
  }

  function isNamed(typed, name, guess) {
    const { words, runs } = split(fold(name));
    const whole = [...words, ...runs].join(" ");
    // "Chinese" names both of "Chinese (Simplified)" and "Chinese (Traditional)".
    if (whole === typed || whole.startsWith(`${typed} `)) return true;
    if (!guess || typed.length < 4) return false;
    return whole.startsWith(typed) ||
      (typed.length > 5 && Math.abs(whole.length - typed.length) < 2 && errors(typed, whole, 1) < 2);
  }

  return { fold, split, errors, Index, findLanguages };
})();
