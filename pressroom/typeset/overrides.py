"""Do for `<bdo dir="ltr">` what a browser does: WeasyPrint takes it for any inline element.

Arabic-Indic digits (class AN of UAX #9) draw what stands between them to their own
direction (rule N1): the groups of `٠٨٠٠ ١١١` change places, within left-to-right
text, too. A left-to-right mark on both sides of each group keeps all else from left to
right; it holds on each line anew, which an override control would not.
"""

from __future__ import annotations

import re
from typing import Any

_MARK = "\u200e"
#: Digits of class AN, with their decimal and thousands separators, and those of Rohingya.
_GROUP = re.compile("[\u0660-\u0669\u066b\u066c\U00010d30-\U00010d39]+")


def mark_overrides(root: Any) -> None:
    """Put left-to-right marks around Arabic-Indic digits in the overrides of an HTML tree."""
    for override in root.iter("bdo"):
        for element in override.iter():
            element.text = _marked(element.text)
            if element is not override:
                element.tail = _marked(element.tail)


def _marked(text: str | None) -> str | None:
    return text and _GROUP.sub(rf"{_MARK}\g<0>{_MARK}", text)
