"""What comes back is judged row by row: what belongs is taken, the rest refused by line."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from pressroom.core.files import LARGEST
from pressroom.exchange.formats import LARGEST as MOST
from pressroom.exchange.rows import back_of
from pressroom.exchange.tbx import read_tbx
from tests.conftest import Outcome
from tests.support import TRANSLATIONS, Site

from .support import WRITERS, exported, written

FORMATS = sorted(WRITERS)
REST = "Rest for 2 days."
HOME = "Care at home"
DRINK = "Drink **2 litres** a day. Questions? Call {phone}."
#: A translation of `Rest for 2 days.` that may be taken, by locale.
NEW = {
    "es": "Repose durante 2 días.", "ar": "خذ قسطًا من الراحة مدة ٢ يوم.",
    "hi": "2 दिन तक आराम कीजिए।", "km": "សូមសម្រាករយៈពេល 2 ថ្ងៃ។",
}  # fmt: skip


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("code", sorted(NEW))
def test_a_new_translation_is_taken(
    site: Callable[..., Site], run: Callable[..., Outcome], format: str, code: str
) -> None:
    made = site(("en", code))
    made.change(f"{code}/sore-throat", REST, fuzzy=True, previous="Rest.")
    path = written(
        made, exported(made, code), format, {REST: {"target": NEW[code], "state": "translated"}}
    )
    outcome = run("locale", "import", path.name, "--by", "Tom  Translator\n<tom@x.example>")
    assert outcome.err == ""
    assert outcome.out == f"handouts/locales/{code}/sore-throat.po: 1 changed\n"
    catalogue = made.catalogue(f"{code}/sore-throat")
    entry = next(e for e in catalogue if e.source == REST)
    assert (entry.text, entry.fuzzy, entry.previous) == (NEW[code], False, "")
    assert catalogue.header["Last-Translator"] == "Tom Translator <tom@x.example>"
    others = {e.source: e.text for e in catalogue if e.source not in (REST, "none")}
    assert others.items() <= TRANSLATIONS[code].items()
    assert "no change" in run("locale", "import", path.name).out


WRONG: dict[str, tuple[dict[str, object], str]] = {
    "unknown id": ({"unit": "care.0123456789"}, "has changed since the export, or is gone"),
    "unknown section": ({"unit": "nothing.0123456789"}, "there is no message"),
    "unknown topic": ({"name": "no-topic"}, "there is no topic ‘no-topic’"),
    "other locale": ({"locale": "fr"}, "‘fr’ is no locale that this site is translated into"),
    "source locale": ({"locale": "en"}, "‘en’ is no locale that this site is translated into"),
    "other source": ({"source": "Sleep for 2 days."}, "the source text of ‘care."),
    "number": ({"target": "خذ 3 أيام راحة."}, "2 days is 3 days here"),
    "lost placeholder": ({"target": "{phone} 2"}, "{phone} is unknown"),
    "bold": ({"target": "استرح **2 يوم**."}, "**bold** stands 1 times, in the source 0 times"),
    "link": ({"target": "[استرح](https://x.example) 2"}, "the links differ"),
    "script link": ({"target": "[استرح](javascript:alert) 2"}, "change it"),
    "override": ({"target": "استرح \u202e2 يوم"}, "direction control U+202E"),
    "too long": ({"target": "استرح 2 " * 600}, "characters long; the most is 4000"),
    "other language": (
        {"target": "Rest for about 2 days, or more.", "state": "translated"},
        "is in another script than its locale",
    ),
}  # fmt: skip


#: Of XLIFF, locale and catalogue stand in `<file>`, not in a row: see another test below.
CASES = [
    (format, wrong)
    for wrong, (changes, _) in WRONG.items()
    for format in FORMATS
    if not (format.startswith("xliff") and {"name", "locale"} & changes.keys())
]


@pytest.mark.parametrize(("format", "wrong"), CASES)
def test_what_does_not_belong_is_refused_and_the_rest_is_kept(
    site: Callable[..., Site], run: Callable[..., Outcome], format: str, wrong: str
) -> None:
    made = site(("en", "ar"))
    changes, said = WRONG[wrong]
    home = {"target": "العناية بنفسك في المنزل", "state": "translated"}
    rows = exported(made, "ar")
    path = written(made, rows, format, {REST: changes, HOME: home})
    outcome = run("locale", "import", path.name, code=1)
    assert said in outcome.err
    if changes.keys().isdisjoint({"name", "locale"}):
        assert outcome.out == "handouts/locales/ar/sore-throat.po: 1 changed, 1 refused\n"
    line = re.match(rf"{re.escape(path.name)}:(\d+): ", outcome.err)
    assert line, outcome.err
    text = path.read_text("utf-8").splitlines()[int(line[1]) - 1]
    assert (
        rows[8].id.rpartition("/")[2].split(".")[0] in text or str(changes.get("unit", "?")) in text
    )
    texts = {e.source: e.text for e in made.catalogue("ar/sore-throat")}
    assert texts[HOME] == home["target"]
    assert texts[REST] == TRANSLATIONS["ar"][REST]


@pytest.mark.parametrize("format", FORMATS)
def test_a_source_that_changed_since_the_export_is_refused(
    site: Callable[..., Site], run: Callable[..., Outcome], format: str
) -> None:
    made = site(("en", "es"))
    path = written(made, exported(made, "es"), format, {HOME: {"target": "En su casa"}})
    made.edit("topics/sore-throat/topic.md", "Rest for 2 days.", "Rest for 3 days.")
    outcome = run("locale", "import", path.name, code=1)
    assert outcome.err.count("\n") == 1
    assert "has changed since the export, or is gone; run the export again" in outcome.err
    texts = {e.source: e for e in made.catalogue("es/sore-throat")}
    assert texts[HOME].text == "En su casa"
    # The catalogue that was written has the new source, its text fuzzy.
    assert texts["Rest for 3 days."].fuzzy


@pytest.mark.parametrize("format", ["xliff", "xliff2"])
@pytest.mark.parametrize("place", ["fr/sore-throat", "en/sore-throat", "ar/../../../etc", "/x"])
def test_a_file_of_another_place_is_refused_row_by_row(
    site: Callable[..., Site], run: Callable[..., Outcome], format: str, place: str
) -> None:
    made = site(("en", "ar"))
    path = written(made, exported(made, "ar"), format, {})
    text = path.read_text("utf-8").replace('original="ar/sore-throat"', f'original="{place}"')
    path.write_text(text, "utf-8")
    before = sorted(made.folder.rglob("*"))
    outcome = run("locale", "import", path.name, code=1)
    assert outcome.err.count("\n") == len(exported(made, "ar"))
    assert outcome.out == ""
    assert sorted(made.folder.rglob("*")) == before


@pytest.mark.parametrize("format", FORMATS)
def test_a_message_that_stands_twice_is_taken_once_or_refused(
    site: Callable[..., Site], run: Callable[..., Outcome], format: str
) -> None:
    made = site(("en", "es"))
    (row,) = (row for row in exported(made, "es") if row.source == REST)
    path = made.folder / "back"
    path.write_bytes(WRITERS[format]([row, row]))
    run("locale", "import", "back")
    path.write_bytes(WRITERS[format]([row, replace(row, target="Repose 2 días.")]))
    said = run("locale", "import", "back", code=1).err
    assert "stands twice with different translations; keep one of them" in said


@pytest.mark.parametrize("format", ["csv", "html"])
def test_a_back_translation_is_kept_beside_the_message(
    site: Callable[..., Site], run: Callable[..., Outcome], format: str
) -> None:
    made = site(("en", "hi"))
    path = written(made, exported(made, "hi"), format, {REST: {"back": "Rest 2 days."}})
    assert "1 with another state or back-translation" in run("locale", "import", path.name).out
    (entry,) = (e for e in made.catalogue("hi/sore-throat") if e.source == REST)
    assert back_of(entry) == "Rest 2 days."
    assert (entry.text, entry.fuzzy) == (TRANSLATIONS["hi"][REST], False)
    (row,) = (row for row in exported(made, "hi") if row.source == REST)
    assert row.back == "Rest 2 days."
    written(made, exported(made, "hi"), format, {REST: {"back": ""}})
    run("locale", "import", path.name)
    assert "Rest 2 days." not in made.read("locales/hi/sore-throat.po")


@pytest.mark.parametrize("format", ["csv", "html"])
@pytest.mark.parametrize("back", ["Rest \u202e2 days.", "Rest \u2028 2 days.", "2 " * 2001])
def test_a_back_translation_that_no_catalogue_may_hold_is_refused(
    site: Callable[..., Site], run: Callable[..., Outcome], format: str, back: str
) -> None:
    made = site(("en", "hi"))
    before = made.read("locales/hi/sore-throat.po")
    path = written(made, exported(made, "hi"), format, {REST: {"back": back}})
    assert re.search(
        r"U\+202[E8]; delete it|is 400\d characters long; the most is 4000",
        run("locale", "import", path.name, code=1).err,
    )
    assert made.read("locales/hi/sore-throat.po") == before


@pytest.mark.parametrize("format", FORMATS)
def test_an_empty_cell_or_a_copy_of_the_source_takes_nothing_away(
    site: Callable[..., Site], run: Callable[..., Outcome], format: str
) -> None:
    made = site(("en", "es"))
    before = made.read("locales/es/sore-throat.po")
    changes = {
        REST: {"target": "", "state": "missing"},
        DRINK: {"target": DRINK, "state": "fuzzy"},
    }
    path = written(made, exported(made, "es"), format, changes)
    assert "no change" in run("locale", "import", path.name).out
    assert made.read("locales/es/sore-throat.po") == before


# As Excel saves it


def sheet(site: Site, **changes: str) -> str:
    path = written(site, exported(site, "es"), "csv", {REST: changes})
    return path.read_text("utf-8-sig")


@pytest.mark.parametrize("delimiter", [";", "\t", ","])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("end", ["\r\n", "\n"])
def test_what_excel_saves_is_taken(
    site: Callable[..., Site], run: Callable[..., Outcome], delimiter: str, encoding: str, end: str
) -> None:
    made = site(("en", "es"))
    text = sheet(made, target="Repose 2 días; mejor 2.", source=REST).replace("mejor 2", "mejor")
    text = text.replace('","', f'"{delimiter}"').replace("\r\n", end)
    if delimiter == ";":
        text = f"sep=;{end}{text}"
    Path("back.csv").write_bytes(text.encode(encoding))
    assert run("locale", "import", "back.csv").out.endswith(": 1 changed\n")
    assert '"Repose 2 días; mejor."' in made.read("locales/es/sore-throat.po")


def test_columns_may_stand_in_another_order_and_beside_others(
    site: Callable[..., Site], run: Callable[..., Outcome]
) -> None:
    made = site(("en", "es"))
    row = next(row for row in exported(made, "es") if row.source == REST)
    Path("back.csv").write_text(
        "Remarks,Translation,DONE,Source,ID\n"
        f'"for Ann\n(two lines)",Repose 2 días.,X,{REST},{row.id}\n,,,,\n'
        f",Repose.,yes,{REST},{row.id}x\n"
    )
    outcome = run("locale", "import", "back.csv", code=1)
    assert outcome.err.startswith("back.csv:5: ")
    entry = next(e for e in made.catalogue("es/sore-throat") if e.source == REST)
    assert (entry.text, entry.fuzzy) == ("Repose 2 días.", False)


def test_a_formula_is_shielded_and_comes_back_as_text(
    site: Callable[..., Site], run: Callable[..., Outcome]
) -> None:
    made = site(("en", "es"))
    formula = "=HYPERLINK(2)"
    made.change("es/sore-throat", REST, text=formula)
    text = run("locale", "export", "es", "--format", "csv").out
    assert f'"\'{formula}"' in text
    assert not re.search(r'(?:^|,)"[=+@-]', text, re.MULTILINE)
    Path("back.csv").write_text(text, "utf-8")
    assert "changed" not in run("locale", "import", "back.csv").out
    # Excel, too, takes the apostrophe off.
    Path("back.csv").write_text(text.replace(f"'{formula}", formula), "utf-8")
    assert "changed" not in run("locale", "import", "back.csv").out
    assert any(e.text == formula for e in made.catalogue("es/sore-throat"))


# As Word saves it

WORD = """\
<html>
<head>
<meta http-equiv=Content-Type content="text/html; charset=windows-1252">
<meta name=Generator content="Microsoft Word 15 (filtered)">
<style><!-- p.MsoNormal {{margin:0cm; font-family:"Calibri",sans-serif;}} --></style>
</head>
<body lang=EN-GB style='word-wrap:break-word'>
<div class=WordSection1>
<h2><span lang=ES>sore-throat</span></h2>
<table class=MsoNormalTable border=1 cellspacing=0 cellpadding=0>
 <tr><td width="12%"><p class=MsoNormal align=center><b>id</b></p></td>
  <td><p class=MsoNormal><b>where and notes</b></p></td><td><p><b>source</b></p></td>
  <td><p><b>translation</b></p></td><td><p><b>back-translation</b></p></td>
  <td><p><b>done</b></p></td></tr>
 <tr style='height:12.0pt'>
  <td><p class=MsoNormal><span style='font-size:8.0pt'>{rest}<o:p></o:p></span></p></td>
  <td><p class=MsoNormal>list item&nbsp;1</p></td>
  <td><p class=MsoNormal><span lang=EN-GB>Rest&nbsp;for 2<br>
  days.</span></p></td>
  <td><p class=MsoNormal><span lang=ES>Repose </span><del cite="mailto:Ann">tres</del><span
  lang=ES>unos 2&nbsp;d\xedas, <i>por</i> favor.</span></p></td>
  <td><p class=MsoNormal><![if !supportEmptyParas]>&nbsp;<![endif]><o:p></o:p></p></td>
  <td><p class=MsoNormal>Yes</p></td>
 </tr>
