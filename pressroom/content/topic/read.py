"""Find and read topics: `topic.md` -> Topic."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from ...core.errors import (
    ConfigurationError,
    HandoutError,
    ManuscriptError,
    printable,
    raise_all,
)
from ...core.files import leaves, missing, read_text, shown
from ...core.model import Clinic, Message, Topic
from ..schema import Pages, is_id
from .blocks import Body
from .front_matter import read_front_matter, split_topic

#: Largest topic in characters: far above what a leaflet of a few pages holds.
LARGEST_TOPIC = 256 * 1024

#: What is still to write, alone or before a proposal. As a word of Spanish it stands in a
#: sentence: “TODO EL DÍA”.
#: Codes of guidelines as NICE, SIGN and their like number them.
_GUIDELINE = re.compile(r"\b(?:[A-Z]{2,3}|SIGN ?)[0-9]{1,4}\b")
#: What a translator is told of the other names of a topic.
ALSO_PLACE = (
    "what else staff call it, for the search alone; your readers’ own words, with ; between them, "
    "or nothing"
)
_TODO = re.compile(r"""(?<!\w)TODO(?=:\s|\s*$|["'\]])""")


def topic_paths(handouts: Path) -> dict[str, Path]:
    """Return the path of each `topic.md` of a site by the name of its folder.

    A folder that holds folders of topics is a category of them. Raises ConfigurationError where
    something else stands for the folder of all topics, and where two topics have one name.
    """
    folder = handouts / "topics"
    if missing(folder, handouts):
        return {}
    if leaves(folder, handouts) or not folder.is_dir():
        what = f"leads out of {shown(handouts)}/" if folder.is_symlink() else "is no folder"
        raise ConfigurationError(shown(folder), what, "put a folder there")
    found: dict[str, Path] = {}
    problems: list[HandoutError] = []
    for path in _topics_in(str(folder)):
        name = printable(path.parent.name)
        if name in found:
            two = [one.parent.parent.name for one in (found[name], path)]
            what = f"'{name}' stands in {two[0]}/ and {two[1]}/"
            problems.append(ConfigurationError(shown(folder), what, "rename one"))
        found[name] = path
    raise_all(problems)
    return dict(sorted(found.items()))


def _topics_in(folder: str) -> Iterator[Path]:
    """Yield the `topic.md` of each topic in a folder, and of those in its categories."""
    for name in _folders(folder):  # Of thousands, paths take their time.
        path = f"{folder}/{name}"
        # What a link leads to is no category: it may be any folder of the machine.
        alone = os.path.exists(f"{path}/topic.md") or os.path.islink(path)  # noqa: PTH110, PTH114
        inner = [] if alone else _folders(path)
        topics = [f"{path}/{one}/topic.md" for one in inner]
        in_category = [one for one in topics if os.path.exists(one)]  # noqa: PTH110
        yield from map(Path, in_category or [f"{path}/topic.md"])


def _folders(folder: str) -> list[str]:
    """Return the names of the folders in a folder, and of links that may lead to some."""
    try:
        with os.scandir(folder) as entries:
            return sorted(
                entry.name
                for entry in entries
                if entry.name[0] not in "._" and (entry.is_symlink() or entry.is_dir())
            )
    except OSError:
        return []


def read_topic(path: Path, root: Path | None = None, clinic: Clinic | None = None) -> Topic:
    """Read `topic.md`, its front matter and its figures; where `root` is given, only below it.

    `clinic` fills the placeholders that are its own. Raises ManuscriptError, or Problems with one
    for each thing that is wrong.
    """
    where = shown(path)
    if not is_id(path.parent.name):
        raise ManuscriptError(
            shown(path.parent),
            f"the folder's name '{path.parent.name}' cannot name a topic",
            "use a-z, 0-9 and single hyphens: 'back-pain'",
        )
    text = read_text(path, ManuscriptError, root)
    if len(text) > LARGEST_TOPIC:
        raise ManuscriptError(
            where, f"is {len(text)} characters long", f"the most is {LARGEST_TOPIC}; split it"
        )
    head, body_text, offset = split_topic(text, where)
    front, line_of = read_front_matter(head, where)
    if front.id != path.parent.name:
        raise ManuscriptError(
            f"{where}:{line_of(('id',))}",
            f"the id '{front.id}' is not the folder's name, '{path.parent.name}'",
            "make them the same",
        )

    site = root or path.parents[2]
    body = Body(where, body_text, offset, path.parent, site, clinic)
    head_messages: dict[str, Message] = {}

    def head_message(key: str, place: str) -> Message | None:
        value = getattr(front, key)
        if value is None:
            return None
        anchor = f"msg-front-matter-{len(head_messages) + 1}"
        line = line_of((key,))
        body.check_words(value, line)
        message = Message("front-matter", value, anchor, place, line, where)
        head_messages[key] = message
        return message

    title = head_message("title", "title")
    main_message = head_message("main_message", "main message, below the title")
    action = head_message("action", "what the reader can do")
    funder = head_message("funder", "who paid; follows “Who paid for this leaflet:”")
    conflicts = head_message("conflicts", "follows “Conflicts of interest:”")
    therapy = head_message("therapy", "name of the therapy, inside a sentence")
    condition = head_message("condition", "name of the condition, inside a sentence")
    assert title and main_message and action and funder and conflicts

    blocks = body.read(front.tags, urgent=front.urgent is None)
    raise_all(body.problems)
    pages, locale_pages = _budgets(front.pages)
    return Topic(
        id=front.id,
        path=where,
        category="" if path.parents[1].name == "topics" else path.parents[1].name,
        urgent=front.urgent is None,
        title=title,
        main_message=main_message,
        action=action,
        funder=funder,
        conflicts=conflicts,
        therapy=therapy,
        condition=condition,
        tags=front.tags,
        version=front.version,
        issued=front.issued,
        review_by=front.review_by,
        change=front.change or "",
        owner=front.owner or "",
        authors=front.authors,
        reviewers=front.reviewers,
        sources=front.sources,
        pages=pages,
        locale_pages=locale_pages,
        blocks=blocks,
        messages=(*head_messages.values(), *body.messages),
        figures=body.figures,
        todo=tuple(n for n, line in enumerate(text.split("\n"), 1) if _TODO.search(line)),
        also=Message("also", "; ".join(front.also), "", ALSO_PLACE, line_of(("also",)), where)
        if front.also
        else None,
        codes={
            name: codes for name, codes in front.codes.model_dump(by_alias=True).items() if codes
        },
    )


def also_called(text: str) -> tuple[str, ...]:
    """Return the names in what else a topic is called, as front matter and catalogues have it."""
    return tuple(dict.fromkeys(name.strip() for name in re.split("[;；؛]", text) if name.strip()))


def guideline_codes(sources: Iterable[str]) -> tuple[str, ...]:
    """Return the codes of guidelines that sources name, such as NG65: staff look for them, too."""
    found = (code for source in sources for code in _GUIDELINE.findall(source))
    return tuple(dict.fromkeys(found))


def snippet_paths(handouts: Path) -> tuple[Path, ...]:
    """Return the texts that topics may share, in the order of their names."""
    folder = handouts / "snippets"
    return () if leaves(folder, handouts) else tuple(sorted(folder.glob("*.md")))


def read_snippets(handouts: Path, clinic: Clinic) -> tuple[Message, ...]:
    """Read the messages of all texts that topics may share. Raises ManuscriptError, or Problems."""
    body = Body(shown(handouts / "snippets"), "", 0, handouts, handouts, clinic)
    for path in snippet_paths(handouts):
        body.include(path.stem, 1)
    raise_all(body.problems)
    return tuple(body.messages)


def _budgets(pages: Pages) -> tuple[dict[str, int], dict[str, dict[str, int]]]:
    """Return the page budgets by edition, and by locale and edition."""

    def numbers(table: Any) -> dict[str, int]:
        data = table.model_dump(by_alias=True, exclude_none=True)
        return {name: count for name, count in data.items() if isinstance(count, int)}

    return numbers(pages), {code: numbers(table) for code, table in pages.locales.items()}
