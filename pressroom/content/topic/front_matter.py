"""Read the front matter of a topic: YAML without aliases and tags -> FrontMatter."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import yaml

from ...core.errors import ManuscriptError
from ...core.validation import validate
from ..schema import FrontMatter

#: Largest front matter in characters: far above what a topic needs, and read in seconds.
LARGEST_FRONT_MATTER = 32 * 1024
#: Tables and lists within each other.
DEEPEST = 6


def split_topic(text: str, where: str) -> tuple[str, str, int]:
    """Return front matter, body, and the number of lines before the body.

    Raises ManuscriptError where the front matter does not begin or end.
    """
    lines = text.split("\n")
    if not lines or lines[0].strip() != "---":
        raise ManuscriptError(
            f"{where}:1", "a topic starts with front matter", "open it with a line '---'"
        )
    for number, line in enumerate(lines[1:], 1):
        if line.rstrip() in ("---", "..."):
            return "\n".join(lines[1:number]), "\n".join(lines[number + 1 :]), number + 1
    raise ManuscriptError(
        f"{where}:1", "the front matter does not end", "close it with a line '---'"
    )


class _Loader(yaml.SafeLoader):
    """A loader of scalars as the text that stands there, except `true`, `false` and `null`.

    So version 1.10 does not become 1.1, nor 010 eight, and a date that does not
    exist is reported with its line. Aliases, tags, depth and duplicate keys are refused.
    """

    yaml_implicit_resolvers = {  # noqa: RUF012
        first: [
            (tag, pattern)
            for tag, pattern in resolvers
            if tag in ("tag:yaml.org,2002:bool", "tag:yaml.org,2002:null")
        ]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

    def __init__(self, text: str, where: str) -> None:
        super().__init__(text)
        self.where = where
        self.depth = 0

    def wrong(self, mark: yaml.Mark, what: str, next_step: str) -> ManuscriptError:
        return ManuscriptError(f"{self.where}:{mark.line + 2}", what, next_step)

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        event: Any = self.peek_event()  # type: ignore[no-untyped-call]
        if getattr(event, "anchor", None):  # An alias has one, too.
            raise self.wrong(
                event.start_mark, "YAML anchors and aliases are not read", "write it out"
            )
        if getattr(event, "tag", None):
            raise self.wrong(event.start_mark, "YAML tags are not read", "delete the tag")
        self.depth += 1
        if self.depth > DEEPEST + isinstance(event, yaml.ScalarEvent):
            raise self.wrong(event.start_mark, "is nested too deeply", "flatten it")
        node = super().compose_node(parent, index)
        self.depth -= 1
        seen: dict[str, int] = {}
        for key, _ in node.value if isinstance(node, yaml.MappingNode) else ():
            if not isinstance(key, yaml.ScalarNode):
                raise self.wrong(key.start_mark, "a key is a word", "write 'word: …'")
            if key.value in seen:
                what = f"the key '{key.value}' stands in line {seen[key.value]} already"
                raise self.wrong(key.start_mark, what, "keep one of them")
            seen[key.value] = key.start_mark.line + 2
        return node


def _load(text: str, where: str) -> tuple[Any, yaml.Node | None]:
    """Return the data of YAML, and the root of its nodes. Raises ManuscriptError."""
    if len(text) > LARGEST_FRONT_MATTER:
        raise ManuscriptError(
            f"{where}:1",
            f"the front matter is {len(text)} characters long",
            f"the most is {LARGEST_FRONT_MATTER}; shorten it",
        )
    try:
        loader = _Loader(text, where)
        node = loader.get_single_node()
        return (loader.construct_document(node) if node else None), node
    except yaml.MarkedYAMLError as problem:
        mark = problem.problem_mark or problem.context_mark
        line = mark.line + 2 if mark else 1
        raise ManuscriptError(
            f"{where}:{line}",
            f"this is not YAML: {problem.problem or problem.context}",
            "quote text that holds a colon or starts with a sign",
        ) from None
    except (yaml.YAMLError, ValueError) as problem:
        at = getattr(problem, "position", 0)
        line = text.count("\n", 0, at) + 2 if isinstance(at, int) else 1
        raise ManuscriptError(
            f"{where}:{line}", f"this is not YAML: {problem}", "mend it"
        ) from None


def _line_of(node: yaml.Node | None, loc: tuple[Any, ...]) -> int:
    """Return the line of a key path in a topic, counted from 1, or of the nearest above it."""
    line = 1
    for part in loc:
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                if key.value == str(part):
                    line, node = key.start_mark.line + 2, value
                    break
            else:
                return line
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int):
            if part >= len(node.value):
                return line
            node = node.value[part]
            line = node.start_mark.line + 2
        else:
            return line
    return line


def read_front_matter(
    text: str, where: str
) -> tuple[FrontMatter, Callable[[tuple[Any, ...]], int]]:
    """Return front matter, and what returns the line of a key path in its file, from 1.

    Raises ManuscriptError, or Problems with one for each thing that is wrong.
    """
    data, node = _load(text, where)
    if not isinstance(data, dict):
        raise ManuscriptError(f"{where}:2", "front matter is a list of keys", "write 'id: …'")
    line_of = partial(_line_of, node)
    front = validate(
        FrontMatter, data, where, lambda loc: f"{where}:{line_of(loc)}", ManuscriptError
    )
    return front, line_of
