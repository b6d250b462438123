"""Whatever a file holds, an import takes what belongs, or says why not; nothing leaves the site."""

from __future__ import annotations

import os
import resource
import socket
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pressroom.core.errors import HandoutError, UsageError
from pressroom.exchange.formats import LARGEST, detect
from pressroom.exchange.rows import Received
from pressroom.exchange.safe_xml import parse_xml
from pressroom.exchange.spreadsheet import read_csv
from pressroom.exchange.tbx import read_tbx
from pressroom.exchange.word_table import read_html
from pressroom.exchange.xliff import read_xliff
from tests.conftest import Outcome
from tests.support import Site

from .support import exported

REST = "Rest for 2 days."
XLIFF = """\
{prolog}<xliff version="1.2" xmlns="urn:oasis:names:tc:xliff:document:1.2">
<file original="es/sore-throat" source-language="en" target-language="es" datatype="plaintext">
<body>
<trans-unit id="{unit}"><source>Rest for 2 days.</source>
<target state="translated">{target}</target></trans-unit>
</body></file></xliff>
"""
XLIFF2 = """\
{prolog}<xliff version="2.0" srcLang="en" trgLang="es"
  xmlns="urn:oasis:names:tc:xliff:document:2.0">
<file id="sore-throat"><unit id="{unit}"><segment state="translated">
<source>Rest for 2 days.</source><target>{target}</target></segment></unit></file></xliff>
"""
TBX = """\
{prolog}<martif type="TBX" xml:lang="en"><martifHeader/><text><body><termEntry>
<langSet xml:lang="en"><tig><term>rest{unit}</term></tig></langSet>
<langSet xml:lang="es"><tig><term>{target}</term></tig></langSet></termEntry></body></text></martif>
"""
BOMB = "<!DOCTYPE x [" + '<!ENTITY a "ha">' + "".join(
    f'<!ENTITY {name} "{f"&{before};" * 10}">'
    for before, name in zip("abcdefghi", "bcdefghij", strict=True)
) + "]>"  # fmt: skip

#: How each attack begins the file, what it puts where a translation stands, and what is said.
XML_ATTACKS = {
    "a file of the machine as an entity": (
        '<!DOCTYPE x [<!ENTITY e SYSTEM "secret.txt">]>', "&e;", "has a DOCTYPE",
    ),
    "an address of the network as an entity": (
        '<!DOCTYPE x [<!ENTITY e SYSTEM "http://127.0.0.1:9/x">]>', "&e;", "has a DOCTYPE",
    ),
    "a billion laughs": (BOMB, "&j;", "has a DOCTYPE"),
    "a parameter entity": (
        '<!DOCTYPE x [<!ENTITY % p SYSTEM "secret.txt"> %p;]>', "2", "has a DOCTYPE",
    ),
    "a DOCTYPE in another encoding": (
        '<?xml version="1.0" encoding="utf-7"?>', "+ADwAIQ-DOCTYPE x+AD4- 2", "is encoded as",
    ),
    "two DOCTYPEs": (
        '<!DOCTYPE x SYSTEM "secret.txt"><!DOCTYPE y SYSTEM "secret.txt">', "2", "has a DOCTYPE",
    ),
    "an attribute that a DTD adds": (
        '<!DOCTYPE x [<!ATTLIST target state CDATA "final">]>', "2", "has a DOCTYPE",
    ),
    "an entity that nobody declared": ("", "&nbsp; 2", "is not XML that can be read"),
    "an encoding that does not exist": (
        '<?xml version="1.0" encoding="klingon"?>', "2", "is encoded as",
    ),
    "elements within elements without end": (
        "", "<g>" * 3000 + "2" + "</g>" * 3000, "is not XML that can be read",
    ),
    "a control character": ("", "2 \x01", "is not XML that can be read"),
    "a file that is cut short": ("", "2</target", "is not XML that can be read"),
}  # fmt: skip


@pytest.fixture
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> socket.socket:
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket, "socket", refuse)


