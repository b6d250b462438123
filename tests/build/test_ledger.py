"""What the last builds made survives, and what is damaged is said."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pressroom.build import tables
from pressroom.build.ledger import Ledger, is_below
from pressroom.build.tables import FORMAT
from pressroom.core.errors import ConfigurationError, LockedError
from pressroom.core.lock import locked
from pressroom.core.published import Made, Row

from ..support import ROOT

MADE = Made("asthma", "ar", "standard", "draft", {"page": "1"}, "text", "ar/a.pdf", "abc")
ROW = Row(MADE, {"pages": 2, "reason": "‘x’"}, {"title": "الربو"})


def rows(out: Path) -> list[Row]:
    ledger = Ledger(out)
    try:
        return list(ledger.rows())
    finally:
        ledger.close()


def test_rows_come_back_sorted(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    other = replace(ROW, made=replace(MADE, locale="am"))
    ledger.record(ROW)
    ledger.record(other)
    ledger.close()
    assert rows(tmp_path) == [other, ROW]


def test_a_row_takes_the_place_of_the_one_with_its_key(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    ledger.record(ROW)
    newer = replace(ROW, made=replace(MADE, sha256="def", parts={"page": "2"}))
    ledger.record(newer)
    approved = replace(ROW, made=replace(MADE, state="approved"))
    ledger.record(approved)
    ledger.close()
    assert rows(tmp_path) == [approved, newer]


def test_the_rack_gets_what_it_shows(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    card = {"title": "الربو", "review_by": "2027-11-22", "out_of_date": ["it is overdue"]}
    made = replace(MADE, parts={"page": "1", "web": "2"}, extras={"ar/a.html": "def"})
    ledger.record(Row(made, {"pages": 2, "reason": "x"}, card))
    shown = replace(MADE, parts={"web": "2"})
    assert list(ledger.rack_rows()) == [Row(shown, {"pages": 2}, card)]
    ledger.database.execute("UPDATE leaflet SET card = '{'")
    with pytest.raises(ConfigurationError, match="the ledger cannot be used"):
        list(ledger.rack_rows())
    ledger.close()


def test_what_is_forgotten_is_gone(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    ledger.record(ROW)
    ledger.forget(replace(MADE, state="approved"))
    assert list(ledger.rows()) == [ROW]
    ledger.forget(MADE)
    ledger.close()
    assert rows(tmp_path) == []


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=4,
)
TEXTS = st.text(st.characters(codec="utf-8"), max_size=8)
FILES = TEXTS.filter(is_below)


@settings(max_examples=12)  # each of them waits for the disk
@given(
    st.lists(st.tuples(*[TEXTS] * 5, FILES, TEXTS), max_size=4),
    st.dictionaries(TEXTS, JSON, max_size=2),
)
def test_any_row_comes_back(
    tmp_path_factory: pytest.TempPathFactory, facts: list[tuple[str, ...]], entry: dict[str, object]
) -> None:
    out = tmp_path_factory.mktemp("ledger")
    ledger = Ledger(out)
    wanted = {}
    for topic, locale, edition, state, text, file, sha256 in facts:
        made = Made(topic, locale, edition, state, {"page": text}, text, file, sha256)
        ledger.record(Row(made, entry, entry))
        wanted[made.key] = Row(made, entry, entry)
    ledger.close()
    assert {row.made.key: row for row in rows(out)} == wanted


@pytest.mark.parametrize("damage", [b"", b"not a database", b"SQLite format 3\0" + b"x" * 4000])
def test_a_damaged_ledger_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damage: bytes
) -> None:
    monkeypatch.chdir(tmp_path)
    path = Path("dist/.pressroom/ledger.sqlite3")
    path.parent.mkdir(parents=True)
    path.write_bytes(damage)
    if not damage:
        assert rows(Path("dist")) == []  # an empty file is an empty database
        return
    with pytest.raises(ConfigurationError) as caught:
        rows(Path("dist"))
    assert str(caught.value).startswith("dist/.pressroom/ledger.sqlite3: the ledger cannot be used")
    assert "delete it to build everything anew; published leaflets stay" in str(caught.value)
    assert caught.value.exit_code == 2


def test_a_ledger_that_broke_off_in_the_middle_is_named(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    for number in range(200):
        ledger.record(replace(ROW, made=replace(MADE, topic=f"topic-{number}")))
    ledger.database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    ledger.close()
    path = tmp_path / ".pressroom" / "ledger.sqlite3"
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])
    with pytest.raises(ConfigurationError, match="the ledger cannot be used"):
        rows(tmp_path)


def test_rows_that_are_not_json_are_named(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    ledger.record(ROW)
    ledger.database.execute("UPDATE leaflet SET entry = '{'")
    ledger.close()
    with pytest.raises(ConfigurationError, match="the ledger cannot be used"):
        rows(tmp_path)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("file", "../../secret.pdf"),
        ("file", "/etc/passwd"),
        ("file", ""),
        ("file", 7),
        ("file", None),
        ("extras", '{"ar/../../x": "abc"}'),
        ("extras", "[1]"),
        ("parts", "null"),
        ("entry", "[1]"),
        ("card", '"title"'),
        ("entry", "[" * 100_000),
        ("sha256", b"abc"),
    ],
)
def test_rows_of_somebody_else_are_named(tmp_path: Path, column: str, value: object) -> None:
    ledger = Ledger(tmp_path)
    ledger.record(ROW)
    ledger.database.execute(f"UPDATE leaflet SET {column} = ?", (value,))
    ledger.close()
    with pytest.raises(ConfigurationError, match="the ledger cannot be used"):
        rows(tmp_path)


ENDLESS = "WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t) SELECT n FROM t"


@pytest.mark.parametrize(
    "statement",
    [
        "DROP TABLE file; CREATE VIEW file AS SELECT 'x' name, 'leaflet' owner, 1 mtime_ns, 1 size",
        f"DROP TABLE fact; CREATE VIEW fact AS SELECT n name, n value FROM ({ENDLESS})",
        "CREATE TRIGGER t AFTER INSERT ON leaflet BEGIN UPDATE leaflet SET file = 'x'; END",
        "CREATE VIRTUAL TABLE words USING fts5(text)",
    ],
)
@pytest.mark.parametrize("write", [True, False])
def test_a_ledger_brings_nothing_along_that_runs(
    tmp_path: Path, statement: str, write: bool
) -> None:
    Ledger(tmp_path).close()
    with sqlite3.connect(tmp_path / ".pressroom" / "ledger.sqlite3") as database:
        database.executescript(statement)
    database.close()
    with pytest.raises(ConfigurationError, match="which is no table of a ledger; delete it"):
        Ledger(tmp_path, write)


@pytest.mark.parametrize("name", ["lock", "ledger.sqlite3", "printed.jsonl", "anything"])
def test_nothing_else_stands_for_a_file_of_the_engine(tmp_path: Path, name: str) -> None:
    """A link would lead what is written elsewhere."""
    out, elsewhere = tmp_path / "dist", tmp_path / "elsewhere"
    elsewhere.write_text("mine")
    (out / ".pressroom").mkdir(parents=True)
    path = out / ".pressroom" / name
    path.symlink_to(elsewhere)
    for attempt in (
        lambda: Ledger(out),
        lambda: Ledger(out, write=False),
        lambda: locked(out).__enter__(),
    ):
        with pytest.raises(ConfigurationError, match=rf"{name}: is no file that Pressroom made"):
            attempt()
    path.unlink()
    os.mkfifo(path)
    with pytest.raises(ConfigurationError, match="is no file that Pressroom made; delete it"):
        Ledger(out)
    assert elsewhere.read_text() == "mine"


def test_a_ledger_of_another_release_is_not_touched(tmp_path: Path) -> None:
    Ledger(tmp_path).close()
    path = tmp_path / ".pressroom" / "ledger.sqlite3"
    with sqlite3.connect(path) as database:
        database.execute(f"PRAGMA user_version = {FORMAT + 1}")
    database.close()
    with pytest.raises(
        ConfigurationError, match=rf"another release \(format {FORMAT + 1}, here {FORMAT}\)"
    ) as caught:
        Ledger(tmp_path)
    assert "delete the file to build everything anew" in str(caught.value)


#: Tables as formats 1 and 5 had them.
FORMAT_1 = """
CREATE TABLE leaflet (topic, locale, edition, state, text, parts, file, sha256, entry, card,
  PRIMARY KEY (topic, locale, edition, state));
