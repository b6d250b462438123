"""A browser paints figures on the web page as they are typed, and copies them without marks."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from pressroom.content.topic.inline import read_inline
from pressroom.core.locales import read_locale
from pressroom.leaflet.html import _Inline

from ..painted import plainly

#: Characters of each paragraph by the left edges of their places.
PAINTED = """() => [...document.querySelectorAll('p')].map(p => {
  const found = [], walk = document.createTreeWalker(p, NodeFilter.SHOW_TEXT);
  for (let node; node = walk.nextNode();)
    for (let i = 0; i < node.length; i++) {
      const range = document.createRange();
      range.setStart(node, i); range.setEnd(node, i + 1);
      found.push([range.getBoundingClientRect().left, node.data[i]]);
    }
  return found.sort((a, b) => a[0] - b[0]).map(one => one[1]).join('');
})"""

FIGURES = ["٠٨٠٠ ١١١ ٢٢٢", "٤–٧", "٢ × ٥٠٠", "۰۸۰۰ ۱۱۱", "10:30–12:00", "> ٣٨٫٥ °C", "5 × 10⁹/L",
           "HLA-B27", "a.b@c.example", "**٠٨٠٠** ١١١"]  # fmt: skip


@pytest.mark.parametrize(("code", "words"), [("ar", "اتصل الآن"), ("he", "התקשרו עכשיו")])
def test_a_browser_paints_figures_as_they_are_typed(page: Page, code: str, words: str) -> None:
    inline = _Inline(read_locale(code))
    lines = [f"{words} {figure} {words}" for figure in FIGURES]
    body = "".join(f"<p>{inline(read_inline(line))}</p>" for line in lines)
    page.set_content(f'<html lang="{code}" dir="rtl"><body>{body}</body></html>')
    bare = [figure.replace("*", "") for figure in FIGURES]
    assert [plainly(line) for line in page.evaluate(PAINTED)] == [
        f"R{plainly(one)}R" for one in bare
    ]
    assert page.locator("p").all_text_contents() == [f"{words} {one} {words}" for one in bare]
