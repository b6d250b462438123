/* Filter the rows of a page for those who keep the site: each word has to stand in a row. */
"use strict";

(() => {
  const box = document.getElementById("filter");
  const parts = [...document.querySelectorAll("details.part")];
  const open = new Map(parts.map((part) => [part, part.open]));

  box.addEventListener("input", () => {
    const words = box.value.toLocaleLowerCase().split(/\s+/).filter(Boolean);
    for (const part of parts) {
      const about = part.querySelector("summary").textContent.toLocaleLowerCase();
      const whole = part.classList.contains("topic") ? about : "";
      let found = 0;
      for (const row of part.querySelectorAll(".found")) {
        const text = `${whole} ${row.textContent.toLocaleLowerCase()}`;
        row.hidden = !words.every((word) => text.includes(word));
        found += row.hidden ? 0 : 1;
      }
      part.hidden = words.length > 0 && found === 0;
      part.open = words.length > 0 ? found > 0 : open.get(part);
    }
  });
})();
