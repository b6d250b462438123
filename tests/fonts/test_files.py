"""The files of the pinned set are found, digested, and listed to fontconfig alone."""

from __future__ import annotations

import time
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from pathlib import Path

import pytest

from pressroom.core.errors import ConfigurationError
from pressroom.fonts import coverage, files
from pressroom.fonts.scripts import all_files, subset_faces
from tests.conftest import invoke
from tests.support import Site


@pytest.fixture
def fresh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Forget what was found, and look again."""
    monkeypatch.setenv("PRESSROOM_CACHE", str(tmp_path / "cache"))

    def forget() -> None:
        files.font_files.cache_clear()
        files.font_digests.cache_clear()
        files.fonts_digest.cache_clear()
        files.face_files.cache_clear()
        coverage._ranges.cache_clear()
        coverage._covered.cache_clear()

    forget()
    yield forget
    forget()


def test_fonts_are_prepared_once_and_before_the_clock_of_any_leaflet(
    site: Callable[..., Site], monkeypatch: pytest.MonkeyPatch, tmp_path: Path,
    fresh: Callable[[], None],
) -> None:  # fmt: skip
    """A machine that takes longer for the fonts than any leaflet may take."""
    site(("en", "es"), clinic={"[copyright]": "[limits]\nseconds = 1\n\n[copyright]"})
    # What cutting and measuring come to is of no matter here, but how long they take.
    monkeypatch.setattr(files, "subset_font", lambda *_: time.sleep(0.4) or b"")
    monkeypatch.setattr(
        coverage, "_measure", lambda: time.sleep(1.2) or {"Noto Sans": [(0, 0x2FFF)]}
    )
    dry = ("build", "--dry-run")
    assert invoke(*dry, "--quiet").err == ""
    for path in (tmp_path / "cache").glob("coverage-*"):
        path.unlink()
    fresh()
    first = invoke(*dry)
    assert first.err.count("Preparing fonts, once") == 1
    assert "Would build 2." in first.out
    fresh()
    again = invoke(*dry)
    assert "Preparing" not in again.err
    assert again.out == first.out


def test_fontconfig_lists_the_pinned_set_alone() -> None:
    """`fc-list` under the configuration that WeasyPrint gets."""
    configuration = files.isolate_fonts()
    root = ElementTree.parse(configuration).getroot()
    assert {child.tag for child in root} <= {"dir", "cachedir", "match"}
    (folder,) = root.findall("dir")
    linked = {path.name for path in Path(folder.text or "").iterdir()}
    cut = {name for face, _ in subset_faces() for name in face.files}
    assert linked - cut == set(files.font_files())
    assert linked <= {*all_files(), *cut}
    assert all(path.resolve().is_file() for path in Path(folder.text or "").iterdir())


def test_the_digest_depends_on_the_contents(
    fresh: Callable[[], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = files.fonts_digest()
    assert files.fonts_digest() == before
    own = tmp_path / "own"
    own.mkdir()
    original = files.font_files()["NotoSans-Regular.ttf"].read_bytes()
    (own / "NotoSans-Regular.ttf").write_bytes(original + b"\0")
    monkeypatch.setenv("PRESSROOM_FONTS", str(own))
    fresh()
    assert files.font_files()["NotoSans-Regular.ttf"] == own / "NotoSans-Regular.ttf"
    assert files.fonts_digest() != before


def test_a_damaged_memory_of_digests_is_made_anew(
    fresh: Callable[[], None], tmp_path: Path
) -> None:
    before = files.fonts_digest()
    (tmp_path / "cache" / "font-digests.json").write_text("{")
    fresh()
    assert files.fonts_digest() == before


@pytest.mark.parametrize("missing", ["all", "one"])
def test_a_missing_font_says_what_to_install(
    fresh: Callable[[], None], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, missing: str
) -> None:
    folder = tmp_path / "fonts"
    folder.mkdir()
    if missing == "one":
        for name, path in files.font_files().items():
            if not name.startswith("NotoSansKhmer"):
                (folder / name).symlink_to(path)
    monkeypatch.setattr(files, "_FOLDERS", (str(folder),))
    fresh()
    with pytest.raises(ConfigurationError) as caught:
        files.require_files(["NotoSansKhmer-Regular.ttf"])
    said = str(caught.value)
    assert "install fonts-noto-core and fonts-noto-cjk, or name their" in said
    assert ("NotoSansKhmer-Regular.ttf is not installed" in said) is (missing == "one")
    if missing == "one":
        files.require_files(["NotoSans-Regular.ttf"])


def test_every_font_of_the_set_is_installed() -> None:
    """`system-packages.txt` names the packages that have them."""
    assert set(files.font_files()) == set(all_files())
