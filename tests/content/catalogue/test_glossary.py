"""A glossary's terms are looked for as people write them; its file is read with its lines."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pressroom.content.catalogue.glossary import (
    MOST_TERMS,
    Glossary,
    Term,
    dump_glossary,
    glossary_of,
    merge_terms,
    parse_glossary,
)
from pressroom.core.errors import CatalogueError, Problems
from tests.conftest import Outcome
from tests.support import Site


def problems(source: str, text: str, *terms: Term) -> list[str]:
    return [said for _, said in glossary_of(terms).problems(source, text)]


ES = Term("sore throat", ("dolor de garganta",), avoid=("mal de garganta",))


@pytest.mark.parametrize(
    ("source", "text", "term"),
    [
        ("A sore throat heals.", "El dolor de garganta se cura.", ES),
        ("Sore throats heal.", "Los dolores de garganta se curan.", ES),
        ("Take two tablets.", "Nimm zwei Tabletten.", Term("tablet", ("Tablette",))),
        ("The body’s biopsies.", "Биопсии тела.", Term("biopsy", ("биопсия",))),
        ("Call the clinic.", "اتصلوا بالعيادة.", Term("clinic", ("عيادة",))),
        ("Call the clinic.", "اتّصلوا بالعِيادةِ.", Term("clinic", ("عيادة",))),
        ("Drink water.", "पानी पिएँ।", Term("water", ("पानी",))),
        ("Drink water.", "请多喝水。", Term("water", ("水",))),
        ("Drink water.", "ផឹកទឹកឱ្យគ្រប់គ្រាន់។", Term("water", ("ទឹក",))),
        ("Rest well.", "Descansa o reposa.", Term("rest", ("reposo", "descanso"))),
        ("The HLA-B27 gene.", "El gen HLA-B27.", Term("HLA-B27", ("HLA-B27",))),
        # Another word, and a term within a longer one that the text uses.
        ("A thorough restart.", "Otro comienzo.", Term("rest", ("reposo",))),
        ("Rats.", "Ratas.", Term("rat bite", ("mordedura",))),
    ],
)
def test_a_term_that_is_used_is_no_finding(source: str, text: str, term: Term) -> None:
    assert problems(source, text, term) == []


@pytest.mark.parametrize(
    ("source", "text", "term", "said"),
    [
        ("A sore throat heals.", "La garganta irritada se cura.", ES,
         "‘sore throat’ is ‘dolor de garganta’ in the glossary; use that term"),
        ("A sore throat heals.", "El mal de garganta, o dolor de garganta.", ES,
         "‘mal de garganta’ is to be avoided for ‘sore throat’; write ‘dolor de garganta’"),
        ("Call the clinic.", "اتصلوا بالمستشفى.", Term("clinic", ("عيادة",)),
         "‘clinic’ is ‘عيادة’ in the glossary; use that term"),
        ("Two tablets.", "两片药。", Term("tablet", ("药丸", "锭")),
         "‘tablet’ is ‘药丸’ or ‘锭’ in the glossary; use that term"),
        ("Drink water.", "សម្រាក", Term("water", ("ទឹក",)),
         "‘water’ is ‘ទឹក’ in the glossary; use that term"),
        ("पानी पिएँ।", "Trinken.", Term("पानी", ("Wasser",)),
         "‘पानी’ is ‘Wasser’ in the glossary; use that term"),
    ],
)  # fmt: skip
def test_a_term_that_is_ignored_is_told_with_both_terms(
    source: str, text: str, term: Term, said: str
) -> None:
    assert problems(source, text, term) == [said]


def test_the_longest_term_counts_and_each_term_once() -> None:
    long, short = Term("exosome therapy", ("X",)), Term("therapy", ("Y",))
    assert [t for t, _ in glossary_of([short, long]).problems("Exosome therapy.", "Z")] == [long]
    assert len(problems("Therapy and therapies.", "Z", short)) == 1


FILE = """\
term\ttranslation\tnote\tavoid
# The words of this clinic.

