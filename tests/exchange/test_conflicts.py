"""An import changes a message only where it is what it was when the file left."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Outcome
from tests.support import TRANSLATIONS, Site

from .support import WRITERS, exported, written

FORMATS = sorted(WRITERS)
REST = "Rest for 2 days."
HOME = "Care at home"
BREATHE = "You find it hard to breathe."
#: What somebody corrects after an export, and what another translator writes into the file.
CORRECTED = {"es": "Descanse unos 2 días.", "ar": "استرح 2 يوم.", "km": "សូមសម្រាក 2 ថ្ងៃ។"}
THEIRS = {"es": "Repose 2 días.", "ar": "خذ راحة 2 يوم.", "km": "ឈប់សម្រាក 2 ថ្ងៃ។"}


def text(site: Site, code: str, source: str = REST) -> str:
    return next(e.text for e in site.catalogue(f"{code}/sore-throat") if e.source == source)


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("code", sorted(CORRECTED))
def test_an_untouched_export_takes_no_correction_back(
    site: Callable[..., Site], run: Callable[..., Outcome], format: str, code: str
) -> None:
    made = site(("en", code))
    run("locale", "export", code, "--topic", "sore-throat", "--format", format, "-o", "a.x")
    made.change(f"{code}/sore-throat", REST, text=CORRECTED[code])
    outcome = run("locale", "import", "a.x", code=1)
    assert outcome.out == f"handouts/locales/{code}/sore-throat.po: 1 refused\n"
    for part in (CORRECTED[code], TRANSLATIONS[code][REST], "Tara Translator", "--theirs"):
        assert part in outcome.err
    assert text(made, code) == CORRECTED[code]
    # The next step of the message works, for the message that it names, and for the file.
    step = re.search(r"--theirs (\S+) or --ours", outcome.err)
    assert step
    assert "1 kept as they are here" in run("locale", "import", "a.x", "--ours", step[1]).out
    assert "1 kept" in run("locale", "import", "--ours", "a.x").out
    assert text(made, code) == CORRECTED[code]
    run("locale", "import", "a.x", "--theirs", step[1])
    assert text(made, code) == TRANSLATIONS[code][REST]
    assert run("locale", "import", "a.x").out.endswith(": no change\n")


@pytest.mark.parametrize("format", FORMATS)
def test_of_two_who_share_an_export_the_second_is_told(
    site: Callable[..., Site], run: Callable[..., Outcome], format: str
) -> None:
    made = site(("en", "ar"))
    made.change("ar/sore-throat", REST, text="")
    rows = exported(made, "ar")
    first = {REST: {"target": CORRECTED["ar"], "state": "translated"}}
    run("locale", "import", written(made, rows, format, first).name, "--by", "Amal")
    home = {"target": "العناية بنفسك في المنزل", "state": "translated"}
    second = {REST: {"target": THEIRS["ar"], "state": "translated"}, HOME: home}
    path = written(made, rows, format, second)
    outcome = run("locale", "import", path.name, code=1)
    assert outcome.out == "handouts/locales/ar/sore-throat.po: 1 changed, 1 refused\n"
    for part in (CORRECTED["ar"], THEIRS["ar"], "person; Amal; 2026-12-01"):
        assert part in outcome.err
    assert (text(made, "ar"), text(made, "ar", HOME)) == (CORRECTED["ar"], home["target"])
    run("locale", "import", path.name, "--theirs")
    assert text(made, "ar") == THEIRS["ar"]


def test_a_confirmation_is_not_taken_back(
    site: Callable[..., Site], run: Callable[..., Outcome]
) -> None:
    made = site(("en", "es"))
    made.change("es/sore-throat", REST, fuzzy=True)
    run("locale", "export", "es", "--topic", "sore-throat", "--format", "csv", "-o", "a.csv")
    made.change("es/sore-throat", REST, fuzzy=False)
    said = run("locale", "import", "a.csv", code=1).err
    assert "‘Descanse 2 días.’, fuzzy" in said
    assert not any(entry.fuzzy for entry in made.catalogue("es/sore-throat"))


@pytest.mark.parametrize("format", FORMATS)
def test_a_file_from_before_is_refused_where_the_catalogue_changed_after_it(
    site: Callable[..., Site], run: Callable[..., Outcome], format: str
) -> None:
    made = site(("en", "es"))
    made.change("es/sore-throat", HOME, text="")
    changes = {
        REST: {"target": THEIRS["es"], "state": "translated"},
        HOME: {"target": "En su casa", "state": "translated"},
    }
    path = written(made, exported(made, "es"), format, changes)
    old = re.sub(r"[0-9a-f]{10} \d{4}-\d\d-\d\d \d\d:\d\d", "", path.read_text("utf-8"))
    old = re.sub(r' date="[^"]*"', "", old)
    path.write_text(old, "utf-8")
    catalogue = made.path("locales/es/sore-throat.po")
    os.utime(path, (1_700_000_000, 1_700_000_000))
    outcome = run("locale", "import", path.name, code=1)
    assert "was changed here after this file left on 2023-11-14" in outcome.err
    assert text(made, "es") == TRANSLATIONS["es"][REST]
    # What had no translation loses none.
    assert text(made, "es", HOME) == "En su casa"
    os.utime(catalogue, (1_700_000_000, 1_700_000_000))
    os.utime(path)
    run("locale", "import", path.name)
    assert text(made, "es") == THEIRS["es"]


def test_both_sides_are_not_taken_of_one_message(
    site: Callable[..., Site], run: Callable[..., Outcome]
) -> None:
    site(("en", "es"))
    run("locale", "export", "es", "--format", "csv", "-o", "a.csv")
    said = run("locale", "import", "a.csv", "--ours", "--theirs", code=2).err
    assert "--theirs and --ours are of the same messages" in said


def test_two_branches_that_import_different_messages_change_no_line_in_common(
    site: Callable[..., Site], run: Callable[..., Outcome]
) -> None:
    made = site(("en", "es"))
    run("locale", "update", "es")
    rows = exported(made, "es")
    path = made.path("locales/es/sore-throat.po")
    before = path.read_bytes()
    changed = []
    for source, new in ((REST, THEIRS["es"]), (HOME, "En su casa")):
        path.write_bytes(before)
        change = {source: {"target": new, "state": "translated"}}
        run("locale", "import", written(made, rows, "csv", change).name)
        old = before.decode().split("\n")
        lines = path.read_text("utf-8").split("\n")
        changed.append({line for line in old if line not in lines})
        assert changed[-1]
    assert not changed[0] & changed[1]


def test_a_term_that_was_corrected_is_not_taken_back(
    site: Callable[..., Site], run: Callable[..., Outcome]
) -> None:
    made = site(("en", "ar"))
    made.write("locales/ar/glossary.tsv", "tablet\tحبة\nfever\tحمى\n")
    run("locale", "export", "ar", "--format", "tbx", "-o", "a.tbx")
    made.write("locales/ar/glossary.tsv", "tablet\tقرص\nfever\tحمى\n")
    outcome = run("locale", "import", "a.tbx", code=1)
    assert "‘tablet’ was changed here after this file left: here ‘قرص’, in the file ‘حبة’" in (
        outcome.err
    )
    run("locale", "import", "a.tbx", "--ours")
    assert "tablet\tقرص" in made.read("locales/ar/glossary.tsv")
    run("locale", "import", "a.tbx", "--theirs")
    assert "tablet\tحبة" in made.read("locales/ar/glossary.tsv")
    # Remarks stay, and what is the same is no change.
    made.write(
        "locales/ar/glossary.tsv", "# DRAFT\n\nterm\ttranslation\ntablet\tحبة\n# old\nfever\tحمى\n"
    )
    before = made.read("locales/ar/glossary.tsv")
    assert "glossary.tsv: no change" in run("locale", "import", "a.tbx").out
    assert made.read("locales/ar/glossary.tsv") == before
    made.edit("locales/ar/glossary.tsv", "حبة", "قرص")
    assert "glossary.tsv: 1 terms taken" in run("locale", "import", "a.tbx", "--theirs").out
    assert made.read("locales/ar/glossary.tsv") == before
    # A term that was taken out does not come back.
    made.write("locales/ar/glossary.tsv", "tablet\tحبة\n")
    run("locale", "import", "a.tbx", code=1)
    assert "fever" not in made.read("locales/ar/glossary.tsv")


def test_a_machine_s_words_wait_where_the_policy_says_so(
    site: Callable[..., Site], run: Callable[..., Outcome]
) -> None:
    made = site(("en", "ar"))
    changes = {
        REST: {"target": THEIRS["ar"], "state": "translated"},
        HOME: {"target": "العناية بنفسك في المنزل", "state": "translated"},
        BREATHE: {"target": "تجد صعوبة كبيرة في التنفس.", "state": "translated"},
    }  # fmt: skip
    path = written(made, exported(made, "ar"), "csv", changes)
    run("locale", "import", path.name, "--machine", "DeepL; pro")
    fuzzy = {e.source for e in made.catalogue("ar/sore-throat") if e.fuzzy}
    assert fuzzy == {REST, BREATHE}
    said = run("approve", "sore-throat", "ar", "--role", "reviewer", "--by", "Ada", code=1).err
    assert "a machine wrote it (DeepL, pro)" in said
    assert "machine; DeepL, pro; 2026-12-01" in run("locale", "export", "ar", "--format", "csv").out
    # A person who takes such a file over the words as they are has reviewed them.
    rows = exported(made, "ar")
    path = written(made, rows, "csv", {source: {"state": "translated"} for source in fuzzy})
    run("locale", "import", path.name, "--by", "Amal")
    assert not any(e.fuzzy for e in made.catalogue("ar/sore-throat"))
    assert (
        Path("handouts/locales/ar/sore-throat.po").read_text("utf-8").count("origin: machine") == 3
    )


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("code", sorted(CORRECTED))
def test_the_second_of_two_is_told_of_what_she_did_not_touch_and_is_not_refused_for_it(
    site: Callable[..., Site], run: Callable[..., Outcome], format: str, code: str
) -> None:
    made = site(("en", code))
    rows = exported(made, code)
    home = {"es": "Cuidarse en casa", "ar": "العناية بنفسك في المنزل", "km": "ថែទាំនៅផ្ទះ"}[code]
    made.change(f"{code}/sore-throat", REST, text=CORRECTED[code])
    path = written(made, rows, format, {HOME: {"target": home, "state": "translated"}})
    outcome = run("locale", "import", path.name)
    assert outcome.out == (
        f"handouts/locales/{code}/sore-throat.po: 1 changed, 1 kept as they are here\n"
    )
    for part in (CORRECTED[code], TRANSLATIONS[code][REST], "it stays as it is here; --theirs"):
        assert part in outcome.err
    run("locale", "import", path.name, "--theirs")
    assert (text(made, code), text(made, code, HOME)) == (CORRECTED[code], home)
    step = re.search(r"--theirs (\S+) takes", outcome.err)
    assert step
    run("locale", "import", path.name, "--theirs", step[1])
    assert text(made, code) == TRANSLATIONS[code][REST]


def test_what_a_format_has_no_place_for_does_not_make_a_row_touched(
    site: Callable[..., Site], run: Callable[..., Outcome]
) -> None:
    """XLIFF has none for a back-translation."""
    made = site(("en", "ar"))
    made.change("ar/sore-throat", REST, remarks=("back-translation: Rest for two days.",))
    rows = exported(made, "ar")
    made.change("ar/sore-throat", REST, text=CORRECTED["ar"])
    path = written(
        made, rows, "xliff", {HOME: {"target": "العناية في البيت", "state": "translated"}}
    )
    assert "1 changed, 1 kept" in run("locale", "import", path.name).out
    assert text(made, "ar") == CORRECTED["ar"]


def test_two_branches_that_import_neighbouring_messages_merge_in_git(
    site: Callable[..., Site], run: Callable[..., Outcome]
) -> None:
    made = site(("en", "ar"))
    run("locale", "update", "ar")
    rows = exported(made, "ar")
    path = made.path("locales/ar/sore-throat.po")
    order = [row.source for row in rows]
    one, other = REST, order[order.index(REST) + 1]
    new = {one: THEIRS["ar"], other: "تناول 1–2 قرص، ثلاث مرات في اليوم."}
    before = path.read_bytes()
    versions = []
    for number, source in enumerate((one, other)):
        path.write_bytes(before)
        change = {source: {"target": new[source], "state": "translated"}}
        run("locale", "import", written(made, rows, "csv", change).name)
        versions.append(Path(f"{number}.po"))
        versions[-1].write_bytes(path.read_bytes())
    Path("base.po").write_bytes(before)
    merged = subprocess.run(
        ["git", "merge-file", "--stdout", "0.po", "base.po", "1.po"],
        capture_output=True, check=False,
    )  # fmt: skip
    assert merged.returncode == 0, merged.stdout.decode()
    path.write_bytes(merged.stdout)
    assert {source: text(made, "ar", source) for source in new} == new


def test_a_term_without_a_digest_is_refused_where_the_glossary_is_newer(
    site: Callable[..., Site], run: Callable[..., Outcome]
) -> None:
    made = site(("en", "ar"))
    made.write("locales/ar/glossary.tsv", "tablet\tحبة\nfever\tحمى\n")
    run("locale", "export", "ar", "--format", "tbx", "-o", "a.tbx")
    path = Path("a.tbx")
    said = path.read_text("utf-8")
    # One program writes ids of its own; in another file somebody changed one of two terms.
    path.write_text(re.sub(r' id="t\d+-[0-9a-f]{10}"', "", said), "utf-8")
    Path("b.tbx").write_text(said.replace("حمى", "سخونة"), "utf-8")
    os.utime(path, (1_700_000_000, 1_700_000_000))
    made.write("locales/ar/glossary.tsv", "tablet\tقرص\nfever\tحمى\n")
    assert "‘tablet’ was changed here" in run("locale", "import", "a.tbx", code=1).err
    outcome = run("locale", "import", "b.tbx")
    assert "‘tablet’ was changed here" in outcome.err
    assert made.read("locales/ar/glossary.tsv").endswith("tablet\tقرص\nfever\tسخونة\n")
