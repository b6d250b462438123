"""Files that real programs made of exports, and a cycle that no word is lost or revived in.

The files in `files/` are exports of the tests' topic after `CHANGED`, as these programs wrote
them: OmegaT 3.6 in console mode with a memory of some sentences, LibreOffice 7.4 from a Word
table with struck words and from a spreadsheet, pandoc 2.17 from the same table with all tracked
changes shown.
"""

from __future__ import annotations

import csv
import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from translate.storage import pypo, xliff, xliff2

from tests.conftest import Outcome
from tests.support import Site

Run = Callable[..., Outcome]
FILES = Path(__file__).with_name("files")
NAME = "sore-throat"
REST = "Rest at home for 2 days. Then see how you feel."
WORK = "When can I work again? Can I see friends?"
CHANGED = {"Rest for 2 days.": REST, "When can I work again?": WORK}


def text(made: Site, code: str, source: str) -> tuple[str, bool]:
    (found,) = (e for e in made.catalogue(f"{code}/{NAME}") if e.source == source)
    return found.text, found.fuzzy


def change(made: Site, run: Run) -> None:
    for old, new in CHANGED.items():
        made.edit(f"topics/{NAME}/topic.md", old, new)
    run("locale", "update")


@pytest.mark.parametrize(
    ("file", "said", "texts"),
    [
        ("omegat-3.6.ar.xlf", "2 changed", {
            REST: ("استرح في المنزل 2 يوم. ثم انظر كيف تشعر.", True),
            WORK: ("متى يمكنني العودة إلى العمل؟ هل يمكنني رؤية الأصدقاء؟", True)}),
        # Of the second message only one sentence was translated: it is fuzzy, like all of OmegaT.
        ("omegat-3.6.es.xlf", "2 changed", {
            REST: ("Descanse en casa 2 días. Luego vea cómo se siente.", True),
            WORK: ("¿Cuándo puedo volver a trabajar? Can I see friends?", True)}),
        ("pandoc-2.17.km.html", "1 changed", {
            REST: ("សម្រាកនៅផ្ទះ 2 ថ្ងៃ។ បន្ទាប់មកមើលពីអារម្មណ៍របស់អ្នក។", False)}),
        ("libreoffice-7.4.km.html", "1 changed", {
            REST: ("សម្រាកនៅផ្ទះ 2 ថ្ងៃ។ បន្ទាប់មកមើលពីអារម្មណ៍របស់អ្នក។", False)}),
        ("libreoffice-7.4.ar.csv", "no change", {REST: ("استرح لمدة 2 يوم.", True)}),
    ],
)  # fmt: skip
def test_a_file_as_the_program_wrote_it_is_taken(
    site: Callable[..., Site],
    run: Run,
    file: str,
    said: str,
    texts: dict[str, tuple[str, bool]],
) -> None:
    code = file.split(".")[-2]
    made = site(("en", code))
    change(made, run)
    before = {entry.source: entry.text for entry in made.catalogue(f"{code}/{NAME}")}
    outcome = run("locale", "import", str(FILES / file))
    assert outcome.out == f"handouts/locales/{code}/{NAME}.po: {said}\n"
    assert {source: text(made, code, source) for source in texts} == texts
    after = {entry.source: entry.text for entry in made.catalogue(f"{code}/{NAME}")}
    assert {s for s in before if before[s] != after[s]} <= set(texts)


@pytest.mark.parametrize("code", ["es", "ar", "km"])
def test_omegat_is_shown_the_source_of_what_waits(
    site: Callable[..., Site], run: Run, code: str
) -> None:
    made = site(("en", code))
    change(made, run)
    old = text(made, code, REST)[0]
    run("locale", "export", code, "--format", "omegat", "--todo", "-o", "o.xlf")
    said = Path("o.xlf").read_text("utf-8")
    assert said.count(f'<target state="needs-translation">{REST}</target>') == 1
    assert f"translation of the previous source: {old}</note>" in said
    # Nothing of it is taken as it is; and the old translation stays beside the source.
    assert run("locale", "import", "o.xlf").out.endswith(": no change\n")
    assert text(made, code, REST) == (old, True)
    # What was translated here meanwhile is not taken back by what was not touched in it.
    made.change(f"{code}/{NAME}", REST, text=f"{old} 2", fuzzy=False)
    assert run("locale", "import", "o.xlf").out.endswith(": no change\n")
    # Copies are nobody's work: a whole file that was not touched is refused where it is older.
    run("locale", "export", code, "--format", "omegat", "--topic", NAME, "-o", "all.xlf")
    home = text(made, code, "Care at home")[0]
    made.change(f"{code}/{NAME}", "Care at home", text=home[:-1])
    assert "1 refused" in run("locale", "import", "all.xlf", code=1).out