</table>
<p class=MsoNormal>&nbsp;</p>
<table class=MsoTableGrid><tr><td>A note of mine</td><td>x</td></tr></table>
<table class=MsoNormalTable border=1>
 <tr>
  <td><p class=MsoNormal>{work}</p></td>
  <td><p class=MsoNormal>&nbsp;</p></td>
  <td><p class=MsoNormal>When can I work again?</p></td>
  <td><p class=MsoNormal>\xbfCu\xe1ndo puedo trabajar?&nbsp; \x93Pronto\x94</p></td>
  <td><p class=MsoNormal>When can I work?</p></td>
  <td><p class=MsoNormal>&nbsp;</p></td>
 </tr>
</table>
</div>
</body>
</html>
"""


def test_what_word_saves_is_taken(site: Callable[..., Site], run: Callable[..., Outcome]) -> None:
    """Filtered HTML: windows-1252, split tables, spans, tracked changes, spaces of its own."""
    made = site(("en", "es"))
    ids = {row.source: row.id for row in exported(made, "es")}
    text = WORD.format(
        rest=ids[REST].replace("-", "\u2011").replace("/", "/\n  "),
        work=ids["When can I work again?"],
    )
    data = text.replace("\u2011", "&#8209;").encode("latin-1")
    Path("back.htm").write_bytes(data)
    assert run("locale", "import", "back.htm").out.endswith(": 2 changed\n")
    entries = {e.source: e for e in made.catalogue("es/sore-throat")}
    assert entries[REST].text == "Repose unos 2\u00a0días, por favor."
    assert not entries[REST].fuzzy
    work = entries["When can I work again?"]
    assert work.text == "¿Cuándo puedo trabajar?\u00a0 “Pronto”"
    assert work.fuzzy, "nobody wrote 'yes'"
    assert back_of(work) == "When can I work?"


# As other programs save XLIFF and TBX


def test_xliff_with_inline_elements_and_segments_is_read(
    site: Callable[..., Site], run: Callable[..., Outcome]
) -> None:
    made = site(("en", "es"))
    ids = {row.source: row.unit for row in exported(made, "es")}
    Path("back.xlf").write_text(
        '<?xml version="1.0"?>\n'
        '<xliff version="1.2" xmlns="urn:oasis:names:tc:xliff:document:1.2">'
        '<file original="es/sore-throat" source-language="en" target-language="es" '
        'datatype="x-po"><body><group id="g">\n'
        f'<trans-unit id="{ids[REST]}"><source>Rest for 2 days.</source>\n'
        '<seg-source><mrk mtype="seg" mid="1">Rest for 2 days.</mrk></seg-source>\n'
        '<target state="signed-off"><mrk mtype="seg" mid="1">Repose <g id="1">2</g> días.</mrk>'
        "</target>\n<alt-trans><target>Duerma 9 días.</target></alt-trans></trans-unit>\n"
        f'<trans-unit id="{ids[HOME]}"><source>Care at home</source>'
        "<target>En casa</target></trans-unit></group></body></file></xliff>",
        "utf-8",
    )
    assert run("locale", "import", "back.xlf").out.endswith(": 2 changed\n")
    entries = {e.source: e for e in made.catalogue("es/sore-throat")}
    assert (entries[REST].text, entries[REST].fuzzy) == ("Repose 2 días.", False)
    assert (entries[HOME].text, entries[HOME].fuzzy) == ("En casa", True)


@pytest.mark.parametrize("state", ["reviewed", "initial"])
def test_xliff_2_with_several_segments_is_one_message(
    site: Callable[..., Site], run: Callable[..., Outcome], state: str
) -> None:
    made = site(("en", "ar"))
    ids = {row.source: row.unit for row in exported(made, "ar")}
    Path("back.xlf").write_text(
        '<xliff version="2.1" srcLang="en" trgLang="ar" '
        'xmlns="urn:oasis:names:tc:xliff:document:2.0"><file id="sore-throat">'
        f'<unit id="{ids[DRINK]}">'
        '<segment id="a" state="translated"><source>Drink **2 litres** a day. </source>'
        "<target>اشرب **2 لتر** كل يوم. </target></segment>"
        f'<segment id="b" state="{state}"><source>Questions? Call {{phone}}.</source>'
        "<target>أسئلة؟ اتصل على {phone}.</target></segment></unit></file></xliff>",
        "utf-8",
    )
    assert run("locale", "import", "back.xlf").out.endswith(": 1 changed\n")
    entry = next(e for e in made.catalogue("ar/sore-throat") if e.source == DRINK)
    assert entry.text == "اشرب **2 لتر** كل يوم. أسئلة؟ اتصل على {phone}."
    # It is as confirmed as the segment that is least.
    assert entry.fuzzy is (state == "initial")


TBX = """\
<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE martif SYSTEM "TBXcoreStructV02.dtd">
<martif type="TBX-Basic" xml:lang="en"><martifHeader><fileDesc><sourceDesc><p>x</p></sourceDesc>
</fileDesc></martifHeader><text><body>
<termEntry id="c1"><langSet xml:lang="en-GB"><tig><term>sore throat</term></tig></langSet>
<langSet xml:lang="es-ES"><note>As patients say it.</note>
<tig><term>dolor de garganta</term></tig>
<tig><term>anginas</term>
<termNote type="administrativeStatus">deprecatedTerm-admn-sts</termNote></tig></langSet>
<langSet xml:lang="ar"><tig><term>التهاب الحلق</term></tig></langSet>
<langSet xml:lang="fr"><tig><term>mal de gorge</term></tig></langSet></termEntry>
<termEntry id="c2"><langSet xml:lang="en"><tig><term>***</term></tig></langSet>
<langSet xml:lang="es"><tig><term>x</term></tig></langSet></termEntry>
</body></text></martif>
"""


def test_terms_of_a_tbx_file_go_into_the_glossaries_of_their_locales(
    site: Callable[..., Site], run: Callable[..., Outcome]
) -> None:
    made = site(("en", "es", "ar"))
    made.write("locales/es/glossary.tsv", "tablet\tpastilla\nSore throats\tgarganta\n")
    Path("terms.tbx").write_text(TBX, "utf-8")
    outcome = run("locale", "import", "terms.tbx", code=1)
    assert outcome.err.startswith("terms.tbx:12: ‘***’ has no word; ")
    assert "handouts/locales/es/glossary.tsv: 1 terms taken" in outcome.out
    assert made.read("locales/es/glossary.tsv") == (
        "term\ttranslation\tnote\tavoid\n"
        "tablet\tpastilla\n"
        "sore throat\tdolor de garganta\tAs patients say it.\tanginas\n"
    )
    assert "sore throat\tالتهاب الحلق\n" in made.read("locales/ar/glossary.tsv")
    assert not made.path("locales/fr").exists()
    run("locale", "export", "es", "--format", "tbx", "-o", "es.tbx")
    assert "no change" in run("locale", "import", "es.tbx").out


@pytest.mark.parametrize(
    ("locales", "taken"),
    [(("es",), ["es"]), (("es-MX",), ["es-MX"]), (("es-MX", "es-AR"), []), (("ar", "hi"), ["ar"])],
)
def test_a_language_is_taken_for_the_only_variety_that_the_site_has(
    locales: tuple[str, ...], taken: list[str]
) -> None:
    assert list(read_tbx(TBX.encode(), "terms.tbx", "en", locales)) == taken


def test_a_term_that_would_be_a_remark_is_refused(
    site: Callable[..., Site], run: Callable[..., Outcome]
) -> None:
    """It was written, and never read again."""
    site(("en", "es"))
    Path("terms.tbx").write_text(TBX.replace("***", "#5 tube"), "utf-8")
    outcome = run("locale", "import", "terms.tbx", code=1)
    assert outcome.err.startswith("terms.tbx:12: ‘#5 tube’ would be a remark in a glossary; ")


def test_the_most_that_is_imported_is_more_than_other_files_may_hold() -> None:
    assert LARGEST < MOST < 100 * 1000 * 1000
