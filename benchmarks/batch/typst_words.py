"""Write a leaflet's words for typst: Leaflet -> markup of about the same look."""

from __future__ import annotations

import json

from pressroom.core.model import Block, Leaflet, Message, plain
from pressroom.fonts.scripts import script_of, stack


def _text(words: str) -> str:
    """Write words so that nothing in them is markup; JSON's strings are typst's, save for \\u."""
    return "#" + json.dumps(words.replace("\u200b", ""), ensure_ascii=False)


def write(leaflet: Leaflet) -> str:
    """Return the typst source of a leaflet: its headings, lists, boxes and back matter."""
    families = ", ".join(f'"{face.family}"' for face in stack(script_of(leaflet.locale)))
    parts = [
        '#set page(paper: "a4", margin: (x: 16mm, top: 19mm, bottom: 16mm), numbering: "1 / 1")',
        f'#set text(font: ({families}), size: 12pt, lang: "{leaflet.locale.code.split("-")[0]}", '
        f"dir: {leaflet.locale.direction})",
        "#set par(leading: 0.6em, spacing: 0.9em)",
        '#set document(title: "leaflet", date: none)',
    ]

    def words(message: Message | None) -> str:
        return _text(plain(leaflet.words[message.anchor])) if message else ""

    def block(one: Block) -> None:
        if one.kind == "heading":
            parts.append(f"{'=' * max(1, one.number - 1)} {words(one.message)}")
        elif one.kind == "item":
            parts.append(f"- {words(one.message)}")
        elif one.kind == "notes":
            parts.extend(["#v(8mm)#line(length: 100%)"] * one.number)
        elif one.kind == "container":
            parts.append("#block(stroke: 1.5pt, inset: 4mm, width: 100%)[")
        elif one.message:
            parts.append(words(one.message))
        parts.append("")
        for child in one.children:
            block(child)
        if one.kind == "container":
            parts.append("]")

    parts.append(f'#text(size: 22pt, weight: "bold")[{words(leaflet.topic.title)}]\n')
    parts.append(f"*{words(leaflet.topic.main_message)}*\n\n{words(leaflet.topic.action)}\n")
    for top in leaflet.topic.blocks:
        block(top)
    parts += [f"{_text(plain(notice.words))}\n" for notice in leaflet.notices]
    return "\n".join(parts)
