"""What CLDR says of a locale (BCP 47 code -> Locale), its dates and its digits."""

from __future__ import annotations

import tomllib
from datetime import date
from functools import lru_cache
from importlib.resources import files
from typing import Any, Literal

import babel
from babel.core import get_global
from babel.dates import format_date

from ..errors import UsageError
from ..model import Locale

#: Zero of each decimal numbering system of CLDR that a supported locale may use.
ZEROES = {
    "arab": "٠", "arabext": "۰", "beng": "০", "deva": "०", "gujr": "૦", "guru": "੦",
    "khmr": "០", "knda": "೦", "laoo": "໐", "latn": "0", "mlym": "൦", "mymr": "၀",
    "orya": "୦", "tamldec": "௦", "telu": "౦", "thai": "๐", "tibt": "༠",
}  # fmt: skip

#: Languages that CLDR gives another code, but whose usual code a site may keep.
_KEPT = {"tl", "hmn"}

#: Languages written in several scripts without one to be taken for granted.
_SCRIPT_NEEDED = {"zh": {"Hans", "Hant"}}


@lru_cache(maxsize=1)
def _added() -> dict[str, Any]:
    """Give the facts on locales that CLDR does not have."""
    text = files(__package__).joinpath("locales.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


@lru_cache(maxsize=512)
def _cldr(code: str) -> babel.Locale | None:
    try:
        return babel.Locale.parse(code, sep="-")
    except (babel.UnknownLocaleError, ValueError):
        return None


def _subtags(code: str) -> tuple[str, str, str]:
    """Split a tag into language, script and territory, in the case that BCP 47 writes."""
    language, script, territory = "", "", ""
    for number, part in enumerate(code.replace("_", "-").split("-")):
        if number == 0:
            language = part.lower()
        elif len(part) == 4 and part.isalpha():
            script = part.title()
        elif (len(part) == 2 and part.isalpha()) or (len(part) == 3 and part.isdigit()):
            territory = part.upper()
        elif len(part) == 3 and part.isalpha() and not script:
            language += "-" + part.lower()
    return language, script, territory


def _likely(language: str, script: str, territory: str) -> tuple[str, str, str]:
    """Fill in the subtags that CLDR holds likely."""
    table = get_global("likely_subtags")
    for key in (
        f"{language}_{script}_{territory}", f"{language}_{script}",
        f"{language}_{territory}", language,
    ):  # fmt: skip
        if key in table:
            full = _subtags(str(table[key]))
            return language, script or full[1], territory or full[2]
    return language, script, territory


def canonical_code(code: str) -> str:
    """Give the BCP 47 name that a locale should have; empty where there is no such locale.

    `zh_CN` -> `zh-Hans`, `iw` -> `he`, `no-nb` -> `nb`, `pt-br` -> `pt-BR`.
    """
    language, script, territory = _subtags(code)
    head, _, extended = language.partition("-")
    if extended:
        # `no-nb`, `zh-yue`: the extended language subtag is the language (RFC 5646, 2.2.2).
        head = extended if _cldr(extended) else head
    elif head == "no" and territory == "NB":
        head, territory = "nb", ""
    if head not in _KEPT:
        alias = get_global("language_aliases").get(head)
        if alias:
            new_language, new_script, new_territory = _subtags(str(alias))
            head, script = new_language, script or new_script
            territory = territory or new_territory
    if head == "no":
        head = "nb"
    if head in _SCRIPT_NEEDED:
        default = _likely(head, script, territory)[1]
        if not script:
            script, territory = default, "" if territory in ("CN", "TW") else territory
    parsed = "-".join(part for part in (head, script, territory) if part)
    return parsed if _cldr(parsed) or parsed in _added() else ""


def name_hint(code: str) -> str:
    """Say what to write for a code that is not the name of a locale; empty where it is one."""
    right = canonical_code(code)
    if right == code:
        return ""
    return f"write '{right}'" if right else "use a BCP 47 name such as 'pt-BR'"


@lru_cache(maxsize=512)
def read_locale(code: str) -> Locale:
    """Give what CLDR says of a locale.

    Raises UsageError for a code that is not the BCP 47 name of a known locale.
    """
    if hint := name_hint(code):
        raise UsageError("", f"'{code}' is not the name of a locale", hint)
    added = _added().get(code)
    if added:
        return Locale(code=code, **added)
    cldr = _cldr(code)
    assert cldr is not None
    direction: Literal["ltr", "rtl"] = "rtl" if cldr.character_order == "right-to-left" else "ltr"
    numbering = cldr.default_numbering_system
    return Locale(
        code=code,
        direction=direction,
        script=_likely(*_subtags(code))[1] or "Latn",
        native_name=_capitalised(_own_name(cldr)),
        english_name=cldr.get_display_name("en") or code,
        numbering=numbering if numbering in ZEROES else "latn",
    )


def _own_name(cldr: babel.Locale) -> str:
    return cldr.get_display_name() or str(cldr)


def _capitalised(name: str) -> str:
    return name[:1].upper() + name[1:]


def capitalise(text: str, locale: Locale) -> str:
    """Write the first letter large, as the locale does (`i` -> `İ` in Turkish)."""
    if text.startswith("i") and locale.code.split("-")[0] in ("tr", "az"):
        return "İ" + text[1:]
    return text[:1].upper() + text[1:]


def digits(text: str, locale: Locale) -> str:
    """Write the decimal digits 0 to 9 in `text` as the locale does."""
    zero = ord(ZEROES[locale.numbering])
    return text.translate({48 + i: zero + i for i in range(10)})


#: Whose dates a locale without a territory has, where CLDR would take those of one country.
_DATES_OF = {"en": "en-001"}


def date_code(locale: Locale) -> str:
    """Give the code of the locale whose dates a locale has."""
    return _DATES_OF.get(locale.code, locale.code)


def say_date(day: date, locale: Locale) -> str:
    """Write a day out as the locale does."""
    cldr = _cldr(date_code(locale))
    if cldr is None:
        return day.isoformat()
    return digits(format_date(day, "long", locale=cldr), locale)
