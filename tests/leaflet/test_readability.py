"""How a source reads, and words that promote: warnings with the place."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pressroom.leaflet.readability import _uses, grades, sentences, syllables

from ..conftest import Outcome
from ..support import TOPIC, Site


@pytest.mark.parametrize(
    ("word", "count"), [("spine", 1), ("table", 2), ("inflammation", 4), ("the", 1), ("MRI", 1)]
)
def test_syllables(word: str, count: int) -> None:
    assert syllables(word) == count


def test_plain_words_get_a_low_grade_and_learned_ones_a_high_one() -> None:
    plain = grades(sentences("You can rest. Drink a lot. Call us if it gets worse. " * 5))
    learned = grades(
        sentences(
            "Contemporary pharmacological interventions demonstrate considerable efficacy. " * 5
        )
    )
    assert plain[0] < 3 < 14 < learned[0]
    assert plain[1] < 5 < 14 < learned[1]


@pytest.mark.parametrize(
    ("text", "word", "found"),
    [
        ("A promising therapy", "promising", True),
        ("It is unsafe", "safe", False),
        ("Cells regenerated", "regenerat*", True),
        ("It may procure", "cure*", False),
        ("علاج واعد للمرض", "واعد", True),
        ("هذا العلاج غير معتمد", "واعد", False),
        ("यह एक आशाजनक इलाज है", "आशाजनक", True),
        ("기적의 치료", "기적*", True),
        ("장기적 위험", "기적*", False),
        ("这是突破性疗法", "突破性", True),
        ("这种疗法未获批准", "突破性", False),
    ],
)
def test_words_are_found_in_every_script(text: str, word: str, found: bool) -> None:
    assert _uses(text, word) is found


def _with(topic: str, text: str) -> str:
    return topic.rstrip("\n") + f"\n\n{text}\n"


def test_a_long_sentence_is_warned_of_with_its_line(
    site: Callable[..., Site], run: Callable[..., Outcome]
) -> None:
    sentence = "You " + "very " * 20 + "much want to read this."
    topic = _with(TOPIC, sentence)
    line = topic.split("\n").index(sentence) + 1
    site(("en",), {"sore-throat": topic})
    said = run("check").err
    assert f"handouts/topics/sore-throat/topic.md:{line}: " in said
    assert "has 26 words; split it" in said
    assert "[reading-grade]" in said


PROMOTING = """

## New care {#new-care}

::: unapproved-therapy
Exosome therapy is a promising option.
:::
"""


def test_a_promotional_word_is_warned_of_where_the_therapy_is_described(
    site: Callable[..., Site], run: Callable[..., Outcome]
) -> None:
    tagged = TOPIC.replace(
        "version:", "therapy: exosome therapy\ncondition: sore throat\nversion:", 1
    )
    tagged = tagged.replace("tags: []", "tags: [unapproved-therapy]", 1)
    assert "unapproved-therapy" in tagged
    site(("en",), {"sore-throat": tagged + PROMOTING})
    said = run("check").err
    assert "‘promising’ promotes an unapproved therapy (new-care)" in said
    assert said.count("[promotional-word]") == 1


def test_a_promotional_word_is_found_before_the_therapy_is_named(
    site: Callable[..., Site], run: Callable[..., Outcome]
) -> None:
    tagged = TOPIC.replace("tags: []", "tags: [unapproved-therapy]", 1)
    site(("en",), {"sore-throat": tagged + PROMOTING})
    assert "‘promising’ promotes an unapproved therapy (new-care)" in run("check").err


def test_the_same_word_elsewhere_is_nobodys_business(
    site: Callable[..., Site], run: Callable[..., Outcome]
) -> None:
    site(("en",), {"sore-throat": _with(TOPIC, "This is a promising start.")})
    assert "[promotional-word]" not in run("check").err
