/* Search in the leaflets: words as people type them -> documents, best first.
 *
 * Pure: no page, no files. Text is folded, so that accents, case, Arabic letter variants and the
 * digits of any script make no difference. Words of scripts that set spaces stand in a
 * vocabulary, in one spelling; a slip is bridged by how words sound, and by edit distance. Khmer,
 * Thai, Lao, Burmese, Chinese and Japanese are searched as runs of letters, and bridged by pairs
 * of letters. What is typed as a document's whole name comes before all else.
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

  /* Words that join others, or that say only that a leaflet is wanted: they decide nothing. */
  const JOINING = new Set((
    "a an the in for of or and to on at with by from my your is are about what how leaflet leaflets " +
    "handout handouts sheet info information pdf patient patients please " +
    "de del la el los las en y le les du des et au aux un une der die das und im bei von zur o e do da na para"
  ).split(" "));
  const LATIN = /^[a-z0-9]+$/;
  const ARABIC = /^\p{sc=Arab}+$/u;

  /** Give a folded word in one spelling: tumor for tumour, hemorrhoids for haemorrhoids. */
  function spelled(word) {
    if (!LATIN.test(word)) return word;
    return word.replace(/[ao]e/g, "e").replace(/our(?=s?$)/, "or").replace(/([iy])z(?=e|ing|ation)/g, "$1s");
  }

  /** Give a word without its English ending: week for weeks and weekly. */
  function stem(word) {
    if (word.length < 5 || !LATIN.test(word)) return word.length === 4 ? word.replace(/([^sui])s$/, "$1") : word;
    return word.replace(/ies$/, "y").replace(/([^sui])s$/, "$1").replace(/(.{4})(?:ing|ed|ly)$/, "$1");
  }

  /** Give a word as it sounds: athsma and asthma, diahorrea and diarrhoea are nearly one. */
  function sound(word) {
    if (!LATIN.test(word)) return word;
    return word[0].replace("x", "z") + word.slice(1)
      .replace(/ph/g, "f").replace(/ck/g, "k").replace(/c(?=[eiy])/g, "s").replace(/[cq]/g, "k").replace(/x/g, "ks")
      .replace(/z/g, "s").replace(/y/g, "i").replace(/h/g, "").replace(/(.)\1+/g, "$1").replace(/([aeiou])[aeiou]+/g, "$1");
  }
  const heard = (word) => sound(word.replace(/^ph/, "f").replace(/^p(?=[ns])|^[kg](?=n)|^w(?=r)/, "")
    .replace(/^c(?=[eiy])/, "s").replace(/^[cq]/, "k").replace(/^z/, "s"));

  /** Give the other forms in which a word may stand: Arabic sets articles and particles before it. */
  function forms(word) {
    if (!ARABIC.test(word)) return [];
    const bare = word.replace(/^[وف]?(?:[بك]?ال|لل)/, "");
    return bare !== word && bare.length > 2 ? [bare] : [];
  }

  /** Say how many typing errors a word of this length may have. */
  const mostErrors = (word) => (word.length < 5 ? 0 : word.length < 8 ? 1 : 2);

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
  function likeness(typed, word, same) {
    if (word === typed) return 1;
    if (same) return 0.95;
    if (word.startsWith(typed)) return 0.75 + (0.2 * typed.length) / word.length;
    return typed.length > 2 && word.includes(typed) ? 0.4 : 0;
  }

  /** Say how well a word fits one by its sound, typing errors allowed. */
  function likenessWithErrors(typed, word, most) {
    if (word.length < typed.length - most) return 0;
    const found = errors(typed, word, most);
    // A word that goes on after what was typed is a worse guess than one that ends there.
    return found > most ? 0 : 0.5 - 0.12 * found - Math.min(0.1, 0.02 * Math.max(0, word.length - typed.length - 1));
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

  /** Give the words of a text that decide, in one spelling; all, where none does. */
  function deciding(words) {
    const found = words.filter((word) => !JOINING.has(word));
    return (found.length ? found : words).map(spelled);
  }

  /** Give what a whole name is compared by: order, endings, spaces and joining words do not count. */
  function keysOf(words) {
    const stems = deciding(words).map(stem);
    return [[...stems].sort().join(" "), deciding(words).join("").replace(/s$/, "")];
  }

  /** Give the names that a title has: all of it, what stands before and within brackets, and
   * before a colon. */
  function namesIn(title) {
    const plain = title.replace(/\([^)]*\)/g, " ");
    const within = [...title.matchAll(/\(([^)]*)\)/g)].flatMap(([, inner]) => [inner, ...inner.split("/")]);
    return [title, plain, plain.split(":")[0], ...within];
  }

  /** Give the keys of a whole name; of one in two kinds of script there is none. */
  const wholeKeys = ({ words, runs }) => (runs.length ? (words.length ? [] : runs) : keysOf(words));

  /* Scores of whole names, far above all that words come to: the title, another name, initials. */
  const WHOLE = { title: 1000, also: 990, initials: 900 };

  /** The words of many documents, numbered from 0. */
  class Index {
    /** Word -> its stem, its sound (once asked for), and documents with the weight of its heaviest place. */
    #words = new Map();
    /** Weight -> document -> its runs of unspaced letters. */
    #runs = new Map();
    /** Key of a whole name -> document -> score. */
    #names = new Map();
    #alike;

    /** `alike` has for a word others that mean the same to whoever looks for a leaflet. */
    constructor(alike = new Map()) {
      this.#alike = alike;
    }

    /** Add a text of a document. The weight says how much it counts when found there. */
    add(document, text, weight) {
      const { words, runs } = split(fold(text));
      for (const word of words) {
        for (const form of [spelled(word), ...forms(word)]) {
          let entry = this.#words.get(form);
          if (!entry) this.#words.set(form, (entry = { stem: stem(form), sound: undefined, places: new Map() }));
          if ((entry.places.get(document) ?? 0) < weight) entry.places.set(document, weight);
        }
      }
      if (!runs.length) return;
      if (!this.#runs.has(weight)) this.#runs.set(weight, new Map());
      const documents = this.#runs.get(weight);
      documents.set(document, (documents.get(document) ?? "") + runs.join(""));
    }

    /** Add the title of a document: its words, the names that it has, and its initials. */
    title(document, text, weight) {
      this.add(document, text, weight);
      for (const name of namesIn(text)) this.#name(document, name, WHOLE.title);
      const words = split(fold(namesIn(text)[1])).words.filter((word) => !JOINING.has(word) && LATIN.test(word));
      if (words.length > 1) this.#key(document, words.map((word) => word[0]).join(""), WHOLE.initials);
    }

    /** Add another name of a document. */
    also(document, text, weight) {
      this.add(document, text, weight);
      this.#name(document, text, WHOLE.also);
    }

    #name(document, text, score) {
      for (const key of wholeKeys(split(fold(text)))) this.#key(document, key, score);
    }

    #key(document, key, score) {
      if (!key) return;
      if (!this.#names.has(key)) this.#names.set(key, new Map());
      const documents = this.#names.get(key);
      if ((documents.get(document) ?? 0) < score) documents.set(document, score);
    }

    #wordScores(typed) {
      const scores = new Map();
      const [typedStem, others] = [stem(typed), [...forms(typed), ...(this.#alike.get(typed) ?? [])]];
      const take = (places, fits) => {
        for (const [document, weight] of places) {
          const score = fits * weight;
          if ((scores.get(document) ?? 0) < score) scores.set(document, score);
        }
      };
      for (const [word, entry] of this.#words) {
        const fits = likeness(typed, word, entry.stem === typedStem);
        if (fits) take(entry.places, fits);
      }
      for (const other of others) {
        const entry = this.#words.get(other);
        if (entry) take(entry.places, 0.8);
      }
      return scores;
    }

    /** Give documents by words that sound like one, and the word that is most likely meant. */
    #guess(typed) {
      const [scores, asHeard, most] = [new Map(), heard(typed), mostErrors(typed)];
      let [best, meant] = [0, typed];
      // Too little is heard of it.
      if (typed.length < 4 || asHeard.length < 3) return { scores, meant };
      for (const [word, entry] of this.#words) {
        entry.sound ??= heard(word);
        const fits = likenessWithErrors(asHeard, entry.sound, most);
        if (!fits) continue;
        for (const [document, weight] of entry.places) {
          const score = fits * weight;
          // What many leaflets say is meant more often.
          const likely = fits * 20 + weight + Math.min(entry.places.size, 50) / 100;
          if (likely > best) [best, meant] = [likely, word];
          if ((scores.get(document) ?? 0) < score) scores.set(document, score);
        }
      }
      return { scores, meant };
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

    /** Tell whether a query is the whole name of a document, in its order. */
    isName(query) {
      return this.#names.has(wholeKeys(split(fold(query))).at(-1));
    }

    /** Give documents and their scores for what was typed, whether they have all of it (`whole`),
     * and without typing errors (`exact`). A part that no document has bridges to words with
     * errors. A document counts if it has as many parts as the best one, or is called so. */
    find(query) {
      const { words, runs } = split(fold(query));
      let exactly = true;
      const typed = deciding(words);
      const parts = typed.map((word, at) => {
        const exact = this.#wordScores(word);
        if (exact.size) return exact;
        exactly = false;
        const { scores, meant } = this.#guess(word);
        typed[at] = meant;
        return scores;
      });
      for (const run of runs) {
        const exact = this.#runScores(run, (sought, text) =>
          text.startsWith(sought) ? 1 : text.includes(sought) ? 0.8 : 0,
        );
        if (!exact.size) exactly = false;
        parts.push(exact.size ? exact : this.#runScores(run, (sought, text) => {
          const share = sharedPairs(sought, text);
          return share < 0.6 ? 0 : share * 0.4;
        }));
      }
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
      const named = this.#called(wholeKeys({ words, runs }), runs.length ? [] : keysOf(typed));
      for (const [document, score] of named.scores) scores.set(document, (scores.get(document) ?? 0) + score);
      const whole = named.exact || (parts.length > 0 && most === parts.length);
      return { scores, whole, exact: named.exact || (whole && exactly), named: named.exact };
    }

    /** Give documents that are called what was typed, or what is meant by it. */
    #called(typed, meant) {
      for (const [keys, exact] of [[typed, true], [meant, false]]) {
        const scores = new Map();
        for (const key of keys) {
          for (const [document, score] of this.#names.get(key) ?? []) {
            scores.set(document, Math.max(scores.get(document) ?? 0, exact ? score : score / 2));
          }
        }
        if (scores.size) return { scores, exact };
      }
      return { scores: new Map(), exact: false };
    }
  }

  /* What stands between an illness and a language, and says nothing of either. */
  const BETWEEN = new Set(["in", "into", "language", "version", "translation", "translated", "speaking", "speaker"]);

  /** Find the languages that a query names, and the rest of it.
   * `names` has for each language its code and its names. A name counts when it is typed whole;
   * with `guess`, also its first four letters, or with a typing error. */
  function findLanguages(query, names, guess) {
    const { words, runs } = split(fold(query));
    const typed = [...words, ...runs];
    const all = compared(names);
    for (let length = Math.min(3, typed.length); length > 0; length--) {
      for (let at = typed.length - length; at >= 0; at--) {
        const name = typed.slice(at, at + length).join(" ");
        if (BETWEEN.has(name)) continue;
        const codes = all.get(name) ?? (guess ? guessed(name, all) : []);
        if (!codes.length) continue;
        const rest = [...typed.slice(0, at), ...typed.slice(at + length)].filter((word) => !BETWEEN.has(word)).join(" ");
        return { codes, rest, said: name };
      }
    }
    return { codes: [], rest: query, said: "" };
  }

  /** Names of languages as they are compared, with the codes of the languages that have them. */
  const known = new Map();

  function compared(names) {
    if (known.has(names)) return known.get(names);
    const all = new Map();
    for (const [code, ...own] of names) {
      // "Chinese" names both of "Chinese (Simplified)" and "Chinese (Traditional)".
      for (const name of own.flatMap((one) => [one, one.split("(")[0]])) {
        const { words, runs } = split(fold(name));
        const whole = [...words, ...runs].join(" ");
        if (whole && !all.get(whole)?.includes(code)) all.set(whole, [...(all.get(whole) ?? []), code]);
      }
    }
    known.set(names, all);
    return all;
  }

  /** Give the languages whose name begins with what was typed, or nearly is it. */
  function guessed(typed, all) {
    if (typed.length < 4) return [];
    const most = mostErrors(typed);
    const near = [...all].filter(([name]) => name.startsWith(typed) ||
      (most && Math.abs(name.length - typed.length) < 3 && errors(typed, name, most) <= most));
    return [...new Set(near.flatMap(([, codes]) => codes))];
  }

  return { fold, split, errors, spelled, Index, findLanguages };
})();
