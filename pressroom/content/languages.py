"""Read and ask for what CLDR does not say of a language: `locales.toml` -> Locales."""

from __future__ import annotations

from pathlib import Path

from ..core.errors import ConfigurationError, UsageError
from ..core.files import missing, read_text, shown, write_atomically
from ..core.locales import undescribed_locale
from ..core.model import Locale
from ..core.toml import quoted, read_model
from .schema import LocalesFile

FILE = "locales.toml"
_HEAD = """\
# Languages that CLDR does not have. docs/adding-a-locale.md says what each key means.
#:schema ../schemas/locales.schema.json
"""
_TABLE = """
[locale.{code}]
# Its name in itself, as its readers write it, and in English.
native_name = ""
english_name = {english_name}
# Which way it is written (ltr, rtl), and in which script (ISO 15924).
direction = "{direction}"
script = "{script}"
# How a day is written: d or dd; M, MM or MMMM, its name; y. Words stand in 'quotes'.
date = "y-MM-dd"
# months = ["…", "…", "…", "…", "…", "…", "…", "…", "…", "…", "…", "…"]
# Digits: latn (0 to 9), arab, arabext, beng, deva, mymr, …
numbering = "latn"
"""


def read_languages(handouts: Path) -> tuple[Locale, ...]:
    """Read the languages that a site describes; one without a name is still to be filled in.

    Raises ConfigurationError, or Problems with one for each thing that is wrong.
    """
    path = handouts / FILE
    if missing(path, handouts):
        return ()
    file, _ = read_model(path, LocalesFile, ConfigurationError, handouts)
    return tuple(
        Locale(code=code, **facts.model_dump())
        for code, facts in file.locale.items()
        if facts.native_name and facts.english_name
    )


def ask_for_language(handouts: Path, code: str) -> None:
    """Raise UsageError for a language that nobody has described, with where to do it.

    A template of its facts is written into `locales.toml`, where it does not stand there.
    """
    known = undescribed_locale(code)
    if known is None:
        return
    path = handouts / FILE
    text = _HEAD if missing(path, handouts) else read_text(path, ConfigurationError, handouts)
    head = f"[locale.{code}]"
    if head not in text:
        text += _TABLE.format(
            code=code, english_name=quoted(known.english_name), direction=known.direction,
            script=known.script,
        )  # fmt: skip
        write_atomically(path, text.encode("utf-8"), handouts)
    line = text.partition(head)[0].count("\n") + 1
    raise UsageError(
        f"{shown(path)}:{line}",
        f"CLDR does not have '{code}'",
        "fill in its names there, look at the rest, and run this again; "
        "delete it if it is no language",
    )
