"""Errors that stop the work: each says where, what, and the next step."""

from __future__ import annotations

import re
from collections.abc import Iterable

#: What a file can hold and a terminal would obey, or show in another order than it stands.
_UNPRINTABLE = re.compile(
    "[\0-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)


#: Longest text of a message, in characters: it may quote a word that is a whole file long.
LONGEST = 600

#: The most errors of one file that are reported at once: whoever has as many mends these first.
MOST_REPORTED = 20


def printable(text: str) -> str:
    """Return a text as a message may quote it: short, on one line, with controls spelled out."""
    if len(text) > LONGEST:
        text = text[: LONGEST - 1] + "…"
    return _UNPRINTABLE.sub(
        lambda found: found.group().encode("unicode_escape").decode("ascii"),
        " ".join(text.split("\n")),
    )


def did_you_mean(name: str, known: Iterable[str], form: str = "'{}'") -> str:
    """Return a question after the known name that is most like `name`; empty where none is.

    `form` is how a message writes a name.
    """
    import difflib

    near = difflib.get_close_matches(name, known, 1, 0.5)
    return f"did you mean {form.format(near[0])}?" if near else ""


class HandoutError(Exception):
    """Something that a person has to mend before the work can go on.

    `where` is a path relative to the working directory, with a line number
    where one is known (`handouts/clinic.toml:12`); `what` says what is wrong;
    `next_step` what to do about it.
    """

    #: What the command exits with: 1 for content, 2 for usage and configuration.
    exit_code = 1
    #: Code of the finding that a report has of it.
    code = "source-unreadable"

    def __init__(self, where: str, what: str, next_step: str = "") -> None:
        self.where = printable(where)
        self.what = printable(what)
        self.next_step = printable(next_step)
        super().__init__(str(self))

    def __str__(self) -> str:
        text = f"{self.where}: {self.what}" if self.where else self.what
        return f"{text}; {self.next_step}" if self.next_step else text

    def each(self) -> list[HandoutError]:
        """Return the errors that this one stands for."""
        return [self]


class Problems(HandoutError):  # noqa: N818 - a list, reported as one
    """Several errors of one file, reported together."""

    def __init__(self, problems: list[HandoutError]) -> None:
        self.problems = problems
        first = problems[0]
        super().__init__(first.where, first.what, first.next_step)
        self.exit_code = max(problem.exit_code for problem in problems)

    def each(self) -> list[HandoutError]:
        """Return the errors that this one stands for."""
        return self.problems

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in getattr(self, "problems", ()))


class ConfigurationError(HandoutError):
    """The clinic file, the house words or the policy cannot be read."""

    exit_code = 2


class ManuscriptError(HandoutError):
    """A topic cannot be read: its leaflets fail, all others are built."""


class UnreadMarkupError(ManuscriptError):
    """Markup that nothing reads would be printed as it is typed."""

    code = "markup-unread"


class TooSlowError(ManuscriptError):
    """Reading a topic took longer than it may; it may go well another time."""

    code = "render-timeout"


class CatalogueError(HandoutError):
    """A catalogue cannot be read: that locale's leaflets fail, all others are built."""


class UsageError(HandoutError):
    """The command asks for something that does not exist."""

    exit_code = 2


class LockedError(HandoutError):
    """Another build is at work in the same output folder."""

    exit_code = 2


class ClusterError(HandoutError):
    """The machines that leaflets are sent to were lost, or are unlike this one."""

    exit_code = 2


def raise_all(problems: list[HandoutError]) -> None:
    """Raise all problems together, as Problems where there are several; none raises nothing."""
    if problems:
        raise problems[0] if len(problems) == 1 else Problems(problems)
