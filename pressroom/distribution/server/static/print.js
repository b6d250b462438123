/* In `handouts serve`, each leaflet of the rack, and the print list, has a button that prints
 * through CUPS. */
"use strict";

(() => {
  const make = makeElement;
  const memory = makeMemory("print");
  const say = (name, values = {}) => RackWords[name].replace(/\{(\w+)\}/g, (_, key) => values[key] ?? "");
  const token = document.querySelector('meta[name="pressroom-token"]').content;
  const PDF = /^(?:.*\/)?([^/]+)\/([^/]+)\.([a-z-]+)\.pdf(?:[?#].*)?$/;

  // The dialog

  const title = make("p", { class: "print-title" });
  const printer = make("select", { id: "print-printer", required: true });
  const copies = make("input", { id: "print-copies", type: "number", min: 1, max: 100, required: true, inputmode: "numeric" });
  const duplex = make("input", { id: "print-duplex", type: "checkbox" });
  const said = make("p", { class: "print-said", role: "status" });
  const go = make("button", { type: "submit", class: "print-go" }, say("print"));
  const cancel = make("button", { type: "button", class: "print-cancel" }, say("close"));
  const form = make("form", { method: "dialog" },
    make("h2", { id: "print-heading" }, say("cups-title")), title,
    make("label", { for: "print-printer" }, say("cups-printer")), printer,
    make("label", { for: "print-copies" }, say("cups-copies")), copies,
    make("label", { for: "print-duplex", class: "print-check" }, duplex, ` ${say("cups-duplex")}`),
    said, make("div", { class: "print-buttons" }, go, cancel));
  const dialog = make("dialog", { id: "print-dialog", "aria-labelledby": "print-heading" }, form);
  document.body.append(dialog);

  /** What is printed, one after the other. */
  let orders = [];

  /** Give what the server answers; what it says in plain words, such as why it refuses, too. */
  async function ask(name, request = {}) {
    const answer = await fetch(`_serve/${name}`, request);
    const kind = answer.headers.get("content-type") ?? "";
    if (kind.startsWith("application/json")) return answer.json();
    if (kind.startsWith("text/plain")) return { problem: (await answer.text()).trim() };
    return { problem: say("cups-refused", { status: answer.status }) };
  }

  /** Ask the server for its printers, and choose the one that was used last. */
  async function fetchPrinters() {
    const { printers = [], default: usual = "", paused = [], problem } = await ask("printers");
    printer.replaceChildren(...printers.map((name) => make("option", { value: name }, paused.includes(name) ? `${name} · ${say("cups-paused")}` : name)));
    const last = memory.get("printer", usual);
    printer.value = printers.includes(last) ? last : printers.includes(usual) ? usual : printers[0] ?? "";
    go.disabled = printers.length === 0;
    said.textContent = problem ?? "";
  }

  async function open(leaflets, name) {
    orders = leaflets;
    title.replaceChildren(name);
    copies.value = memory.get("copies", "1");
    duplex.checked = memory.get("duplex", "yes") === "yes";
    said.textContent = say("loading");
    go.disabled = true;
    dialog.showModal();
    try {
      await fetchPrinters();
      (go.disabled ? cancel : go).focus();
    } catch {
      said.textContent = say("cups-no-answer");
    }
  }

  /** Say what was sent to a printer. */
  const tell = ({ copies: count, printer: name, job, paused }) =>
    [say("cups-sent", { printer: name, count, job }), paused && `(${say("cups-paused")})`].filter(Boolean).join(" ");

  async function print() {
    memory.set("printer", printer.value);
    memory.set("copies", copies.value);
    memory.set("duplex", duplex.checked ? "yes" : "no");
    go.disabled = true;
    said.textContent = say("loading");
    try {
      const answers = [];
      for (const order of orders) {
        answers.push(await ask("print", {
          method: "POST",
          headers: { "content-type": "application/json", "x-pressroom-token": token },
          body: JSON.stringify({ ...order, printer: printer.value, copies: Number(copies.value), duplex: duplex.checked }),
        }));
      }
      said.textContent = answers.map((one) => one.problem ?? tell(one)).join(" ");
      said.classList.toggle("wrong", answers.some(({ problem }) => problem));
    } catch {
      said.textContent = say("cups-no-answer");
    }
    go.disabled = false;
  }

  form.addEventListener("submit", (event) => { event.preventDefault(); print(); });
  cancel.addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });

  // A button beside the PDF of each leaflet that may be handed out

  function decorate() {
    for (const link of document.querySelectorAll("a.action.pdf:not([data-printable])")) {
      link.dataset.printable = "";
      const [, locale, topic, edition] = PDF.exec(link.getAttribute("href")) ?? [];
      const card = link.closest("[data-leaflet]");
      if (!topic || !card || card.dataset.leaflet !== `${locale}/${topic}` || !card.querySelector(".action.print")) continue;
      const heading = card.querySelector("h2");
      const button = make("button", { type: "button", class: "action cups", "aria-label": `${say("cups")} ${heading.textContent}` }, say("cups"));
      button.addEventListener("click", () => {
        const name = heading.firstElementChild?.cloneNode(true) ?? heading.textContent;
        open([{ topic, locale, edition }], name);
      });
      link.before(button);
    }
  }

  const ORDER = /^([^/]+)\/(.+)\.([a-z-]+)$/;
  const next = document.getElementById("queue-next");
  const all = make("button", { type: "button", class: "action cups" }, say("cups"));
  all.addEventListener("click", () => {
    const items = [...document.querySelectorAll("#queue-items [data-order]")];
    const listed = items.map((item) => {
      const [, locale, topic, edition] = ORDER.exec(item.dataset.order);
      return { topic, locale, edition };
    });
    open(listed, document.getElementById("queue-count").textContent);
  });
  next?.before(all);

  new MutationObserver(decorate).observe(document.body, { childList: true, subtree: true });
  decorate();
})();