@pytest.mark.usefixtures("_no_network")
@pytest.mark.parametrize("format", ["xliff", "xliff2", "tbx"])
@pytest.mark.parametrize("attack", sorted(XML_ATTACKS))
def test_xml_never_brings_in_more_than_it_holds(
    site: Callable[..., Site], run: Callable[..., Outcome], format: str, attack: str
) -> None:
    made = site(("en", "es"))
    row = next(row for row in exported(made, "es") if row.source == REST)
    prolog, target, said = XML_ATTACKS[attack]
    template = {"xliff": XLIFF, "xliff2": XLIFF2, "tbx": TBX}[format]
    text = template.format(prolog=prolog, unit=row.unit, target=target)
    (made.folder / "back.xml").write_text(text, "utf-8")
    (made.folder / "secret.txt").write_text("TELLTALE", "utf-8")
    before = {path: path.read_bytes() for path in made.handouts.rglob("*") if path.is_file()}
    outcome = run("locale", "import", "back.xml", code=1)
    assert outcome.err.startswith("back.xml:")
    assert said in outcome.err
    assert "TELLTALE" not in outcome.err + outcome.out
    after = {path: path.read_bytes() for path in made.handouts.rglob("*") if path.is_file()}
    assert after == before


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le", "utf-16-be"])
def test_a_doctype_is_seen_in_each_encoding(encoding: str) -> None:
    data = '<!DOCTYPE x [<!ENTITY e "2">]><x>&e;</x>'.encode(encoding)
    with pytest.raises(HandoutError, match="has a DOCTYPE"):
        parse_xml(data, "x.xlf")


def test_lines_are_counted_with_those_of_a_doctype_that_is_taken_out() -> None:
    root, _ = parse_xml(b'<!DOCTYPE x\n SYSTEM\n "x.dtd">\n<x/>', "x.tbx", bare_doctype=True)
    assert root.sourceline == 4


@pytest.mark.parametrize("format", ["xliff", "xliff2"])
def test_an_xinclude_is_words_that_nobody_follows(
    site: Callable[..., Site], run: Callable[..., Outcome], format: str
) -> None:
    made = site(("en", "es"))
    row = next(row for row in exported(made, "es") if row.source == REST)
    text = {"xliff": XLIFF, "xliff2": XLIFF2}[format].format(
        prolog="", unit=row.unit,
        target='Repose 2 días<x:include xmlns:x="http://www.w3.org/2001/XInclude" '
        'parse="text" href="/etc/passwd"/>.',
    )  # fmt: skip
    Path("back.xlf").write_text(text, "utf-8")
    run("locale", "import", "back.xlf")
    (entry,) = (e for e in made.catalogue("es/sore-throat") if e.source == REST)
    assert entry.text == "Repose 2 días."


OUTSIDE = [
    "es/../../evil/care.1", "../es/sore-throat/x", "es//x", "/etc/passwd/x", "es/sore-throat",
    "es/.hidden/x", "es/house.po/x", "es/sore-throat/../x", "ES/sore-throat/x", "..\\es\\x/y/z",
    "es/sore-throat\0/x", "{{ 7*7 }}/a/b", "es/\u202eevil/x", "en-XA/sore-throat/x",
]  # fmt: skip


@pytest.mark.parametrize("key", OUTSIDE)
@pytest.mark.parametrize("format", ["csv", "html"])
def test_no_id_becomes_a_path(
    site: Callable[..., Site], run: Callable[..., Outcome], format: str, key: str
) -> None:
    made = site(("en", "es"))
    good = next(row for row in exported(made, "es") if row.source == REST)
    if format == "csv":
        text = f"id,source,translation,done\n{key},{REST},Repose 2.,yes\n"
        text += f"{good.id},{REST},Repose 2 días.,yes\n"
    else:
        rows = ((key, "Repose 2."), (good.id, "Repose 2 días."))
        text = "<html><body><table>" + "".join(
            f"<tr><td>{one}</td><td></td><td>{REST}</td><td>{said}</td><td></td><td>yes</td></tr>\n"
            for one, said in rows
        )
    before = set(made.folder.parent.rglob("*"))
    Path("back.txt").write_text(text, "utf-8")
    # A row of HTML whose first cell is no id is a row of another table.
    ignored = format == "html" and key.count("/") != 2
    outcome = run("locale", "import", "back.txt", code=0 if ignored else 1)
    assert "\u202e" not in outcome.err
    assert "\0" not in outcome.err
    assert "1 changed" in outcome.out
    after = set(made.folder.parent.rglob("*"))
    assert {path.name for path in after - before} == {"back.txt"}


WORDS_ARE_DATA = [
    "{{ x * y }} 2 días", "{% include 'x' %} 2 días", "2 días <script>alert()</script>",
    "2 días $HOME $(id)", '" onload="x 2 días', "'); DROP TABLE x; -- 2 días", "\\n, 2 días\\",
    "2 días ‘’“”",
]  # fmt: skip


