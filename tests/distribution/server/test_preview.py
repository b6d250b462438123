"""What there is of a translation is set, and what is wrong stands at the message it concerns."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pypdfium2 as pdfium
import pytest

from pressroom.distribution.server import preview as previews
from pressroom.distribution.server.desk import View, state_of
from pressroom.distribution.server.preview import Preview, measure, set_preview

from ...conftest import Outcome
from ...support import TODAY, Site

TOPIC = "sore-throat"


def preview(site: Site, locale: str, known: str = "") -> Preview:
    return set_preview(site.handouts, TODAY, "", TOPIC, locale, known)


def shown(found: Preview) -> Any:
    view = View()
    view.take(found)
    return state_of(view)


def message(state: Any, source: str) -> Any:
    (found,) = [m for g in state["groups"] for m in g["messages"] if m["source"] == source]
    return found


def text_of(pdf: bytes) -> str:
    document = pdfium.PdfDocument(pdf)
    try:
        return "".join(page.get_textpage().get_text_bounded() for page in document)
    finally:
        document.close()


@pytest.mark.parametrize("locale", ["en", "ar", "km"])
def test_every_message_has_its_place(site: Callable[..., Site], locale: str) -> None:
    made = site(("en", "ar", "km"))
    found = preview(made, locale)
    assert found.problems == ()
    assert found.pages is not None
    state = shown(found)
    first, house = state["groups"]
    anchors = {m["anchor"] for m in first["messages"] if m["source"] != "none"}
    assert anchors <= state["boxes"].keys()
    assert {"dsc-general-info", "dsc-urgent-help"} <= state["boxes"].keys()
    assert {"dsc-general-info", "dsc-urgent-help"} <= {m["anchor"] for m in house["messages"]}
    for boxes in state["boxes"].values():
        for page, left, top, width, height in boxes:
            wide, high = state["pages"][page]
            assert 0 <= left < left + width <= wide
            assert 0 <= top < top + height <= high
    title = state["boxes"]["msg-front-matter-1"]
    assert len(title) == 1
    breath = message(state, "You find it hard to breathe.")
    urgent = state["boxes"][breath["anchor"]][0]
    assert urgent[2] > title[0][2] + title[0][4]  # below it
    # The title stands at the edge from which its script is read.
    (_, left, _, width, _), (wide, _) = title[0], state["pages"][0]
    assert (left + width > wide * 0.85) if locale == "ar" else (left < wide * 0.15)


def test_a_message_that_breaks_over_lines_has_a_box_for_each(site: Callable[..., Site]) -> None:
    made = site(("en", "ar"))
    long = " ".join(["استرح لمدة 2 يوم"] + ["واشرب ما يكفي من الماء"] * 12) + "."
    made.change(f"ar/{TOPIC}", "Rest for 2 days.", text=long)
    state = shown(preview(made, "ar"))
    boxes = state["boxes"][message(state, "Rest for 2 days.")["anchor"]]
    assert len(boxes) >= 3
    tops = [top for _, _, top, _, _ in boxes]
    assert tops == sorted(tops)


@pytest.mark.parametrize("locale", ["ar", "km"])
def test_a_half_done_catalogue_is_set_with_the_source_in_brackets(
    site: Callable[..., Site], locale: str
) -> None:
    made = site(("en", "ar", "km"))
    made.change(f"{locale}/{TOPIC}", "When can I work again?", text="")
    made.change(f"{locale}/{TOPIC}", "Rest for 2 days.", fuzzy=True, previous="Rest for 3 days.")
    made.change(f"{locale}/house", "Call now", text="")
    found = preview(made, locale)
    state = shown(found)
    assert state["facts"]["state"] == "withheld"
    assert (state["facts"]["fuzzy"], state["facts"]["missing"]) == (1, 2)
    assert found.pages is not None
    # pdfium gives the words of a right-to-left line in another order.
    words = set(re.findall(r"\w+", text_of(found.pages.pdf)))
    assert {"When", "can", "I", "work", "again", "Call", "now"} <= words
    missing = message(state, "When can I work again?")
    assert (missing["state"], missing["text"]) == ("missing", "")
    assert [f["code"] for f in missing["findings"]] == ["message-missing"]
    assert missing["anchor"] in state["boxes"]
    fuzzy = message(state, "Rest for 2 days.")
    assert (fuzzy["state"], fuzzy["previous"]) == ("fuzzy", "Rest for 3 days.")
    assert message(state, "Call now")["state"] == "missing"
    assert not any(f["code"].startswith("message-") for f in state["findings"])


def test_nothing_of_it_is_published(site: Callable[..., Site]) -> None:
    made = site(("en", "ar"))
    before = sorted(made.folder.rglob("*"))
    preview(made, "ar")
    assert sorted(made.folder.rglob("*")) == before


@pytest.mark.parametrize(
    ("locale", "text", "code"),
    [
        ("ar", "استرح لمدة 3 أيام.", "quantity-mismatch"),
        ("km", "សម្រាក **2** ថ្ងៃ។", "markup-mismatch"),
        ("ar", "Rest at home for 2 أيام, please, and sleep.", "script-mismatch"),
    ],
)
def test_findings_stand_at_their_message(
    site: Callable[..., Site], locale: str, text: str, code: str
) -> None:
    made = site(("en", "ar", "km"))
    made.change(f"{locale}/{TOPIC}", "Rest for 2 days.", text=text)
    state = shown(preview(made, locale))
    assert code in [f["code"] for f in message(state, "Rest for 2 days.")["findings"]]
    others = [
        m for g in state["groups"] for m in g["messages"] if m["source"] != "Rest for 2 days."
    ]
    assert not [f for m in others for f in m["findings"] if f["code"] == code]
    assert code not in [f["code"] for f in state["findings"]]
    assert {f["code"] for f in state["findings"]} == {"approval-missing"}


def test_numbers_to_confirm_are_told_beside_the_pages(site: Callable[..., Site]) -> None:
    made = site(("en", "km"))
    made.change(f"km/{TOPIC}", "Rest for 2 days.", text="សម្រាក។")
    state = shown(preview(made, "km"))
    assert (state["facts"]["unsure"], state["facts"]["state"]) == (1, "withheld")
    unsure = message(state, "Rest for 2 days.")
    assert unsure["state"] == "unsure"
    (finding,) = unsure["findings"]
    assert finding["code"] == "quantity-unsure"
    assert "2 days is missing" in finding["message"]
    assert unsure["anchor"] in state["boxes"]


def test_what_is_too_long_is_said_of_the_whole(site: Callable[..., Site]) -> None:
    made = site(("en", "ar"))
    long = " ".join(["استرح لمدة 2 يوم", *["واشرب ما يكفي من الماء"] * 300])
    made.change(f"ar/{TOPIC}", "Rest for 2 days.", text=long)
    made.change(f"ar/{TOPIC}", "When can I work again?", text="")
    state = shown(preview(made, "ar"))
    assert "page-count" in [f["code"] for f in state["findings"]]


def test_the_same_pages_are_not_set_again(site: Callable[..., Site]) -> None:
    made = site(("en", "ar"))
    first = preview(made, "ar")
    assert first.pages is not None
    again = preview(made, "ar", first.proof)
    assert (again.proof, again.pages) == (first.proof, None)
    assert again.lines == first.lines
    made.change(f"ar/{TOPIC}", "Rest for 2 days.", remarks=("a remark",))
    assert preview(made, "ar", first.proof).pages is None
    made.change(f"ar/{TOPIC}", "Rest for 2 days.", text="استرح 2 يوم.")
    changed = preview(made, "ar", first.proof)
    assert changed.pages is not None
    assert changed.proof != first.proof


def test_what_was_set_before_is_not_set_again_but_stand_ins_are_kept_nowhere(
    site: Callable[..., Site], run: Callable[..., Outcome], monkeypatch: pytest.MonkeyPatch
) -> None:
    made = site(("en", "ar"))
    run("build")
    set_anew: list[object] = []
    real = previews.set_and_judge
    monkeypatch.setattr(previews, "set_and_judge", lambda job: set_anew.append(job) or real(job))
    found = preview(made, "ar")
    assert found.pages is not None
    assert found.pages.pdf == (made.out / f"ar/{TOPIC}.standard.draft.pdf").read_bytes()
    assert set_anew == []
    made.change(f"ar/{TOPIC}", "When can I work again?", text="")
    for _ in range(2):
        assert preview(made, "ar").pages is not None
    assert len(set_anew) == 2


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        (f"locales/ar/{TOPIC}.po", "nonsense", "handouts/locales/ar/sore-throat.po:1: this is not"),
        ("locales/ar/house.po", "nonsense", "handouts/locales/ar/house.po:1: this is not a PO"),
        (f"topics/{TOPIC}/topic.md", "nonsense", f"handouts/topics/{TOPIC}/topic.md:1"),
        ("clinic.toml", "nonsense", "handouts/clinic.toml:1: is not TOML"),
        ("locales/ar/approvals.toml", "nonsense", "handouts/locales/ar/approvals.toml:1: is not"),
    ],
)
def test_words_that_cannot_be_read_are_named(
    site: Callable[..., Site], name: str, text: str, said: str
) -> None:
    made = site(("en", "ar"))
    made.write(name, text)
    found = preview(made, "ar")
    assert found.pages is None
    assert any(problem.startswith(said) for problem in found.problems), found.problems


def test_a_topic_or_a_locale_that_there_is_not_is_named(site: Callable[..., Site]) -> None:
    made = site(("en", "ar"))
    assert "there is no sore-throat in km" in preview(made, "km").problems[0]
    assert (
        set_preview(made.handouts, TODAY, "", "cold", "ar", "")
        .problems[0]
        .startswith("there is no")
    )


@pytest.mark.parametrize("locale", ["ar", "km"])
def test_one_of_several_clinics_has_its_own_pages(site: Callable[..., Site], locale: str) -> None:
    made = site(("en", "es", locale))
    north = f'name = "North Street"\nlocales = ["en", "{locale}"]\n[contact]\nphone = "555-0100"\n'
    made.write("clinics/north.toml", north)
    ours = preview(made, locale)
    theirs = set_preview(made.handouts, TODAY, "north", TOPIC, locale, "")
    assert [one.facts["clinic"] for one in (ours, theirs)] == ["Test Street Clinic", "North Street"]
    assert ours.pages is not None
    assert theirs.pages is not None
    assert "555-0100" not in text_of(ours.pages.pdf)
    assert "555-0100" in text_of(theirs.pages.pdf)
    (problem,) = set_preview(made.handouts, TODAY, "north", TOPIC, "es", "").problems
    assert problem.startswith("there is no sore-throat in es")
    assert measure(made.handouts, TODAY, "north", locale)["problems"] == []


def test_a_withdrawn_leaflet_is_still_shown(site: Callable[..., Site]) -> None:
    made = site(("en", "ar"))
    made.write(
        "withdrawn.toml",
        f'[[withdrawn]]\ntopic = "{TOPIC}"\nbecause = "x"\ndate = 2026-11-30\nby = "A"\n',
    )
    found = preview(made, "ar")
    assert found.pages is not None
    assert found.facts["state"] == "withdrawn"


def test_progress_is_measured_by_topic(site: Callable[..., Site]) -> None:
    made = site(("en", "ar"))
    made.change(f"ar/{TOPIC}", "Rest for 2 days.", fuzzy=True)
    made.change(f"ar/{TOPIC}", "When can I work again?", text="")
    found = measure(made.handouts, TODAY, "", "ar")
    (row,) = found["topics"]
    assert (row["title"], row["state"]) == ("Sore throat", "withheld")
    assert (row["fuzzy"], row["missing"]) == (1, 1)
    assert found["problems"] == []
    for name, said in ((f"locales/ar/{TOPIC}.po", "po:1: this"), ("clinic.toml", "toml:1: is not")):
        made.write(name, "nonsense")
        found = measure(made.handouts, TODAY, "", "ar")
        assert [row["state"] for row in found["topics"]] in ([], ["unreadable"])
        assert said in found["problems"][0]


def test_a_translation_holds_where_the_source_is_signed_to_mean_the_same(
    site: Callable[..., Site], run: Callable[..., Outcome]
) -> None:
    made = site(("en", "ar"))
    sign = ("approve", TOPIC, "en", "--role", "clinician", "--by", "Dr Clinician")
    run(*sign)
    made.edit(f"topics/{TOPIC}/topic.md", "- Rest for 2 days.", "- Rest, for 2 days.")
    run(*sign, "--meaning-unchanged")
    found = preview(made, "ar")
    assert found.facts["fuzzy"] == 0
    assert {line.state for line in found.lines} == {"translated"}
