/* Cards of leaflets: what staff see of one, and what can be done with it. */
"use strict";

const RackCards = (() => {
  const { config, locales, byId, say, day, editionName, languageName, make } = RackTools;
  const { cardsOf } = RackShelves;

  const fileOf = (card, { edition }) => `${card.locale}/${card.topic}.${edition}${card.draft ? ".draft" : ""}.pdf`;
  const addressOf = (card, edition) => `${fileOf(card, edition)}?v=${edition.key}`;
  const thumbOf = (card, edition) => `rack/thumbs/${fileOf(card, edition).replace(/\.pdf$/, ".png")}?v=${edition.key}`;

  function titleOf(card) {
    const { dir } = locales.get(card.locale);
    return make("span", { lang: card.locale, dir }, card.title);
  }

  function mark(kind, text) {
    return make("strong", { class: `mark ${kind}` }, text);
  }

  let made = 0;

  /** Make the card of a leaflet; `instead` says what it stands in for. */
  function cardElement({ card, instead }, visible, doing) {
    const id = `card-${++made}`;
    const source = cardsOf(card.topic, config.source).filter(visible)[0];
    const body = make("div", { class: "body" },
      make("h2", { id }, titleOf(card)),
      card.locale !== config.source && source
        ? make("p", { class: "source-title", lang: config.source }, source.title) : undefined);
    const marks = make("p", { class: "marks" }, make("span", { class: "language" },
      ...languageName(locales.get(card.locale))));
    if (instead) marks.append(mark("note", instead));
    if (card.draft) marks.append(mark("draft", say("draft")));
    if (card.overdue) marks.append(mark("bad", say("out-of-date")));
    body.append(marks);
    if (card.overdue) body.append(make("p", { class: "why" }, say("overdue-why", { date: day(card.review) })));

    const facts = make("p", { class: "facts" });
    const actions = make("div", { class: "actions" });
    const picture = make("img", { class: "thumb", alt: "", loading: "lazy", width: 120, height: 170,
      onerror: () => picture.classList.add("gone"), onload: () => picture.classList.remove("gone") });
    const first = card.editions.find(({ edition }) => edition === doing.edition()) ?? card.editions[0];
    const editions = editionChoice(card, id, first, (edition) => { fill(edition); doing.choose(edition); });
    if (editions) body.append(editions);
    body.append(facts);

    function fill(edition) {
      picture.src = thumbOf(card, edition);
      facts.replaceChildren(
        ...[
          edition.pages ? say("pages", { count: edition.pages }) : "",
          say("version", { version: card.version }),
          say("issued", { date: day(card.issued) }),
          say("review-by", { date: day(card.review) }),
        ].filter(Boolean).map((fact) => make("span", {}, fact)),
      );
      for (const old of marks.querySelectorAll(".stale")) old.remove();
      if (edition.stale) marks.append(mark("bad stale", say("stale")));
      actions.replaceChildren(...actionsOf(card, edition, id, source, doing));
    }
    fill(first);
    return make("li", { class: card.draft ? "card draft" : "card", "data-leaflet": `${card.locale}/${card.topic}` },
      picture, body, actions);
  }

  /** Make the choice among editions; nothing where there is but one. */
  function editionChoice(card, id, first, onchoice) {
    if (card.editions.length < 2) return undefined;
    return make("fieldset", { class: "editions" },
      make("legend", { class: "unseen" }, say("edition", { title: card.title })),
      ...card.editions.map((edition) => make("label", {},
        make("input", { type: "radio", name: `${id}-edition`, checked: edition === first, onchange: () => onchoice(edition) }),
        make("span", {}, editionName(edition)))));
  }

  /** Give what a record notes of a leaflet that was handed out, as one line. */
  function recordLine(card, edition, source) {
    const version = [card.version, card.mark].filter(Boolean);
    const page = `c/${card.topic}.html#${[card.locale, ...version].join("-")}`;
    const base = config.address ? `${config.address}/` : location.protocol === "file:" ? "" : document.baseURI;
    return [
      card.title,
      card.locale !== config.source && source?.title,
      `${locales.get(card.locale).english} (${card.locale})`,
      say("version", { version: version.join(" · ") }),
      say("issued", { date: card.issued }),
      `SHA-256 ${edition.sha256}`,
      base && new URL(page, base).href,
    ].filter(Boolean).join("; ");
  }

  /** Copy that line; where a page may not, as over plain HTTP, show it for copying by hand. */
  async function copy(card, edition, source) {
    const line = recordLine(card, edition, source);
    try {
      await navigator.clipboard.writeText(line);
      byId("said").textContent = say("copied", { title: card.title });
    } catch {
      const field = byId("line");
      field.value = line;
      byId("copying").showModal();
      field.select();
    }
  }

  /** Make what can be done with a leaflet: what must not be handed out cannot be printed. */
  function actionsOf(card, edition, id, source, doing) {
    const actions = [];
    const action = (name, properties, text) => {
      const own = `${id}-${name}`;
      const tag = "href" in properties ? "a" : "button";
      return make(tag, { id: own, class: `action ${name}`, "aria-labelledby": `${own} ${id}`, ...properties }, text);
    };
    if (!card.overdue) {
      if (!card.draft && !edition.stale) {
        actions.push(action("print", { type: "button", onclick: () => doing.print(card, edition) }, say("print")));
      }
      actions.push(action("pdf", { href: addressOf(card, edition), target: "_blank", rel: "noopener" }, say("pdf")));
      if (!card.draft && !edition.stale) {
        actions.push(action("queue", { type: "button", onclick: () => doing.queue(card, edition) }, say("list-add")));
        if (config.address) actions.push(action("phone", { type: "button", onclick: () => doing.phone(card) }, say("phone")));
      }
      actions.push(action("web", { href: `${card.locale}/${card.topic}.html` }, say("web-page")));
      if (edition.edition === "booklet") {
        // The sheets for the printer have the pages in another order, and no tags.
        const reader = addressOf(card, { ...edition, edition: "booklet-reader" });
        actions.push(action("reader", { href: reader, target: "_blank", rel: "noopener" }, say("edition-booklet-reader")));
      }
      if (!card.draft && !edition.stale) {
        actions.push(action("copy", { type: "button", onclick: () => copy(card, edition, source) }, say("copy")));
      }
      if (source && card.locale !== config.source && !source.overdue) {
        const same = source.editions.find((one) => one.edition === edition.edition) ?? source.editions[0];
        actions.push(action("source", { href: addressOf(source, same), target: "_blank", rel: "noopener" },
          say("source-copy", { language: locales.get(config.source).name })));
      }
    }
    actions.push(action("status", { href: `c/${card.topic}.html#${card.locale}-${card.version}${card.mark && `-${card.mark}`}` }, say("other-languages")));
    return actions;
  }

  return { cardElement, titleOf, addressOf };
})();