INSERT INTO leaflet VALUES ('asthma', 'ar', 'standard', 'draft', 'text', '{"page": "1"}',
  'ar/a.pdf', 'abc', '{"pages": 2, "reason": "‘x’"}', '{"title": "الربو"}');
"""
FORMAT_5 = """
CREATE TABLE leaflet (topic, locale, edition, state, text, parts, file, sha256, entry, card,
  extras DEFAULT '{}', web DEFAULT '', review_by DEFAULT '', out_of_date DEFAULT '[]',
  PRIMARY KEY (topic, locale, edition, state));
CREATE TABLE issue (topic, locale, edition, version, issued, review_by, text, sha256, published,
  ended, why);
CREATE TABLE outlook (topic, locale, edition, place, recipe, since, until, state, result, reason,
  head, tail, draft, PRIMARY KEY (topic, locale, edition)) WITHOUT ROWID;
CREATE TABLE finding (topic, locale, edition, severity, code, message, place);
CREATE INDEX finding_of ON finding (topic, locale, edition);
CREATE TABLE input (path PRIMARY KEY, name, mtime_ns, size, digest, shares, ctime_ns DEFAULT 0)
  WITHOUT ROWID;
CREATE TABLE file (name PRIMARY KEY, owner, mtime_ns, size, ctime_ns DEFAULT 0, sha256 DEFAULT '')
  WITHOUT ROWID;
