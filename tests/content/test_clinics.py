"""Several clinics from one set of words: `clinics/NAME.toml` read over `clinic.toml`."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pypdf
import pytest

from pressroom.content.clinic import read_clinic
from pressroom.content.images import read_logo
from pressroom.content.theme import read_theme
from pressroom.core.errors import HandoutError

from ..support import ROOT, Site, line_of

Make = Callable[..., Site]
Run = Callable[..., Any]

NORTH = """\
#:schema ../../../schemas/clinics.schema.json
name = "North Street Surgery"
jurisdiction = "US"
locales = ["en", "ar"]
paper = "Letter"
accent = "#5b2a6e"
footer = "Registered charity 1234"

[contact]
phone = "555-0100"

[numbers]
emergency = "911"
"""


def clinics(site: Make, north: str = NORTH) -> Site:
    made = site(("en", "es", "ar"))
    made.write("clinics/north.toml", north)
    return made


def said(made: Site, name: str = "north") -> list[str]:
    with pytest.raises(HandoutError) as caught:
        read_clinic(made.handouts, name)
    assert caught.value.exit_code == 2
    return [str(one) for one in caught.value.each()]


def test_what_a_clinic_says_takes_the_place_of_what_the_site_says(site: Make) -> None:
    made = clinics(site)
    ours, north = read_clinic(made.handouts), read_clinic(made.handouts, "north")
    assert (ours.name, ours.phone, ours.paper) == ("Test Street Clinic", "020 910 0142", "A4")
    assert (north.name, north.phone, north.paper) == ("North Street Surgery", "555-0100", "Letter")
    assert (north.emergency_number, north.jurisdiction) == ("911", "US")
    assert (north.locales, north.accent) == (("en", "ar"), "#5b2a6e")
    # Tables are joined: what the clinic leaves out is the site's.
    assert (north.email, north.urgent_number) == (ours.email, ours.urgent_number)
    assert north.translation_approvals == ours.translation_approvals
    assert (ours.id, north.id) == ("", "north")


@pytest.mark.parametrize(
    ("old", "new", "where", "expected"),
    [
        ("paper =", "papier =", "clinics/north.toml:5", "unknown key 'papier'; did you mean"),
        ("phone =", "fone =", "clinics/north.toml:10", "unknown key 'contact.fone'; did you mean"),
        ("#5b2a6e", "#ffff00", "clinics/north.toml:6", "has a contrast of 1.1:1 on white"),
        ('"ar"]', '"fr"]', "clinics/north.toml:4", "'fr' is no locale of this site; add it to"),
        ('"en", "ar"]', '"ar"]', "clinics/north.toml:4", "source locale 'en' is not among"),
        ("footer =", 'source_locale = "ar"\nfooter =', "clinics/north.toml:7", "is the same for"),
        ("footer =", 'logo = "none.svg"\nfooter =', "clinics/none.svg", "this file does not exist"),
        ('"911"', "911", "clinics/north.toml:13", "'numbers.emergency': "),
        ('["en", "ar"]', "1", "clinics/north.toml:4", "'locales': "),
        ("[contact]", "[contact", "clinics/north.toml:9", "is not TOML"),
    ],
)
def test_every_mistake_has_its_file_and_line(
    site: Make, old: str, new: str, where: str, expected: str
) -> None:
    assert NORTH.count(old) == 1
    (message,) = said(clinics(site, NORTH.replace(old, new)))
    assert message.startswith(f"handouts/{where}: ")
    assert expected in message


def test_a_mistake_of_the_site_is_said_at_the_site(site: Make) -> None:
    made = clinics(site)
    made.edit("clinic.toml", "email =", "mail =")
    messages = said(made)
    line = line_of(made.read("clinic.toml"), "mail =")
    assert any(m.startswith(f"handouts/clinic.toml:{line}: unknown key") for m in messages)


def test_a_clinic_that_there_is_not(site: Make, run: Run) -> None:
    made = clinics(site)
    made.write("clinics/south.toml", 'name = "South"\n')
    for name, hint in (("nroth", "did you mean 'north'?"), ("x", "known are north, south"),
                       ("../clinic", "known are north, south")):  # fmt: skip
        outcome = run("build", "--clinic", name, code=2)
        assert outcome.err == f"there is no clinic '{name}' in handouts/clinics/; {hint}\n"


def test_each_clinic_has_a_folder_of_its_own(site: Make, run: Run) -> None:
    made = clinics(site)
    run("build", "--locale", "en", "--quiet")
    run("--clinic", "north", "build", "--quiet")
    north = made.folder / "dist-north"
    names = {path.name for path in north.iterdir()}
    assert {"ar", "en", "index.html", "report.json"} <= names
    assert "es" not in names
    pdf = pypdf.PdfReader(north / "en" / "sore-throat.standard.draft.pdf")
    ours = pypdf.PdfReader(made.out / "en" / "sore-throat.standard.draft.pdf")
    assert [round(float(n)) for n in pdf.pages[0].mediabox[2:]] == [612, 792]
    assert [round(float(n)) for n in ours.pages[0].mediabox[2:]] == [595, 842]
    text = "".join(page.extract_text() for page in pdf.pages)
    assert "North Street Surgery" in text
    assert "911" in text
    assert "Registered charity 1234" in text
    assert "Registered charity" not in "".join(page.extract_text() for page in ours.pages)
    assert pdf.metadata is not None
    assert pdf.metadata.author == "North Street Surgery"
    # --out wins, before or behind the command; nothing is left to do.
    outcome = run("build", "--clinic", "north", "--out", "dist-north")
    assert "unchanged" in outcome.out
    assert "--clinic NAME" in run("status", "--help", today=None).out


def test_signatures_hold_for_every_clinic_of_the_same_jurisdiction(site: Make, run: Run) -> None:
    made = clinics(site, NORTH.replace('jurisdiction = "US"\n', ""))
    run("approve", "sore-throat", "en", "--role", "clinician", "--by", "Cara Clinician")
    run("build", "--clinic", "north", "--locale", "en", "--quiet")
    assert (made.folder / "dist-north" / "en" / "sore-throat.standard.pdf").is_file()


@pytest.mark.parametrize("by", ["", "north"])
def test_what_is_withdrawn_leaves_the_folders_of_all_clinics_at_once(
    site: Make, run: Run, by: str
) -> None:
    made = clinics(site)
    run("build", "--quiet")
    run("build", "--clinic", "north", "--quiet")
    folders = [made.folder / "dist", made.folder / "dist-north"]
    whole = [{path.name for path in folder.glob("*/*.pdf")} for folder in folders]
    named = ("--clinic", by) if by else ()
    done = run("withdraw", "sore-throat", "ar", "--because", "the dose is wrong", *named)
    assert "withheld ar/sore-throat.standard\n" in done.out
    assert f"withheld ar/sore-throat.standard in dist{'' if by else '-north'}\n" in done.out
    for folder in folders:
        assert not list((folder / "ar").glob("*"))
        assert (folder / "en" / "sore-throat.standard.draft.pdf").is_file()
    # One that has no such language has nothing to take out.
    done = run("withdraw", "sore-throat", "es", "--because", "the dose is wrong")
    assert done.out.endswith("withheld es/sore-throat.standard\n")
    done = run("withdraw", "sore-throat", "ar", "--undo", *named)
    first, second = "'handouts build'", "'handouts build --clinic north'"
    assert f"run {second if by else first} and {first if by else second}.\n" in done.out
    run("build", "--clinic", "north", "--quiet")
    assert {path.name for path in folders[1].glob("*/*.pdf")} == whole[1]


def test_a_clinic_whose_file_is_broken_keeps_no_other_one_from_following(
    site: Make, run: Run
) -> None:
    made = clinics(site)
    made.write("clinics/south.toml", NORTH)
    for name in ("north", "south"):
        run("build", "--clinic", name, "--locale", "ar", "--quiet")
    made.write("clinics/north.toml", "nonsense")
    done = run("withdraw", "sore-throat", "--because", "the dose is wrong", code=2)
    assert "handouts/clinics/north.toml:1: is not TOML" in done.err
    assert not list((made.folder / "dist-south" / "ar").glob("*"))
    assert list((made.folder / "dist-north" / "ar").glob("*.pdf"))


def test_templates_and_styles_of_a_clinic_come_before_the_sites(site: Make) -> None:
    made = clinics(site)
    for room, colour in (("", "site"), ("clinics/north/", "north")):
        made.write(f"{room}styles/blocks.css", f"/* {colour} */")
        made.write(f"{room}styles/site.css", f"/* {colour} */")
        made.write(f"{room}templates/leaflet.html", colour)
    made.write("styles/type.css", "/* site */")
    ours, north = read_theme(made.handouts), read_theme(made.handouts, "north")

    def text(path: Path) -> str:
        return path.read_text(encoding="utf-8").strip("/* ")

    assert [text(ours.style(n)) for n in ("blocks.css", "type.css")] == ["site", "site"]
    assert [text(north.style(n)) for n in ("blocks.css", "type.css")] == ["north", "site"]
    assert north.style("page.css").parent.name == "styles"
    assert "margin" in text(north.style("page.css"))
    # What is read last is read of both.
    assert [text(path) for path in north.site_css] == ["site", "north"]
    assert [folder.parent.name for folder in north.templates[:2]] == ["north", "handouts"]
    assert ours.templates[0] == made.path("templates")


def test_a_stylesheet_of_the_site_takes_the_packaged_ones_place(site: Make, run: Run) -> None:
    made = site(("en",))
    run("build", "--quiet")
    before = made.outputs()["en/sore-throat.standard.draft.pdf"]
    packaged = (ROOT / "styles" / "page.css").read_text(encoding="utf-8")
    made.write("styles/page.css", packaged + ".foot { display: none }")
    outcome = run("build", code=1)
    assert "disclaimer-absent: the disclaimer 'dates-version'" in outcome.out
    assert "(the styles changed)" not in outcome.out
    assert made.outputs()["en/sore-throat.standard.draft.pdf"] == before
    made.write("styles/page.css", packaged + "@page { margin-left: 30mm }")
    assert "(the styles changed)" in run("build").out
    assert made.outputs()["en/sore-throat.standard.draft.pdf"] != before


def test_folders_that_lead_out_of_the_site_are_refused(site: Make) -> None:
    made = site(("en",))
    outside = made.folder / "outside"
    outside.mkdir()
    made.path("styles").symlink_to(outside)
    with pytest.raises(HandoutError, match=r"leads out of handouts/"):
        read_theme(made.handouts)


# Logos


def png(width: int, height: int, dots: bytes = b"") -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    rows = b"".join(b"\0" + b"\x0b\x4f\x6c" * width for _ in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", dots or zlib.compress(rows))
        + chunk(b"IEND", b"")
    )  # fmt: skip


def test_a_logo_may_be_a_picture(site: Make, run: Run) -> None:
    made = site(("en", "ar"), clinic={"accent =": 'logo = "logo.png"\naccent ='})
    made.path("logo.png").write_bytes(png(400, 200))
    run("build", "--quiet")
    for code in ("en", "ar"):
        pdf = pypdf.PdfReader(made.out / code / "sore-throat.standard.draft.pdf")
        (image,) = pdf.pages[0].images
        assert image.image is not None
        assert image.image.size == (400, 200)


@pytest.mark.parametrize(
    ("name", "data", "expected"),
    [
        ("logo.png", png(100, 50), "is 100 by 50 dots"),
        ("logo.png", png(4001, 150), "is 4001 by 150 dots"),
        ("logo.png", b"GIF89a" + bytes(40), "this is not a PNG"),
        ("logo.png", b"\x89PNG\r\n\x1a\n", "this is not a PNG"),
        ("../logo.png", b"", "is no picture of this clinic"),
        ("lo go.png", b"", "is no picture of this clinic"),
        ("logo.gif", b"", "is no picture of this clinic"),
    ],
)
def test_a_logo_that_does_not_print(tmp_path: Path, name: str, data: bytes, expected: str) -> None:
    (tmp_path / "logo.png").write_bytes(data)
    with pytest.raises(HandoutError, match=expected) as caught:
        read_logo(tmp_path, name, "clinic.toml:1")
    assert caught.value.exit_code == 2


def test_a_logo_tells_nothing_but_its_dots(tmp_path: Path) -> None:
    plain = png(200, 200)
    body = b"tEXtAuthor\0somebody at /home/somebody"
    said = struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
    (tmp_path / "logo.png").write_bytes(plain[:33] + said + plain[33:] + b"more")
    assert read_logo(tmp_path, "logo.png", "clinic.toml:1") == plain


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (png(200, 200)[:-12], "it is cut short"),
        (png(200, 200)[:300], "a part of it is not what was saved"),
        (png(200, 200, b"no dots"), "its dots cannot be unpacked"),
        (png(200, 200, zlib.compress(bytes(1000))), "it is cut short"),
        # Of half a megabyte, unpacked only so far as it may be.
        (png(200, 200, zlib.compress(bytes(500_000_000))), "it has more dots than its size says"),
        (png(200, 200).replace(b"\x08\x02", b"\x08\x03", 1), "a part of it is not what was saved"),
    ],
)
def test_a_logo_that_is_damaged(tmp_path: Path, data: bytes, expected: str) -> None:
    """Its dots go into the PDF as they are, and nobody would see that they are none."""
    (tmp_path / "logo.png").write_bytes(data)
    with pytest.raises(HandoutError, match=f"is damaged: {expected}; save it anew"):
        read_logo(tmp_path, "logo.png", "clinic.toml:1")
