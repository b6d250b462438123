"""Read a locale from CLDR (BCP 47 code -> Locale), and write its dates and digits."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from importlib.resources import files
from typing import Literal

import babel
from babel.core import get_global
from babel.dates import format_date

from .errors import UsageError
from .model import Locale

#: Zero of each decimal numbering system of CLDR that a supported locale may use.
ZEROES = {
    "arab": "٠", "arabext": "۰", "beng": "০", "deva": "०", "gujr": "૦", "guru": "੦",
    "khmr": "០", "knda": "೦", "laoo": "໐", "latn": "0", "mlym": "൦", "mymr": "၀",
    "orya": "୦", "tamldec": "௦", "telu": "౦", "thai": "๐", "tibt": "༠",
}  # fmt: skip

#: CSS counter styles for CLDR's numbering systems.
COUNTERS = {
    "arab": "arabic-indic", "arabext": "persian", "beng": "bengali", "deva": "devanagari",
    "gujr": "gujarati", "guru": "gurmukhi", "khmr": "cambodian", "knda": "kannada",
    "laoo": "lao", "latn": "decimal", "mlym": "malayalam", "mymr": "myanmar",
    "orya": "oriya", "tamldec": "tamil", "telu": "telugu", "thai": "thai", "tibt": "tibetan",
}  # fmt: skip

#: Languages that CLDR gives another code, but whose usual code a site may keep.
_KEPT = {"tl", "hmn"}

#: Scripts of languages that CLDR does not have which run from right to left.
_RIGHT_TO_LEFT = {"Adlm", "Arab", "Hebr", "Nkoo", "Rohg", "Syrc", "Thaa"}

#: Scripts as names of POSIX have them.
_MODIFIERS = {
    "latin": "Latn", "cyrillic": "Cyrl", "arabic": "Arab", "devanagari": "Deva", "hebrew": "Hebr",
    "iqtelif": "Latn", "euro": "",
}  # fmt: skip

#: Languages written in several scripts without one to be taken for granted.
_SCRIPT_NEEDED = {"zh": {"Hans", "Hant"}}


#: Locales as the site describes them (see `know`).
_own: dict[str, Locale] = {}


def know(locales: Iterable[Locale]) -> None:
    """Take what a site says of locales, in the place of what was known from another one."""
    described = {locale.code: locale for locale in locales}
    if described != _own:
        _own.clear()
        _own.update(described)
        read_locale.cache_clear()


def described_locale(code: str) -> Locale | None:
    """Return a locale that the site or the engine describes, since CLDR does not have it."""
    return _own.get(code) or _added().get(code)


@lru_cache(maxsize=1)
def _added() -> dict[str, Locale]:
    """Read the facts on locales that CLDR does not have."""
    text = files(__package__).joinpath("locales.toml").read_text(encoding="utf-8")
    return {code: Locale(code=code, **facts) for code, facts in tomllib.loads(text).items()}


@lru_cache(maxsize=512)
def _cldr(code: str) -> babel.Locale | None:
    try:
        return babel.Locale.parse(code, sep="-")
    except (babel.UnknownLocaleError, ValueError):
        return None


def _subtags(code: str) -> tuple[str, str, str]:
    """Split a tag into language, script and territory, in the case of BCP 47."""
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
    """Fill in likely subtags (Unicode Technical Standard 35)."""
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
    """Return the BCP 47 name that a locale should have; empty where there is no such locale.

    `zh_CN` -> `zh-Hans`, `iw` -> `he`, `no-nb` -> `nb`, `pt-br` -> `pt-BR`, `sr@latin` ->
    `sr-Latn`.
    """
    code = re.sub(r"\.[\w-]+(?=@|$)", "", code)
    name, _, modifier = code.partition("@")
    if (script := _MODIFIERS.get(modifier.lower())) is not None:
        language, _, territory = _subtags(name)
        code = "-".join(part for part in (language, script, territory) if part)
    language, script, territory = _subtags(code)
    head, _, extended = language.partition("-")
    if extended:
        # `no-nb`, `zh-yue`: the extended language subtag is the language (RFC 5646, 2.2.2).
        head = extended if _cldr(extended) else head
    elif head == "no" and territory == "NB":
        head, territory = "nb", ""
    if head not in _KEPT and head not in {_subtags(own)[0] for own in _own}:
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
    return parsed if _cldr(parsed) or described_locale(parsed) else ""


def name_hint(code: str) -> str:
    """Return what to write for a code that is not the name of a locale; empty where it is one."""
    right = canonical_code(code)
    if right == code:
        return ""
    if not right and undescribed_locale(code):
        return f"CLDR does not have it: say what it is, with 'handouts locale add {code}'"
    return f"write '{right}'" if right else "use a BCP 47 name such as 'pt-BR'"


def undescribed_locale(code: str) -> Locale | None:
    """Return what is known of a language that nobody has described; None where it is none.

    Its own name is empty, and so is the English one where CLDR does not have it.
    """
    language, script, territory = _subtags(code)
    likely = _likely(language, script, territory)[1]
    name = babel.Locale("en").languages.get(language, "")
    known = re.fullmatch(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|\d{3}))?", code)
    if canonical_code(code) or not known or not (name or likely):
        return None
    script = likely or "Latn"
    direction: Literal["ltr", "rtl"] = "rtl" if script in _RIGHT_TO_LEFT else "ltr"
    return Locale(code, direction, script, "", name, "latn")


@lru_cache(maxsize=1)
def languages() -> dict[str, list[str]]:
    """Return the languages that CLDR has words of, by code: their names in themselves and in
    English.
    """
    english = babel.Locale("en")
    found: dict[str, list[str]] = {}
    for code in sorted({name.split("_")[0] for name in babel.localedata.locale_identifiers()}):
        if name := english.languages.get(code):
            own = _own_name(babel.Locale(code)) or name
            found[code] = [_capitalised(own), name]
    return found


@lru_cache(maxsize=512)
def read_locale(code: str) -> Locale:
    """Return what CLDR says of a locale.

    Raises UsageError for a code that is not the BCP 47 name of a known locale.
    """
    if hint := name_hint(code):
        raise UsageError("", f"'{code}' is not the name of a locale", hint)
    if described := described_locale(code):
        return described
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


def name_for(code: str, reader: Locale) -> str:
    """Return what a reader's language calls a language; empty where CLDR does not say."""
    if described_locale(code):
        return ""
    cldr, words = _cldr(code), _cldr(reader.code)
    return (cldr and words and cldr.get_display_name(words)) or ""


