"""Each report in docs/upstream.md shows its fault, and the patch that it names mends it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest

from ..support import ROOT

PATCHES = sorted(
    path.stem
    for path in (ROOT / "pressroom/typeset/weasyprint_patches").glob("*.py")
    if path.stem != "__init__"
)

#: Run in a process of its own: WeasyPrint, with the patches that are named, or without any. It
#: counts calls of Pango, of what works out the values of a style, and of what lays out a page.
SCRIPT = """
import gc, importlib, io, json, re, sys
from pressroom.fonts.files import isolate_fonts
isolate_fonts()
import pikepdf, pypdfium2, weasyprint
from weasyprint import css
from weasyprint.layout import page
from weasyprint.text import ffi, line_break
from pressroom.typeset.weasyprint_patches import style_cache

made = {}
def count(name):
    made[name] = made.get(name, 0) + 1
class Counting:
    def __init__(self, library):
        self.library = library
    def __getattr__(self, name):
        count(name)
        return getattr(self.library, name)
ffi.pango = line_break.pango = Counting(ffi.pango)
work_out, make_page = css.ComputedStyle.__missing__, page.make_page
css.ComputedStyle.__missing__ = lambda style, name: (count("values"), work_out(style, name))[1]
page.make_page = lambda *arguments: (count("pages"), make_page(*arguments))[1]

def render(html):
    return weasyprint.HTML(string=html).render()
def write(html):
    return weasyprint.HTML(string=html).write_pdf(pdf_variant="pdf/ua-1")

patches, reports = json.load(sys.stdin)
for name in patches:
    importlib.import_module("pressroom.typeset.weasyprint_patches." + name).install()
found = {}
for title, (script, html) in reports.items():
    made.clear()
    names = dict(globals(), html=html, patched=bool(patches))
    exec(script, names)
    found[title] = names["shown"]
print(json.dumps(found))
"""

STRUCTURE = """
data = write(html)
pdf = pikepdf.open(io.BytesIO(data))
shown = {"Lang": [], "ActualText": [], "to_unicode": "", "tags": ""}
def walk(node):
    shown["tags"] += str(node.get("/S", "")) + str(node.get("/A", {}).get("/Scope", ""))
    for name in ("Lang", "ActualText"):
        if "/" + name in node:
            shown[name].append(str(node["/" + name]))
    for kid in node.get("/K", []):
        if isinstance(kid, pikepdf.Dictionary):
            walk(kid)
walk(pdf.Root.StructTreeRoot)
for operands, operator in pikepdf.parse_content_stream(pdf.pages[0]):
    if str(operator) == "BDC" and "/ActualText" in operands[1]:
        shown["ActualText"].append(str(operands[1].ActualText))
for font in pdf.pages[0].Resources.Font.values():
    shown["to_unicode"] += font.ToUnicode.read_bytes().decode()
shown["copied"] = pypdfium2.PdfDocument(data)[0].get_textpage().get_text_range()
"""

ERROR = """
try:
    shown = len(write(html)) > 0
except KeyError as problem:
    shown = repr(problem)
"""

LINES = """
def text(box):
    return getattr(box, "text", "") or "".join(map(text, getattr(box, "children", ())))
def lines(box):
    if type(box).__name__ == "LineBox":
        return [text(box).strip()]
    return [line for child in getattr(box, "children", ()) for line in lines(child)]
shown = lines(render(html).pages[0]._page_box)
"""

GIVEN_UP = """
try:
    render(html)
    shown = ["", made["pages"]]
except Exception as problem:
    shown = [type(problem).__name__, made["pages"]]
"""

COUNTED = "render(html); shown = dict(made)"

#: Counts the styles that are left of a layout.
LEFT = """
gc.collect()
gc.disable()
render(html)
if patched:
    style_cache.release()
