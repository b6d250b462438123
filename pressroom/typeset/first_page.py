"""Arrange the first page of an edition whose pages are short: a body -> its class, and its order.

What to do now and whom to call has to stand on the first page, whole, in every language. Where it
does not, it is set in the first arrangement of its edition in which it does: what has to stand
there is laid out in each of them, without the rest of the leaflet, which costs a tenth of a layout.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any

from .setting import Setting

#: Lays the body of a leaflet out, close where asked, and returns how many pages it fills.
CountPages = Callable[[Any, bool], int]

#: What stands before the emergency box, and behind it where the box needs its room.
_MESSAGE = frozenset(("intro", "main-message"))
#: The word of an arrangement that has the box first.
BOX_FIRST = "box-first"


def arrange(root: Any, setting: Setting, count_pages: CountPages) -> None:
    """Set the class of the arrangement of a leaflet's body, and the order of its parts.

    Where none has room, that is the last one: it lacks the least.
    """
    opening = _opening(root, setting) if setting.arrangements else None
    if opening is None or count_pages(opening, False) == 1:
        return
    for arrangement in setting.arrangements:
        tried = deepcopy(opening)
        _apply(tried, arrangement, setting)
        if count_pages(tried, True) == 1:
            break
    _apply(root, arrangement, setting)


def _opening(root: Any, setting: Setting) -> Any:
    """Return a copy of a leaflet up to what has to stand on its first page; None without any."""
    copy = deepcopy(root)
    body = copy.find("{*}body")
    last = None if body is None else _last_of_first_page(body, setting)
    if last is None:
        return None
    for part in list(body)[last + 1 :]:
        body.remove(part)
    return copy


def _last_of_first_page(body: Any, setting: Setting) -> int | None:
    """Return the place of the last part of a body that has to stand on the first page."""
    wanted = frozenset(setting.first_page)
    held = (any(one.get("id") in wanted for one in part.iter()) for part in body)
    return max((place for place, found in enumerate(held) if found), default=None)


def _apply(root: Any, arrangement: str, setting: Setting) -> None:
    body = root.find("{*}body")
    body.set("class", f"{body.get('class', '')} {arrangement}".strip())
    message = next((part for part in body if _classes(part) & _MESSAGE), None)
    last = _last_of_first_page(body, setting)
    if BOX_FIRST in arrangement and message is not None and last is not None:
        body.insert(last + 1, message)
        body.remove(message)  # The first of the two.


def _classes(element: Any) -> set[str]:
    return set((element.get("class") or "").split())
