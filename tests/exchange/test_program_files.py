"""Files as translation programs and word processors write them: their parts, marks and notes."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from pressroom.exchange.formats import detect
from pressroom.exchange.word_table import read_html
from pressroom.exchange.xliff import read_xliff
from tests.conftest import Outcome
from tests.support import Site

from .support import exported

FIRST = (
    '<xliff version="1.2" xmlns="urn:oasis:names:tc:xliff:document:1.2">'
    '<file original="es/demo" source-language="en" target-language="es" datatype="plaintext">'
    '<body><trans-unit id="a.0123456789"><source>One. Two 2.</source><seg-source>'
    '<mrk mtype="seg" mid="1">One.</mrk> <mrk mtype="seg" mid="2">Two 2.</mrk></seg-source>'
    '<target state="translated">{target}</target></trans-unit></body></file></xliff>'
)
SECOND = (
    '<xliff version="2.0" srcLang="en" trgLang="es" '
    'xmlns="urn:oasis:names:tc:xliff:document:2.0"><file id="demo"><unit id="a.0123456789">'
    "{parts}</unit></file></xliff>"
)


SWAPPED = '<mrk mtype="seg" mid="2">{}</mrk><mrk mtype="seg" mid="1">{}</mrk>'


def marks(one: str, two: str, between: str = "") -> str:
    return f'<mrk mtype="seg" mid="1">{one}</mrk>{between}<mrk mtype="seg" mid="2">{two}</mrk>'


@pytest.mark.parametrize(
    ("target", "text", "confirmed"),
    [
        (marks("Uno.", "Dos 2."), "Uno. Dos 2.", True),
        (marks("واحد.", "اثنان 2."), "واحد. اثنان 2.", True),
        (marks("មួយ។", "ពីរ 2។"), "មួយ។ ពីរ 2។", True),
        (marks("하나.", "둘 2."), "하나. 둘 2.", True),
        # Between sentences of Chinese stands no space, nor where the target has another one.
        (marks("一。", "二，共２个。"), "一。二，共２个。", True),
        (marks("Uno.", "Dos 2.", "\u00a0"), "Uno.\u00a0Dos 2.", True),
        (marks("Uno.", "<g id='1'>Dos</g><!-- ask --> 2."), "Uno. Dos 2.", True),
        # Half of a message is not confirmed.
        (marks("Uno.", ""), "Uno.", False),
        ('<mrk mtype="seg" mid="1">Uno.</mrk>', "Uno.", False),
        ("Uno. Dos 2.", "Uno. Dos 2.", True),
        # Segments within an element of the program's, and one without a number.
        ("<g id='1'>" + marks("واحد.", "اثنان 2.") + "</g>", "واحد. اثنان 2.", True),
        ("<g id='1'>" + marks("Uno.", "") + "</g>", "Uno.", False),
        ('<mrk mtype="seg">Uno.</mrk><mrk mtype="seg" mid="2">Dos 2.</mrk>', "Uno. Dos 2.", False),
        (marks("Uno:", "Dos 2.", "—"), "Uno:—Dos 2.", True),
        (marks("하나！", "둘 2."), "하나！ 둘 2.", True),
        (marks("一。", "二，共２个。", " "), "一。二，共２个。", True),
        # In another order than in the source.
        (SWAPPED.format("Dos 2.", "Uno."), "Dos 2. Uno.", True),
        (SWAPPED.format("ពីរ 2។", "មួយ។"), "ពីរ 2។ មួយ។", True),
        (SWAPPED.format("二，共２个。", "一。"), "二，共２个。一。", True),
    ],
)  # fmt: skip
def test_segments_of_xliff_1_are_put_together(target: str, text: str, confirmed: bool) -> None:
    (row,) = read_xliff(FIRST.format(target=target).encode(), "a.xlf")
    assert (row.source, row.target, row.confirmed) == ("One. Two 2.", text, confirmed)
    assert row.id == "es/demo/a.0123456789"


def test_a_space_within_segments_of_a_source_is_kept() -> None:
    unit = FIRST.format(target=marks("ពីរ។", "មួយ 2។"))
    for sources in (marks("One. ", "Two 2."), marks("One.", " Two 2.")):
        text = re.sub(r"<seg-source>.*</seg-source>", f"<seg-source>{sources}</seg-source>", unit)
        assert read_xliff(text.encode(), "a.xlf")[0].target == "ពីរ។ មួយ 2។"
    text = re.sub(r"<seg-source>.*</seg-source>", "", unit)
    assert read_xliff(text.encode(), "a.xlf")[0].target == "ពីរ។ មួយ 2។"


def test_codes_that_stand_for_words_in_braces_are_these() -> None:
    first = FIRST.format(target='اتصل على <x id="1" equiv-text="{phone}"/>.<bpt id="2">**</bpt>')
    assert read_xliff(first.encode(), "a.xlf")[0].target == "اتصل على {phone}.**"
    parts = (
        '<originalData><data id="d1">{phone}</data><data id="d2">**</data></originalData>'
        '<segment><source>Call <ph id="1" dataRef="d1"/></source><target><pc id="2" '
        'dataRefStart="d2" dataRefEnd="d2">حالًا</pc> <ph id="1" equiv="x" dataRef="d1"/>'
        '<cp hex="21"/><cp hex="no"/></target></segment>'
    )
    (row,) = read_xliff(SECOND.format(parts=parts).encode(), "a.xlf")
    assert (row.source, row.target) == ("Call {phone}", "**حالًا** {phone}!")


def segment(source: str, target: str, more: str = "") -> str:
    return (
        f'<segment state="translated"><source>{source}</source>'
        f"<target{more}>{target}</target></segment>"
    )


SPACE = "<ignorable><source> </source></ignorable>"


@pytest.mark.parametrize(
    ("parts", "text", "confirmed"),
    [
        (segment("One.", "Uno.") + SPACE + segment("Two 2.", "Dos 2."), "Uno. Dos 2.", True),
        (segment("One.", "واحد.") + SPACE + segment("Two 2.", "اثنان 2."), "واحد. اثنان 2.", True),
        (segment("One.", "មួយ។") + SPACE + segment("Two 2.", "ពីរ 2។"), "មួយ។ ពីរ 2។", True),
        (segment("One.", "一。") + SPACE + segment("Two 2.", "二，共２个。"),
         "一。二，共２个。", True),
        (segment("One.", "Dos 2.", ' order="3"') + SPACE + segment("Two 2.", "Uno.", ' order="1"'),
         "Uno. Dos 2.", True),
        (segment("One.", "Uno.") + SPACE + segment("Two 2.", ""), "Uno.", False),
        # Without what is ignorable, or with an empty target of it.
        (segment("One. ", "واحد.") + segment("Two 2.", "اثنان 2."), "واحد. اثنان 2.", True),
        (segment("One.", "一。") + segment(" Two 2.", "二，共２个。"), "一。二，共２个。", True),
        (segment("One.", "មួយ។") + SPACE.replace("</source>", "</source><target/>")
         + segment("Two 2.", "ពីរ 2។"), "មួយ។ ពីរ 2។", True),
    ],
)  # fmt: skip
def test_segments_of_xliff_2_and_what_is_ignorable_are_put_together(
    parts: str, text: str, confirmed: bool
) -> None:
    (row,) = read_xliff(SECOND.format(parts=parts).encode(), "a.xlf")
    assert (row.source, row.target, row.confirmed) == ("One. Two 2.", text, confirmed)


def test_what_has_no_translation_leaves_as_omegat_shows_it_and_takes_nothing(
    site: Callable[..., Site], run: Callable[..., Outcome]
) -> None:
    """OmegaT 3.6 shows a unit by its target alone."""
    made = site(("en", "ar"))
    made.change("ar/sore-throat", "Rest for 2 days.", text="")
    text = run("locale", "export", "ar", "--topic", "sore-throat").out
    assert '<target state="needs-translation">Rest for 2 days.</target>' in text
    assert text.count("<target ") == text.count("<trans-unit ")
    Path("back.xlf").write_text(text, "utf-8")
    assert run("locale", "import", "back.xlf").out.endswith(": no change\n")
    done = text.replace(">Rest for 2 days.</target>", ">استرح 2 يوم.</target>")
    Path("back.xlf").write_text(done, "utf-8")
    assert run("locale", "import", "back.xlf").out.endswith(": 1 changed\n")
    entry = next(e for e in made.catalogue("ar/sore-throat") if e.source == "Rest for 2 days.")
    assert (entry.text, entry.fuzzy) == ("استرح 2 يوم.", True)


CELL = (
    "<table><tr><td>es/demo/a.0123456789</td><td>n</td><td>One.</td><td>{cell}</td>"
    "<td></td><td>yes</td></tr></table>"
)


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("<p>Tome<ins> dos</ins><s>nada</s>.</p>", "Tome dos."),
        ("خذ<strike>لا</strike> <del>x</del>قرصًا", "خذ قرصًا"),
        ("<span style='color:red;text-decoration: line-through'>a<b>b</b></span>លេប", "លេប"),
        ("<p>Tome.<a href='#_ftn1' name='_ftnref1'><span>[b]</span></a></p>", "Tome."),
        ("<p>Tome.<span class=MsoCommentReference><span><a class=msocomanchor href='#_msocom_1'>"
         "[MR1]</a>&nbsp;</span></span></p>", "Tome."),
        ("Tome<a class='sdfootnoteanc' href='#sdfootnote1sym'><sup>1</sup></a>.", "Tome."),
        ("Tome<span class='comment-start' id='0'>¿Aquí?</span><span class='deletion'>la</span>"
         "<span class='comment-end'></span> <span class='insertion'>una</span>.", "Tome una."),
        ("<span style='mso-hide:all'>hidden</span>Tome 10<sup>9</sup>.", "Tome 10⁹."),
        ("<span>a<span>b</span></span><s>x<b>y</b></s>c", "abc"),
        # Google Docs says by classes what is struck.
        ("<style>.c1{color:red}.c2,td.c3 { text-decoration : line-through }</style>"
         "<span class='c1'>خذ</span><span class='c1 c3'>لا</span> قرصًا", "خذ قرصًا"),
        ("Tome 10<span style='vertical-align: super'>9</span>"
         "<sup><a href='#cmnt1'>[a]</a></sup>.", "Tome 10⁹."),
    ],
)  # fmt: skip
def test_struck_words_comments_and_revision_marks_are_no_words(cell: str, text: str) -> None:
    page = CELL.format(cell=cell).encode()
    assert detect(page, "x.html") == "html"
    (row,) = read_html(page, "x.html")
    assert (row.target, row.confirmed) == (text, True)


@pytest.mark.parametrize(
    "before",
    ["", "<h2>demo</h2>", "<meta charset='utf-8'>", "<figure>", "<style>p {}</style>",
     "<!-- pandoc -->\n<p>x</p>"],
)  # fmt: skip
def test_a_page_without_a_head_is_one(before: str) -> None:
    page = (before + CELL.format(cell="لا")).encode()
    assert detect(page, "x.html") == "html"
    assert read_html(page, "x.html")[0].target == "لا"


@pytest.mark.parametrize("mark", ["[MR1]", "[1]", "[b]", "¹", "†"])
@pytest.mark.parametrize("text", ["Descanse 2 días.", "استرح لمدة 2 يوم.", "សម្រាក 2 ថ្ងៃ។"])
def test_a_mark_that_is_left_over_is_named(
    site: Callable[..., Site], run: Callable[..., Outcome], mark: str, text: str
) -> None:
    code = {"D": "es", "ا": "ar"}.get(text[0], "km")
    made = site(("en", code))
    row = next(r for r in exported(made, code) if r.source == "Rest for 2 days.")
    Path("b.csv").write_text(
        f"id,source,translation,done,as exported\n"
        f"{row.id},{row.source},{text}{mark},yes,{row.left}\n",
        "utf-8",
    )
    said = run("locale", "import", "b.csv", code=1).err
    assert re.search(rf"b.csv:2: has ‘{re.escape(mark)}’, the mark of a comment or a foot", said)
