"""House words and policy: what is required of which leaflet."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from pressroom.content.house import applicable, expired, read_house
from pressroom.content.placeholders import PLACEHOLDERS, placeholders
from pressroom.core.errors import HandoutError

from ..support import TODAY, TOPIC, Site


def said(site: Site) -> list[str]:
    with pytest.raises(HandoutError) as caught:
        read_house(site.handouts)
    assert caught.value.exit_code == 2
    return [str(one) for one in caught.value.each()]


#: `domain/disclaimers.md`: placement and least size of each.
TABLE = {
    "general-info": ("first-page", 12),
    "keep-treatment": ("last-page", 12),
    "urgent-help": ("first-page", 12),
    "same-day-help": ("first-page", 12),
    "unapproved-therapy": ("before-therapy", 12),
    "unapproved-therapy.US": ("before-therapy", 12),
    "unapproved-therapy.EU": ("before-therapy", 12),
    "dates-version": ("every-page", 9),
    "translation-notice": ("last-page", 12),
    "draft": ("every-page", 14),
    "sources": ("last-page", 9),
    "authors": ("last-page", 9),
    "funding": ("last-page", 9),
    "no-endorsement": ("last-page", 9),
    "other-formats": ("last-page", 12),
    "copyright": ("last-page", 9),
}


def test_the_shipped_policy_is_no_weaker_than_the_domain_asks(site: Callable[..., Site]) -> None:
    house = read_house(site().handouts)
    rules = {rule.id: rule for rule in house.rules}
    for id_, (placement, least_pt) in TABLE.items():
        assert rules[id_].placement == placement
        assert rules[id_].least_pt >= least_pt
    boxed = {rule.id for rule in house.rules if rule.boxed}
    assert boxed >= {"urgent-help", "same-day-help", "unapproved-therapy"}
    assert rules["unapproved-therapy.US"].expires_days == 180
    assert set(rules) == set(house.disclaimers)


def test_disclaimers_use_known_placeholders_only(site: Callable[..., Site]) -> None:
    for message in read_house(site().handouts).disclaimers.values():
        assert set(placeholders(message.text)) <= PLACEHOLDERS.keys()


ALWAYS = {
    "general-info", "keep-treatment", "urgent-help", "dates-version", "sources", "authors",
    "funding", "other-formats", "copyright",
}  # fmt: skip


@pytest.mark.parametrize("jurisdiction", ["EU", "US", "CH"])
@pytest.mark.parametrize("tagged", [True, False])
@pytest.mark.parametrize("translation", [True, False])
@pytest.mark.parametrize("draft", [True, False])
@pytest.mark.parametrize("overdue", [True, False])
@pytest.mark.parametrize("links", [True, False])
def test_what_is_required_when(
    site: Callable[..., Site],
    jurisdiction: str,
    tagged: bool,
    translation: bool,
    draft: bool,
    overdue: bool,
    links: bool,
) -> None:
    text = TOPIC.replace("tags: []", f"tags: [{'unapproved-therapy' if tagged else ''}]")
    text = text.replace("Rest for 2 days.", "See [us](https://x.example)." if links else "Rest.")
    words = site(("en",), {"sore-throat": text}, {'"EU"': f'"{jurisdiction}"'}).words()
    found = applicable(
        words.site.house, words.topics["sore-throat"], words.site.clinic,
        translation=translation, draft=draft, overdue=overdue,
    )  # fmt: skip
    expected = set(ALWAYS)
    if tagged:
        expected |= {"unapproved-therapy", f"unapproved-therapy.{jurisdiction}"} - {
            "unapproved-therapy.CH"
        }
    expected |= {"translation-notice"} if translation else set()
    expected |= {"draft"} if draft else set()
    expected |= {"out-of-date"} if overdue else set()
    expected |= {"no-endorsement"} if links else set()
    assert {rule.id for rule in found} == expected


RANKS = {"urgent": "urgent-help", "same-day": "same-day-help"}


@pytest.mark.parametrize("ranks", [("urgent",), ("same-day",), ("urgent", "same-day"), ()])
def test_a_rank_of_the_emergency_box_asks_for_its_words(
    site: Callable[..., Site], ranks: tuple[str, ...]
) -> None:
    boxes = "".join(f"::: {rank}\n- You cannot drink.\n:::\n\n" for rank in ranks)
    text = re.sub(r"(?s)::: urgent\n.*?:::\n\n", boxes, TOPIC, count=1)
    made = site(("en",), {"sore-throat": text})
    made.ask_same_day()
    words = made.words()
    found = applicable(
        words.site.house, words.topics["sore-throat"], words.site.clinic,
        translation=False, draft=False, overdue=False,
    )  # fmt: skip
    assert {rule.id for rule in found} & {*RANKS.values()} == {RANKS[rank] for rank in ranks}


def test_a_named_product_asks_for_no_endorsement(site: Callable[..., Site]) -> None:
    text = TOPIC.replace("tags: []", "tags: [names-product]")
    words = site(("en",), {"sore-throat": text}).words()
    found = applicable(
        words.site.house, words.topics["sore-throat"], words.site.clinic,
        translation=False, draft=False, overdue=False,
    )  # fmt: skip
    assert "no-endorsement" in {rule.id for rule in found}


def test_a_fact_expires_after_its_days(site: Callable[..., Site]) -> None:
    rules = {rule.id: rule for rule in read_house(site().handouts).rules}
    fact = replace(rules["unapproved-therapy.US"], checked_on=date(2026, 1, 1), expires_days=180)
    assert not expired(fact, date(2026, 6, 30))
    assert expired(fact, date(2026, 7, 1))
    assert not expired(rules["general-info"], date(2999, 1, 1))
    assert not expired(replace(fact, expires_days=None), date(2999, 1, 1))
    assert not expired(rules["unapproved-therapy.US"], TODAY)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("least_pt = 14", "least_pt = 'x'", r"policy\.toml:\d+: 'disclaimer\.\d+\.least_pt': "),
        ('when = ["draft"]', 'when = ["sometimes"]', r"'disclaimer\.\d+\.when\.0': "),
        (
            'id = "draft"',
            'id = "draft"\nboxt = true',
            r"unknown key '.*boxt'; did you mean 'boxed'",
        ),
        ('id = "draft"', 'id = "copyright"', r"policy\.toml:\d+: 'copyright' stands twice; delete"),
        ('id = "draft"', 'id = "band"', r"policy\.toml:\d+: the disclaimer 'band' has no words; "),
    ],
)
def test_policy_errors(site: Callable[..., Site], old: str, new: str, expected: str) -> None:
    made = site()
    text = made.read("house/policy.toml")
    made.write("house/policy.toml", text.replace(old, new, 1))
    messages = said(made)
    (message,) = [one for one in messages if re.search(expected, one)]
    line = int(re.search(r"policy\.toml:(\d+): ", message)[1])  # type: ignore[index]
    changed = made.read("house/policy.toml").split("\n")
    assert any(new.split("\n")[-1] in near for near in changed[line - 1 : line + 1])


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("## draft", "## Draft!", "'Draft!' is no id of a disclaimer; use a-z, 0-9, -"),
        ("## draft", "## copyright\n\nx\n\n## draft", "'copyright' stands twice; delete one"),
        ("## draft", "## empty\n\n## draft", "'empty' has no words; write them"),
        (
            "## draft\n\nDRAFT",
            "## draft\n\n[DRAFT](x.html)",
            "the link 'x.html' is not one of https",
        ),
        ("{licence}", "{license}", "unknown placeholder {license} in 'copyright'; known are"),
    ],
)
def test_disclaimer_errors(site: Callable[..., Site], old: str, new: str, expected: str) -> None:
    made = site()
    made.edit("house/disclaimers.md", old, new)
    assert any(
        message.startswith("handouts/house/disclaimers.md:") and expected in message
        for message in said(made)
    )


@pytest.mark.parametrize("name", ["disclaimers.md", "policy.toml", "words.toml"])
def test_house_words_lie_in_the_site(site: Callable[..., Site], name: str) -> None:
    made = site()
    other = made.folder / "elsewhere"
    other.write_text(made.read(f"house/{name}"), encoding="utf-8")
    made.path(f"house/{name}").unlink()
    made.path(f"house/{name}").symlink_to(other)
    step = "put the file itself there, not a link"
    assert said(made) == [f"handouts/house/{name}: leads out of handouts/; {step}"]
