"""An old translation is paired with its topic: what is sure becomes fuzzy, the rest waits."""

from __future__ import annotations

import csv
from collections.abc import Callable

import pytest

from pressroom.content.catalogue.po import read_catalogue
from pressroom.exchange.alignment import Piece, align
from tests.conftest import Outcome
from tests.support import TRANSLATIONS, Site

from .bringing.word import bold, paragraph, word_file

Run = Callable[..., Outcome]


def old(code: str, without: str = "", changed: tuple[str, str] = ("", "")) -> bytes:
    """Return a Word file of the topic's words in a locale, but for one text and a change."""

    def said(text: str) -> str:
        return (
            TRANSLATIONS[code][text].replace(*changed) if changed[0] else TRANSLATIONS[code][text]
        )

    phone = "020 910 0142"
    blocks = [
        paragraph(said("Sore throat"), style="T"),
        paragraph(said("You find it hard to breathe."), item=(2, 0)),
        paragraph(bold(said("Care at home"))),
        paragraph(
            said("Drink **2 litres** a day. Questions? Call {phone}.")
            .replace("{phone}", phone).replace("**", "")
        ),
        paragraph(said("Rest for 2 days."), item=(2, 0)),
        paragraph(said("Take 1–2 tablets, three times a day."), item=(2, 0)),
        paragraph(said("Questions to ask"), style="H1"),
        paragraph(said("When can I work again?"), item=(2, 0)),
    ]  # fmt: skip
    return word_file(*(one for one in blocks if not without or said(without) not in one))


@pytest.mark.parametrize(("code", "sure"), [("es", 7), ("ar", 6), ("hi", 7), ("km", 6)])
def test_an_old_translation_becomes_fuzzy(
    code: str, sure: int, site: Callable[..., Site], run: Run
) -> None:
    here = site(("en", code), clinic=None)
    path = here.handouts / f"locales/{code}/sore-throat.po"
    path.unlink()
    run("locale", "update", code, "--no-memory")
    (here.folder / "old.docx").write_bytes(old(code, without="Rest for 2 days."))
    done = run("locale", "pair", code, "old.docx", "--topic", "sore-throat")
    assert f"handouts/locales/{code}/sore-throat.po: {sure} paired, all fuzzy" in done.out
    entries = {entry.source: entry for entry in read_catalogue(path)}
    taken = [entry for entry in entries.values() if entry.text]
    assert len(taken) == sure
    assert all(entry.fuzzy for entry in taken)
    for entry in taken:
        assert entry.text.replace("**", "") == TRANSLATIONS[code][entry.source].replace("**", "")
        assert any(note.startswith("import: p. ") for note in entry.extracted)
    called = entries["Drink **2 litres** a day. Questions? Call {phone}."]
    assert "{phone}" in called.text or called not in taken
    with (here.handouts / f"topics/sore-throat/import-{code}.csv").open(
        encoding="utf-8-sig"
    ) as file:
        rows = list(csv.DictReader(file))
    assert "Rest for 2 days." in [row["source"] for row in rows]
    assert len(rows) == 8 - sure
    run("locale", "update", code)
    again = {entry.source: entry for entry in read_catalogue(path)}
    assert again["Sore throat"].extracted == entries["Sore throat"].extracted


def test_what_is_there_stays_and_other_numbers_are_said(
    site: Callable[..., Site], run: Run
) -> None:
    here = site(("en", "es"))
    path = here.handouts / "locales/es/sore-throat.po"
    before = {entry.key: entry.text for entry in read_catalogue(path)}
    (here.folder / "old.docx").write_bytes(old("es", changed=("1–2", "1–3")))
    assert (
        "8 had a translation, which stays"
        in run("locale", "pair", "es", "old.docx", "--topic", "sore-throat").out
    )
    assert {entry.key: entry.text for entry in read_catalogue(path)} == before
    here.edit("locales/es/sore-throat.po", "Tome 1–2 pastillas tres veces al día.", "")
    run("locale", "pair", "es", "old.docx", "--topic", "sore-throat")
    (entry,) = (one for one in read_catalogue(path) if one.source.startswith("Take"))
    assert entry.fuzzy
    assert any(note.startswith("import: p. 6 of old.docx, ") and "3" in note.partition("; ")[2]
               for note in entry.extracted)  # fmt: skip