@pytest.mark.parametrize("words", WORDS_ARE_DATA)
def test_words_are_taken_as_words(
    site: Callable[..., Site], run: Callable[..., Outcome], words: str
) -> None:
    made = site(("en", "es"))
    row = next(row for row in exported(made, "es") if row.source == REST)
    quoted = words.replace('"', '""')
    Path("back.csv").write_text(
        f'id,source,translation,done\n{row.id},{REST},"{quoted}",yes\n', "utf-8"
    )
    run("locale", "import", "back.csv")
    assert words in [entry.text for entry in made.catalogue("es/sore-throat")]
    assert run("build", "--dry-run", "--locale", "es", code=0).out


# Files that are none of these


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "has no column 'id'"),
        (b"\xff\xfe", "has no column 'id'"),
        (b"PK\x03\x04\0\0", "is a Word or Excel file, and what comes back is"),
        (b"%PDF-1.7", "is a PDF"),
        (b'msgid ""\nmsgstr ""\n', "is a PO catalogue; put it in its place"),
        (b"# A comment\n#, fuzzy\n", "is a PO catalogue"),
        (b"<svg xmlns='x'/>", "<svg> is no format that is imported"),
        (b"<![CDATA[x]]>", "this is no format that is imported"),
        (b"<?xml version='1.0'?><!-- x --><rss/>", "<rss> is no format that is imported"),
        (b"<html><body>nothing", "has no row of an export"),
        (b"<html><table><tr><td>a/b/c", "‘a’ is no locale"),
        (b"<html><![broken", "has no row of an export"),
        (b"<html><meta charset=klingon>", "is encoded as 'klingon'"),
        (b"<html><meta charset=utf-7>+ADw-", "is encoded as 'utf-7'"),
        (b"<html><meta charset=utf-8>\n\xff", "html:2: this is not utf-8"),
        (b"id;source;translation\n\xe9;x;y", "csv:2: this is not UTF-8; save it as 'CSV UTF-8"),
        (b"id,source\nx,y", "has no column 'translation'"),
        (b'id,source,translation\n"' + b"x" * 200_000, "is not CSV: "),
        (b"\x89PNG\r\n\x1a\n\0\0", "this is not UTF-8"),
        (b"<xliff/>", "is no XLIFF that can be read"),
        (b"<xliff version='9'/>", "is no XLIFF that can be read"),
        (b"<martif/>", "has no term in"),
        (b"<tbx type='TBX-Core'/>", "is TBX of version 3"),
    ],
)
def test_what_is_no_import_is_refused_with_a_next_step(
    site: Callable[..., Site], run: Callable[..., Outcome], data: bytes, said: str
) -> None:
    site(("en", "es"))
    name = "back.html" if data.startswith(b"<html") else "back.csv"
    Path(name).write_bytes(data)
    assert said in refused(run, name).err


def refused(run: Callable[..., Outcome], name: str) -> Outcome:
    """Import a file, which is to fail with one line about it."""
    try:
        outcome = run("locale", "import", name, code=1)
    except AssertionError as wrong:
        outcome = wrong.args[0] if isinstance(wrong.args[0], Outcome) else run(
            "locale", "import", name, code=2
        )  # fmt: skip
    assert outcome.err.startswith(name)
    assert outcome.err.count("\n") == 1
    return outcome


def test_html_that_not_every_release_of_python_reads_is_refused(
    site: Callable[..., Site], run: Callable[..., Outcome]
) -> None:
    site(("en", "es"))
    Path("back.html").write_bytes(b"<html><![broken[x]>")
    said = refused(run, "back.html").err
    assert any(part in said for part in ("is not HTML that can be read", "has no row of an export"))


def test_files_that_are_none_are_refused(
    site: Callable[..., Site], run: Callable[..., Outcome]
) -> None:
    site(("en", "es"))
    Path("folder").mkdir()
    assert "this is no file" in run("locale", "import", "folder", code=2).err
    assert "does not exist" in run("locale", "import", "none.xlf", code=2).err
    os.mkfifo("pipe")
    assert "this is no file" in run("locale", "import", "pipe", code=2).err
    Path("zero").symlink_to("/dev/zero")
    assert "this is no file" in run("locale", "import", "zero", code=2).err
    with Path("large.xlf").open("wb") as file:
        file.truncate(100 * 1000 * 1000)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    said = run("locale", "import", "large.xlf", code=2).err
    assert f"large.xlf: is 100000000 bytes long; the most is {LARGEST}" in said
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 20_000, "it was read"


def test_a_page_that_takes_hours_to_read_is_given_up(
    site: Callable[..., Site], run: Callable[..., Outcome]
) -> None:
    """The time of Python's HTML reader grows with the square of such a text."""
    site(("en", "es"), clinic={"[contact]": "[limits]\nseconds = 1\n\n[contact]"})
    Path("back.html").write_text("<html>" + "<a '" * 200_000, "utf-8")
    said = run("locale", "import", "back.html", code=1).err
    assert "back.html: reading took longer than 1 seconds; split it, or raise" in said


