"""The day that dates are judged by: the one that was given, SOURCE_DATE_EPOCH, or the clock's."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime

from .errors import UsageError


def judged_day(given: date | None = None) -> date:
    """Return the day that review dates and signatures are judged by.

    SOURCE_DATE_EPOCH is in seconds since 1970, in UTC (reproducible-builds.org). Raises
    UsageError where it names no day.
    """
    if given is not None:
        return given
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    if not epoch:
        return datetime.now().astimezone().date()
    try:
        return datetime.fromtimestamp(int(epoch), UTC).date()
    except (ValueError, OverflowError, OSError):
        said = f"SOURCE_DATE_EPOCH is ‘{epoch[:40]}’, which names no day"
        step = "set it to seconds since 1970, unset it, or give --today"
        raise UsageError("", said, step) from None
