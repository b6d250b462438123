"""Read `clinic.toml`, and the file of one of several clinics over it -> Clinic."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .catalogue.locales import name_hint, read_locale
from .errors import ConfigurationError, HandoutError, UsageError, raise_all
from .files import leaves, missing, read_toml, shown, toml_line
from .logo import read_logo
from .model import Clinic
from .schema import ID_PATTERN, ClinicFile, validate_at
from .scripts import is_supported, script_code

#: Keys that only the site's own file has: the words are the same for all of its clinics.
_SHARED = ("source_locale",)


@dataclass(frozen=True, slots=True)
class _Layer:
    """One of the files that say what a clinic is."""

    path: Path
    data: dict[str, Any]
    text: str

    def has(self, loc: tuple[Any, ...]) -> bool:
        """Tell whether a key path, or the list that it points into, stands in this file."""
        here: Any = self.data
        for part in loc:
            if isinstance(here, list):
                return True
            if not isinstance(here, dict) or part not in here:
                return False
            here = here[part]
        return True


class _Layers:
    """The files of a clinic, each read over those before it."""

    def __init__(self, layers: list[_Layer]) -> None:
        self.layers = layers
        self.data: dict[str, Any] = {}
        for layer in layers:
            self.data = _over(self.data, layer.data)

    def of(self, loc: tuple[Any, ...]) -> _Layer:
        """Give the file that a key path comes from; the first, where it stands in none."""
        return next((layer for layer in reversed(self.layers) if layer.has(loc)), self.layers[0])

    def place(self, *loc: Any) -> str:
        """Say where a key path stands: a file and a line."""
        layer = self.of(loc)
        return f"{shown(layer.path)}:{toml_line(layer.text, loc)}"


def _over(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    """Lay data over other data: tables are joined, all else takes its place."""
    joined = dict(below)
    for key, value in above.items():
        old = joined.get(key)
        tables = isinstance(old, dict) and isinstance(value, dict)
        joined[key] = _over(old, value) if tables else value  # type: ignore[arg-type]
    return joined


def clinic_names(handouts: Path) -> list[str]:
    """Name the clinics that a site has besides its own: the files in `clinics/`."""
    folder = handouts / "clinics"
    return [] if leaves(folder, handouts) else sorted(path.stem for path in folder.glob("*.toml"))


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
    file = validate_at(
        ClinicFile, layers.data, where, lambda loc: layers.place(*loc), ConfigurationError
    )
    _check_locales(file, layers)
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
        source_approvals=file.approvals.source,
        translation_approvals=file.approvals.translation,
        translator_may_sign=file.approvals.translator_may_sign,
        owner=file.copyright.owner,
        licence=file.copyright.licence,
        rack_address=file.rack.address or "",
        limit_seconds=file.limits.seconds,
        limit_megabytes=file.limits.megabytes,
    )


def _read_one(handouts: Path, name: str, site: _Layer) -> _Layer:
    """Read the file of one of several clinics. Raises UsageError where there is none."""
    known = clinic_names(handouts)
    if name not in known:
        folder = shown(handouts / "clinics")
        near = difflib.get_close_matches(name, known, 1, 0.5)
        hint = f"did you mean '{near[0]}'?" if near else f"known are {', '.join(known) or 'none'}"
        raise UsageError("", f"there is no clinic '{name}' in {folder}/", hint)
    path = handouts / "clinics" / f"{name}.toml"
    if not re.fullmatch(ID_PATTERN, name):
        raise ConfigurationError(
            shown(path), "this cannot name a clinic", "use a-z, 0-9 and single hyphens"
        )
    layer = _Layer(path, *read_toml(path, ConfigurationError, handouts))
    problems: list[HandoutError] = []
    for key in _SHARED:
        if key in layer.data:
            said = f"'{key}' is the same for all clinics of a site; delete it here"
            at = f"{shown(path)}:{toml_line(layer.text, (key,))}"
            problems.append(ConfigurationError(at, *said.split("; ")))
    wanted, had = layer.data.get("locales"), site.data.get("locales")
    if isinstance(wanted, list) and isinstance(had, list):
        at = f"{shown(path)}:{toml_line(layer.text, ('locales',))}"
        for code in wanted:
            if code not in had:
                step = f"add it to {shown(site.path)} first"
                problems.append(ConfigurationError(at, f"'{code}' is no locale of this site", step))
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
            hint = "describe it in pressroom/scripts.toml, or delete the locale"
            problems.append(ConfigurationError(at, what, hint))
    if file.source_locale not in file.locales:
        what = f"the source locale '{file.source_locale}' is not among the locales"
        problems.append(ConfigurationError(at, what, "add it"))
    raise_all(problems)


def _contrast_on_white(colour: str) -> float:
    """Give the contrast ratio of a `#rrggbb` colour on white (WCAG 2.2, relative luminance)."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    )
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)
