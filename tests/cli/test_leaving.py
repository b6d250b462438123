"""What the site has no more leaves the output folder; what was touched comes back."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ..conftest import Outcome
from ..support import (
    COLD,
    NAME,
    PDF,
    TOPIC,
    Site,
    leaflets_of,
)

Run = Callable[..., Outcome]


def test_what_the_site_has_no_more_is_removed_and_said(site: Callable[..., Site], run: Run) -> None:
    made = site(
        ("en", "es"), {NAME: TOPIC, "cold": COLD}, {'["standard"]': '["standard", "large-print"]'}
    )
    made.edit(f"topics/{NAME}/topic.md", "  standard: 2", "  standard: 2\n  large-print: 6")
    made.edit("topics/cold/topic.md", "  standard: 2", "  standard: 2\n  large-print: 6")
    run("build", "--quiet")
    foreign = made.out / "es" / "notes.txt"
    foreign.write_text("ours", "utf-8")
    (made.out / "README.txt").write_text("ours", "utf-8")

    made.edit("clinic.toml", '["standard", "large-print"]', '["standard"]')
    assert run("build").out.count("(the site has it no more)") == 4
    assert "large-print" not in " ".join(made.outputs())

    (made.path("topics/cold/topic.md")).unlink()
    made.path("topics/cold").rmdir()
    assert "would remove en/cold.standard" in run("build", "--dry-run").out
    assert "en/cold.standard.draft.pdf" in made.outputs()
    done = run("build")
    assert "removed en/cold.standard (the site has it no more)" in done.out
    # A code on paper may still lead here.
    assert [name for name in made.outputs() if "cold" in name] == ["c/cold.html"]
    assert "no longer published" in (made.out / "c" / "cold.html").read_text("utf-8")
    assert b"cold" not in (made.out / "index.html").read_bytes()

    made.edit("clinic.toml", '"en", "es"', '"en"')
    done = run("build")
    assert f"removed es/{NAME}.standard (the site has it no more)" in done.out
    assert leaflets_of(made) == [f"en/{NAME}.html", f"en/{PDF}", "es/notes.txt"]
    assert "rack/titles/es.js" not in made.outputs()
    assert "Everything is unchanged" in run("build").out


def test_a_build_of_a_part_removes_nothing(site: Callable[..., Site], run: Run) -> None:
    made = site(("en", "es"))
    run("build", "--quiet")
    made.edit("clinic.toml", '"en", "es"', '"en"')
    run("build", "--locale", "en")
    assert f"es/{PDF}" in made.outputs()


@pytest.mark.parametrize(("damage", "reason"), [("gone", "its file is gone"),
                                                ("altered", "its file was altered")])  # fmt: skip
def test_a_published_file_that_was_touched_is_made_again(
    site: Callable[..., Site], run: Run, damage: str, reason: str
) -> None:
    made = site(("en",))
    run("build", "--quiet")
    path = made.out / "en" / PDF
    before = path.read_bytes()
    if damage == "gone":
        path.unlink()
    else:
        path.write_bytes(before + b"%")
    assert f"({reason})" in run("build").out
    assert path.read_bytes() == before


def test_a_web_page_that_is_gone_is_made_again(site: Callable[..., Site], run: Run) -> None:
    made = site(("en",))
    run("build", "--quiet")
    (made.out / "en" / f"{NAME}.html").unlink()
    assert "(its web page is gone)" in run("build").out
    assert f"en/{NAME}.html" in made.outputs()


def test_the_web_page_belongs_to_the_first_edition(site: Callable[..., Site], run: Run) -> None:
    both = TOPIC.replace("  standard: 2", "  standard: 2\n  large-print: 4")
    made = site(
        ("en",), {NAME: both}, {'editions = ["standard"]': 'editions = ["standard", "large-print"]'}
    )
    run("build", "--quiet")
    page = made.out / "en" / f"{NAME}.html"
    before = page.read_bytes()
    page.unlink()
    run("build", "--edition", "large-print", "--quiet")
    assert not page.exists()
    assert "(its web page is gone)" in run("build").out
    assert page.read_bytes() == before
    made.edit("clinic.toml", '"standard", "large-print"', '"standard"')
    assert f"removed en/{NAME}.large-print (the site has it no more)" in run("build").out
    assert page.read_bytes() == before
