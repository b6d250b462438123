/* The desk in the browser: state of the server -> messages, and boxes on the pages. */
"use strict";

(() => {
  const make = makeElement;
  const byId = (id) => document.getElementById(id);
  const here = location.pathname.replace(/\/$/, "");
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  const STATES = { missing: "missing", fuzzy: "fuzzy: check again", unsure: "numbers to confirm" };

  let state = { version: -1, proof: "", groups: [], pages: [], boxes: {} };
  let chosen = "";

  // Messages

  const messages = () => state.groups.flatMap((group) => group.messages);
  const faulty = (message) => message.findings.some(({ code, severity }) => severity === "error" && !code.startsWith("message-") && code !== "quantity-unsure");
  const todo = (message) => message.state in STATES || message.findings.length > 0;

  /** Give a text with its placeholders set off: they run from left to right. */
  function pieces(text) {
    return text.split(/(\{\w+\})/).filter(Boolean).map((piece) =>
      /^\{\w+\}$/.test(piece) ? make("bdi", { class: "placeholder", dir: "ltr" }, piece) : piece);
  }

  /** Show a finding; at a message there is no need to say where it is. */
  function findingElement({ code, severity, message, where, page }, general) {
    const at = page ? `Page ${page}: ` : general && where ? `${where}: ` : "";
    const text = `${at}${message} `;
    return make("li", { class: severity }, text, make("code", {}, code));
  }

  function messageElement(message) {
    const { locale, source } = state.facts;
    const id = `message-${message.anchor}`;
    const translation = message.state === "source" ? undefined : message.text
      ? make("p", { class: "text translation", lang: locale.code, dir: locale.direction }, ...pieces(message.text))
      : make("p", { class: "none" }, "Not translated yet");
    const tag = message.state in STATES ? make("span", { class: `tag ${message.state}` }, STATES[message.state])
      : faulty(message) ? make("span", { class: "tag bad" }, "wrong") : undefined;
    const within = state.pages.length && !state.boxes[message.anchor] ? " · stands within other words" : "";
    const findings = message.findings.filter(({ code }) => !code.startsWith("message-") && code !== "quantity-unsure");
    return make("article", { class: `message ${message.state}`, id, "data-anchor": message.anchor, tabindex: "-1", "aria-label": message.place },
      make("p", { class: "place" }, message.place, within, " ", tag),
      make("p", { class: "where", title: message.where }, make("bdi", {}, message.where.split("/").pop())),
      make("p", { class: "text source", lang: source.code, dir: source.direction }, ...pieces(message.source)),
      translation,
      message.origin ? make("p", { class: "origin" }, message.origin) : undefined,
      message.previous ? make("p", { class: "previous" }, "Translated when the source was: ", make("span", { lang: source.code }, message.previous)) : undefined,
      findings.length ? make("ul", { class: "findings" }, ...findings.map((finding) => findingElement(finding, false))) : undefined);
  }

  /** Show the messages; those that have not changed stay as they are. */
  function showMessages(before) {
    const known = new Map(before.map((message) => [message.anchor, JSON.stringify(message)]));
    const groups = state.groups.filter((group) => group.messages.length).map((group, at) => {
      const items = group.messages.map((message) => {
        const old = byId(`message-${message.anchor}`);
        const same = old && known.get(message.anchor) === JSON.stringify(message);
        return make("li", {}, same ? old : messageElement(message));
      });
      return [group.name && make("h2", { id: `group-${at}` }, group.name), make("ol", { class: "messages" }, ...items)];
    });
    const held = document.activeElement?.dataset?.anchor;
    const scrolled = byId("messages").scrollTop;
    byId("groups").replaceChildren(...groups.flat().filter(Boolean));
    byId("messages").scrollTop = scrolled;
    if (!messages().some((message) => message.anchor === chosen)) chosen = messages()[0]?.anchor ?? "";
    mark();
    if (held) byId(`message-${held}`)?.focus({ preventScroll: true });
  }

  function showFacts() {
    const { facts, findings, problems } = state;
    byId("problems").hidden = problems.length === 0;
    byId("problems").replaceChildren(...problems.map((problem) => make("p", {}, problem)));
    if (!facts.locale) return;
    const { locale } = facts;
    document.documentElement.style.setProperty("--accent", facts.accent);
    document.title = `${facts.title} · ${locale.english_name} · desk`;
    byId("title").textContent = facts.title;
    const names = locale.native_name === locale.english_name ? "" : ` · ${locale.english_name}`;
    byId("language").replaceChildren(make("bdi", { lang: locale.code }, locale.native_name), `${names} · ${facts.state}`);
    const total = facts.translated + facts.unsure + facts.fuzzy + facts.missing;
    byId("progress").textContent = [`${facts.translated} of ${total} ready`,
      facts.unsure && `${facts.unsure} with numbers to confirm`,
      facts.fuzzy && `${facts.fuzzy} fuzzy`, facts.missing && `${facts.missing} missing`].filter(Boolean).join(" · ");
    byId("next").hidden = !messages().some(todo);
    byId("general").hidden = findings.length === 0;
    byId("general").querySelector("ul").className = "findings";
    byId("general").querySelector("ul").replaceChildren(...findings.map((finding) => findingElement(finding, true)));
  }

  // Pages

  const share = (part, whole) => `${(100 * part) / whole}%`;

  /** Give the address of a picture, as sharp as this screen. */
  function pictureOf(number, figure) {
    const dpi = Math.ceil((72 * figure.clientWidth * devicePixelRatio) / state.pages[number][0]);
    return `${here}/${number + 1}.png?proof=${state.proof}&dpi=${dpi}`;
  }

  /** Make the boxes of a page; the chosen one is marked from the start, whenever its page comes. */
  function boxElements(number) {
    const [width, height] = state.pages[number];
    const kinds = new Map(messages().map((message) => [message.anchor, message.state in STATES ? message.state : faulty(message) ? "faulty" : ""]));
    return Object.entries(state.boxes).flatMap(([anchor, boxes]) => boxes.filter(([page]) => page === number).map(([, left, top, wide, high]) => {
      const box = make("div", { class: `box ${kinds.get(anchor) ?? ""}`, "data-anchor": anchor });
      box.classList.toggle("chosen", anchor === chosen);
      Object.assign(box.style, { left: share(left, width), top: share(top, height), width: share(wide, width), height: share(high, height) });
      return box;
    }));
  }

  /** Show the pages; a new picture takes the place of the old one when it is there. */
  async function showPages() {
    const pane = byId("pages");
    pane.querySelector(".waiting")?.remove();
    if (!state.pages.length) pane.replaceChildren(make("p", { class: "waiting" }, "There are no pages yet: see what is wrong with the words."));
    if (!state.pages.length) return;
    while (pane.children.length > state.pages.length) pane.lastElementChild.remove();
    while (pane.children.length < state.pages.length) {
      const sheet = make("div", { class: "sheet" }, make("img", { alt: "" }), make("div", { class: "boxes", "aria-hidden": "true" }));
      pane.append(make("figure", { class: "page" }, sheet, make("figcaption")));
    }
    await Promise.all(state.pages.map(async ([width, height], number) => {
      const figure = pane.children[number];
      const sheet = figure.querySelector(".sheet");
      const image = figure.querySelector("img");
      sheet.style.aspectRatio = `${width} / ${height}`;
      figure.querySelector("figcaption").textContent = `Page ${number + 1} of ${state.pages.length}`;
      const { proof } = state;
      const address = pictureOf(number, sheet);
      if (image.getAttribute("src") !== address) {
        const next = make("img", { alt: `Page ${number + 1}`, src: address });
        try { await next.decode(); } catch { return; }
        if (proof !== state.proof) return;
        figure.querySelector("img").replaceWith(next);
      }
      figure.dataset.proof = proof;
      figure.querySelector(".boxes").replaceChildren(...boxElements(number));
    }));
    mark();
  }

  // Choosing

  /** Mark the chosen message on both sides. */
  function mark() {
    for (const element of document.querySelectorAll(".message")) {
      const current = element.dataset.anchor === chosen;
      element.setAttribute("aria-current", String(current));
      element.tabIndex = current ? 0 : -1;
    }
    for (const box of document.querySelectorAll(".box")) box.classList.toggle("chosen", box.dataset.anchor === chosen);
  }

  const glide = (element, block) => element?.scrollIntoView({ block, inline: "nearest", behavior: calm.matches ? "auto" : "smooth" });

  function choose(anchor, { focus = true } = {}) {
    if (!anchor) return;
    chosen = anchor;
    mark();
    const element = byId(`message-${anchor}`);
    if (focus) element?.focus({ preventScroll: true });
    glide(element, "nearest");
    glide(document.querySelector(`.box[data-anchor="${CSS.escape(anchor)}"]`), "center");
    history.replaceState(null, "", `#${anchor}`);
  }

  function step(by, wanted = () => true) {
    const all = messages();
    const at = all.findIndex((message) => message.anchor === chosen);
    for (let next = at + by; next >= 0 && next < all.length; next += by) {
      if (wanted(all[next])) return choose(all[next].anchor);
    }
    if (wanted === todo) choose(all.find(todo)?.anchor);
  }

  /** Find the message at a point of a page: the smallest box around it, or the nearest one. */
  function messageAt(sheet, x, y) {
    let [best, least] = ["", Infinity];
    for (const box of sheet.querySelectorAll(".box")) {
      const { left, top, right, bottom, width, height } = box.getBoundingClientRect();
      const off = Math.hypot(Math.max(left - x, 0, x - right), Math.max(top - y, 0, y - bottom));
      const cost = off === 0 ? (width * height) / 1e7 : 1 + off;
      if (off < 16 && cost < least && byId(`message-${box.dataset.anchor}`)) [best, least] = [box.dataset.anchor, cost];
    }
    return best;
  }

  byId("groups").addEventListener("click", (event) => choose(event.target.closest(".message")?.dataset.anchor));
  byId("groups").addEventListener("focusin", (event) => {
    const anchor = event.target.closest(".message")?.dataset.anchor;
    if (anchor && anchor !== chosen) choose(anchor, { focus: false });
  });
  byId("pages").addEventListener("click", (event) => {
    const sheet = event.target.closest(".sheet");
    if (sheet) choose(messageAt(sheet, event.clientX, event.clientY));
  });
  byId("pages").addEventListener("mousemove", (event) => {
    const sheet = event.target.closest(".sheet");
    const anchor = sheet ? messageAt(sheet, event.clientX, event.clientY) : "";
    for (const box of document.querySelectorAll(".box")) box.classList.toggle("near", box.dataset.anchor === anchor);
  });
  byId("next").addEventListener("click", () => step(1, todo));
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const scrolls = byId("pages").contains(document.activeElement);
    if (event.key === "j" || (event.key === "ArrowDown" && !scrolls)) step(1);
    else if (event.key === "k" || (event.key === "ArrowUp" && !scrolls)) step(-1);
    else if (event.key === "n") step(1, todo);
    else return;
    event.preventDefault();
  });

  // News

  let fetching = false;
  let newest = -1;

  async function update() {
    if (fetching) return;
    fetching = true;
    try {
      while (state.version < newest) {
        const answer = await fetch(`${here}/state`);
        if (!answer.ok) throw new Error(await answer.text());
        const before = messages();
        const first = state.version < 0;
        const fresh = await answer.json();
        // Words that cannot be read leave what was there, under what is wrong with them.
        state = fresh.problems.length && !first ? { ...state, version: fresh.version, problems: fresh.problems } : fresh;
        newest = Math.max(newest, state.version);
        if (first) chosen = decodeURIComponent(location.hash.slice(1));
        showFacts();
        if (state.facts.locale) showMessages(before);
        await showPages();
        byId("said").textContent = state.problems.length ? "The words cannot be read." : first ? "" : "The page is up to date.";
        document.body.dataset.version = state.version;
        if (first && location.hash) choose(chosen, { focus: false });
      }
    } catch (problem) {
      byId("problems").hidden = false;
      byId("problems").replaceChildren(make("p", {}, problem.message));
    } finally {
      fetching = false;
    }
  }

  /** Listen while the page is looked at: a browser has but a few connections to a server. */
  let source;
  function listen() {
    if (document.hidden) {
      source?.close();
      source = undefined;
    } else if (!source) {
      source = new EventSource(`${here}/events`);
      source.onmessage = (event) => { newest = Number(event.data); if (newest < state.version) state.version = -1; update(); };
    }
  }
  document.addEventListener("visibilitychange", listen);
  listen();

  let resized;
  addEventListener("resize", () => { clearTimeout(resized); resized = setTimeout(showPages, 200); });
})();
