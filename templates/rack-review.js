/* A web page of a leaflet says by itself that it is past its day, and leads to its PDF no more. */
"use strict";

(() => {
  const line = document.querySelector("[data-review]");
  const now = new Date();
  const today = [now.getFullYear(), now.getMonth() + 1, now.getDate()].map((part) => String(part).padStart(2, "0")).join("-");
  if (line.dataset.review >= today) return;
  line.hidden = false;
  for (const link of document.querySelectorAll(".links a[type='application/pdf']")) link.remove();
})();
