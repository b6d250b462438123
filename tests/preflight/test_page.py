"""The other checks: each with a page that fails it, and one that passes."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pikepdf
import pytest

from pressroom.core.model import EDITIONS, Finding, Proof, Verdict, plain
from pressroom.preflight.examine import all_checks, examine, examine_pdf
from pressroom.preflight.text.normalise import normalised

from .support import OTHERS, SOME, about, by_turns, errors, proven, sample


def codes(verdict: Verdict, severity: str = "error") -> set[str]:
    return {finding.code for finding in verdict.findings if finding.severity == severity}


def test_every_check_says_what_it_is() -> None:
    found = {check.name: check for check in all_checks()}
    assert {"disclaimers", "overflow", "text_layer"} <= found.keys()
    for check in found.values():
        assert check.codes
        assert check.source
        assert check.rationale.count("\n") > 2
    named = [code for check in found.values() for code in check.codes]
    assert len(named) == len(set(named))


@pytest.mark.parametrize("locale", SOME)
def test_a_page_too_many_says_by_how_much(locale: str) -> None:
    whole = sample(locale)
    proof = replace(whole.typeset(), excess_lines=11, excess_words=65)
    verdict = examine(proof, replace(whole.leaflet, page_budget=1))
    (said,) = [f.message for f in errors(verdict) if f.code == "page-count"]
    assert "11 lines" in said
    assert "65 words" in said
    assert not errors(examine(proof, replace(whole.leaflet, page_budget=2)))


def test_without_a_budget_the_pages_are_not_judged() -> None:
    whole = sample("en")
    verdict = examine(whole.typeset(), replace(whole.leaflet, page_budget=None))
    assert "page-count" in codes(verdict, "skipped")


def test_a_nearly_empty_last_page_is_a_warning() -> None:
    css = "@page { size: A4 } .back-matter, .open { display: block; break-inside: auto } #dsc-copyright { break-before: page; display: block !important }"  # noqa: E501
    verdict = sample("en").examine(css)
    assert "page-count" in codes(verdict, "warning")


@pytest.mark.parametrize("locale", OTHERS)
def test_a_character_without_a_glyph_is_found(locale: str) -> None:
    verdict = sample(locale).edited(lambda html: html.replace("</h1>", " \U0001f9a0</h1>"))
    said = [f.message for f in errors(verdict) if f.code == "missing-glyph"]
    assert said
    assert "MICROBE (U+1F9A0)" in said[0]


@pytest.mark.parametrize("locale", SOME)
def test_a_font_of_another_locale_is_foreign(locale: str) -> None:
    family = "Noto Sans Devanagari" if locale != "hi" else "Noto Sans Khmer"
    digits = "<p style=\"font-family:'{}'\">{}</p></body>"
    letter = "क" if locale != "hi" else "ក"
    verdict = sample(locale).edited(
        lambda html: html.replace("</body>", digits.format(family, letter))
    )
    assert "font-foreign" in codes(verdict)


def _tampered(proof: Proof, change: Callable[[pikepdf.Pdf], None]) -> Proof:
    pdf = pikepdf.open(io.BytesIO(proof.pdf))
    change(pdf)
    out = io.BytesIO()
    pdf.save(out, deterministic_id=True)
    return replace(proof, pdf=out.getvalue())


def _fonts(pdf: pikepdf.Pdf) -> dict[str, Any]:
    return {str(f.BaseFont).partition("+")[2]: f for f in pdf.pages[0].Resources.Font.values()}


@pytest.mark.parametrize("locale", OTHERS)
def test_wrong_glyphs_under_right_text_are_found(locale: str) -> None:
    """The program of the bold font stands in for the regular one, as where two files share a
    name: the text layer still reads rightly."""

    def swap(pdf: pikepdf.Pdf) -> None:
        found = _fonts(pdf)
        regular = next(n for n in found if f"{n}-Bold" in found)
        key = "/FontFile3" if "CJK" in regular else "/FontFile2"
        one = found[regular].DescendantFonts[0].FontDescriptor
        one[key] = found[f"{regular}-Bold"].DescendantFonts[0].FontDescriptor[key]

    whole = sample(locale)
    verdict = examine(_tampered(whole.typeset(), swap), whole.leaflet)
    assert "font-foreign" in codes(verdict)
    altered = [
        s.id for s in verdict.disclaimers if "disclaimer-altered" in about(verdict.findings, s.id)
    ]
    assert altered
    assert not any(proven(verdict, id_) for id_ in altered)


@pytest.mark.parametrize("locale", SOME)
def test_other_glyphs_than_the_text_says_are_found(locale: str) -> None:
    """Two glyphs of a line change places in the content stream."""

    def swap(pdf: pikepdf.Pdf) -> None:
        page = pdf.pages[0]
        instructions: list[Any] = list(pikepdf.parse_content_stream(page))
        rows = [n for n, i in enumerate(instructions) if str(i.operator) == "TJ"]
        row = max(rows, key=lambda n: len(instructions[n].operands[0]))
        strings = [o for o in instructions[row].operands[0] if isinstance(o, pikepdf.String)]
        instructions[row] = ([pikepdf.Array(strings[::-1])], pikepdf.Operator("TJ"))
        page.Contents = pdf.make_stream(pikepdf.unparse_content_stream(instructions))

    whole = sample(locale)
    verdict = examine(_tampered(whole.typeset(), swap), whole.leaflet)
    assert "text-layer" in codes(verdict)


@pytest.mark.parametrize("mode", [3, 7])
def test_a_mode_without_ink_hides_text(mode: int) -> None:
    def hide(pdf: pikepdf.Pdf) -> None:
        page = pdf.pages[0]
        page.Contents = pdf.make_stream(
            page.Contents.read_bytes().replace(b"BT\n", b"BT\n%d Tr\n" % mode)
        )

    whole = sample("ar")
    verdict = examine(_tampered(whole.typeset(), hide), whole.leaflet)
    assert about(verdict.findings, "general-info") == ["disclaimer-hidden"]


@pytest.mark.parametrize("locale", OTHERS)
def test_a_word_that_leaves_the_page_overflows(locale: str) -> None:
    verdict = sample(locale).examine(
        ".therapy p { white-space: nowrap; margin-inline-start: 60mm }"
    )
    assert "overflow" in codes(verdict) | codes(verdict, "warning")
    verdict = sample(locale).examine(".therapy p { position: relative; left: 150mm }")
    assert "overflow" in codes(verdict)


@pytest.mark.parametrize("locale", SOME)
def test_a_dropped_message_overflows(locale: str) -> None:
    whole = sample(locale)
    anchor = whole.leaflet.topic.main_message.anchor
    verdict = whole.examine(f"#{anchor} {{ display: none }}")
    said = [f.message for f in errors(verdict) if f.code == "overflow"]
    assert len(said) == 1
    assert anchor in said[0]


@pytest.mark.parametrize("locale", OTHERS)
def test_a_message_printed_twice_is_found(locale: str) -> None:
    whole = sample(locale)
    message = whole.leaflet.topic.main_message
    start = whole.html.index(f'<p id="{message.anchor}"')
    element = whole.html[start : whole.html.index("</p>", start) + len("</p>")]
    other = element.replace(f' id="{message.anchor}"', "")
    verdict = whole.edited(lambda html: html.replace("</body>", f"{other}</body>"))
    (said,) = [f.message for f in errors(verdict) if f.code == "words-added"]
    assert f"{message.anchor} " in said
    assert "stands there again" in said


def test_a_line_with_the_words_of_the_title_is_no_second_title() -> None:
    title = "Exosome therapy"
    verdict = sample("en").edited(lambda html: html.replace(f">{title} is", f">{title}<br>is", 1))
    assert not [f for f in errors(verdict) if f.code == "overflow"]


def test_the_title_stands_once_more_in_margins_alone() -> None:
    whole = sample("en")
    title = plain(whole.leaflet.words[whole.leaflet.topic.title.anchor])
    shown = whole.html.replace("</h1>", f"</h1><p>{title}</p>", 1)
    hidden = shown.replace('<div class="foot-title">', '<div class="foot-title" hidden>')
    for html in (shown, hidden):
        said = [f.message for f in errors(whole.examine(html=html)) if f.code == "words-added"]
        assert any("stands there again" in one for one in said)


@pytest.mark.parametrize("edition", EDITIONS)
def test_the_number_of_a_rank_is_large(edition: str) -> None:
    whole = sample("ar", edition=edition)
    assert "disclaimer-too-small" not in codes(whole.examine())
    small = whole.examine(".same-day .number { font-size: 20pt !important }")
    assert "disclaimer-too-small" in about(small.findings, "same-day-help")
    assert "disclaimer-too-small" not in about(small.findings, "urgent-help")


@pytest.mark.parametrize("locale", SOME)
def test_text_on_text_overflows(locale: str) -> None:
    verdict = sample(locale).examine(".urgent li { height: 0 }")
    assert "overflow" in codes(verdict)


@pytest.mark.parametrize("locale", OTHERS)
def test_a_changed_message_differs_from_its_words(locale: str) -> None:
    whole = sample(locale)
    anchor = whole.leaflet.topic.main_message.anchor
    text = whole.leaflet.words[anchor][0].text
    verdict = whole.examine(f"#{anchor}::first-letter {{ font-weight: bold }}")
    assert not [f for f in errors(verdict) if f.code == "overflow"]
    html = whole.html.replace(f'id="{anchor}">', f'id="{anchor}">7')
    said = [f.message for f in errors(whole.examine(html=html)) if f.code == "text-layer"]
    assert said, text
    assert anchor in said[0]


#: Styles that make type too small or too faint, with the code of the finding.
ILLEGIBLE = {
    "11 pt": ("#msg-title-1 { font-size: 11pt } .therapy { font-size: 11pt }", "type-too-small"),
    "8 pt": (".telephone { font-size: 8pt }", "type-too-small"),
    "scaled": (".therapy { transform: scale(.8) }", "type-too-small"),
    "lines too tight": (
        ".colophon, .colophon * { line-height: 5pt !important }",
        "type-too-small",
    ),
    "grey": (".therapy { color: #888 }", "contrast"),
    "equal greys": (".therapy { color: #0f0; background: #f0f }", "contrast"),
    "white on grey": (".rank-head { background: #777 }", "contrast"),
}


@pytest.mark.parametrize(("case", "locale"), by_turns(ILLEGIBLE))
def test_small_and_faint_type_is_found(case: str, locale: str) -> None:
    css, code = ILLEGIBLE[case]
    assert code in codes(sample(locale).examine(css))


@pytest.mark.parametrize("locale", SOME)
def test_text_is_quoted_as_it_is_read(locale: str) -> None:
    whole = sample(locale)
    verdict = whole.examine(".main-message { color: #888 }")
    said = next(f.message for f in errors(verdict) if f.code == "contrast")
    quoted = normalised(said[said.index("‘") + 1 : said.index("’")])
    assert quoted
    message = whole.leaflet.words[whole.leaflet.topic.main_message.anchor]
    assert normalised(plain(message)).startswith(quoted)


@pytest.mark.parametrize("locale", ["en", "ar", "km"])
@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (lambda h: h.replace("<h2", "<h4").replace("</h2>", "</h4>"), "skip no level"),
        (lambda h: h.replace('lang="', 'lang="de" data-lang="', 1), "its language"),
        (lambda h: h.replace("<title>", "<style>").replace("</title>", "</style>"), "no title"),
        (lambda h: h.replace('alt="', 'data-alt="'), "alternative text"),
    ],
    ids=["levels", "language", "title", "alternative"],
)
def test_what_a_screen_reader_needs(edit: Callable[[str], str], said: str, locale: str) -> None:
    verdict = sample(locale).edited(edit)
    assert any(f.code == "accessibility" and said in f.message for f in errors(verdict))


#: What puts blocks elsewhere than they are read.
REORDERED = {
    "moved up": ".therapy p { position: absolute; top: 0 }",
    "drawn up": ".action { margin-top: -60mm }",
    "reversed": ".urgent { display: flex; flex-direction: column-reverse }",
    "reversed along the line": ".urgent ul { display: flex; flex-direction: row-reverse }",
    "given an order": ".rank-body { display: flex; flex-direction: column }"
    " .rank-body > * { order: 2 } .rank-body > ul { order: 1 }",
    "given an order in a grid": ".rank-body { display: grid } .rank-body > p { order: 1 }",
    "shifted": ".rank-head { position: relative; top: 80mm }",
}
#: What leaves each column in its order.
IN_ORDER = {
    "two columns": (".therapy { columns: 2 }", lambda h: h),
    "side by side": (
        ".urgent ul { display: flex; flex-wrap: wrap } .urgent li { width: 30% }",
        lambda h: h,
    ),
    "floating": (".urgent { float: inline-start; width: 45% }", lambda h: h),
    "a table": (
        "caption { caption-side: bottom } td { vertical-align: bottom }",
        lambda h: h.replace(
            "<h1",
            "<table><caption>7</caption><tr><th>1</th><th>2</th></tr>"
            "<tr><td rowspan=2>3</td><td>4<br>4</td></tr><tr><td>5</td></tr></table><h1",
            1,
        ),
    ),
    "a footnote": (".therapy p { float: footnote }", lambda h: h),
}


def _order(verdict: Verdict) -> list[str]:
    said = "read after it", "another order"
    return [
        f.message
        for f in errors(verdict)
        if f.code == "accessibility" and any(words in f.message for words in said)
    ]


@pytest.mark.parametrize(("case", "locale"), by_turns(REORDERED))
def test_blocks_stand_in_the_order_in_which_they_are_read(case: str, locale: str) -> None:
    assert _order(sample(locale).examine(REORDERED[case]))


@pytest.mark.parametrize(("case", "locale"), by_turns(IN_ORDER))
def test_what_stands_in_its_own_column_is_in_order(case: str, locale: str) -> None:
    css, edit = IN_ORDER[case]
    whole = sample(locale)
    assert not _order(whole.examine(css, edit(whole.html)))


@pytest.mark.parametrize("locale", ["ar", "km", "zh-Hans"])
@pytest.mark.parametrize("edition", ["bilingual", "booklet", "large-print"])
def test_the_blocks_of_each_edition_stand_in_order(edition: str, locale: str) -> None:
    assert not _order(sample(locale, whole=True, edition=edition).examine())


def test_a_damaged_pdf_is_said_to_be_so() -> None:
    whole = sample("en")
    for pdf in (b"", b"%PDF-1.7 nothing", whole.typeset().pdf[:3000]):
        verdict = examine_pdf(pdf, whole.leaflet)
        assert verdict.failed
        assert not any(shown.proven for shown in verdict.disclaimers)


def test_a_pdf_from_disk_is_judged_the_same() -> None:
    whole = sample("hi")
    verdict = examine_pdf(whole.typeset().pdf, whole.leaflet)
    assert not errors(verdict)
    assert verdict.pages == 2


def test_findings_of_the_typesetter_are_kept() -> None:
    whole = sample("en")
    own = Finding("resource-blocked", "error", "a page asked for a file; take it out", "")
    verdict = examine(replace(whole.typeset(), findings=(own,)), whole.leaflet)
    assert own in verdict.findings
    assert verdict.failed