shown = sum(type(one).__name__ == "ComputedStyle" for one in gc.get_objects())
gc.enable()
"""

SIZE = "shown = len(write(html))"


def wrong_letters(plain: Any, mended: Any) -> None:
    assert (plain["ActualText"], mended["ActualText"]) == ([], ["कि की"])
    assert plain["copied"] != "कि की"


def visual_order(plain: Any, mended: Any) -> None:
    assert (plain["ActualText"], mended["ActualText"]) == ([], ["لا الآن"])
    assert plain["copied"] != "لا الآن"


def language(plain: Any, mended: Any) -> None:
    assert plain["Lang"] == []
    assert "en" in mended["Lang"]


def scaled_to_nothing(plain: Any, mended: Any) -> None:
    assert (plain, mended) == ("KeyError(<TextBox p>)", True)


def empty_targets(plain: Any, mended: Any) -> None:
    empty = re.compile(r"<[0-9a-fA-F]+>\s*<>")
    assert empty.search(plain["to_unicode"])
    assert not empty.search(mended["to_unicode"])


def list_parts(plain: Any, mended: Any) -> None:
    assert "/L/LI/Lbl/Span/P/Span/P/Span/L/LI/LBody/Span/LI/LBody" in plain["tags"]
    assert "/L/LI/Lbl/Span/LBody/P/Span/P/Span/L/LI/Lbl/Span/LBody" in mended["tags"]
    assert "/TH/Column" in mended["tags"]


def one_word(plain: Any, mended: Any) -> None:
    assert plain == ["one", "two three 4"]
    assert mended == ["one two three", "4"]


def narrow_cell(plain: Any, mended: Any) -> None:
    assert plain == ["one two three hyphen\u00ad\u2010", "ated"]
    assert mended == ["one two", "three", "hyphen\u00ad\u2010", "ated"]


def korean(plain: Any, mended: Any) -> None:
    assert plain == ["눈이 빨갛", "고 아프거", "나"]
    assert mended == ["눈이", "빨갛고", "아프거나"]


def page_after_page(plain: Any, mended: Any) -> None:
    assert plain == ["", 80]
    assert mended == ["EndlessError", 61]


def values(plain: Any, mended: Any) -> None:
    assert mended["values"] < plain["values"] / 10


def circles(plain: Any, mended: Any) -> None:
    assert plain > 20
    assert mended < 4


def leak(plain: Any, mended: Any) -> None:
    assert plain["pango_attr_list_new"] >= 4
    assert "pango_attr_list_unref" not in plain
    assert mended["pango_attr_list_new"] == mended["pango_attr_list_unref"] == 1


def every_page(plain: Any, mended: Any) -> None:
    assert plain["pages"] == mended["pages"] == 10
    assert plain["pango_layout_new"] > 2 * plain["pages"]
    assert mended["pango_layout_new"] < mended["pages"]


def all_glyphs(plain: Any, mended: Any) -> None:
    assert plain > 80_000
    assert mended < 10_000


#: For each report a script, and what it has to show without its patch and with it.
SHOWN: dict[str, tuple[str, Callable[[Any, Any], None]]] = {
    "Copied text has wrong letters: marked content lacks ActualText": (STRUCTURE, wrong_letters),
    "Right-to-left text is written in visual order": (STRUCTURE, visual_order),
    "The language of an element is lost": (STRUCTURE, language),
    "KeyError where a transform scales tagged text to nothing": (ERROR, scaled_to_nothing),
    "Empty targets in ToUnicode": (STRUCTURE, empty_targets),
    "Parts of lists are tagged as something else": (STRUCTURE, list_parts),
    "One word alone on a line": (LINES, one_word),
    "A soft hyphen makes a cell wider": (LINES, narrow_cell),
    "Korean words are broken: `word-break: keep-all` is refused": (LINES, korean),
    "A layout cannot be given up": (GIVEN_UP, page_after_page),
    "Each style works out every property by itself": (COUNTED, values),
    "A layout is garbage in circles": (LEFT, circles),
    "OpenType features leak, and are made for each line": (COUNTED, leak),
    "What stands on every page is broken into lines on every page": (COUNTED, every_page),
    "Fonts with CIDs are embedded with tables for all their glyphs": (SIZE, all_glyphs),
}


@cache
def reports() -> dict[str, tuple[str, str]]:
    """Return patch and HTML of each report by its title."""
    page = (ROOT / "docs/upstream.md").read_text(encoding="utf-8")
    found = {}
    for section in page.split("\n## ")[1:]:
        title, _, text = section.partition("\n")
        (patch,) = re.findall(r"^Patch: `(\w+)`\.$", text, re.M)
        (html,) = re.findall(r"^```html\n(.*?)^```$", text, re.M | re.S)
        found[title] = patch, html.rstrip("\n")
    return found


@cache
def shown(patch: str) -> dict[str, Any]:
    """Return what the HTML of reports shows, by title: with a patch those of it, without all."""
    asked = {
        title: (SHOWN[title][0], html)
        for title, (needed, html) in reports().items()
        if patch in ("", needed)
    }
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], input=json.dumps([[patch] if patch else [], asked]),
        cwd=ROOT, text=True, check=True, capture_output=True,
    )  # fmt: skip
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_each_patch_has_a_report_and_each_report_a_test() -> None:
    assert sorted({patch for patch, _ in reports().values()}) == PATCHES
    assert list(reports()) == list(SHOWN)


@pytest.mark.parametrize("title", SHOWN)
def test_the_html_shows_the_fault_and_the_patch_mends_it(title: str) -> None:
    patch, _ = reports()[title]
    SHOWN[title][1](shown("")[title], shown(patch)[title])
