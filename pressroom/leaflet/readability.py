"""Judge how a source reads, and find words that it should not use: Topic -> Findings, warnings.

The grades are those of Flesch and Kincaid (1975) and of SMOG (McLaughlin,
1969), both for English. Syllables are counted by groups of vowels, which is
within a tenth of a grade over a leaflet. NHS manuals warn against leaning on
such figures: they tell where to look, and fail nothing.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from ..core.locales import is_unspaced
from ..core.model import Block, Finding, Message, MessageKey, Topic

#: Reading grade that is the most for a leaflet: 8; the target is 6 (AMA, NIH).
MOST_GRADE = 8.0
#: Words in a sentence (plain-language guides).
MOST_WORDS = 20
#: Share of sentences in the passive; what looks like one counts ("is known"), so not a tenth.
MOST_PASSIVE = 0.3
#: Fewer sentences than this make no grade.
_FEWEST = 10

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_PASSIVE = re.compile(
    r"\b(?:am|is|are|was|were|be|been|being)\s+(?:\w+ly\s+)?"
    r"(?:\w+ed|done|found|given|known|made|put|said|seen|sold|taken|written)\b",
    re.IGNORECASE,
)


def syllables(word: str) -> int:
    """Count the syllables of an English word."""
    letters = re.sub(r"[^a-z]", "", word.lower())
    groups = len(re.findall(r"[aeiouy]+", letters))
    if letters.endswith("e") and not letters.endswith("le") and groups > 1:
        groups -= 1
    return max(1, groups)


def sentences(text: str) -> list[str]:
    bare = re.sub(r"\]\([^)]*\)|[*_`\[\]]", "", text)
    parts = re.split(r"(?<=[.!?:])[”\"’')]*\s+", bare)
    return [part for part in parts if _WORD.search(part)]


def grades(all_sentences: Sequence[str]) -> tuple[float, float]:
    """Return the Flesch-Kincaid grade and the SMOG grade of English sentences."""
    words = [word for sentence in all_sentences for word in _WORD.findall(sentence)]
    counts = [syllables(word) for word in words]
    per_sentence = len(words) / len(all_sentences)
    flesch_kincaid = 0.39 * per_sentence + 11.8 * sum(counts) / len(words) - 15.59
    long_words = sum(count >= 3 for count in counts)
    smog = 1.0430 * math.sqrt(long_words * 30 / len(all_sentences)) + 3.1291
    return flesch_kincaid, smog


def reading_findings(topic: Topic) -> Iterator[Finding]:
    """Report what makes an English source hard to read."""
    every: list[str] = []
    for message in topic.messages:
        if message.context == "front-matter" and message is not topic.main_message:
            continue
        for sentence in sentences(message.text):
            every.append(sentence)
            count = len(_WORD.findall(sentence))
            if count > MOST_WORDS:
                yield Finding(
                    "reading-grade",
                    "warning",
                    f"‘{sentence[:60]}’ has {count} words; split it: {MOST_WORDS} are the most",
                    f"{message.path}:{message.line}",
                )
    if len(every) < _FEWEST:
        return
    flesch_kincaid, smog = grades(every)
    if flesch_kincaid > MOST_GRADE:
        yield Finding(
            "reading-grade",
            "warning",
            f"reading grade {flesch_kincaid:.1f} (Flesch-Kincaid; SMOG {smog:.1f}); use shorter "
            f"words and sentences: {MOST_GRADE:g} is the most, 6 the target",
            topic.path,
        )
    passive = sum(bool(_PASSIVE.search(sentence)) for sentence in every) / len(every)
    if passive > MOST_PASSIVE:
        yield Finding(
            "reading-grade",
            "warning",
            f"{passive:.0%} of the sentences are passive; say who does what",
            topic.path,
        )


def _contexts_of_therapy(blocks: Iterable[Block]) -> set[str]:
    """Return the ids of the sections that describe an unapproved therapy."""
    return {
        inner.message.context
        for block in blocks
        if block.kind == "container" and block.name == "unapproved-therapy"
        for inner in block.walk()
        if inner.message
    }


def promotional_findings(
    topic: Topic,
    texts: Mapping[MessageKey, str],
    words: Iterable[str],
    where: Mapping[MessageKey, str],
) -> Iterator[Finding]:
    """Report words that promote an unapproved therapy.

    `texts` has what is printed for each message, `where` its file and line.
    """
    if "unapproved-therapy" not in topic.tags:
        return
    therapy = topic.therapy
    whole = therapy is not None and _names(topic.title, therapy)
    sections = _contexts_of_therapy(topic.blocks)
    for message in topic.messages:
        named = therapy is not None and _names(message, therapy)
        if not (whole or named or message.context in sections):
            continue
        for word in words:
            if _uses(texts.get(message.key, ""), word):
                yield Finding(
                    "promotional-word",
                    "warning",
                    f"‘{word.rstrip('*')}’ promotes an unapproved therapy ({message.context}); "
                    "say what is known, and what is not",
                    where.get(message.key, topic.path),
                )


def _names(message: Message, therapy: Message) -> bool:
    return therapy.text.lower() in message.text.lower()


def _uses(text: str, word: str) -> bool:
    """Return whether a text has a word; a star at its end stands for any ending.

    Scripts without spaces between words are searched for the letters alone.
    """
    stem = re.escape(word.rstrip("*").casefold())
    if is_unspaced(word[0]):
        return re.search(stem, text.casefold()) is not None
    ending = r"\w*" if word.endswith("*") else ""
    return re.search(rf"(?<!\w){stem}{ending}(?!\w)", text.casefold()) is not None