@pytest.mark.parametrize(
    "begin", ["<!---->", "<!doctype x[]>", "<?xml x>", " ", "<!doctype x ", "<!--", "<!doctype x["]
)
def test_what_a_file_is_shows_at_once(begin: str) -> None:
    """No text makes the look at its beginning try every way to read it."""
    with pytest.raises(UsageError):
        detect((begin * 9000 + "<rss ").encode(), "x")


def test_a_catalogue_that_cannot_be_read_is_left_as_it_is(
    site: Callable[..., Site], run: Callable[..., Outcome]
) -> None:
    made = site(("en", "es"))
    text = run("locale", "export", "es", "--format", "csv").out.replace("Descanse 2", "Repose 2")
    Path("back.csv").write_text(text, "utf-8")
    made.write("locales/es/sore-throat.po", "nonsense\n")
    house = made.read("locales/es/house.po")
    assert "sore-throat.po:1: " in run("locale", "import", "back.csv", code=1).err
    assert made.read("locales/es/sore-throat.po") == "nonsense\n"
    assert made.read("locales/es/house.po") == house


def test_a_locale_that_leads_elsewhere_is_never_written(
    site: Callable[..., Site], run: Callable[..., Outcome], tmp_path: Path
) -> None:
    made = site(("en", "es"))
    text = run("locale", "export", "es", "--format", "csv").out.replace("Descanse 2", "Repose 2")
    Path("back.csv").write_text(text, "utf-8")
    outside = tmp_path / "elsewhere"
    made.path("locales/es").rename(outside)
    made.path("locales/es").symlink_to(outside)
    before = {path: path.read_bytes() for path in outside.iterdir()}
    assert "leads out of handouts/" in run("locale", "import", "back.csv", code=1).err
    assert {path: path.read_bytes() for path in outside.iterdir()} == before


@pytest.mark.parametrize("format", ["xliff", "xliff2", "tbx"])
def test_without_translate_toolkit_it_is_said_what_to_install(
    site: Callable[..., Site], run: Callable[..., Outcome], monkeypatch: pytest.MonkeyPatch,
    format: str,
) -> None:  # fmt: skip
    site(("en", "es"))
    text = {"xliff": XLIFF, "xliff2": XLIFF2, "tbx": TBX}[format]
    Path("back.xml").write_text(text.format(prolog="", unit="", target=""), "utf-8")
    monkeypatch.setitem(sys.modules, "translate.storage", None)
    for arguments in (("export", "es", "--format", format), ("import", "back.xml")):
        said = run("locale", *arguments, code=2).err
        assert "pip install 'translate-toolkit>=3.20'; CSV and HTML need nothing" in said
    assert run("locale", "export", "es", "--format", "csv").out


# Anything at all

PIECES = st.sampled_from(
    ["<xliff version='1.2'", " xmlns='urn:oasis:names:tc:xliff:document:1.2'>", "<body>",
     "<file original='es/a'>", "<trans-unit id='a'>", "<source>x</source>", "<target>",
     "</target>", "</trans-unit>", "</body></file></xliff>", "<xliff version='2.0'>", "<unit>",
     "<segment>", "<martif>", "<termEntry>", "<langSet xml:lang='es'>", "<tig><term>", "<html>",
     "<table>", "<tr>", "<td>", "<td colspan=99999>", "</td>", "</table>", "<del>", "<![if x]>",
     "<![CDATA[", "]]>", "<!--", "-->", "<!DOCTYPE x>", "&#0;", "&lt;", "&x;", "es/a/b", '"', ";",
     "id,source,translation\n", "\t", "\r\n", "\0", "sep=;\n", "\ufeff", "'=", "\u202e", "é"]
)  # fmt: skip


@given(st.one_of(st.binary(max_size=80), st.lists(PIECES, max_size=30).map(
    lambda parts: "".join(parts).encode("utf-8"))))  # fmt: skip
def test_any_file_is_read_or_refused(data: bytes) -> None:
    def terms(data: bytes, where: str) -> list[Received]:
        return [
            Received(place, term.term, term.term, "")
            for found in read_tbx(data, where, "en", ("es", "ar")).values()
            for place, term in found
        ]

    for reader in (detect, read_csv, read_html, read_xliff, terms):
        try:
            read = reader(data, "x")
        except HandoutError as problem:
            read = [Received(problem.where + ":", "", "", "")]
        assert isinstance(read, str) or all(row.where.startswith("x:") for row in read)
