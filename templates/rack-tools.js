/* What all of the rack's scripts use: its settings and words, elements, and what is remembered. */
"use strict";

const RackTools = (() => {
  const config = JSON.parse(document.getElementById("rack-config").textContent);
  const locales = new Map(config.locales.map((locale) => [locale.code, locale]));
  const byId = (id) => document.getElementById(id);
  const nextTask = () => new Promise((resolve) => setTimeout(resolve));

  // Words

  const dates = new Intl.DateTimeFormat([config.dates, "en-001"], { dateStyle: "long", timeZone: "UTC" });

  /** Fill the braces of one of the rack's own words. */
  function say(name, values = {}) {
    return RackWords[name].replace(/\{(\w+)\}/g, (_, key) => values[key] ?? "");
  }

  /** Write a day (ISO 8601) out. */
  const day = (text) => dates.format(new Date(text));

  /** Give the day on which the page is looked at (ISO 8601). */
  function today() {
    const now = new Date();
    return [now.getFullYear(), now.getMonth() + 1, now.getDate()].map((part) => String(part).padStart(2, "0")).join("-");
  }

  /** Name an edition. */
  const editionName = ({ edition }) => RackWords[`edition-${edition}`] ?? edition;

  /** Give a locale of the rack; of a language that it does not have, what CLDR calls it, or the
   * browser. */
  function localeOf(code) {
    if (locales.has(code)) return locales.get(code);
    const [, native, name] = RackNames.languages.find(([one]) => one === code) ?? [];
    if (name) return { code, native, name };
    const named = (language) => {
      try { return new Intl.DisplayNames([language], { type: "language" }).of(code) ?? code; } catch { return code; }
    };
    return { code, native: named(code), name: named(config.interface) };
  }

  /** Name a language as both know it, as the children of an element: the patient, and the staff. */
  function languageName({ code, native, name }) {
    const same = native.toLowerCase() === name.toLowerCase();
    return [make("bdi", { lang: code }, native), same ? "" : ` · ${name}`];
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
    drop(name) {
      try { localStorage.removeItem(`rack.${name}`); } catch { /* There is none. */ }
    },
  };

  return { config, locales, localeOf, byId, nextTask, say, day, today, editionName, languageName, make, memory };
})();
