"""Boxes have the same values with `style_cache` and `pango_cache` as without, for less work."""

from __future__ import annotations

import json
import subprocess
import sys
from functools import cache
from typing import Any

import pytest

from tests.support import ROOT

SCRIPT = """
import hashlib, importlib, json, sys
from pressroom.fonts import files as fonts
fonts.isolate_fonts()
import weasyprint
from weasyprint.css.properties import INITIAL_VALUES
from weasyprint.text import ffi

made = {}
class Counting:
    def __init__(self, library): self.library = library
    def __getattr__(self, name):
        made[name] = made.get(name, 0) + 1
        return getattr(self.library, name)

ffi.pango = Counting(ffi.pango)
from weasyprint.text import line_break
line_break.pango = ffi.pango
from weasyprint import css
work_out, css.ComputedStyle.__missing__ = css.ComputedStyle.__missing__, lambda style, name: (
    made.update(values=made.get("values", 0) + 1), work_out(style, name))[1]
for name in sys.argv[1].split():
    importlib.import_module("pressroom.typeset.weasyprint_patches." + name).install()

def boxes(box):
    yield box
    for child in getattr(box, "children", ()):
        yield from boxes(getattr(child, "_box", child))

# Of logical sides, boxes have the physical ones.
KEYS = [k for k in INITIAL_VALUES if not {"block", "inline", "anchor"} & set(k.split("_"))]
USED = [f"{a}_{b}" for a in ("margin", "padding") for b in ("top", "right", "bottom", "left")]
USED += ["width", "height", "min_width", "min_height", "max_width", "max_height"]
USED += ["position_x", "position_y"]
document = weasyprint.HTML(string=sys.stdin.read()).render(pdf_variant="pdf/ua-1")
asked = made["values"]  # Before all of them are asked for.
found = []
for page in document.pages:
    for box in boxes(page._page_box):
        values = {key: repr(box.style[key]) for key in KEYS}
        used = {key: repr(getattr(box, key, None)) for key in USED}
        found.append([box.element_tag, values, used])
pdf = hashlib.sha256(document.write_pdf(pdf_variant="pdf/ua-1")).hexdigest()
print(json.dumps({"pdf": pdf, "boxes": found, "lists": made["pango_attr_list_new"],
                  "layouts": made["pango_layout_new"], "values": asked}))
"""

TEXT = {
    "en": "Take it with water, and call <b>020 7946 0000</b> if it does not help. ",
    "ar": "خذه مع الماء، واتصل بالرقم <b dir='ltr'>020 7946 0000</b> إذا لم يفد. ",
    "km": "លេប​វា​ជាមួយ​ទឹក ហើយ​ហៅ <b>020 7946 0000</b> បើ​មិន​ធូរ​ទេ ។ ",
}

#: Logical and physical sides that meet, percentages, sizes by borders, collapsed borders,
#: spacing, decorations, and values that are inherited from what is inherited.
STYLES = """
@page { size: 120mm 150mm; margin: 10% 12mm }
html { font: 11pt/1.4 'Noto Sans', 'Noto Sans Arabic', 'Noto Sans Khmer';
       font-variant-ligatures: common-ligatures; color: #123 }
p { margin-inline-start: 3mm; margin-left: 1mm; padding: 1% 2mm; text-indent: 2% }
.box { box-sizing: border-box; width: 60%; padding: 3mm; border: 1pt solid; min-height: 20mm }
.spaced { letter-spacing: 1px; word-spacing: 2px; text-decoration: underline }
.narrow { width: 30mm; overflow-wrap: anywhere; text-align: justify }
.flex { display: flex; gap: 4% } .flex > * { flex: 1 1 30% }
table { border-collapse: collapse; width: 80% } td { border: 2pt solid; padding: 1mm }
.plain table, table.plain { border-collapse: separate; border-spacing: 2mm }
.inline { display: inline-block; padding: 0 2mm; max-width: 50% }
.all { all: unset; display: block } .inherit { margin: inherit; padding: inherit }
.cut { white-space: nowrap; overflow: hidden; text-overflow: ellipsis; width: 30mm }
.head { position: running(head); max-lines: 1; block-ellipsis: auto; continue: discard }
@page { @top-left { content: element(head); width: 40mm } }
li::before { content: "– "; float: inline-start } ol { columns: 2 }
.foot { float: footnote } .foot::footnote-call { font-weight: bold; content: "[" counter(footnote) }
.marked li::marker { color: #a00; font-size: 80% } .own { list-style-type: "+ " }
.marked li::before { content: none } b.point { display: list-item; margin-left: 5mm }
.top { border-inline-start-style: dotted; outline: 1pt solid } .bare { border-width: 5pt }
.away { position: absolute; right: 2mm; outline-style: dashed } em { float: left; display: inline }
"""

PATCHES = "style_cache pango_cache"


@cache
def laid_out(code: str, patches: str) -> Any:
    text = TEXT[code]
    table = f"<tr><td>{text}<td>{text}</tr>" * 2
    html = f"""<!DOCTYPE html><html lang="{code}" dir="{"rtl" if code == "ar" else "ltr"}">
<title>x</title><style>{STYLES}</style><body><div class="head cut">{text}</div>
<p class="cut">{text}</p><p>{text * 3}</p><div class="box">{text * 2}</div>
<p class="spaced">{text * 2}</p><p class="narrow">{text}</p>
<div class="flex"><p>{text}</p><div class="box">{text}<span class="inline">{text}</span></div></div>
<table>{table}</table><table class="plain">{table}</table>
<div class="box"><div class="inherit">{text}<p class="all">{text}</p></div></div>
<ol><li>{text}<li>{text}</ol><p>{text}<span class="foot">{text}</span> <b class="away">x</b></p>
<ul class="marked"><li>{text}<li class="own">{text}<b class="point">{text}</b></ul>
<p class="top">{text}<em class="bare">x</em><span class="foot">{text}</span></p></body></html>"""
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, patches], input=html, cwd=ROOT, text=True, check=True,
        capture_output=True,
    )  # fmt: skip
    return json.loads(done.stdout)


@pytest.mark.parametrize("code", TEXT)
def test_each_box_is_the_same_with_the_patches_and_without(code: str) -> None:
    plain, thrifty = laid_out(code, ""), laid_out(code, PATCHES)
    assert len(plain["boxes"]) > 100
    for one, other in zip(plain["boxes"], thrifty["boxes"], strict=True):
        assert one == other
    assert plain["pdf"] == thrifty["pdf"]


@pytest.mark.parametrize("code", TEXT)
def test_few_values_of_a_style_are_worked_out(code: str) -> None:
    plain, thrifty = laid_out(code, ""), laid_out(code, PATCHES)
    assert thrifty["values"] < plain["values"] / 3


@pytest.mark.parametrize("code", TEXT)
def test_a_style_has_one_list_of_features(code: str) -> None:
    plain, thrifty = laid_out(code, ""), laid_out(code, PATCHES)
    assert plain["lists"] >= plain["layouts"] > 100
    assert thrifty["layouts"] < 0.8 * plain["layouts"], "lines are broken once"
    # What is spaced or decorated is left to WeasyPrint.
    assert thrifty["lists"] < plain["lists"] / 2
