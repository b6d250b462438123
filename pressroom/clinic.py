"""Read `clinic.toml` -> Clinic."""

from __future__ import annotations

from pathlib import Path

from .catalogue.locales import name_hint, read_locale
from .errors import ConfigurationError, HandoutError, raise_all
from .figures import read_figure
from .files import missing, read_toml, shown, toml_line
from .model import Clinic
from .schema import ClinicFile, validate
from .scripts import is_supported, script_code
from .typeset.setting import SIZES


def read_clinic(handouts: Path) -> Clinic:
    """Read the clinic file of a site.

    Raises ConfigurationError, or Problems with one for each thing that is wrong.
    """
    path = handouts / "clinic.toml"
    where = shown(path)
    if missing(path, handouts):
        raise ConfigurationError(
            where, "there is no clinic file", "start a site with 'handouts new --site DIR'"
        )
    data, text = read_toml(path, ConfigurationError, handouts)
    file = validate(ClinicFile, data, where, lambda loc: toml_line(text, loc), ConfigurationError)
    _check_locales(file, where, text)
    for edition in file.editions:
        if edition not in SIZES:
            raise ConfigurationError(
                f"{where}:{toml_line(text, ('editions',))}",
                f"this release has no edition '{edition}' yet",
                f"it has {', '.join(SIZES)}",
            )
    if _contrast_on_white(file.accent) < 4.5:
        raise ConfigurationError(
            f"{where}:{toml_line(text, ('accent',))}",
            f"the accent colour {file.accent} has a contrast of "
            f"{_contrast_on_white(file.accent):.1f}:1 on white",
            "choose a darker one: 4.5:1 at least (WCAG 2.2, 1.4.3)",
        )
    logo = b""
    if file.logo is not None:
        line = toml_line(text, ("logo",))
        try:
            logo = read_figure(handouts, file.logo, f"{where}:{line}")[0].svg
        except HandoutError as problem:
            raise ConfigurationError(problem.where, problem.what, problem.next_step) from None
    return Clinic(
        path=where,
        name=file.name,
        jurisdiction=file.jurisdiction,
        source_locale=file.source_locale,
        locales=file.locales,
        paper=file.paper,
        editions=tuple(dict.fromkeys(file.editions)),
        logo=logo,
        accent=file.accent,
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
        limit_seconds=file.limits.seconds,
        limit_megabytes=file.limits.megabytes,
    )


def _check_locales(file: ClinicFile, where: str, text: str) -> None:
    problems: list[HandoutError] = []
    line = toml_line(text, ("locales",))
    for number, code in enumerate(file.locales):
        if hint := name_hint(code):
            what = f"'{code}' is not the name of a locale"
            problems.append(ConfigurationError(f"{where}:{line}", what, hint))
        elif code in file.locales[:number]:
            problems.append(
                ConfigurationError(f"{where}:{line}", f"'{code}' stands twice", "delete one")
            )
        elif not is_supported(script := script_code(read_locale(code))):
            what = f"the script of '{code}', {script}, is not supported"
            hint = "describe it in pressroom/scripts.toml, or delete the locale"
            problems.append(ConfigurationError(f"{where}:{line}", what, hint))
    if file.source_locale not in file.locales:
        problems.append(
            ConfigurationError(
                f"{where}:{line}",
                f"the source locale '{file.source_locale}' is not among the locales",
                "add it",
            )
        )
    raise_all(problems)


def _contrast_on_white(colour: str) -> float:
    """Give the contrast ratio of a `#rrggbb` colour on white (WCAG 2.2, relative luminance)."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    )
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)
