/* What the scripts of `handouts serve` share. */
"use strict";

/** Make an element; properties are attributes, and no text is ever HTML. */
function makeElement(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value !== false && value !== undefined) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child));
  return element;
}

/** Give what is remembered under names of one kind; a browser may forbid that. */
function makeMemory(kind) {
  return {
    get(name, otherwise = "") {
      try { return localStorage.getItem(`${kind}.${name}`) ?? otherwise; } catch { return otherwise; }
    },
    set(name, value) {
      try { localStorage.setItem(`${kind}.${name}`, value); } catch { /* It is asked for again. */ }
    },
  };
}
