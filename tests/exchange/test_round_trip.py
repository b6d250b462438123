"""What is exported and imported again changes nothing, whatever the words are."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pressroom.content.catalogue.glossary import Term, glossary_of
from pressroom.content.catalogue.po import Entry
from pressroom.exchange.importer import changed
from pressroom.exchange.rows import (
    BACK,
    ExchangeRow,
    Received,
    row_of,
    same_source,
    tidy,
    unit_of,
)
from pressroom.exchange.spreadsheet import confirmed, read_csv, write_csv
from pressroom.exchange.tbx import read_tbx, write_tbx
from pressroom.exchange.word_table import read_html, write_html
from pressroom.exchange.xliff import read_xliff, write_xliff
from tests.conftest import Outcome
from tests.support import TOPIC, Site

Way = Callable[[list[ExchangeRow]], list[Received]]

WAYS: dict[str, Way] = {
    "xliff": lambda rows: read_xliff(write_xliff(rows, "en"), "x.xlf"),
    "xliff2": lambda rows: read_xliff(write_xliff(rows, "en", "2.0"), "x.xlf"),
    "csv": lambda rows: read_csv(write_csv(rows), "x.csv"),
    "html": lambda rows: read_html(write_html(rows, "en"), "x.html"),
}

#: What a message of a leaflet may hold: all that `read_text` lets through.
LETTERS = st.characters(
    exclude_categories=("C", "Zl", "Zp"), include_characters="\u200d\u200c\u200b\u200f"
)  # fmt: skip
PIECES = st.sampled_from(
    ["**bold**", "{phone}", "[words](https://who.int/a?b=c&d)", "<b>&amp;</b>", "]]>", "&nbsp;",
     "=1+1", "'=x", "''", "+ 1", "-", "@a", '"', ";", ",", "'", "<!--", "\u00a0", "\u00ad", "  ",
     "‘x’", "…", "خذ 1–2 قرص، {phone}", "דגש **חשוב**", "सिर्फ़ {phone}", "ក្មេងៗ", "请拨打 {phone}。",
     "الآن", "ഡോക്ടർ", "می‌روم"]
)  # fmt: skip
TEXTS = st.lists(st.one_of(PIECES, st.text(LETTERS, max_size=12)), min_size=1, max_size=6).map(
    lambda parts: "".join(parts)
)
WORDS = TEXTS.filter(str.strip)


@st.composite
def entries(draw: st.DrawFn) -> Entry:
    text = draw(st.one_of(st.just(""), WORDS))
    fuzzy = bool(text) and draw(st.booleans())
    back = " ".join(draw(TEXTS).split())
    return Entry(
        context=draw(st.from_regex(r"[a-z]{1,6}(-[a-z0-9]{1,3}|\.US)?", fullmatch=True)),
        source=draw(WORDS),
        text=text,
        fuzzy=fuzzy,
        previous=draw(WORDS) if fuzzy else "",
        extracted=tuple(draw(st.lists(WORDS.map(lambda t: " ".join(t.split())), max_size=2))),
        remarks=(BACK + back,) if back else ("A remark.",),
    )


@pytest.mark.parametrize("format", WAYS)
@given(st.lists(entries(), min_size=1, max_size=4, unique_by=unit_of), st.booleans())
def test_a_round_trip_changes_nothing(format: str, texts: list[Entry], approved: bool) -> None:
    rows = [row_of("ar", "asthma", entry, "en", approved) for entry in texts]
    received = WAYS[format](rows)
    assert [one.id for one in received] == [row.id for row in rows]
    for entry, one in zip(texts, received, strict=True):
        assert same_source(one.source, entry.source)
        assert changed(entry, one) == entry


@pytest.mark.parametrize("format", WAYS)
@pytest.mark.parametrize(
    ("state", "confirmed"), [("missing", (None, False)), ("fuzzy", (False,)),
                             ("translated", (True,)), ("approved", (True,))],
)  # fmt: skip
def test_a_file_says_how_far_a_text_is(
    format: str, state: str, confirmed: tuple[bool | None, ...]
) -> None:
    text = "" if state == "missing" else "استرح."
    entry = Entry("care", "Rest.", text, fuzzy=state == "fuzzy")
    row = row_of("ar", "asthma", entry, "en", state == "approved")
    assert row.state == state
    (one,) = WAYS[format]([row])
    assert one.confirmed in confirmed


@pytest.mark.parametrize("format", WAYS)
def test_a_text_is_never_more_confirmed_than_the_file_says(format: str) -> None:
    entry = Entry("care", "Rest.", "Descanse.", fuzzy=True, previous="Sleep.")
    (one,) = WAYS[format]([row_of("es", "asthma", entry, "en")])
    new = changed(entry, replace(one, target="Repose."))
    assert (new.text, new.fuzzy, new.previous) == ("Repose.", True, "Sleep.")
    new = changed(entry, replace(one, target="Repose.", confirmed=None))
    assert new.fuzzy
    new = changed(entry, replace(one, target="Repose.", confirmed=True))
    assert (new.fuzzy, new.previous) == (False, "")
    # It may be less confirmed than it is here.
    known = replace(entry, fuzzy=False, previous="")
    assert changed(known, replace(one, confirmed=False)).fuzzy
    assert changed(known, replace(one, confirmed=None)) == known


@pytest.mark.parametrize(
    ("text", "typed"),
    [
        (" Rest\r\n2 days.\u00a0", "Rest 2 days."), ("Re\u00adpose.\ufeff", "Re\u00adpose."),
        ("\ufeffاسترح", "استرح"), ("می\u200cروم", "می\u200cروم"), ("ក\u200bខ", "ក\u200bខ"),
    ],
)  # fmt: skip
def test_what_a_program_puts_into_a_text_comes_out_again(text: str, typed: str) -> None:
    assert tidy(text) == typed


def test_a_cell_says_yes_or_no_or_nothing() -> None:
    assert [confirmed(cell) for cell in ("Yes", " ✓", "no", "", "perhaps")] == [
        True, True, False, None, None,
    ]  # fmt: skip


def test_placeholders_keep_their_order_among_right_to_left_words() -> None:
    for code, text in (("ar", "خذ {phone}"), ("ur", "{phone} پر"), ("km", "ហៅ {phone}")):
        page = write_html([row_of(code, "asthma", Entry("care", "Call {phone}", text), "en")], "en")
        isolated = '<span dir="ltr">{phone}</span>' in page.decode()
        assert isolated is (code != "km")


CELLS = st.text(
    st.characters(codec="utf-8", exclude_categories=("C", "Zl", "Zp"), exclude_characters="|#"),
    min_size=1, max_size=12,
).map(lambda text: " ".join(text.split())).filter(bool)  # fmt: skip


@given(
    st.lists(
        st.builds(
            Term, CELLS, st.lists(CELLS, min_size=1, max_size=3).map(tuple),
            st.one_of(st.just(""), CELLS), st.lists(CELLS, max_size=2).map(tuple),
        ),
        min_size=1, max_size=4,
    )
)  # fmt: skip
def test_a_glossary_comes_back_through_tbx(terms: list[Term]) -> None:
    data = write_tbx(glossary_of(terms), "en", "ar")
    found = [replace(term, line=0) for _, term in read_tbx(data, "x.tbx", "en", ("ar",))["ar"]]
    assert found == terms


# On a site, with its commands

FORMATS = ("xliff", "xliff2", "csv", "html")
#: Texts that a spreadsheet or a parser would take for something else.
ODD = TOPIC.replace("Rest for 2 days.", "=SUM(2) & \\<b>rest\\</b>, \"2\"; days").replace(
    "- Take 1–2 tablets", "- +1 [link](https://who.int/x) of 1–2 tablets"
)  # fmt: skip


@pytest.mark.parametrize("code", ["es", "ar", "hi", "km"])
def test_export_and_import_change_no_byte(
    site: Callable[..., Site], run: Callable[..., Outcome], code: str
) -> None:
    made = site(("en", code), {"sore-throat": TOPIC, "odd": ODD.replace("sore-throat", "odd")})
    run("locale", "update", code)
    made.change(f"{code}/sore-throat", "Rest for 2 days.", fuzzy=True, previous="Rest for 9 days.")
    made.change(f"{code}/sore-throat", "Care at home", remarks=(f"{BACK}Home care",))
    run("locale", "update", code, "--no-memory")
    before = {p.name: p.read_bytes() for p in made.path(f"locales/{code}").iterdir()}
    for format in FORMATS:
        name = f"words.{format}"
        assert run("locale", "export", code, "--format", format, "-o", f"{name}.x").out
        outcome = run("locale", "import", f"{name}.x")
        assert outcome.err == ""
        assert all(line.endswith(": no change") for line in outcome.out.splitlines())
    after = {p.name: p.read_bytes() for p in made.path(f"locales/{code}").iterdir()}
    assert after == before


def test_an_export_goes_to_stdout_a_file_or_a_folder(
    site: Callable[..., Site], run: Callable[..., Outcome]
) -> None:
    made = site(("en", "es"), {"sore-throat": TOPIC, "odd": ODD.replace("sore-throat", "odd")})
    whole = run("locale", "export", "es").out
    assert whole.startswith("<?xml")
    assert whole.count("<file ") == 3
    part = run("locale", "export", "es", "--topic", "odd", "--format", "csv").out
    assert "es/odd/" in part
    assert "es/sore-throat/" not in part
    said = run("locale", "export", "es", "--format", "html", "-o", "out/es").out
    assert said.split() == [
        "out/es/house.es.html",
        "out/es/odd.es.html",
        "out/es/sore-throat.es.html",
    ]
    assert (made.folder / "out/es/odd.es.html").read_text("utf-8").count("<table>") == 1


def test_an_export_may_hold_only_what_is_to_do(
    site: Callable[..., Site], run: Callable[..., Outcome]
) -> None:
    made = site(("en", "es"))
    made.change("es/sore-throat", "Rest for 2 days.", text="")
    made.change("es/sore-throat", "Care at home", fuzzy=True)
    text = run("locale", "export", "es", "--todo", "--format", "csv").out
    assert len(text.splitlines()) == 3
    assert "Rest for 2 days." in text
    assert "Care at home" in text
    assert run("locale", "export", "es", "--todo", "-o", "todo").out == "todo/sore-throat.es.xlf\n"
    made.change("es/sore-throat", "Rest for 2 days.", text="Descanse 2 días.")
    made.change("es/sore-throat", "Care at home", fuzzy=False)
    said = run("locale", "export", "es", "--todo", code=2).err
    assert said == "nothing of 'es' is fuzzy or missing; export without --todo\n"


def test_wrong_usage_is_told(site: Callable[..., Site], run: Callable[..., Outcome]) -> None:
    made = site(("en", "es"))
    made.write("topics/odd/topic.md", "nonsense\n")
    assert "'en' is the source locale" in run("locale", "export", "en", code=2).err
    assert "there is no locale 'fr'" in run("locale", "export", "fr", code=2).err
    assert "'en-XA' has no catalogues" in run("locale", "export", "en-XA", code=2).err
    assert "there is no topic 'no'" in run("locale", "export", "es", "--topic", "no", code=2).err
    assert "odd/topic.md:1: " in run("locale", "export", "es", "--topic", "odd", code=1).err


def test_an_approved_text_is_exported_as_final(
    site: Callable[..., Site], run: Callable[..., Outcome]
) -> None:
    site(("en", "ar"))
    assert 'approved="yes"' not in run("locale", "export", "ar").out
    for role in ("reviewer", "clinician"):
        run("approve", "sore-throat", "ar", "--role", role, "--by", "Ada")
    text = run("locale", "export", "ar", "--topic", "sore-throat").out
    assert 'approved="no"' not in text
    assert text.count('<target state="final">') == 11


def test_an_export_carries_context_notes_and_length(
    site: Callable[..., Site], run: Callable[..., Outcome]
) -> None:
    site(("en", "ar"))
    run("build", "--locale", "ar")
    text = run("locale", "export", "ar", "--topic", "sore-throat").out
    assert '<context context-type="x-section">care</context>' in text
    # The schema of XLIFF 1.2 wants each group of contexts to have a name of its own.
    groups = re.findall(r'<context-group name="([^"]+)"', text)
    assert len(groups) == len(set(groups)) == 11
    assert "list item 1 of 2 under “Care at home”; printed on page 1</note>" in text
    assert "{phone}: the clinic's telephone number, such as 020 910 0142</note>" in text
    assert text.count('size-unit="char"') == 11
    second = run("locale", "export", "ar", "--topic", "sore-throat", "--format", "xliff2").out
    assert second.count("slr:sizeRestriction=") == 11
    assert "ns1:" not in second
    assert 'trgDir="rtl"' in second
