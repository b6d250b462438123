"""Name a path from where a command is run. Loads next to nothing."""

from __future__ import annotations

import os


def below_here(path: str | os.PathLike[str]) -> str | None:
    """Name a path from the working directory; None where it does not lie below that."""
    here = os.getcwd()
    for whole in (os.path.normpath(os.path.join(here, path)), os.path.realpath(path)):
        if whole == here:
            return "."
        if whole.startswith(f"{here.rstrip('/')}/"):
            return whole[len(here.rstrip("/")) + 1 :]
    return None