CREATE TABLE pending (topic, locale, PRIMARY KEY (topic, locale)) WITHOUT ROWID;
CREATE TABLE title (topic PRIMARY KEY, title) WITHOUT ROWID;
CREATE TABLE fact (name PRIMARY KEY, value) WITHOUT ROWID;
CREATE INDEX shelf ON leaflet (topic, locale, edition, state, text, file, sha256, web, review_by,
  out_of_date);
CREATE INDEX outlook_of ON outlook (topic, locale, edition, recipe, since, until, state, result,
  draft);
INSERT INTO leaflet VALUES ('asthma', 'ar', 'standard', 'draft', 'text',
  '{"page": "1", "web": "7"}', 'ar/a.pdf', 'abc', '{"pages": 2, "reason": "‘x’"}',
  '{"title": "الربو"}', '{"ar/a.html": "def"}', '7', '', '[]');
INSERT INTO issue VALUES ('asthma', 'ar', 'standard', '1.0', '2026-01-01', '2027-01-01', 'text',
  'abc', '2026-01-02', '2026-02-03', 'replaced');
INSERT INTO outlook VALUES ('asthma', 'ar', 'standard', 3, 'recipe', '2026-01-01', '2027-01-01',
  'draft', 'unchanged', '', 'head', 'tail', 1);
