"""Read `clinic.toml`, and the file of one of several clinics over it -> Clinic."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..core.errors import ConfigurationError, HandoutError, UsageError, did_you_mean, raise_all
from ..core.files import leaves, missing, shown
from ..core.locales import know, name_hint, read_locale
from ..core.model import Clinic, Message
from ..core.toml import read_toml, toml_line
from ..core.validation import validate
from ..fonts.scripts import is_supported, script_code
from .images import read_logo
from .languages import read_languages
from .placeholders import PLACEHOLDERS
from .rack_words import ENGLISH
from .schema import ID_PATTERN, ClinicFile


@dataclass(frozen=True, slots=True)
class _Layer:
    """One of the files that say what a clinic is."""

    path: Path
    data: dict[str, Any]
    text: str

    def has(self, loc: tuple[Any, ...]) -> bool:
        """Return whether a key path, or the list that it points into, stands in this file."""
        here: Any = self.data
        for part in loc:
            if isinstance(here, list):
                return True
            if not isinstance(here, dict) or part not in here:
                return False
            here = here[part]
        return True

    def place(self, loc: tuple[Any, ...]) -> str:
        """Return file and line of a key path."""
        return f"{shown(self.path)}:{toml_line(self.text, loc)}"


class _Layers:
    """The files of a clinic, each read over those before it."""

    def __init__(self, layers: list[_Layer]) -> None:
        self.layers = layers
        self.data: dict[str, Any] = {}
        for layer in layers:
            self.data = _over(self.data, layer.data)

    def of(self, loc: tuple[Any, ...]) -> _Layer:
        """Return the file that a key path comes from; the first where it stands in none."""
        return next((layer for layer in reversed(self.layers) if layer.has(loc)), self.layers[0])

    def place(self, *loc: Any) -> str:
        """Return file and line of a key path."""
        return self.of(loc).place(loc)


def _over(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    """Return data laid over other data: tables are joined, all else is replaced."""
    joined = dict(below)
    for key, value in above.items():
        old = joined.get(key)
        tables = isinstance(old, dict) and isinstance(value, dict)
        joined[key] = _over(old, value) if tables else value  # type: ignore[arg-type]
    return joined


def clinic_names(handouts: Path) -> list[str]:
    """Return the names of the clinics that a site has besides its own: the files in `clinics/`."""
    folder = handouts / "clinics"
    return [] if leaves(folder, handouts) else sorted(path.stem for path in folder.glob("*.toml"))


def is_words(value: str) -> bool:
    """Return whether a value is words, which are translated, and no number and no address."""
    return any(c.isalpha() for c in value) and not re.search(r"@|://|^www\.", value)


def placeholder_words(handouts: Path, clinic: Clinic) -> dict[str, tuple[Message, ...]]:
    """Return the words that stand for placeholders, as messages by name.

    First those of `clinic`, then those of the site's other clinics, which share its catalogues.
    """
    found: dict[str, list[Message]] = {}
    for name, value in clinic.placeholders.items():
        found[name] = [_placeholder_message(name, value, clinic.path)]
    for path in (handouts / "clinic.toml", *sorted((handouts / "clinics").glob("*.toml"))):
        with suppress(HandoutError):  # Who builds for it is told.
            table = read_toml(path, ConfigurationError, handouts)[0].get("placeholders", {})
            for name, value in table.items() if isinstance(table, dict) else ():
                if isinstance(value, str):
                    message = _placeholder_message(name, " ".join(value.split()), shown(path))
                    found.setdefault(name, []).append(message)
    words = {name: tuple(m for m in some if is_words(m.text)) for name, some in found.items()}
    return {name: some for name, some in words.items() if some}


def _placeholder_message(name: str, value: str, path: str) -> Message:
    return Message("placeholder", value, "", f"stands for {{{name}}}", 0, path)


def read_clinic(handouts: Path, name: str = "") -> Clinic:
    """Read the clinic file of a site, and that of one of its clinics over it.

    Raises ConfigurationError, or Problems with one for each thing that is wrong;
    UsageError for a clinic that there is not.
    """
    path = handouts / "clinic.toml"
    where = shown(path)
    if missing(path, handouts):
        raise ConfigurationError(
            where, "there is no clinic file", "start a site with 'handouts new --site DIR'"
        )
    site = _Layer(path, *read_toml(path, ConfigurationError, handouts))
    layers = _Layers([site, *([_read_one(handouts, name, site)] if name else [])])
    file = validate(
        ClinicFile, layers.data, where, lambda loc: layers.place(*loc), ConfigurationError
    )
    know(read_languages(handouts))
    _check_locales(file, layers)
    for taken in file.placeholders.keys() & PLACEHOLDERS.keys():
        what, step = f"{{{taken}}} is filled in by the engine", "choose another name"
        raise ConfigurationError(layers.place("placeholders", taken), what, step)
    if _contrast_on_white(file.accent) < 4.5:
        raise ConfigurationError(
            layers.place("accent"),
            f"the accent colour {file.accent} has a contrast of "
            f"{_contrast_on_white(file.accent):.1f}:1 on white",
            "choose a darker one: 4.5:1 at least (WCAG 2.2, 1.4.3)",
        )
    logo = b""
    if file.logo is not None:
        logo = read_logo(layers.of(("logo",)).path.parent, file.logo, layers.place("logo"))
    return Clinic(
        path=where,
        id=name,
        name=file.name,
        jurisdiction=file.jurisdiction,
        source_locale=file.source_locale,
        locales=file.locales,
        paper=file.paper,
        editions=tuple(dict.fromkeys(file.editions)),
        logo=logo,
        accent=file.accent,
        footer=file.footer or "",
        phone=file.contact.phone,
        email=file.contact.email,
        address=file.contact.address,
        website=file.contact.website or "",
        emergency_number=file.numbers.emergency,
        urgent_number=file.numbers.urgent,
        interpreter=file.numbers.interpreter or "",
        placeholders=file.placeholders,
        source_approvals=file.approvals.source,
        translation_approvals=file.approvals.translation,
        translator_may_sign=file.approvals.translator_may_sign,
        owner=file.copyright.owner,
        licence=file.copyright.licence,
        rack_address=file.rack.address or "",
        newer_after_days=file.rack.newer_after_days,
        language_minutes=file.rack.language_minutes,
        rack_language=file.rack.language or file.source_locale,
        record_origins=file.record.origins,
        behind=file.serve.behind or "",
        count_prints=file.serve.count_prints,
        limit_seconds=file.limits.seconds,
        limit_megabytes=file.limits.megabytes,
        keeper=file.owner or "",
        records=file.records or "records",
    )


def _read_one(handouts: Path, name: str, site: _Layer) -> _Layer:
    """Read the file of one of several clinics. Raises UsageError where there is none."""
    known = clinic_names(handouts)
    if name not in known:
        folder = shown(handouts / "clinics")
        hint = did_you_mean(name, known) or f"known are {', '.join(known) or 'none'}"
        raise UsageError("", f"there is no clinic '{name}' in {folder}/", hint)
    path = handouts / "clinics" / f"{name}.toml"
    if not re.fullmatch(ID_PATTERN, name):
        raise ConfigurationError(
            shown(path), "this cannot name a clinic", "use a-z, 0-9 and single hyphens"
        )
    layer = _Layer(path, *read_toml(path, ConfigurationError, handouts))
    problems: list[HandoutError] = []
    if "source_locale" in layer.data:
        what = "'source_locale' is the same for all clinics of a site"
        problems.append(ConfigurationError(layer.place(("source_locale",)), what, "delete it here"))
    wanted, had = layer.data.get("locales"), site.data.get("locales")
    if isinstance(wanted, list) and isinstance(had, list):
        step = f"add it to {shown(site.path)} first"
        problems += [
            ConfigurationError(
                layer.place(("locales",)), f"'{code}' is no locale of this site", step
            )
            for code in wanted
            if code not in had
        ]
    raise_all(problems)
    return layer


def _check_locales(file: ClinicFile, layers: _Layers) -> None:
    problems: list[HandoutError] = []
    at = layers.place("locales")
    for number, code in enumerate(file.locales):
        if hint := name_hint(code):
            problems.append(ConfigurationError(at, f"'{code}' is not the name of a locale", hint))
        elif code in file.locales[:number]:
            problems.append(ConfigurationError(at, f"'{code}' stands twice", "delete one"))
        elif not is_supported(script := script_code(read_locale(code))):
            what = f"the script of '{code}', {script}, is not supported"
            hint = "describe it in pressroom/fonts/scripts.toml, or delete the locale"
            problems.append(ConfigurationError(at, what, hint))
    if (own := file.rack.language) and own not in (*file.locales, ENGLISH):
        what = f"the rack's language '{own}' is not among the locales"
        problems.append(ConfigurationError(layers.place("rack", "language"), what, "add it there"))
    if file.source_locale not in file.locales:
        what = f"the source locale '{file.source_locale}' is not among the locales"
        problems.append(ConfigurationError(at, what, "add it"))
    raise_all(problems)


def _contrast_on_white(colour: str) -> float:
    """Return the contrast ratio of a `#rrggbb` colour on white (WCAG 2.2, relative luminance)."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    )
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)
