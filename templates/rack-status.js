/* Answer for one copy: the fragment #<locale>-<version>, from the code on paper. */
"use strict";

(() => {
  const say = (name, values) => RackWords[name].replace(/\{(\w+)\}/g, (_, key) => values[key] ?? "");

  /** Read the fragment; one that is broken names no copy. */
  function readFragment() {
    try { return decodeURIComponent(location.hash.slice(1)); } catch { return ""; }
  }

  /** Give the answer for a copy: its kind (good, bad), its words, and the row it stands on. */
  function answer(locale, version, language, rows) {
    const values = { version, language };
    const withdrawn = rows.find((row) => row.dataset.state === "withdrawn");
    if (withdrawn) return ["bad", say("status-withdrawn", { ...values, ...withdrawn.dataset })];
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
    for (const row of rows) row.removeAttribute("aria-current");
    const codes = box.dataset.locales.split(" ");
    const locale = codes.filter((code) => fragment.startsWith(`${code}-`)).sort((a, b) => b.length - a.length)[0];
    box.hidden = !locale || rows.length === 0;
    if (box.hidden) return;
    const own = rows.filter((row) => row.dataset.locale === locale);
    const version = fragment.slice(locale.length + 1).slice(0, 40);
    const language = own[0]?.dataset.language ?? locale;
    const [kind, text, instead] = answer(locale, version, language, own);
    box.className = `answer ${kind}`;
    box.querySelector(".symbol").textContent = kind === "good" ? "✓" : "✕";
    box.querySelector(".words").textContent = text;
    const link = instead?.querySelector("a")?.cloneNode(true);
    box.querySelector(".instead").replaceChildren(...(link ? [link] : []));
    for (const row of own) row.setAttribute("aria-current", "true");
  }

  addEventListener("hashchange", show);
  show();
})();