INSERT INTO file VALUES ('ar/a.pdf', 'leaflet', 1, 2, 3, '');
INSERT INTO title VALUES ('asthma', 'Asthma');
"""


def older(tmp_path: Path, tables: str, version: int) -> None:
    path = tmp_path / ".pressroom" / "ledger.sqlite3"
    path.parent.mkdir()
    with sqlite3.connect(path) as database:
        database.executescript(f"{tables}; PRAGMA user_version = {version}")
    database.close()


def test_an_older_ledger_gets_what_it_lacks(tmp_path: Path) -> None:
    older(tmp_path, FORMAT_1, 1)
    assert rows(tmp_path) == [ROW]
    thumbnail = replace(MADE, extras={"rack/thumbs/a.png": "def"})
    ledger = Ledger(tmp_path)
    ledger.record(replace(ROW, made=thumbnail))
    ledger.close()
    assert rows(tmp_path) == [replace(ROW, made=thumbnail)]


@pytest.mark.parametrize("write", [True, False])
def test_an_older_ledger_keeps_its_history_and_is_looked_at_anew(
    tmp_path: Path, write: bool
) -> None:
    older(tmp_path, FORMAT_5, 5)
    for _ in range(2):
        ledger = Ledger(tmp_path, write)
        (issue,) = ledger.issues()
        assert (issue.topic, issue.sha256, issue.why) == ("asthma", "abc", "replaced")
        (row,) = ledger.rack_rows()
        assert (row.made.parts, row.entry) == ({"web": "7"}, {"pages": 2})
        states = list(ledger.ask("SELECT topic, place, fingerprint, head FROM leaflet_state"))
        assert states == [("asthma", 3, "", "head")]
        assert ledger.titles() == {"asthma": "Asthma"}
        assert list(ledger.ask("SELECT name, sha256, made_of FROM file")) == [
            ("ar/a.pdf", "abc", "")
        ]
        assert not ledger.nothing_changed("2026-06-01", "")
        ledger.close()


def test_a_ledger_whose_change_of_format_breaks_off_is_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    older(tmp_path, FORMAT_5, 5)
    before = (tmp_path / ".pressroom" / "ledger.sqlite3").read_bytes()
    monkeypatch.setattr(tables, "_INDEXES", "CREATE INDEX nothing ON nowhere (nothing)")
    with pytest.raises(ConfigurationError, match="the ledger cannot be used"):
        Ledger(tmp_path)
    assert (tmp_path / ".pressroom" / "ledger.sqlite3").read_bytes() == before
    monkeypatch.undo()
    Ledger(tmp_path).close()


def test_an_output_folder_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "dist").write_text("x")
    with pytest.raises(ConfigurationError, match="the ledger cannot be used"):
        Ledger(tmp_path / "dist")
    with pytest.raises(ConfigurationError, match="cannot be written"), locked(tmp_path / "dist"):
        pass


def test_the_lock_keeps_others_out_and_ends_with_its_process(tmp_path: Path) -> None:
    with locked(tmp_path):
        with pytest.raises(LockedError, match=f"process {os.getpid()}"), locked(tmp_path):
            pass
        assert (tmp_path / ".pressroom" / "lock").read_text() == f"{os.getpid()}\n"
    script = (
        "import os, sys; from pathlib import Path; from pressroom.core.lock import locked\n"
        "with locked(Path(sys.argv[1])): os._exit(9)"
    )
    died = subprocess.run([sys.executable, "-c", script, tmp_path], cwd=ROOT, check=False)
    assert died.returncode == 9
    with locked(tmp_path):
        assert (tmp_path / ".pressroom" / "lock").read_text() == f"{os.getpid()}\n"


def test_the_lock_is_let_go_also_where_workers_were_forked_meanwhile(tmp_path: Path) -> None:
    with locked(tmp_path):
        child = os.fork()
        if child == 0:
            os.read(os.pipe()[0], 1)  # it has the lock's file open until it is killed
    try:
        with locked(tmp_path):
            pass
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


# Changes that are made together


def test_a_change_that_fails_leaves_those_around_it(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    with ledger.together():
        ledger.set_fact("one", "1")
        with suppress(KeyError), ledger.together():
            ledger.set_fact("two", "2")
            raise KeyError
        with ledger.together():
            ledger.set_fact("three", "3")
    assert [ledger.fact(name) for name in ("one", "two", "three")] == ["1", "", "3"]
    ledger.close()
