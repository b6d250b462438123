"""A new language, from its first empty catalogue to a printed leaflet, and past the next change.

Done as a translator, a reviewer and a clinician do it, with the real programs of GNU gettext.
"""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from pressroom.content.catalogue.confirmed_numbers import confirm
from pressroom.content.catalogue.po import read_catalogue, write_catalogue

from .conftest import Outcome
from .cups import Cups, running_cups
from .support import Site, prints_of
from .test_new_locale import fill

Run = Callable[..., Outcome]
NAME = "sore-throat"
#: Central Kurdish: from right to left, in no shipped site.
NEW = "ckb"
OLD_WORDS, NEW_WORDS = "Rest for 2 days.", "Rest at home for 2 days."
ROLES = {"en": ["clinician"], "ar": ["reviewer", "clinician"], NEW: ["reviewer", "clinician"]}


def gettext(*arguments: str | Path) -> str:
    """Run a program of GNU gettext; it has to agree."""
    done = subprocess.run(
        [str(one) for one in arguments],
        capture_output=True, encoding="utf-8", check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


def sources(text: str) -> list[str]:
    """Return the source texts of a PO file that a program wrote, without its header."""
    path = Path("shown.po")
    path.write_text(text, "utf-8")
    return [entry.source for entry in read_catalogue(path)]


def translate(path: Path, most: int | None = None) -> None:
    """Translate the first messages of a catalogue, as an editor does, and let gettext judge it."""
    catalogue = read_catalogue(path)
    done = dict(list(catalogue.entries.items())[:most])
    mine = {
        key: confirm(replace(one, text=fill(one.source, NEW), fuzzy=False))
        for key, one in done.items()
    }
    header = {**catalogue.header, "Last-Translator": "Tara Translator <tara@clinic.example>"}
    beside = path.with_suffix(".mine")
    write_catalogue(beside, replace(catalogue, entries=mine, header=header))
    gettext("msgcat", "--use-first", beside, path, "--output-file", path)
    beside.unlink()
    gettext("msgfmt", "--check", "--output-file", "/dev/null", path)


def report(run: Run, *arguments: str) -> dict[str, Any]:
    """Build, and give the entries of the report by locale."""
    done = json.loads(run("build", "--json", *arguments).out)
    return {entry["locale"]: entry for entry in done["leaflets"]}


def line(run: Run, locale: str) -> Any:
    rows = json.loads(run("status", "--json", "--locale", locale).out)["leaflets"]
    return rows[0]


@pytest.fixture(scope="module")
def cups() -> Iterator[Cups]:
    with running_cups() as started:
        started.add("front-desk")
        yield started


def test_from_an_empty_catalogue_to_paper_and_past_a_change(
    site: Callable[..., Site], run: Run, cups: Cups, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = site(("en", "ar"))
    monkeypatch.setenv("CUPS_SERVER", str(cups.folder / "socket"))

    # A locale that the project does not have.
    added = run("locale", "add", NEW).out.split()
    folder = made.path(f"locales/{NEW}")
    assert added == [
        f"handouts/locales/{NEW}/house.po", f"handouts/locales/{NEW}/{NAME}.po",
        "handouts/clinic.toml",
    ]  # fmt: skip
    assert "translated" in gettext("msgfmt", "--check", "--statistics", "-o", "/dev/null",
                                   folder / f"{NAME}.po")  # fmt: skip

    # Half translated, it is withheld, with a list of what is missing.
    translate(folder / "house.po")
    translate(folder / f"{NAME}.po", most=6)
    left = sources(gettext("msgattrib", "--untranslated", "--no-obsolete", folder / f"{NAME}.po"))
    assert len(left) == 5
    entry = report(run, "--locale", NEW)[NEW]
    assert entry["result"] == "withheld"
    missing = [f for f in entry["findings"] if f["code"] == "message-missing"]
    assert len(missing) == len(left)
    for source, finding in zip(left, missing, strict=True):
        assert source[:40] in finding["message"]
        path, number = finding["where"].rsplit(":", 1)
        at = made.folder.joinpath(path).read_text("utf-8").split("\n")[int(number) - 1]
        assert at.startswith("msgid")
    assert line(run, NEW)["missing"] == len(left)
    assert not list(made.out.glob(f"{NEW}/*"))

    # Finished, it is a draft.
    translate(folder / f"{NAME}.po")
    assert gettext("msgattrib", "--untranslated", "--no-obsolete", folder / f"{NAME}.po") == ""
    assert report(run)[NEW]["state"] == "draft"
    draft = f"{NEW}/{NAME}.standard.draft.pdf"
    assert (made.out / draft).is_file()
    said = run("print", NAME, NEW, "--printer", "front-desk", code=1).err
    assert "is a draft, which no patient may be given" in said

    # Proofread on paper.
    run("proof", NAME, NEW)
    copy = "".join(page.extract_text() for page in PdfReader(f"{NAME}.{NEW}.proof.pdf").pages)
    assert "Not complete" not in copy
    found = re.search(r"--text\s+([0-9a-f]{12})", copy)
    assert found
    digest = found[1]

    # Approved by two, neither of whom translated it.
    by = ("approve", NAME, NEW, "--text", digest, "--role")
    said = run(*by, "reviewer", "--by", "Tara Translator", code=2).err
    assert "a text is signed by another person" in said
    run(*by, "reviewer", "--by", "Rita Reviewer")
    assert line(run, NEW)["state"] == "draft"
    run(*by, "clinician", "--by", "Dr Öz")
    for code in ("en", "ar"):
        for role in ROLES[code]:
            run("approve", NAME, code, "--role", role, "--by", f"Dr {role}")
    built = report(run)
    assert {code: entry["state"] for code, entry in built.items()} == dict.fromkeys(
        ROLES, "approved"
    )
    assert not (made.out / draft).exists()
    approved = {code: made.out / f"{code}/{NAME}.standard.pdf" for code in ROLES}
    before = {code: path.read_bytes() for code, path in approved.items()}
    assert "Rita Reviewer" in PdfReader(approved[NEW]).pages[-1].extract_text()

    # And printed as approved.
    run("print", NAME, NEW, "--copies", "3", "--printer", "front-desk")
    (job,) = prints_of(made)
    assert job["sha256"] == hashlib.sha256(before[NEW]).hexdigest()
    assert run("check").err == ""

    # The English changes in one sentence: exactly that message is fuzzy everywhere.
    old = {code: made.path(f"locales/{code}/{NAME}.po").read_bytes() for code in ("ar", NEW)}
    made.edit(f"topics/{NAME}/topic.md", OLD_WORDS, NEW_WORDS)
    run("locale", "update")
    for code, was in old.items():
        path = made.path(f"locales/{code}/{NAME}.po")
        fuzzy = gettext("msgattrib", "--only-fuzzy", "--no-obsolete", path)
        assert sources(fuzzy) == [NEW_WORDS]
        assert f'#| msgid "{OLD_WORDS}"\n' in fuzzy
        gettext("msgfmt", "--check", "-o", "/dev/null", path)
        # GNU msgmerge, given the same source, comes to the same.
        Path("old.po").write_bytes(was)
        gettext("msgattrib", "--empty", "--clear-fuzzy", "--no-obsolete", path, "-o", "new.pot")
        gettext("msgmerge", "--quiet", "--previous", "old.po", "new.pot", "-o", "merged.po")
        assert sources(gettext("msgattrib", "--only-fuzzy", "--no-obsolete", "merged.po")) == [
            NEW_WORDS
        ]
        assert line(run, code)["words"]["fuzzy"] == 6

    # Approvals are void, and it can be seen why.
    for code, roles in ROLES.items():
        row = line(run, code)
        assert {one["role"]: one["valid"] for one in row["approvals"]} == dict.fromkeys(
            roles, False
        )
        assert row["state"] == ("draft" if code == "en" else "withheld")
        out = run("why", NAME, code).out
        assert out.count("care, en: Rest{+ at home+} for 2 days.\n") == len(roles)

    # The older leaflets stay as they were, and the rack marks them.
    changed = report(run)
    assert {code: one["result"] for code, one in changed.items()} == {
        "en": "built", "ar": "withheld", NEW: "withheld",
    }  # fmt: skip
    assert {code: path.read_bytes() for code, path in approved.items()} == before
    assert (made.out / f"en/{NAME}.standard.draft.pdf").is_file()
    for code in ROLES:
        shard = (made.out / f"rack/titles/{code}.js").read_text("utf-8")
        data = json.loads(shard[shard.index(",") + 1 : shard.rindex(")")])
        marks = {draft: editions[0][3] for draft, editions in
                 zip(data["draft"], data["editions"], strict=True)}  # fmt: skip
        assert marks[0] == 1, "the approved leaflet is older than its source"
        assert marks.get(1, 0) == 0
    said = run("print", NAME, NEW, "--printer", "front-desk", code=1).err
    assert "is withheld" in said

    # Confirmed or corrected, and signed again: what is new takes its place, the old is recalled.
    made.change(f"ar/{NAME}", NEW_WORDS, fuzzy=False, previous="")
    made.change(f"{NEW}/{NAME}", NEW_WORDS, fuzzy=False, previous="", text=fill(NEW_WORDS, NEW))
    for code, roles in ROLES.items():
        for role in roles:
            run("approve", NAME, code, "--role", role, "--by", f"Dr {role}")
    assert {one["state"] for one in report(run).values()} == {"approved"}
    same = {code for code, path in approved.items() if path.read_bytes() == before[code]}
    assert same == {"ar"}, "its page says what it said: the copies on the ward are right"
    copies = json.loads(run("recall", "--json").out)["copies"]
    assert {one["locale"]: (one["why"], one["printed"]) for one in copies} == {
        "en": ("replaced", 0), NEW: ("replaced", 3),
    }  # fmt: skip
