"""Leaflets as clinics have them, made up: what the goldens are of."""

from __future__ import annotations

import struct
import zlib

from .word import bold, paragraph, picture, run, table, text_box, word_file


def _png() -> bytes:
    """Return a grey picture of 600 by 400 dots."""

    def part(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    head = struct.pack(">IIBBBBB", 600, 400, 8, 0, 0, 0, 0)
    dots = zlib.compress(b"".join(b"\0" + bytes(range(256)) * 2 + b"\x80" * 88 for _ in range(400)))
    return b"\x89PNG\r\n\x1a\n" + part(b"IHDR", head) + part(b"IDAT", dots) + part(b"IEND", b"")


PNG = _png()
_TYPE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_UP = '<w:vertAlign w:val="superscript"/>'
_DOWN = '<w:vertAlign w:val="subscript"/>'
_DELETED = "<w:del><w:r><w:delText>10</w:delText></w:r></w:del>"
_SYMBOL = "<w:r><w:sym w:font='{}' w:char='{}'/></w:r>"
_RELATIONS = f"""
<Relationship Id="r1" Type="{_TYPE}/image" Target="media/a.png"/>
<Relationship Id="r2" Type="{_TYPE}/hyperlink"
 Target="https://clinic.example/ear" TargetMode="External"/>
<Relationship Id="r3" Type="{_TYPE}/image"
 Target="https://tracker.example/x.png" TargetMode="External"/>
"""

#: With styles, and with all that a reviewer leaves in a file.
STYLED = word_file(
    paragraph("Ear drops", style="T"),
    paragraph("Contents 1", style="Toc"),
    paragraph("These drops soften ", bold("ear wax"), ". They sting", run("1", _UP),
              " a little.", '<w:r><w:footnoteReference w:id="2"/></w:r>'),
    paragraph("How to use them", style="Ours"),
    paragraph("Warm the bottle in your hand for ", _DELETED,
              f"<w:ins>{run('5')}</w:ins>", " minutes.", item=(1, 0)),
    paragraph("Lie on your side.", item=(1, 0)),
    paragraph(picture("r1", "A head on a pillow, one ear up.")),
    paragraph("The ear points up.", style="C"),
    paragraph("Put in 2 drops:", item=(1, 0)),
    paragraph("slowly;", item=(1, 1)),
    paragraph("without touching the ear.", item=(1, 1)),
    paragraph("Stay there for 5 minutes.", item=(1, 0)),
    paragraph("Put a tissue below your ear.", style="On"),
    paragraph("Take care", style="H2"),
    paragraph(text_box(paragraph(bold("Warning")), paragraph("Not in a torn eardrum."))),
    paragraph("No cotton buds ", run("ever", "<w:strike/>"), run("secret", "<w:vanish/>"),
              item=(2, 0)),
    paragraph("At 20", run(" °C", "<w:i/>"), " or less; H", run("2", _DOWN),
              "O only", item=(2, 0)),
    table(
        ("<w:tcPr><w:vMerge w:val='restart'/></w:tcPr>" + paragraph("Age"),
         "<w:tcPr><w:gridSpan w:val='2'/></w:tcPr>" + paragraph("Drops")),
        ("<w:tcPr><w:vMerge/></w:tcPr>" + paragraph(), "morning", "night"),
        ("under 12", "1", "2|3"),
    ),
    paragraph("When to call", style="H1"),
    paragraph("Call 112 or get help straight away if:"),
    paragraph("your face droops", item=(2, 0)),
    paragraph("you are sick &amp; dizzy", item=(2, 0)),
    paragraph("Ring 020 910 0142 (24-hour line), or +44 20 7946 0018. Fax 020 910 0177."),
    paragraph("More: ", f'<w:hyperlink r:id="r2">{run("our page")}</w:hyperlink>', picture("r3")),
    paragraph(_SYMBOL.format("Wingdings", "F06F"), " Tick me",
              _SYMBOL.format("Webdings", "F051")),
    parts={
        "footnotes": f'<w:footnote w:id="2">{paragraph("For a minute.")}</w:footnote>',
        "comments": f'<w:comment w:author="Ann">{paragraph("Ask pharmacy")}</w:comment>',
        "footer1": paragraph("Version 2.1, review 2028"),
        "header1": paragraph("Example Hospital"),
    },
    relations=_RELATIONS,
    media={"a.png": PNG},
)  # fmt: skip

#: As people type without styles.
TYPED = word_file(
    paragraph(bold("LEAVING THE WARD")),
    paragraph("<w:r><w:t>Date: ______ Ward: ______</w:t></w:r>"),
    paragraph(bold("Before you go:")),
    paragraph("• Pack your things."),
    paragraph("<w:r><w:t>o</w:t><w:tab/><w:t>Ask for your tablets.</w:t></w:r>"),
    paragraph("1) Dress."),
    paragraph("2) Wait for the nurse."),
    paragraph(bold("Words")),
    paragraph(bold("Ward:"), " a part of a hospital."),
    paragraph(bold("Drip:"), " a tube into a vein."),
    paragraph("☐ I have my letter."),
    paragraph("☑ I have my keys."),
    paragraph("Pain from 0 1 2 3 4 5 6 7 8 9 10. Given on 01.02.2026. Take 112 mg."),
    paragraph("# not a heading, *not* bold, {not} a name, &lt;b&gt;, a_b_ and 3. not a step"),
)  # fmt: skip

PAGE = """\
<!DOCTYPE html><html><head><meta charset="utf-8"><title>Hay fever | Clinic</title>
<style>p { color: red }</style><script>track()</script></head><body>
<nav><a href="/">Home</a></nav>
<main><h1>Hay fever</h1>
<p>Pollen makes your <b>nose</b> run<sup>2</sup>.<br>It is no cold.</p>
<div class="alert"><p>Do not drive if tablets make you sleepy.</p></div>
<h2>At home</h2><ol start="3"><li>Close windows.<ul><li>at night</li></ul></li><li>Rinse.</li></ol>
<p><img src="figures/nose.png" alt="A nose"> <img src="../out.png" alt="">
<img src="https://x.example/p.png" alt="Remote"></p>
<table><caption>Tablets</caption><tr><th>Name</th><th colspan="2">When</th></tr>
<tr><td rowspan="2">Blue</td><td>day</td><td>1</td></tr><tr><td>night</td><td>½</td></tr></table>
<dl><dt>Pollen</dt><dd>dust of plants</dd></dl>
<p>Old: <del>5</del> <s>6</s> <span style="display: none">hidden</span></p>
<p>Call <a href="tel:+442079460018">+44 20 7946 0018</a>, see <a href="/more">more</a> or
<a href="https://clinic.example/hay">our page</a>.</p>
<details><summary>What is in it</summary><p>Salt.</p></details>
<iframe src="https://video.example/1" title="A film"></iframe>
<form><button>Was this useful?</button></form></main>
<footer>Version 4, last reviewed 2026</footer></body></html>
"""

MARKDOWN = """\
---
title: Sprained ankle
---

Rest it[^a] for [2]{.deletion author="A"}[3]{.insertion author="A"} days. Cold helps.<br>
Not ice on skin.

## What helps {#helps}

1. Rest
2. Cool

   ![](pic.png){width="1in"}

3. Raise

Term
: what it means

+----+----+
| A  | B  |
+====+====+
| 1  | 2  |
+----+----+

| Day | Dose |
|:----|-----:|
| 1   | 5 mg |

::: tip
Ask [us][1].
:::

Numb foot? That is an emergency.

    some code

[1]: https://clinic.example/ankle
[^a]: On a chair.
"""
