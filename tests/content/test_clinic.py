"""clinic.toml -> Clinic: every mistake with its line and the next step."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pressroom.content.clinic import read_clinic
from pressroom.core.errors import HandoutError

from ..support import Site, line_of


def said(site: Site) -> list[str]:
    with pytest.raises(HandoutError) as caught:
        read_clinic(site.handouts)
    assert caught.value.exit_code == 2
    return [str(one) for one in caught.value.each()]


def test_reads_the_clinic(site: Callable[..., Site]) -> None:
    clinic = read_clinic(site(("en", "ar")).handouts)
    assert clinic.name == "Test Street Clinic"
    assert clinic.locales == ("en", "ar")
    assert clinic.phone == "020 910 0142"
    assert clinic.emergency_number == "112"
    assert clinic.asked_approvals("en") == ("clinician",)
    assert clinic.asked_approvals("ar") == ("reviewer", "clinician")
    assert (clinic.limit_seconds, clinic.limit_megabytes) == (60, 2048)
    assert clinic.logo == b""


def test_an_edition_named_twice_counts_once(site: Callable[..., Site]) -> None:
    made = site(clinic={'["standard"]': '["standard", "large-print", "standard"]'})
    assert read_clinic(made.handouts).editions == ("standard", "large-print")


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("paper =", "papier =", "unknown key 'papier'; did you mean 'paper'?"),
        ("phone =", "fone =", "unknown key 'contact.fone'; did you mean 'phone'?"),
        ("owner =", "ownr =", "unknown key 'copyright.ownr'; did you mean 'owner'?"),
        ('paper = "A4"', 'paper = "A5"', "'paper': Input should be 'A4' or 'Letter'; correct it"),
        ('jurisdiction = "EU"', 'jurisdiction = "Europe"', "'jurisdiction': "),
        ('["standard"]', '["standart"]', "'editions.0': "),
        ('["standard"]', "[]", "'editions': "),
        ('accent = "#0b4f6c"', 'accent = "blue"', "'accent': "),
        ('accent = "#0b4f6c"', 'accent = "#777777"', "has a contrast of 4.5:1 on white"),
        ('accent = "#0b4f6c"', 'accent = "#ffff00"', "has a contrast of 1.1:1 on white; choose"),
        ('"Test Street Clinic"\njur', '""\njur', "'name': is empty"),
        ("accent =", 'logo = "none.svg"\naccent =', "none.svg: this file does not exist"),
        ("accent =", 'logo = "../x.svg"\naccent =', "'../x.svg' is no picture of this clinic"),
        ('source_locale = "en"', 'source_locale = "fr"', "the source locale 'fr' is not among"),
    ],
)
def test_every_mistake_has_its_line(
    site: Callable[..., Site], old: str, new: str, expected: str
) -> None:
    made = site(clinic={old: new})
    messages = said(made)
    found = [message for message in messages if expected in message]
    assert len(found) == 1, messages
    if "none.svg" not in expected and "source locale" not in expected:
        key = new.split("\n")[0] if "=" in new else expected.split("'")[1].split(".")[0]
        line = line_of(made.read("clinic.toml"), key)
        assert found[0].startswith(f"handouts/clinic.toml:{line}: "), found


def test_contrast_is_allowed_from_4_5(site: Callable[..., Site]) -> None:
    made = site(clinic={"#0b4f6c": "#767676"})  # 4.54:1, the lightest grey
    assert read_clinic(made.handouts).accent == "#767676"


def test_every_wrong_key_is_said_at_once(site: Callable[..., Site]) -> None:
    made = site(clinic={"paper =": "papier =", "emergency =": "emergenci =", "email =": "mail ="})
    messages = said(made)
    assert sum("unknown key" in message for message in messages) == 3
    # `paper` has a default; the other two are missing now.
    assert sum("is missing; add it" in message for message in messages) == 2


@pytest.mark.parametrize(
    ("code", "right"),
    [
        ("zh_CN", "zh-Hans"), ("zh", "zh-Hans"), ("zh-TW", "zh-Hant"), ("iw", "he"),
        ("no-nb", "nb"), ("no", "nb"), ("pt_br", "pt-BR"), ("EN", "en"), ("in", "id"),
        ("ji", "yi"), ("fil-", "fil"), ("sr-latn", "sr-Latn"),
    ],
)  # fmt: skip
def test_locales_are_told_their_right_name(
    site: Callable[..., Site], code: str, right: str
) -> None:
    made = site(("en",), clinic={'locales = ["en"]': f'locales = ["en", "{code}"]'})
    assert said(made) == [
        f"handouts/clinic.toml:4: '{code}' is not the name of a locale; write '{right}'"
    ]


def test_what_is_no_locale_at_all(site: Callable[..., Site]) -> None:
    made = site(("en",), clinic={'locales = ["en"]': 'locales = ["en", "xx-nowhere", "en"]'})
    assert said(made) == [
        "handouts/clinic.toml:4: 'xx-nowhere' is not the name of a locale; "
        "use a BCP 47 name such as 'pt-BR'",
        "handouts/clinic.toml:4: 'en' stands twice; delete one",
    ]


def test_a_folder_without_clinic_file(site: Callable[..., Site]) -> None:
    made = site(("en",))
    made.path("clinic.toml").unlink()
    assert said(made) == [
        "handouts/clinic.toml: there is no clinic file; start a site with 'handouts new --site DIR'"
    ]