def program(*arguments: str | Path) -> None:
    done = subprocess.run([str(one) for one in arguments], capture_output=True, encoding="utf-8",
                          check=False)  # fmt: skip
    assert done.returncode == 0, done.stderr


#: Translations of two translators who share an export, and of a third in a PO file.
NEW = {
    "ar": ("استرح في المنزل 2 يوم. ثم انظر كيف تشعر.",
           "متى أعمل من جديد؟ هل أرى أصدقائي؟", "العناية في البيت"),
    "km": ("សម្រាកនៅផ្ទះ 2 ថ្ងៃ។ រួចមើលខ្លួនឯង។",
           "តើខ្ញុំធ្វើការវិញពេលណា? ជួបមិត្តបានទេ?", "ថែទាំនៅផ្ទះ"),
}  # fmt: skip


def xliff_of(kind: type[Any], path: str, source: str, target: str) -> None:
    """Translate one unit, as a program on translate-toolkit does, and write the file again."""
    store = kind.parsefile(path)
    (unit,) = (one for one in store.units if str(one.source) == source)
    unit.target = target
    element = unit.xmlelement
    for one in [element, *element.iter("{*}target")]:
        if one.get("state"):
            one.set("state", "translated")
        one.attrib.pop("subState", None)
    store.savefile(path)


@pytest.mark.parametrize("code", sorted(NEW))
def test_a_cycle_loses_no_word_and_revives_none(
    site: Callable[..., Site], run: Run, code: str
) -> None:
    made = site(("en", code))
    rest, work, care = NEW[code]
    run("locale", "update")
    path = made.path(f"locales/{code}/{NAME}.po")
    old = {
        "before.csv": "csv",
        "before.xlf": "xliff",
        "before.2.xlf": "xliff2",
        "before.html": "html",
    }
    for file, kind in old.items():
        run("locale", "export", code, "--topic", NAME, "--format", kind, "-o", file)
    change(made, run)
    for file, kind in {"one.xlf": "xliff", "one.2.xlf": "xliff2", "two.csv": "csv"}.items():
        run("locale", "export", code, "--topic", NAME, "--format", kind, "-o", file)
        old[file] = kind
    untouched = {file: Path(file).read_bytes() for file in old}
    # Two translators, each with an own program; the second has also another proposal.
    xliff_of(xliff.Xliff1File, "one.xlf", REST, rest)
    assert "1 changed" in run("locale", "import", "one.xlf", "--by", "Amal").out
    xliff_of(xliff2.Xliff2File, "one.2.xlf", WORK, work)
    said = run("locale", "import", "one.2.xlf", "--by", "Badr")
    assert "1 changed, 1 kept as they are here" in said.out
    rows = list(csv.reader(Path("two.csv").read_text("utf-8-sig").splitlines()))
    rows = [[*r[:3], f"{rest} 2", r[4], "yes", *r[6:]] if r[2] == REST else r for r in rows]
    with Path("two.csv").open("w", encoding="utf-8", newline="") as file_:
        csv.writer(file_).writerows(rows)
    assert "1 refused" in run("locale", "import", "two.csv", code=1).out
    # A third one has the catalogue itself, by gettext and translate-toolkit.
    program("msgcat", path, "-o", "third.po")
    store = pypo.pofile.parsefile("third.po")
    (unit,) = (one for one in store.units if one.source == "Care at home")
    unit.target = care
    store.savefile("third.po")
    program(Path(sys.executable).with_name("pomerge"), "--progress=none", "-t", path,
            "-i", "third.po", "-o", "merged.po")  # fmt: skip
    program("msgfmt", "--check", "-o", "/dev/null", "merged.po")
    path.write_bytes(Path("merged.po").read_bytes())
    run("locale", "update")
    wanted = {REST: (rest, False), WORK: (work, False), "Care at home": (care, False)}
    assert {source: text(made, code, source) for source in wanted} == wanted
    # Read and signed; and no file from before changes a word of what is signed.
    for role in ("reviewer", "clinician"):
        run("approve", NAME, code, "--role", role, "--by", f"Dr {role}")
    signed = path.read_bytes()
    for file, data in untouched.items():
        Path(file).write_bytes(data)
        outcome = run("locale", "import", file, code=1)
        assert "1 changed" not in outcome.out
        assert path.read_bytes() == signed, file
    rows_ = json.loads(run("status", "--json", "--locale", code).out)["leaflets"]
    assert [row["state"] for row in rows_] == ["approved"]
    assert re.search(r"# origin: person; Amal; ", signed.decode())