def test_a_completed_table_is_imported(site: Callable[..., Site], run: Run) -> None:
    here = site(("en", "es"))
    here.edit("locales/es/sore-throat.po", "Descanse 2 días.", "")
    (here.folder / "old.docx").write_bytes(old("es", without="Rest for 2 days."))
    run("locale", "pair", "es", "old.docx", "--topic", "sore-throat")
    path = here.handouts / "topics/sore-throat/import-es.csv"
    text = path.read_text("utf-8-sig").replace(
        '"Rest for 2 days.","","",', '"Rest for 2 days.","","Repose 2 días.",'
    )
    path.write_text(text + '"","","","left over","","",""\n', "utf-8")
    done = run("locale", "import", "handouts/topics/sore-throat/import-es.csv")
    assert done.out == "handouts/locales/es/sore-throat.po: 1 changed\n"


def test_another_leaflet_another_script_and_an_export_are_refused(
    site: Callable[..., Site], run: Run
) -> None:
    here = site(("en", "es", "ar"))
    before = (here.handouts / "locales/es/sore-throat.po").read_bytes()
    (here.folder / "es.docx").write_bytes(old("es"))
    (here.folder / "few.md").write_text("# Aparcar\n\nEl garaje está detrás de la casa.\n", "utf-8")
    pair = ("--topic", "sore-throat")
    assert (
        "this looks like another leaflet's translation; name the topic"
        in run("locale", "pair", "es", "few.md", *pair, code=1).err
    )
    assert (
        "is in another script than its locale; is it a translation into 'ar'?"
        in run("locale", "pair", "ar", "es.docx", *pair, code=1).err
    )
    assert "'en' is the source locale" in run("locale", "pair", "en", "es.docx", *pair, code=2).err
    assert (
        "there is no topic 'sore'"
        in run("locale", "pair", "es", "es.docx", "--topic", "sore", code=2).err
    )
    said = run("locale", "import", "es.docx", code=2).err
    assert "is a Word or Excel file, and what comes back is XLIFF, CSV, HTML or TBX" in said
    assert "'handouts new TOPIC --from FILE'" in said
    assert "'handouts locale pair L FILE --topic TOPIC'" in said
    assert (here.handouts / "locales/es/sore-throat.po").read_bytes() == before


def test_blocks_that_were_split_joined_and_dropped_are_found() -> None:
    sources = [Piece("heading", "Fever"),
               Piece("paragraph", "Drink 2 litres a day. Stay in bed while you have a fever."),
               Piece("item", "Take 500 mg."), Piece("item", "Not before 6 hours have gone."),
               Piece("paragraph", "Call the ward if it lasts for more than 3 days.")]  # fmt: skip
    targets = [Piece("heading", "Fieber"), Piece("paragraph", "Trinken Sie 2 Liter am Tag."),
               Piece("paragraph", "Bleiben Sie im Bett, solange Sie fiebern."),
               Piece("item", "Nehmen Sie 500 mg."),
               Piece("paragraph", "Rufen Sie an, wenn es länger als 3 Tage dauert.")]  # fmt: skip
    links = [(list(one.sources), list(one.targets)) for one in align(sources, targets)]
    assert links == [([0], [0]), ([1], [1, 2]), ([2], [3]), ([3], []), ([4], [4])]
    assert all(0 <= one.sure <= 1 for one in align(sources, targets))
    assert [(list(one.sources), list(one.targets)) for one in align(sources, [])] == [
        ([number], []) for number in range(5)
    ]


def test_digits_of_every_script_are_the_same_number() -> None:
    assert Piece("item", "٢٤ ساعة و ٣").marks == Piece("item", "24 horas, 3").marks


def test_a_row_of_another_text_alone_is_no_row() -> None:
    from pressroom.exchange.spreadsheet import read_csv, write_beside

    data = write_beside([(("es/a/b", "", "one"), "uno"), (("", "", ""), "dos")], "what it says")
    assert [(row.id, row.source, row.target) for row in read_csv(data, "x")] == [
        ("es/a/b", "one", "")
    ]
