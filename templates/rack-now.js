/* Is what the page shows still true? Days are judged in the browser; a served rack asks its server.
 *
 * A rack on a stick cannot ask: it says how old it is instead.
 */
"use strict";

const RackNow = (() => {
  const { config, byId, say, day, today, make } = RackTools;

  const served = location.protocol !== "file:";
  /* Milliseconds between looks at the server, while the page is open. */
  const LOOK_MS = 5 * 60_000;
  const DAY_MS = 24 * 60 * 60_000;

  /** Read a file of the rack as it is now; empty where it is gone. */
  async function read(path) {
    const answer = await fetch(`${path}?now=${Date.now()}`, { cache: "no-store" });
    if (answer.status === 404) return "";
    if (!answer.ok) throw new Error(path);
    return answer.text();
  }

  /** Say why a leaflet must not be handed out as it stands here; empty where it may. */
  async function whyNot(card, edition) {
    if (card.overdue) return say("overdue-why", { date: day(card.review) });
    if (!served) return "";
    try {
      const text = await read(`rack/titles/${card.locale}.js`);
      const columns = text ? JSON.parse(text.slice(text.indexOf(",") + 1, text.lastIndexOf(")"))) : { topic: [] };
      const now = columns.topic.map((topic, at) => Object.fromEntries(Object.entries(columns).map(([name, values]) => [name, values[at]])))
        .filter((one) => one.topic === card.topic && one.draft === 0)
        .map((one) => ({ ...one, edition: one.editions.find(([name]) => name === edition.edition) }))
        .find((one) => one.edition);
      if (!now) return say("now-gone");
      const [, , sha256, stale] = now.edition;
      if (stale || now.overdue) return say("now-stale");
      return sha256 === edition.sha256 ? "" : say("now-changed", { version: now.version, date: day(now.issued) });
    } catch {
      return say("now-unknown");
    }
  }

  /** Say once that what stands on the rack has changed since the page was opened. */
  async function look() {
    if (document.hidden || !byId("changed").hidden) return;
    try {
      const found = /id="rack-config">(.*?)<\/script>/s.exec(await read(location.pathname));
      const now = found && JSON.parse(found[1]);
      const told = (one) => JSON.stringify([one.locales, one.withdrawn]);
      if (now && told(now) !== told(config)) byId("changed").hidden = false;
    } catch { /* Print asks again. */ }
  }

  function start() {
    if (served) {
      setInterval(look, LOOK_MS);
      document.addEventListener("visibilitychange", look);
      byId("changed").querySelector("button").addEventListener("click", () => location.reload());
    } else if (config.made && (Date.parse(today()) - Date.parse(config.made)) / DAY_MS > config.newerAfterDays) {
      byId("old").textContent = say("made-on", { date: day(config.made) });
      byId("old").hidden = false;
    }
  }

  return { start, whyNot, look };
})();
