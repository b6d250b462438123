"""Subsets have the repertoire of a national standard, and are made once."""

from __future__ import annotations

import pytest

from pressroom.fonts.files import font_files, subset_files
from pressroom.fonts.scripts import subset_faces
from pressroom.fonts.subset import repertoire


@pytest.mark.parametrize(
    ("name", "least", "common", "rare"),
    [
        ("gb2312", 6763, "的药", "龘"), ("big5", 5401, "的藥", "龘"),
        ("jisx0208", 6355, "の薬", "龘"), ("ksx1001", 2350, "의약", "똠"),
    ],
)  # fmt: skip
def test_a_repertoire_is_that_of_its_standard(
    name: str, least: int, common: str, rare: str
) -> None:
    found = repertoire(name)
    assert len(found) >= least
    assert {ord(c) for c in common} <= found
    assert ord(rare) not in found


def test_a_subset_of_each_large_font_is_made_once() -> None:
    files = subset_files()
    assert len(files) == 8
    times = {name: path.stat().st_mtime_ns for name, path in files.items()}
    assert {name: path.stat().st_mtime_ns for name, path in subset_files().items()} == times
    for cut, whole in subset_faces():
        for name, source in zip(cut.files, whole.files, strict=True):
            assert files[name].stat().st_size < font_files()[source].stat().st_size / 3
