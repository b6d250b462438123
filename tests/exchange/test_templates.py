"""Templates of catalogues: what Weblate finds, and what starts and merges a language there."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from pressroom.content.catalogue.po import read_catalogue
from tests.conftest import Outcome
from tests.support import TOPIC, Site

Run = Callable[..., Outcome]
NAMES = ("house", "sore-throat")


def gettext(*arguments: str | Path) -> str:
    """Run a program of GNU gettext; it has to agree."""
    done = subprocess.run([str(one) for one in arguments], capture_output=True, encoding="utf-8",
                          check=False)  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_weblate_finds_a_component_for_each_catalogue(site: Callable[..., Site], run: Run) -> None:
    """Weblate looks for components with translation-finder."""
    finder = pytest.importorskip("translation_finder", reason="is not in this environment")
    made = site(("en", "es", "ar"), topics={"back-pain": TOPIC.replace("sore-throat", "back-pain")})
    run("locale", "update")
    run("locale", "template")
    names = {path.stem for path in made.path("locales").glob("*.pot")}
    assert names >= {"house", "back-pain"}
    assert [one.match for one in finder.discover(made.folder)] == [
        {
            "filemask": f"handouts/locales/*/{name}.po",
            "new_base": f"handouts/locales/{name}.pot",
            "file_format": "po",
        }
        for name in sorted(names)
    ]


def test_a_template_has_every_message_and_no_translation(
    site: Callable[..., Site], run: Run
) -> None:
    made = site(("en", "ar"))
    run("locale", "update")
    out = run("locale", "template").out
    assert out.startswith("handouts/locales/house.pot: ")
    for name in NAMES:
        template = read_catalogue(made.path(f"locales/{name}.pot"))
        assert list(template.entries) == list(made.catalogue(f"ar/{name}").entries)
        assert not any(entry.text or entry.fuzzy for entry in template)
        gettext("msgfmt", "--check-format", "-o", "/dev/null", made.path(f"locales/{name}.pot"))


def test_a_language_that_starts_from_a_template_is_one_of_ours(
    site: Callable[..., Site], run: Run
) -> None:
    """As Weblate starts one: msginit by the POSIX name, in a folder of that name."""
    made = site(("en", "ar"))
    run("locale", "template")
    folder = made.path("locales/pt_BR")
    folder.mkdir()
    for name in NAMES:
        template = made.path(f"locales/{name}.pot")
        gettext("msginit", "--no-translator", "--locale", "pt_BR.UTF-8", "--input", template,
                "--output-file", folder / f"{name}.po")  # fmt: skip
    for command in ("status", "check"):
        said = run(command).err
        assert "handouts/locales/pt_BR: the locale is 'pt-BR', and no build reads 'pt_BR'" in said
        assert "rename the folder to 'pt-BR'" in said
        assert "its name is 'pt-BR'" in run(command, "--locale", "pt_BR", code=2).err
    folder.rename(folder.with_name("pt-BR"))
    assert "run 'handouts locale add pt-BR'" in run("status").err
    run("locale", "add", "pt-BR")
    assert run("status").err == ""
    assert "write 'pt-BR'" in run("status", "--locale", "pt_BR", code=2).err
    assert made.catalogue("pt-BR/sore-throat").translator == ""
    folder.mkdir()
    (folder / "house.po").write_bytes(made.path("locales/pt-BR/house.po").read_bytes())
    assert "take its words over into 'pt-BR'" in run("check").err


def test_msgmerge_with_a_template_comes_to_what_update_writes(
    site: Callable[..., Site], run: Run
) -> None:
    made = site(("en", "ar", "km"))
    run("locale", "update")
    run("locale", "template")
    before = {
        code: made.path(f"locales/{code}/sore-throat.po").read_bytes() for code in ("ar", "km")
    }
    made.edit("topics/sore-throat/topic.md", "Rest for 2 days.", "Rest at home for 2 days.")
    assert "handouts/locales/sore-throat.pot: " in run("locale", "update").out
    for code, was in before.items():
        Path("old.po").write_bytes(was)
        gettext("msgmerge", "--quiet", "--previous", "old.po",
                made.path("locales/sore-throat.pot"), "-o", "merged.po")  # fmt: skip
        ours, theirs = made.catalogue(f"{code}/sore-throat"), read_catalogue(Path("merged.po"))
        said = [(e.source, e.text, e.fuzzy, e.previous) for e in ours]
        assert [(e.source, e.text, e.fuzzy, e.previous) for e in theirs] == said
        assert sum(fuzzy for _, _, fuzzy, _ in said) == 1


def test_a_template_changes_only_where_its_messages_do(site: Callable[..., Site], run: Run) -> None:
    made = site(("en", "es"))
    run("locale", "update")
    assert not list(made.path("locales").glob("*.pot"))
    run("locale", "template")
    path = made.path("locales/sore-throat.pot")
    old = path.read_text("utf-8").replace("POT-Creation-Date: 20", "POT-Creation-Date: 19")
    path.write_text(old, "utf-8")
    run("build", "--locale", "es")
    templates = [line for line in run("locale", "update").out.splitlines() if ".pot: " in line]
    assert len(templates) == 2
    assert all(line.endswith(" messages, no change") for line in templates)
    assert path.read_text("utf-8") == old
    # No build reads one.
    assert "unchanged" in run("build", "--locale", "es").out
    made.edit("topics/sore-throat/topic.md", "Rest for 2 days.", "Rest for 3 days.")
    run("locale", "update")
    assert "Rest for 3 days." in path.read_text("utf-8")
    assert "POT-Creation-Date: 19" not in path.read_text("utf-8")
    # Of a topic that is gone, it goes.
    path.rename(path.with_name("gone.pot"))
    assert "gone.pot: deleted" in run("locale", "update").out
    assert path.is_file()
    assert not path.with_name("gone.pot").exists()


@pytest.mark.parametrize(
    ("posix", "right"),
    [("pt_BR.UTF-8", "pt-BR"), ("sr_RS@latin", "sr-Latn-RS"), ("zh_CN", "zh-Hans"),
     ("zh_Hant_TW", "zh-Hant-TW"), ("ar_EG@euro", "ar-EG"), ("uz@cyrillic", "uz-Cyrl")],
)  # fmt: skip
def test_the_folder_of_a_posix_name_is_told_the_right_one(
    site: Callable[..., Site], run: Run, posix: str, right: str
) -> None:
    made = site(("en",))
    made.write(f"locales/{posix}/house.po", 'msgid ""\nmsgstr ""\n')
    assert f"{posix}: the locale is '{right}', and no build reads '{posix}'" in run("status").err


def test_many_folders_that_no_build_reads_are_named_in_one_line(
    site: Callable[..., Site], run: Run
) -> None:
    made = site(("en",))
    codes = ["ar", "de", "es", "fr", "km"]
    for code in codes:
        made.write(f"locales/{code}/house.po", 'msgid ""\nmsgstr ""\n')
    assert run("status").err.count("no build reads it; run 'handouts locale add ") == 5
    made.write("locales/my/house.po", 'msgid ""\nmsgstr ""\n')
    said = run("status").err
    assert "handouts/locales: 'ar', 'de', 'es', 'fr', 'km', 'my' are not among" in said
    assert said.count("\n") == 1
