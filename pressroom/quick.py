"""Answer a build that has nothing to do before the commands are loaded: arguments -> exit code.

Click alone understands arguments. What it made of those of the last build stands beside
what that has seen (`standing`): the same ones, given in the same place, mean the same.
Whatever differs is left to the commands.
"""

from __future__ import annotations

import atexit
import gc
import os
import sys
import time

from .lock import FOLDER
from .standing import Standing, look_ahead

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

#: What is said where Ctrl-C ends a command, and its exit code.
INTERRUPTED = "Interrupted. What was published stays; run the command again to go on."
EXIT_INTERRUPTED = 130

_ASKED = f"{FOLDER}/asked"
#: The arguments of this process, where it was asked as a command.
_arguments: tuple[str, ...] | None = None


class Asked:
    """What the arguments of a build mean, that is about a whole site."""

    __slots__ = ("clinic", "handouts", "out", "quiet", "strict", "today")

    def __init__(
        self, handouts: str, out: str, clinic: str, today: str, quiet: bool, strict: bool
    ) -> None:
        #: Folders, as they were named.
        self.handouts = handouts
        self.out = out
        self.clinic = clinic
        #: The day that was given (ISO 8601); empty for the clock's.
        self.today = today
        self.quiet = quiet
        self.strict = strict


def answer(arguments: Sequence[str]) -> int | None:
    """Do what the last build did where nothing has changed. Give the exit code.

    None where there is anything to look at, or to say to whoever asks.
    """
    code = _answer(arguments)
    if code is None:
        # What the commands load is no garbage: a sixth of their start is spent on looking for
        # it, and as much of their end.
        gc.set_threshold(20_000, 5, 5)
        atexit.register(gc.freeze)
    return code


def _answer(arguments: Sequence[str]) -> int | None:
    global _arguments
    _arguments = tuple(arguments)
    try:
        asked = _recall_asked(_arguments)
        if asked is None or (os.environ.get("SOURCE_DATE_EPOCH") and not asked.today):
            return None
        day = asked.today or time.strftime("%Y-%m-%d")
        standing = look_ahead(asked.handouts, asked.out, day, asked.clinic)
        return None if standing is None else _tell(standing, asked)
    except KeyboardInterrupt:
        print(INTERRUPTED, file=sys.stderr)
        return EXIT_INTERRUPTED
    except Exception as problem:
        from .errors import HandoutError

        if isinstance(problem, OSError | ValueError | HandoutError):
            return None  # The commands say what is wrong.
        raise


def _tell(standing: Standing, asked: Asked) -> int:
    """Say what there is to say."""
    code = standing.code(asked.strict)
    if code or not asked.quiet:
        try:
            sys.stderr.write(standing.told)
            sys.stdout.write(standing.said)
            sys.stdout.flush()
        except BrokenPipeError:
            # Nobody reads on; nor is there anything left to say at the end.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return 0
    return code


def note(asked: Asked) -> None:
    """Record what the arguments of this process mean; nothing where it was not asked by them."""
    if _arguments is None:
        return
    from pathlib import Path

    from .errors import HandoutError
    from .files import holds, write_atomically

    data = _key(_arguments) + _as_bytes(
        asked.handouts, asked.out, asked.clinic, asked.today,
        "quiet" * asked.quiet, "strict" * asked.strict,
    )  # fmt: skip
    path = Path(asked.out) / _ASKED
    if not holds(path, data):
        try:
            write_atomically(path, data, Path(asked.out))
        except HandoutError:
            pass  # The commands go on understanding them.


def _recall_asked(arguments: Sequence[str]) -> Asked | None:
    """Give what these arguments meant to the last build; None where those were others."""
    out = _named_out(arguments)
    key = _key(arguments)
    with open(os.path.join(out, _ASKED), "rb") as file:
        data = file.read(1 << 16)
    if not data.startswith(key):
        return None
    said = [os.fsdecode(part) for part in data[len(key) :].split(b"\0")]
    handouts, where, clinic, today, quiet, strict, end = said
    if where != out or end:
        return None
    return Asked(handouts, out, clinic, today, bool(quiet), bool(strict))


def _named_out(arguments: Sequence[str]) -> str:
    """Guess where a build publishes. What is read there tells whether that was right."""
    said = {"--out": "", "--clinic": ""}
    for argument, following in zip(arguments, (*arguments[1:], ""), strict=True):
        name, equals, value = argument.partition("=")
        if name in said:
            said[name] = value if equals else following
    clinic = said["--clinic"]
    return os.path.normpath(said["--out"] or (f"dist-{clinic}" if clinic else "dist"))


def _key(arguments: Sequence[str]) -> bytes:
    """Tell arguments, given in this place, from all others."""
    return _as_bytes(os.getcwd(), str(len(arguments)), *arguments)


def _as_bytes(*parts: str) -> bytes:
    return b"".join(os.fsencode(part) + b"\0" for part in parts)
