"""WeasyPrint sees the pinned fonts and no others."""

from __future__ import annotations

import io
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from pathlib import Path

import pypdf
import pytest

from pressroom.errors import ConfigurationError
from pressroom.scripts import all_files, cut_faces
from pressroom.typeset import Typesetter, fonts
from tests.support import ROOT

from .conftest import SetPage


@pytest.fixture
def fresh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Forget what was found, and look again."""
    monkeypatch.setenv("PRESSROOM_CACHE", str(tmp_path / "cache"))

    def forget() -> None:
        fonts.font_files.cache_clear()
        fonts.font_digests.cache_clear()
        fonts.fonts_digest.cache_clear()
        fonts.face_files.cache_clear()

    forget()
    yield forget
    forget()


def test_fontconfig_lists_the_pinned_set_alone() -> None:
    """`fc-list` under the configuration that WeasyPrint gets."""
    configuration = fonts.isolate()
    root = ElementTree.parse(configuration).getroot()
    assert {child.tag for child in root} <= {"dir", "cachedir", "match"}
    (folder,) = root.findall("dir")
    linked = {path.name for path in Path(folder.text or "").iterdir()}
    cut = {name for face, _ in cut_faces() for name in face.files}
    assert linked - cut == set(fonts.font_files())
    assert linked <= {*all_files(), *cut}
    assert all(path.resolve().is_file() for path in Path(folder.text or "").iterdir())


def test_a_page_embeds_pinned_fonts_even_where_it_asks_for_others(set_page: SetPage) -> None:
    body = '<p style="font-family: DejaVu Sans, Liberation Serif, serif">Hello ❤ ☐ → 你好</p>'
    proof = set_page(body)
    reader = pypdf.PdfReader(io.BytesIO(proof.pdf))
    found = {
        str(font.get_object()["/BaseFont"]).split("+")[-1]
        for font in reader.pages[0]["/Resources"]["/Font"].values()
    }
    assert found
    assert all(name.startswith("Noto") for name in found), found


def test_the_digest_depends_on_the_contents(
    fresh: Callable[[], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = fonts.fonts_digest()
    assert fonts.fonts_digest() == before
    own = tmp_path / "own"
    own.mkdir()
    original = fonts.font_files()["NotoSans-Regular.ttf"].read_bytes()
    (own / "NotoSans-Regular.ttf").write_bytes(original + b"\0")
    monkeypatch.setenv("PRESSROOM_FONTS", str(own))
    fresh()
    assert fonts.font_files()["NotoSans-Regular.ttf"] == own / "NotoSans-Regular.ttf"
    assert fonts.fonts_digest() != before


def test_a_damaged_memory_of_digests_is_made_anew(
    fresh: Callable[[], None], tmp_path: Path
) -> None:
    before = fonts.fonts_digest()
    (tmp_path / "cache" / "font-digests.json").write_text("{")
    fresh()
    assert fonts.fonts_digest() == before


@pytest.mark.parametrize("missing", ["all", "one"])
def test_a_missing_font_says_what_to_install(
    fresh: Callable[[], None], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, missing: str
) -> None:
    folder = tmp_path / "fonts"
    folder.mkdir()
    if missing == "one":
        for name, path in fonts.font_files().items():
            if not name.startswith("NotoSansKhmer"):
                (folder / name).symlink_to(path)
    monkeypatch.setattr(fonts, "_PLACES", (str(folder),))
    fresh()
    with pytest.raises(ConfigurationError) as caught:
        fonts.require_files(["NotoSansKhmer-Regular.ttf"])
    said = str(caught.value)
    assert "install fonts-noto-core and fonts-noto-cjk, or name their" in said
    assert ("NotoSansKhmer-Regular.ttf is not installed" in said) is (missing == "one")
    if missing == "one":
        fonts.require_files(["NotoSans-Regular.ttf"])


def test_the_configuration_is_set_before_weasyprint_is_imported() -> None:
    script = (
        "import sys, os\n"
        "import pressroom.typeset as t\n"
        "assert 'weasyprint' not in sys.modules\n"
        "t.Typesetter()\n"
        "assert 'weasyprint' in sys.modules\n"
        "print(os.environ['FONTCONFIG_FILE'])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == str(fonts.isolate())
    assert done.stderr == ""


def test_every_font_of_the_set_is_installed(typesetter: Typesetter) -> None:
    """`system-packages.txt` names the packages that have them."""
    assert typesetter
    assert set(fonts.font_files()) == set(all_files())
