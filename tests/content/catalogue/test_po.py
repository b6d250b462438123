"""Catalogues are gettext's: what we write it reads, and what it writes we read."""

from __future__ import annotations

import subprocess
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pressroom.content.catalogue.po import (
    Catalogue,
    Entry,
    dump_catalogue,
    new_header,
    read_catalogue,
    write_catalogue,
)
from pressroom.core.errors import CatalogueError
from pressroom.core.locales import read_locale
from tests.support import HEADER, ROOT, SHIPPED

CATALOGUES = sorted(path.relative_to(ROOT) for path in SHIPPED.glob("locales/*/*.po"))


def gettext(*arguments: str | Path) -> str:
    """Run a GNU gettext tool; its complaints are the failure."""
    done = subprocess.run(
        [str(one) for one in arguments], capture_output=True, text=True, check=False,
        env={"LC_ALL": "C.UTF-8", "PATH": "/usr/local/bin:/usr/bin:/bin"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stderr


def test_catalogues_are_shipped() -> None:
    assert len(CATALOGUES) >= 3 * 7


@pytest.mark.parametrize("locale", sorted({path.parts[2] for path in CATALOGUES}))
def test_gnu_gettext_accepts_every_shipped_catalogue(locale: str, tmp_path: Path) -> None:
    for path in (ROOT / path for path in CATALOGUES if path.parts[2] == locale):
        assert gettext("msgfmt", "--check", "-o", tmp_path / "x.mo", path) == ""
        catalogue = read_catalogue(path)
        # What passes through gettext's own tools is the same catalogue.
        for number, tool in enumerate(
            (
                ("msgcat", "--no-wrap", path, "-o"),
                ("msgcat", "--sort-output", path, "-o"),
                ("msgmerge", "--quiet", "--previous", "--no-fuzzy-matching", path, path, "-o"),
            )
        ):
            out = tmp_path / f"{number}.po"
            gettext(*tool, out)
            again = read_catalogue(out)
            assert {k: (e.text, e.fuzzy) for k, e in again.entries.items()} == {
                k: (e.text, e.fuzzy) for k, e in catalogue.entries.items()
            }


@pytest.mark.parametrize("path", CATALOGUES, ids=str)
def test_writing_a_shipped_catalogue_changes_nothing(path: Path, tmp_path: Path) -> None:
    """So that a translator's commit shows just what the translator changed."""
    original = (ROOT / path).read_bytes()
    copy = tmp_path / "x.po"
    copy.write_bytes(original)
    assert dump_catalogue(read_catalogue(copy)) == original
    assert write_catalogue(copy, read_catalogue(copy)) is False


def test_the_header_tells_language_and_state() -> None:
    for path in CATALOGUES:
        catalogue = read_catalogue(ROOT / path)
        code = path.parts[2]
        assert catalogue.header["Language"] == code.replace("-", "_")
        assert catalogue.header["Content-Type"] == "text/plain; charset=utf-8"


# A property: any words

WORDS = st.text(
    st.characters(
        codec="utf-8", exclude_categories=("Cs", "Cc", "Co", "Cn"), include_characters='\\"\t{}#%~|'
    ),
    min_size=1,
    max_size=120,
).map(lambda text: " ".join(text.split()) or "x")
IDS = st.from_regex(r"[a-z][a-z0-9]{0,8}(-[a-z0-9]{1,4})?", fullmatch=True)
LINES = st.lists(WORDS, max_size=2).map(tuple)


@st.composite
def entries(draw: st.DrawFn) -> Entry:
    fuzzy = draw(st.booleans())
    text = draw(WORDS) if fuzzy else draw(st.one_of(st.just(""), WORDS))
    return Entry(
        context=draw(IDS),
        source=draw(WORDS),
        text=text,
        fuzzy=fuzzy,
        previous=draw(st.one_of(st.just(""), WORDS)) if fuzzy else "",
        extracted=draw(LINES),
    )


@st.composite
def catalogues(draw: st.DrawFn) -> Catalogue:
    live = {entry.key: entry for entry in draw(st.lists(entries(), max_size=6))}
    dead = {
        entry.key: replace(entry, extracted=(), previous="", text=entry.text or "x")
        for entry in draw(st.lists(entries(), max_size=3))
        if entry.key not in live
    }
    header = {**HEADER, "Language": "ar", "Project-Id-Version": draw(WORDS)}
    return Catalogue("", live, dead, header, "A comment.")


def essence(catalogue: Catalogue) -> object:
    def facts(entry: Entry) -> object:
        return (entry.context, entry.source, entry.text, entry.fuzzy, entry.previous)

    return (
        [facts(entry) for entry in catalogue.entries.values()],
        sorted(facts(entry)[:3] for entry in catalogue.obsolete.values()),  # type: ignore[index]
    )


@given(catalogues())
def test_any_catalogue_comes_back_as_it_was_written(catalogue: Catalogue) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.po"
        assert write_catalogue(path, catalogue) is True
        again = read_catalogue(path)
        assert essence(again) == essence(catalogue)
        assert again.header == catalogue.header
        assert write_catalogue(path, replace(again, path="")) is False


@settings(max_examples=15)
@given(catalogues())
def test_gnu_gettext_reads_any_catalogue_and_we_read_its(catalogue: Catalogue) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path, out = folder / "x.po", folder / "y.po"
        write_catalogue(path, catalogue)
        gettext("msgfmt", "--check-header", "-o", folder / "x.mo", path)
        for tool in (
            ("msgcat", path, "-o", out),
            ("msgcat", "--width=30", path, "-o", out),
            ("msgmerge", "-q", "--no-fuzzy-matching", "--previous", path, path, "-o", out),
        ):
            gettext(*tool)
            # Of a catalogue without entries, msgcat makes no file.
            if catalogue.entries or catalogue.obsolete:
                assert essence(read_catalogue(out)) == essence(catalogue)


PIECES = st.sampled_from(
    ["msgid ", "msgstr ", "msgctxt ", '"x"', '""', "\n", "#~ ", "#, fuzzy\n", "#| ", '"\\n"', '"',
     "msgid_plural ", "msgstr[0] ", "\\", '"Content-Type: text/plain; charset=latin1\\n"\n',
     "#: a:1\n", '"Plural-Forms: nplurals=x\\n"\n', "#, python-brace-format\n"]
)  # fmt: skip


@given(st.one_of(st.text(max_size=200), st.lists(PIECES, max_size=25).map("".join)))
def test_any_file_is_read_or_refused(text: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.po"
        path.write_bytes(text.encode("utf-8", "surrogatepass"))
        try:
            catalogue = read_catalogue(path)
        except CatalogueError:
            return
        assert all(entry.source for entry in catalogue)


# What is wrong with a file


@pytest.mark.parametrize(
    ("text", "line", "expected"),
    [
        ('msgid "a"\nmsgstr "b"\n\nmsgid "a"\nmsgstr "c"\n', 4, "stands in line 1 already"),
        ('msgctxt "x"\nmsgid "a"\nmsgstr ""\n\nmsgctxt "x"\nmsgid ""\n"a"\nmsgstr ""\n', 6,
         "stands in line 2 already"),
        ('msgid "a"\nmsgstr "b"\nnonsense\n', 3, "this is not a PO file"),
        ('msgid "a\nmsgstr "b"\n', 1, "this is not a PO file"),
        ('msgid "a"\nmsgstr "b"\n\nmsgid "c"\nmsgstr "استرح', 5, "is the file cut short?"),
        ('msgid "a"\nmsgstr "b"\n\nmsgid "c"\nmsgs', 5, "is the file cut short?"),
        ('msgid "a"\nmsgstr "b"\n\nmsgid "c"\n', 4, "is the file cut short?"),
        ('msgid "a"\nmsgstr "សម្រាក\n', 2, "check with 'msgfmt --check'"),
        ("nonsense", 1, "check with 'msgfmt --check'"),
    ],
)  # fmt: skip
def test_errors_name_the_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, line: int, expected: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("x.po").write_text(text, encoding="utf-8")
    with pytest.raises(CatalogueError) as caught:
        read_catalogue(Path("x.po"))
    assert expected in str(caught.value)
    assert str(caught.value).startswith(f"x.po:{line}: ")


@pytest.mark.parametrize("word", ["استرح", "សម្រាក"])
def test_a_file_that_ends_within_a_letter_is_cut_short(tmp_path: Path, word: str) -> None:
    path = tmp_path / "x.po"
    path.write_bytes(f'msgid "a"\nmsgstr "{word}'.encode()[:-1])
    said = r"x\.po:2: this is not UTF-8; save the file as UTF-8, or is it cut short\?"
    with pytest.raises(CatalogueError, match=said):
        read_catalogue(path)


def test_the_same_text_in_two_sections_is_no_duplicate(tmp_path: Path) -> None:
    path = tmp_path / "x.po"
    path.write_text(
        'msgctxt "x"\nmsgid "a"\nmsgstr "b"\n\nmsgctxt "y"\nmsgid "a"\nmsgstr "c"\n', "utf-8"
    )
    assert [entry.text for entry in read_catalogue(path)] == ["b", "c"]


def test_a_catalogue_that_does_not_exist_is_empty(tmp_path: Path) -> None:
    catalogue = read_catalogue(tmp_path / "none.po")
    assert not catalogue.entries
    assert not catalogue.header


def test_entries_have_their_line_and_remarks(tmp_path: Path) -> None:
    path = tmp_path / "x.po"
    path.write_text(
        '# Header.\nmsgid ""\nmsgstr ""\n"Language: es\\n"\n\n'
        '# by hand\n#. place\n#, fuzzy, python-brace-format\n#| msgid "old"\nmsgctxt "s"\n'
        'msgid "new {phone}"\nmsgstr "nuevo {phone}"\n',
        "utf-8",
    )
    (entry,) = read_catalogue(path)
    assert (entry.line, entry.fuzzy, entry.previous) == (11, True, "old")
    assert entry.remarks == ("by hand",)
    assert entry.extracted == ("place",)
    assert entry.flags == {"python-brace-format"}


@pytest.mark.parametrize(
    ("field", "name"),
    [
        ("Tara T. <tara@clinic.example>", "Tara T."), ("Tara T.", "Tara T."), ("", ""),
        ("FULL NAME <EMAIL@ADDRESS>", ""), ("<tara@clinic.example>", ""),
    ],
)  # fmt: skip
def test_the_translator_is_named_without_the_address(field: str, name: str) -> None:
    assert Catalogue("", header={"Last-Translator": field}).translator == name


@pytest.mark.parametrize("code", ["ar", "zh-Hans", "sr-Latn", "hmn", "tl", "tig", "pt-BR"])
def test_new_headers_are_accepted_by_gnu_gettext(code: str, tmp_path: Path) -> None:
    header = new_header(code, "pressroom x", "Tara T.")
    assert header["Language"] == code.replace("-", "_")
    write_catalogue(tmp_path / "x.po", Catalogue("", {}, {}, header, read_locale(code).native_name))
    gettext("msgfmt", "--check", "-o", tmp_path / "x.mo", tmp_path / "x.po")


def test_obsolete_text_stays_fuzzy_and_keeps_its_previous_source(tmp_path: Path) -> None:
    """Taken up again as confirmed, it would be printed though nobody has looked at it."""
    long = "A text of more than eighty characters, so that it is broken into several lines, twice."
    old = Entry("s", f"New: {long}", f"Nuevo: {long}", fuzzy=True, previous=f"Old: {long}")
    path = tmp_path / "x.po"
    write_catalogue(path, Catalogue("", {}, {old.key: old}, {"Language": "es"}, "x"))
    (again,) = read_catalogue(path).obsolete.values()
    assert replace(again, line=0) == old


def test_a_comment_stays_one_line_however_long(tmp_path: Path) -> None:
    place = "list item 3 of 5 under “" + "a heading of many words " * 5 + "”; printed on page 1"
    entry = Entry("s", "a", "b", extracted=(place, "second"), remarks=("by hand " * 12 + ".",))
    write_catalogue(tmp_path / "x.po", Catalogue("", {entry.key: entry}, {}, {"Language": "es"}))
    (again,) = read_catalogue(tmp_path / "x.po")
    assert (again.extracted, again.remarks) == (entry.extracted, entry.remarks)


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("Tara Translator <tara@clinic.example>", "Tara Translator"),
        ("أمل الهاشمي <amal@users.noreply.weblate.example>", "أمل الهاشمي"),
        ("សុខា", "សុខា"), ("Jean Claude <jc@x.example>", "Jean Claude"), ("Jan Bot", "Jan Bot"),
        ("FULL NAME <EMAIL@ADDRESS>", ""), ("Anonymous <noreply@weblate.example>", ""),
        ("Automatically generated", ""), ("DeepL <noreply-mt-deepl@weblate.example>", ""),
        ("Weblate Translation Memory <noreply-mt-memory@weblate.example>", ""),
        ("Google Translate", ""), ("dependabot[bot] <x@y.example>", ""), ("", ""),
        ("Languages add-on <noreply-addon-languages@weblate.example>", ""),
    ],
)  # fmt: skip
def test_a_program_or_nobody_is_no_translator(written: str, name: str) -> None:
    assert Catalogue("a.po", header={"Last-Translator": written}).translator == name
