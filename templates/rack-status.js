/* Answer for one copy: the fragment #<locale>-<version>-<mark>, from the code on paper. Paper
   from before there were marks has none. */
"use strict";

(() => {
  const say = (name, values) => RackWords[name].replace(/\{(\w+)\}/g, (_, key) => values[key] ?? "");

  /** Read the fragment; one that is broken names no copy. */
  function readFragment() {
    try { return decodeURIComponent(location.hash.slice(1)); } catch { return ""; }
  }

  /** Let what is past its day since the page was written be so (days as ISO 8601 has them). */
  function judgeDays(rows) {
    const now = new Date();
    const today = [now.getFullYear(), now.getMonth() + 1, now.getDate()].map((part) => String(part).padStart(2, "0")).join("-");
    for (const row of rows) {
      if (row.dataset.state !== "current" || !row.dataset.review || row.dataset.review >= today) continue;
      row.dataset.state = "out-of-date";
      const mark = row.querySelector(".mark");
      mark.className = "mark out-of-date";
      mark.textContent = RackWords["out-of-date"];
      for (const link of row.querySelectorAll("a")) link.replaceWith(...link.childNodes);
    }
    return today;
  }

  /** Say how old a page is that lies on a stick or in a folder: it does not know what came later. */
  function tellAge(today) {
    const [made, days, said] = RackMade;
    const old = location.protocol === "file:" && made && Date.parse(today) - Date.parse(made) > days * 24 * 60 * 60_000;
    const line = document.querySelector(".old");
    line.hidden = !old;
    if (old) line.textContent = line.dataset.text.replace("{date}", said);
  }

  const marks = (row) => (row.dataset.marks ?? "").split(" ").filter(Boolean);

  /** Split a version from the mark behind it; one that the page knows as a whole has none. */
  function readVersion(text, rows) {
    const found = /^(.+)-([0-9a-hjkmnp-tv-z]{6})$/.exec(text);
    const whole = rows.some((row) => row.dataset.version === text);
    return found && !whole ? [found[1], found[2]] : [text, ""];
  }

  /** Give the answer for a copy: its kind (good, bad), its words, and the row it stands on. */
  function answer(version, mark, language, all) {
    const values = { version, mark, language };
    const withdrawn = all.find((row) => row.dataset.state === "withdrawn");
    if (withdrawn) return ["bad", say("status-withdrawn", { ...values, ...withdrawn.dataset })];
    const rows = all.filter((row) => row.dataset.state !== "replaced");
    const own = mark && all.find((row) => marks(row).includes(mark));
    if (mark && !own) return ["bad", say("status-unknown", values)];
    if (own) {
      const now = rows.find((row) => row.dataset.state === "current");
      const { state } = own.dataset;
      if (state === "current") return ["good", say("status-current", values)];
      if (state === "replaced" && now) {
        const by = { current: now.dataset.version, date: now.dataset.date, now: marks(now).join(", ") };
        return ["bad", say("status-replaced", { ...values, ...by }), now, now.dataset.change];
      }
      const name = { "out-of-date": "status-overdue", draft: "status-draft" }[state] ?? "status-stale";
      return ["bad", say(name, values)];
    }
    const same = rows.filter((row) => row.dataset.version === version);
    const current = rows.find((row) => row.dataset.state === "current");
    if (same.includes(current)) return ["good", say("status-current", values)];
    if (current) {
      const now = { ...values, current: current.dataset.version, date: current.dataset.date };
      return ["bad", say("status-old", now), current];
    }
    const state = same[0]?.dataset.state;
    const name = { stale: "status-stale", "out-of-date": "status-overdue", draft: "status-draft" }[state];
    return ["bad", say(name ?? "status-unknown", values)];
  }

  function show() {
    const fragment = readFragment();
    const box = document.getElementById("answer");
    const rows = [...document.querySelectorAll("tr[data-locale]")];
    tellAge(judgeDays(rows));
    for (const row of rows) row.removeAttribute("aria-current");
    const codes = box.dataset.locales.split(" ");
    const locale = codes.filter((code) => fragment.startsWith(`${code}-`)).sort((a, b) => b.length - a.length)[0];
    box.hidden = !locale || rows.length === 0;
    if (box.hidden) return;
    const own = rows.filter((row) => row.dataset.locale === locale);
    const [version, mark] = readVersion(fragment.slice(locale.length + 1).slice(0, 40), own);
    const language = own[0]?.dataset.language ?? locale;
    const [kind, text, instead, change] = answer(version, mark, language, own);
    box.className = `answer ${kind}`;
    box.querySelector(".symbol").textContent = kind === "good" ? "✓" : "✕";
    box.querySelector(".words").textContent = text;
    box.querySelector(".changed").textContent = change ? say("status-changed", { change }) : "";
    box.querySelector(".unmarked").hidden = Boolean(mark) || !own.some((row) => marks(row).length > 0);
    const link = instead?.querySelector("a")?.cloneNode(true);
    box.querySelector(".instead").replaceChildren(...(link ? [link] : []));
    for (const row of own) row.setAttribute("aria-current", "true");
  }

  addEventListener("hashchange", show);
  show();
})();