sore throat\tdolor de garganta\tas patients say\tmal de garganta|anginas
tablet\tpastilla | comprimido
"""


def test_a_file_is_read_and_written() -> None:
    glossary = parse_glossary(FILE, "g.tsv")
    assert glossary.terms == (
        Term(
            "sore throat",
            ("dolor de garganta",),
            "as patients say",
            ("mal de garganta", "anginas"),
            4,
        ),
        Term("tablet", ("pastilla", "comprimido"), line=5),
    )
    written = dump_glossary(glossary)
    assert written == (
        "term\ttranslation\tnote\tavoid\n"
        "sore throat\tdolor de garganta\tas patients say\tmal de garganta|anginas\n"
        "tablet\tpastilla|comprimido\n"
    )
    assert dump_glossary(parse_glossary(written, "g.tsv")) == written


def test_a_term_may_be_called_as_the_first_column_is() -> None:
    """What the fuzz run found: lines that were left out without a word."""
    glossary = parse_glossary("# Words\n\nterm\ttranslation\nterm\tplazo\n", "g.tsv")
    assert glossary.terms == (Term("term", ("plazo",), line=4),)
    assert dump_glossary(parse_glossary(dump_glossary(glossary), "")) == dump_glossary(glossary)
    assert parse_glossary("\xa0# a remark\tas well\n", "g.tsv").terms == ()


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("tablet pastilla", "a term and its translation are wanted"),
        ("tablet\t", "a term and its translation are wanted"),
        ("\tpastilla", "a term and its translation are wanted"),
        ("tablet\t | ", "a term and its translation are wanted"),
        ("tablet\ta\tb\tc\td", "has 5 columns"),
        ("tablet\t" + "x" * 301, "has a cell of more than 300 characters"),
        ("***\ta", "has no word"),
        ("Sore throats\tgarganta", "stands in line 4 already"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(line: str, said: str) -> None:
    with pytest.raises(CatalogueError) as caught:
        parse_glossary(f"{FILE}{line}\n", "g.tsv")
    assert str(caught.value).startswith("g.tsv:6: ")
    assert said in str(caught.value)


def test_all_that_is_wrong_is_told_at_once() -> None:
    with pytest.raises(Problems) as caught:
        parse_glossary("one\ntwo\n", "g.tsv")
    assert [problem.where for problem in caught.value.each()] == ["g.tsv:1", "g.tsv:2"]


def test_a_glossary_has_so_many_terms_at_most() -> None:
    lines = [f"{'x' * (n % 50 + 1)}{n}\ty" for n in range(MOST_TERMS + 1)]
    assert len(parse_glossary("\n".join(lines[:-1]), "g.tsv").terms) == MOST_TERMS
    with pytest.raises(CatalogueError, match=f"g.tsv:{MOST_TERMS + 1}: there are more than"):
        parse_glossary("\n".join(lines), "g.tsv")


def test_terms_that_come_replace_those_of_the_same_word() -> None:
    old = glossary_of([Term("tablet", ("a",)), Term("pill", ("b",))])
    new = merge_terms(old, [Term("Tablets", ("c",)), Term("rest", ("d",))])
    assert [(t.term, t.translations) for t in new.terms] == [
        ("Tablets", ("c",)), ("pill", ("b",)), ("rest", ("d",)),
    ]  # fmt: skip


CELLS = st.text(
    st.characters(codec="utf-8", exclude_categories=("C", "Zl", "Zp"), exclude_characters="|"),
    max_size=20,
).map(lambda text: " ".join(text.split()))  # fmt: skip


@given(st.lists(st.tuples(CELLS, CELLS, CELLS, CELLS), max_size=6), CELLS, CELLS)
def test_any_file_is_read_or_refused_and_matches_any_text(
    rows: list[tuple[str, ...]], source: str, text: str
) -> None:
    try:
        glossary = parse_glossary("\n".join("\t".join(row) for row in rows), "g.tsv")
    except (CatalogueError, Problems):
        return
    written = dump_glossary(glossary)
    again = parse_glossary(written, "g.tsv")
    assert dump_glossary(again) == written
    assert all(term in glossary.terms for term, _ in glossary.problems(source, text))


def test_an_empty_glossary_finds_nothing() -> None:
    assert list(Glossary().problems("A sore throat.", "x")) == []


# On a site


@pytest.mark.parametrize(
    ("code", "terms", "said"),
    [
        ("es", "sore throat\tfaringitis\n", "‘sore throat’ is ‘faringitis’ in the glossary"),
        ("ar", "tablet\tحبة\n", "‘tablet’ is ‘حبة’ in the glossary"),
        ("km", "tablet\tថ្នាំគ្រាប់មូល\n", "‘tablet’ is ‘ថ្នាំគ្រាប់មូល’ in the glossary"),
    ],
)
def test_a_leaflet_that_ignores_a_term_is_warned_about(
    site: Callable[..., Site], run: Callable[..., Outcome], code: str, terms: str, said: str
) -> None:
    made = site(("en", code))
    made.write(f"locales/{code}/glossary.tsv", terms)
    outcome = run("check", "--locale", code)
    assert said in outcome.err
    assert f"locales/{code}/sore-throat.po:" in outcome.err
    made.write(f"locales/{code}/glossary.tsv", "no such word\tx\n")
    assert "glossary" not in run("check", "--locale", code).err


NAMES = "Tablets: adalimumab, etanercept, infliximab and golimumab."
KEPT = "".join(
    f"{name}\t{name}\n" for name in ("adalimumab", "etanercept", "golimumab", "infliximab")
)


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("ar", "دواء: adalimumab وetanercept وinfliximab وgolimumab"),
        ("km", "ថ្នាំ៖ adalimumab, etanercept, infliximabនិងgolimumab។"),
        ("hi", "दवा: Adalimumab, Etanercept, Infliximab, Golimumab"),
    ],
)
def test_names_that_a_glossary_keeps_are_of_no_script(
    site: Callable[..., Site], run: Callable[..., Outcome], code: str, text: str
) -> None:
    made = site(("en", code))
    made.edit("topics/sore-throat/topic.md", "Rest for 2 days.", NAMES)
    run("locale", "update", code)
    made.change(f"{code}/sore-throat", NAMES, text=text, fuzzy=False)
    assert "in another script" in run("check", "--locale", code, code=1).err
    made.write(f"locales/{code}/glossary.tsv", KEPT)
    assert "in another script" not in run("check", "--locale", code).err
    # What is not translated is found all the same.
    made.change(f"{code}/sore-throat", NAMES, text="Take one of these each day: adalimumab.")
    assert "in another script" in run("check", "--locale", code, code=1).err


def test_a_broken_glossary_stops_its_locale_only(
    site: Callable[..., Site], run: Callable[..., Outcome]
) -> None:
    made = site(("en", "es", "ar"))
    made.write("locales/es/glossary.tsv", "no tab\n")
    outcome = run("check", code=1)
    assert "handouts/locales/es/glossary.tsv:1: a term and its translation are wanted" in (
        outcome.err
    )
    assert "3 leaflets checked: 1 failed, 0 withheld." in outcome.out
