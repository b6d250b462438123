"""The console script: `handouts`, and `python -m pressroom`."""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def _commands() -> Any:
    """Find the commands: inside the package in a wheel, beside it in a checkout."""
    import importlib

    for name in ("pressroom.pipeline", "pipeline"):
        try:
            return importlib.import_module(name).handouts
        except ModuleNotFoundError as missing:
            if missing.name != name:
                raise
    raise ModuleNotFoundError("pipeline: run from a checkout, or install the wheel")


def main() -> None:
    """Run the command line."""
    sys.exit(_commands()())


if __name__ == "__main__":
    main()
