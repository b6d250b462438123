"""Find characters for which no font had a glyph.

They print as an empty box. The typesetter only logs them; on the page they
are glyph 0, or a number beyond the last glyph of the font.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from ...core.model import Finding
from ...fonts.faces import pinned_face
from ..evidence import Evidence

CODES = ("missing-glyph",)
SOURCE = "ISO 14289-1, 7.21.8: no reference to the .notdef glyph"
BAD = "U+2028 LINE SEPARATOR, or a letter that no pinned font has"
GOOD = "every painted glyph has an outline in a pinned font"


def check(evidence: Evidence) -> Iterator[Finding]:
    """Yield each missing character, once a page."""
    said: set[tuple[int, str]] = set()
    for run in evidence.runs:
        face = pinned_face(run.font)
        count = face.glyph_count if face else None
        for gid in run.gids:
            if gid and (count is None or gid < count):
                continue
            text = run.font.texts.get(gid, "")
            name = " ".join(
                f"{unicodedata.name(c, 'unnamed')} (U+{ord(c):04X})" for c in text if c != "\u200b"
            )
            if (run.page, name) not in said:
                said.add((run.page, name))
                yield Finding(
                    "missing-glyph",
                    "error",
                    f"no pinned font has {f'the character {name}' if name else 'a character'}; "
                    "write it in another way, or add a font to scripts.toml",
                    f"page {run.page + 1}",
                )
