"""PDFs that others made, damaged or malformed: each gets a finding, and none a traceback."""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from pressroom.build.render import judge
from pressroom.build.workers import WorkerPool

from ..conftest import Outcome
from ..support import Site
from .support import sample


@lru_cache(maxsize=1)
def _good() -> bytes:
    return sample("en").typeset().pdf


def _changed(change: Callable[[Any], None], **how: Any) -> bytes:
    pdf = pikepdf.open(io.BytesIO(_good()))
    change(pdf)
    out = io.BytesIO()
    pdf.save(out, **how)
    return out.getvalue()


def _form(pdf: Any, content: bytes, **forms: Any) -> Any:
    form = pdf.make_stream(content)
    form.Type, form.Subtype = pikepdf.Name.XObject, pikepdf.Name.Form
    form.BBox = pikepdf.Array([0, 0, 9, 9])
    form.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(**forms))
    return pdf.make_indirect(form)


def _bomb(pdf: Any) -> None:
    """Forty forms, each of forty forms, eleven deep."""
    form = _form(pdf, b"0 0 1 1 re f")
    for _ in range(10):
        form = _form(pdf, b"/F Do " * 40, F=form)
    pdf.pages[0].Resources.XObject = pikepdf.Dictionary(F=form)
    pdf.pages[0].Contents = pdf.make_stream(b"/F Do")


def _no_pages(pdf: Any) -> None:
    while len(pdf.pages):
        del pdf.pages[0]


def _untagged(pdf: Any) -> None:
    del pdf.Root.StructTreeRoot


def _odd_tree(pdf: Any) -> None:
    pdf.Root.StructTreeRoot.ParentTree.Nums = pikepdf.Array([pikepdf.Name.A, 3])


def _bare_operators(pdf: Any) -> None:
    pdf.pages[0].Contents = pdf.make_stream(b"BT /F1 Tf (x) Tj 1 Td Q Q cm re f 1 2 3 m ( open")


def _fonts_without_fonts(pdf: Any) -> None:
    for font in pdf.pages[0].Resources.Font.values():
        font.DescendantFonts = pikepdf.Array([])


def _junk_fonts(pdf: Any) -> None:
    for font in pdf.pages[0].Resources.Font.values():
        font.DescendantFonts[0].W = pikepdf.Array([1])
        font.DescendantFonts[0].FontDescriptor.FontFile2 = pdf.make_stream(b"junk")


def _locked(_: Any) -> None:
    """Nothing is changed but the password."""


MALFORMED = "the PDF is malformed"
CASES: dict[str, tuple[Callable[[], bytes], str]] = {
    "empty": (lambda: b"", "the PDF cannot be read"),
    "no PDF": (lambda: b"hello\n", "the PDF cannot be read"),
    "a head alone": (lambda: b"%PDF-1.7\n", "the PDF cannot be read"),
    "truncated": (lambda: _good()[:9000], "the PDF cannot be read"),
    "its tail": (lambda: _good()[-4000:], "the PDF cannot be read"),
    "encrypted": (
        lambda: _changed(_locked, encryption=pikepdf.Encryption(user="x", owner="y")),
        "the PDF is encrypted",
    ),
    "no pages": (lambda: _changed(_no_pages), "the PDF has no pages"),
    "not tagged": (lambda: _changed(_untagged), "the PDF is not tagged"),
    "an odd tree": (lambda: _changed(_odd_tree), MALFORMED),
    "operators without operands": (lambda: _changed(_bare_operators), MALFORMED),
    "fonts without fonts": (lambda: _changed(_fonts_without_fonts), MALFORMED),
    "fonts of junk": (lambda: _changed(_junk_fonts), MALFORMED),
}


@pytest.mark.parametrize("name", CASES)
def test_what_cannot_be_judged_is_said_and_fails(
    name: str,
    site: Callable[..., Site],
    run: Callable[..., Outcome],
) -> None:
    make, said = CASES[name]
    site(("en",))
    Path("strange.pdf").write_bytes(make())
    done = run("check", "strange.pdf", code=1)
    assert said in done.err
    assert "strange.pdf" in done.err
    assert "Traceback" not in done.err
    assert "1 leaflets checked: 1 failed" in done.out


def test_a_sound_pdf_of_others_is_judged_by_what_it_is(
    site: Callable[..., Site], run: Callable[..., Outcome]
) -> None:
    site(("en",))
    Path("strange.pdf").write_bytes(_good())
    assert "the words of this PDF are not known" in run("check", "strange.pdf").err


def test_forms_in_forms_end_in_time() -> None:
    with WorkerPool(1) as pool:
        verdict = pool.call(judge, _changed(_bomb), None, b"", 1, 2048)
    assert [finding.code for finding in verdict.findings] == ["render-timeout"]
    assert "judging took longer than 1 seconds" in verdict.findings[0].message
