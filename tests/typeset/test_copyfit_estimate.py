"""How many pages a text fills is known well enough before any is laid out."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from pressroom.build.prepare import Preparer
from pressroom.leaflet.site import read_site
from pressroom.typeset import copyfit
from pressroom.typeset import typesetter as typesetter_module
from pressroom.typeset.copyfit_estimate import PageEstimate
from pressroom.typeset.page_boxes import share_filled
from pressroom.typeset.setting import Setting
from pressroom.typeset.weasyprint_patches.page_limit import EndlessError
from tests.support import SHIPPED

#: How far off it may be, as a share. It costs time where it is, and nothing else.
WITHIN = 0.14
#: Topics that are there in each of the locales.
TOPICS = ("ankylosing-spondylitis", "exosome-therapy")


class _SeenError(Exception):
    """Enough was seen of a leaflet."""


CODES = ("en", "ar", "ur", "hi", "km", "my", "zh-Hans")
PRINTED = ("standard", "large-print", "booklet", "bilingual")


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("edition", PRINTED)
def test_a_leaflet_fills_about_as_many_pages_as_estimated(
    code: str,
    edition: str,
    monkeypatch: pytest.MonkeyPatch,
    typesetter: typesetter_module.Typesetter,
) -> None:
    errors: list[float] = []

    def compare(lay_out: copyfit.LayOut, setting: Setting, estimate: copyfit.Estimate) -> Any:
        pages = lay_out(setting.floor_pt).pages
        filled = sum(share_filled(page._page_box) for page in pages)
        errors.append(estimate(setting.floor_pt) / filled - 1)
        raise _SeenError

    monkeypatch.setattr(typesetter_module, "fit", compare)
    preparer = Preparer(read_site(SHIPPED, date(2026, 12, 1)))
    preparer.clinic = replace(preparer.clinic, editions=(edition,))
    # Each has one of the topics, by turns: so all locales and all editions have both.
    topic = TOPICS[(CODES.index(code) + PRINTED.index(edition)) % len(TOPICS)]
    for one in preparer([topic], [code]):
        assert one.setting is not None
        with pytest.raises(_SeenError):
            typesetter.typeset(one.html, one.setting)
    assert len(errors) == (0 if (code, edition) == ("en", "bilingual") else 1)
    assert all(abs(error) < WITHIN for error in errors), errors


def test_a_text_without_end_is_measured_by_its_beginning(set_page: Any) -> None:
    with pytest.raises(EndlessError):
        set_page("<p>" + "Rest and drink enough water every day. " * 8_000)


def test_what_has_no_body_fills_no_page(typesetter: typesetter_module.Typesetter) -> None:
    root = typesetter.weasyprint.HTML(string="<frameset><frame></frameset>").etree_element
    setting = Setting((), Path(), (), "", 12, 14, None, (), 0)
    words = PageEstimate(root, setting, typesetter.font_config.font_map)
    assert words.pages(12) == 0
