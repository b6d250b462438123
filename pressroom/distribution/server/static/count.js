/* In `handouts serve`, the server learns which leaflet the rack's own Print was pressed for, so
   that a recall knows of it: topic, locale, edition and mark, and nothing else. */
"use strict";

(() => {
  const token = document.querySelector('meta[name="pressroom-token"]').content;
  document.addEventListener("rack-print", ({ detail: { topic, locale, edition, mark } }) => {
    fetch("_serve/printed", {
      method: "POST",
      keepalive: true,
      headers: { "content-type": "application/json", "x-pressroom-token": token },
      body: JSON.stringify({ topic, locale, edition, mark }),
    }).catch(() => { /* It is printed all the same. */ });
  });
})();