def _own_name(cldr: babel.Locale) -> str:
    return cldr.get_display_name() or str(cldr)


def _capitalised(name: str) -> str:
    """Write the first letter large; Georgian, whose large letters begin no sentence, stays."""
    return name[:1].title() + name[1:]


def capitalise(text: str, locale: Locale) -> str:
    """Write the first letter large, as the locale does (`i` -> `İ` in Turkish)."""
    if text.startswith("i") and locale.code.split("-")[0] in ("tr", "az"):
        return "İ" + text[1:]
    return _capitalised(text)


def digits(text: str, locale: Locale) -> str:
    """Write the decimal digits 0 to 9 in `text` as the locale does."""
    zero = ord(ZEROES[locale.numbering])
    return text.translate({48 + i: zero + i for i in range(10)})


#: How Unicode's names of letters begin in scripts that set no spaces between words.
_UNSPACED = ("CJK", "HIRAGANA", "KATAKANA", "THAI", "LAO", "KHMER", "MYANMAR")


def is_unspaced(character: str) -> bool:
    """Return whether a character is a letter of a script that sets no spaces between words."""
    return character.isalpha() and unicodedata.name(character, "").startswith(_UNSPACED)


#: Whose dates a locale without a territory has, where CLDR would take those of one country.
_DATES_OF = {"en": "en-001"}


def date_code(locale: Locale) -> str:
    """Return the code of the locale whose dates a locale has."""
    return _DATES_OF.get(locale.code, locale.code)


def say_date(day: date, locale: Locale) -> str:
    """Write a day out as the locale does."""
    if locale.date:
        return digits(_by_pattern(day, locale), locale)
    cldr = _cldr(date_code(locale))
    if cldr is None:
        return day.isoformat()
    return digits(format_date(day, "long", locale=cldr), locale)


#: The parts of a pattern of a date; words stand in quotes, and two of them are one.
DATE_PART = re.compile(r"'((?:[^']|'')*)'|dd?|MMMM|MM?|yyyy|y")


def _by_pattern(day: date, locale: Locale) -> str:
    """Write a day by the pattern of its locale (Unicode Technical Standard 35, part 4)."""

    def said(part: re.Match[str]) -> str:
        match part[0]:
            case "MMMM":
                return locale.months[day.month - 1]
            case "d" | "dd":
                return str(day.day).zfill(len(part[0]))
            case "M" | "MM":
                return str(day.month).zfill(len(part[0]))
            case "y" | "yyyy":
                return str(day.year)
            case _:
                return part[1].replace("''", "'") or "'"

    return DATE_PART.sub(said, locale.date)


#: Languages that are one to a reader: the code that is asked for, and the one that sites have.
_SAME_LANGUAGE = {"fil": "tl", "mww": "hmn"}

#: The first subtag of a single letter or digit: what follows is no language, script or territory.
_EXTENSION = re.compile(r"-[A-Za-z0-9](?=-|$)")


def _language_and_script(tag: str) -> tuple[str, str]:
    """Return the language of a tag, and its script where the tag tells one.

    A territory tells the script where CLDR has such a locale (`zh-TW`). Where it has none
    (`zh-US`), the territory says nothing: subtags are dropped from the right.
    """
    # Extensions and private use (`-u-nu-latn`, `-x-…`) tell neither.
    rest = _EXTENSION.split(tag.replace("_", "-"), maxsplit=1)[0]
    head, _, extended = _subtags(rest)[0].partition("-")
    if head == "zh" and extended in babel.Locale.parse("en").languages:
        # `zh-nan` is a language of its own, Min Nan (RFC 5646, 4.5).
        rest = rest.partition("-")[2]
    while not (code := canonical_code(rest)) and "-" in rest:
        rest = rest.rpartition("-")[0]
    language, script, territory = _subtags(code)
    spoken, told, place = _subtags(rest)
    # Some are the name of another language in one of its scripts (`sh`: `sr-Latn`).
    told = told or _subtags(str(get_global("language_aliases").get(spoken, "")))[1]
    if not told and (place or territory):
        told = _likely(language, script, territory)[1]
    return _SAME_LANGUAGE.get(language, language), told


def speaks(code: str, asked: str) -> bool:
    """Return whether a locale is in the language, and in the script, that a tag asks for.

    Another language or script never stands in (IHE RCK 31). A tag that tells no script gets
    all of its language.
    """
    language, script = _language_and_script(asked)
    own = read_locale(code)
    own_language = _subtags(code)[0]
    same = language == _SAME_LANGUAGE.get(own_language, own_language)
    return bool(language) and same and script in ("", own.script)
