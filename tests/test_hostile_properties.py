"""Any text that a reader is given becomes a value, or is refused with its place: nothing else.

`EXAMPLES=10000` looks for new ones, many for each reader.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from pressroom.content.approvals import read_approvals
from pressroom.content.catalogue.merge import merge
from pressroom.content.catalogue.po import dump_catalogue, read_catalogue
from pressroom.content.clinic import read_clinic
from pressroom.content.house import read_house
from pressroom.content.images import read_figure
from pressroom.content.topic.inline import LinkError, read_inline
from pressroom.content.topic.read import read_topic
from pressroom.core.errors import HandoutError
from pressroom.core.model import plain

from .support import CLINIC, HEADER, TOPIC

EXAMPLES = int(os.environ.get("EXAMPLES", "0"))
many = settings(
    max_examples=EXAMPLES or 60,
    derandomize=not EXAMPLES,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)

FRONT, BODY = TOPIC.split("---\n\n", 1)
FRONT += "---\n\n"

ANY = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from("\0\n\t\r \\\"'`*_[](){}<>#|:-!&;%~^$@+=.,/?\u202e\u2066\ufeff\ud800²٣"),
    ),
    max_size=200,
)


def pieces(*parts: str) -> st.SearchStrategy[str]:
    """Return texts that are made of the words of a language, in any order."""
    return st.lists(st.one_of(st.sampled_from(parts), st.text(max_size=8)), max_size=30).map(
        "".join
    )


@st.composite
def broken(draw: st.DrawFn, text: str, parts: st.SearchStrategy[str]) -> str:
    """Return a text that is right, but for a place where something else stands."""
    start = draw(st.integers(0, len(text)))
    end = draw(st.integers(start, min(len(text), start + draw(st.integers(0, 60)))))
    return text[:start] + draw(parts) + text[end:]


MARKDOWN = pieces(
    "# ", "## ", "### ", "{#care}", "{#", "::: urgent\n", "::: notes 3\n", "::: questions\n",
    "::: unapproved-therapy\n", ":::\n", "- ", "  - ", "1. ", "999999999) ", "> ", "| a | b |\n",
    "|---|---|\n", "**", "*", "__", "`", "```\n", "[a](https://a.example)", "[a](javascript:x)",
    "[a]: ", "![x](figures/x.svg)", "![", "](", "<https://", ">", "&#x202e;", "&#0;", "&amp;",
    "\\", "\n", "\n\n", "    ", "\t", "***\n", "---\n", "===\n", "{phone}", "{{ 7*7 }}", "<b>",
    "<!--", "xn--", "www.a.example", "tel:1", "mailto:a@b.c",
)  # fmt: skip
YAML = pieces(
    "id: ", "title: ", "pages: ", "standard: ", "locales: ", "tags: ", "issued: ", "2026-01-01",
    "2026-13-01", "1e999", "0x10", "010", "~", "null", "yes", ".nan", "- ", "? ", ": ", "[", "]",
    "{", "}", "&a ", "*a", "!!python/name:os.system ", "<<: ", "|\n", ">\n", "%YAML 1.1\n", "...\n",
    "---\n", "'", '"', "\\uD800", "\\x00", "\\e", "#", "\n", "  ", "\t",
)  # fmt: skip
TOML = pieces(
    "[", "]", "[[", "]]", "name", " = ", "'''", '"""', '"', "'", "1979-05-27T07:32:00Z", "inf",
    "nan", "0x", "1_000", "9" * 30, "true", "{", "}", ",", ".", "\\u0000", "\\U0001F600", "#", "\n",
    "locales", "limits", "seconds", "megabytes", "disclaimer", "approval", "digest", "date",
)  # fmt: skip
PO = pieces(
    'msgid ""\n', 'msgstr ""\n', 'msgid "a"\n', 'msgstr "b"\n', 'msgctxt "c"\n', '"d"\n',
    'msgid_plural "e"\n', 'msgstr[0] "f"\n', "#, fuzzy\n", '#| msgid "g"\n', "#. h\n", "#: i:1\n",
    "#~ ", "# \n", "\n", '"', "\\", '\\"', "\\n", '"Content-Type: text/plain; charset=latin1\\n"\n',
    '"Plural-Forms: nplurals=2; plural=n;\\n"\n', "#~| ", " ", "\t",
)  # fmt: skip
SVG_START = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 50">'
SVG = pieces(
    "<g>", "</g>", "<rect/>", '<text x="1" y="2">', "</text>", "<tspan>", "</tspan>", "<use/>",
    "<script>", "<![CDATA[", "]]>", "<!--", "-->", "<?x y?>", "&lt;", "&#0;", "&#x202e;", "&x;",
    "<!DOCTYPE", ' fill="url(#a)"', ' d="M0 0"', ' width="1e999"', ' x="nan"', 'xmlns:x="y"', "x:",
    "<", ">", "/", '"', "</svg>",
)  # fmt: skip

# Texts of which a reader takes some and refuses others.


def rows(*parts: str) -> st.SearchStrategy[str]:
    """Return texts that are made of a few whole parts, in any order."""
    return st.lists(st.sampled_from(parts), max_size=4).map("".join)


POLICY = """\
[[disclaimer]]
id = "general-info"
when = ["always"]
placement = "first-page"
least_pt = 12
checked_on = 2026-11-23
expires_days = 180
"""
POLICIES = rows(POLICY.replace("general-info", "draft"), "boxed = true\n", "# x\n", "\n")
GENERAL, DRAFT = "## general-info\n\nب {phone}.\n", "## draft\n\nខ.\n"
HOUSE_WORDS = rows(
    DRAFT, DRAFT, "\n", "B.\n", "{clinic}", "{x}", "[a](https://a.example)", "[a](javascript:x)"
)
#: A policy, and the words of its disclaimers.
HOUSES = st.one_of(
    st.tuples(POLICIES.map(POLICY.__add__), HOUSE_WORDS.map(GENERAL.__add__)),
    st.tuples(POLICIES.map(POLICY.__add__), st.just(GENERAL + DRAFT)),
    st.tuples(st.just(POLICY), MARKDOWN.map(GENERAL.__add__)),
    st.tuples(broken(POLICY, TOML), st.just(GENERAL)),
    st.tuples(TOML, MARKDOWN),
)
PO_START = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'
PO_ENTRIES = rows(
    'msgctxt "c"\nmsgid "a"\nmsgstr "ب"\n\n',
    'msgctxt "c"\nmsgid "d"\nmsgstr ""\n"ខ"\n"\\n"\n\n',
    '#. h\n#, fuzzy\n#| msgid "g"\nmsgctxt "c"\nmsgid "e"\nmsgstr "\\"f\\""\n\n',
    'msgctxt "c"\nmsgid "i"\nmsgstr ""\n\n',
    '#~ msgctxt "c"\n#~ msgid "o"\n#~ msgstr "p"\n\n',
    "\n", "# x\n", "#, fuzzy\n",
)  # fmt: skip
SHAPES = rows(
    "<rect/>", '<path d="M0 0"/>', '<g><text x="1" y="2">a</text></g>', "<text> </text>",
    '<text x="3" y="4">ب<tspan> ខ</tspan></text>', "<text>&lt;b&gt;</text>", "<title>t</title>",
    '<rect fill="url(#a)"/>', '<rect fill="url(x.png)"/>', "<script/>", '<rect onload="x"/>',
    '<path href="javascript:x"/>', '<rect style="x"/>', "<use/>", '<text x="nan">a</text>', "c",
)  # fmt: skip
#: Front matter with any text where one is asked for; YAML reads strings as JSON writes them.
FRONT_TEXTS = st.text(max_size=20).map(
    lambda text: FRONT[4:-5].replace("title: Sore throat", f"title: {json.dumps(text)}")
)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder of a topic in a site, which is the working directory's."""
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "handouts" / "topics" / "sore-throat"
    (folder / "figures").mkdir(parents=True)
    (tmp_path / "handouts" / "house").mkdir()
    (tmp_path / "handouts" / "locales" / "es").mkdir(parents=True)
    (folder / "figures" / "x.svg").write_text(SVG_START + "</svg>", encoding="utf-8")
    return tmp_path / "handouts"


Refusals = Callable[[], AbstractContextManager[None]]


@pytest.fixture
def refusals() -> Iterator[Refusals]:
    """Accept a refusal that names a place, and can be said on one line.

    Of 20 examples, one has to be refused, and one has to come to its end: where all are
    refused, nothing that is said of a value is looked at.
    """
    ends: Counter[str] = Counter()

    @contextmanager
    def watched() -> Iterator[None]:
        end = "wrong"
        try:
            yield
            end = "read"
        except HandoutError as refusal:
            for one in refusal.each():
                assert one.where.startswith("handouts/"), one
                assert one.what
                assert "\n" not in str(one)
                str(one).encode("utf-8")
            end = "refused"
        finally:
            ends[end] += 1

    yield watched
    assert ends["wrong"] or min(ends["read"], ends["refused"]) * 20 >= ends.total() > 0, ends


def write(path: Path, text: str) -> None:
    path.write_bytes(text.encode("utf-8", "surrogatepass"))


@many
@given(st.one_of(ANY, MARKDOWN, broken(TOPIC, ANY), broken(BODY, MARKDOWN).map(FRONT.__add__)))
def test_any_topic(place: Path, refusals: Refusals, text: str) -> None:
    path = place / "topics" / "sore-throat" / "topic.md"
    write(path, text)
    with refusals():
        topic = read_topic(path, place)
        assert all(message.text for message in topic.messages)
        for message in topic.messages:
            plain(read_inline(message.text)).encode("utf-8")


@many
@given(st.one_of(FRONT_TEXTS, YAML, broken(FRONT[4:-5], YAML), broken(FRONT[4:-5], ANY)))
def test_any_front_matter(place: Path, refusals: Refusals, text: str) -> None:
    path = place / "topics" / "sore-throat" / "topic.md"
    write(path, f"---\n{text}\n---\n\nWords.\n")
    with refusals():
        topic = read_topic(path, place)
        for line in (*topic.authors, *topic.sources, topic.version, topic.title.text):
            line.encode("utf-8")


@many
@given(st.one_of(ANY, PO, PO_ENTRIES.map(PO_START.__add__)))
def test_any_catalogue(place: Path, refusals: Refusals, text: str) -> None:
    path = place / "locales" / "es" / "sore-throat.po"
    write(path, text)
    with refusals():
        catalogue = read_catalogue(path, place)
        again = place / "locales" / "es" / "again.po"
        again.write_bytes(dump_catalogue(catalogue))
        read = read_catalogue(again, place)
        live = {e.key: (e.text, e.fuzzy, e.previous) for e in catalogue}
        dead = {e.key: e.text for e in catalogue.obsolete.values()}
        assert {e.key: (e.text, e.fuzzy, e.previous) for e in read} == live
        assert {e.key: e.text for e in read.obsolete.values()} == dead
        dropped = merge(catalogue, ())
        assert not dropped.entries
        texts = {key: text for key, (text, *_) in live.items()}
        assert {e.key: e.text for e in dropped.obsolete.values()} == {
            key: text for key, text in (dead | texts).items() if text
        }


CLINIC_TEXT = CLINIC.format(locales='"en", "es"')


@many
@given(st.one_of(ANY, TOML, broken(CLINIC_TEXT, TOML), broken(CLINIC_TEXT, ANY)))
def test_any_clinic_file(place: Path, refusals: Refusals, text: str) -> None:
    write(place / "clinic.toml", text)
    with refusals():
        clinic = read_clinic(place)
        assert clinic.source_locale in clinic.locales


@many
@given(HOUSES)
@example((POLICY + POLICY.replace("general-info", "draft"), GENERAL))
@example((POLICY + POLICY, GENERAL))
@example((POLICY, f"{GENERAL}{{x}}\n"))
def test_any_house(place: Path, refusals: Refusals, both: tuple[str, str]) -> None:
    policy, words = both
    write(place / "house" / "policy.toml", policy)
    write(place / "house" / "disclaimers.md", words)
    with refusals():
        house = read_house(place)
        assert house.rules
        ids = [rule.id for rule in house.rules]
        assert policy.count("[[disclaimer]]") >= len(ids) == len(set(ids))
        assert set(ids) <= house.disclaimers.keys()
        for id_, message in house.disclaimers.items():
            assert f"## {id_}" in words
            assert message.text
            assert "{x}" not in message.text
            assert "(javascript:" not in message.text
            plain(read_inline(message.text)).encode("utf-8")


APPROVALS = f"""\
[[approval]]
topic = "sore-throat"
role = "reviewer"
name = "Rita Reviewer"
date = 2026-11-30
digest = "sha256:{"0" * 64}"
"""


@many
@given(st.one_of(ANY, TOML, broken(APPROVALS, TOML)))
def test_any_approvals(place: Path, refusals: Refusals, text: str) -> None:
    write(place / "locales" / "es" / "approvals.toml", text)
    with refusals():
        for signature in read_approvals(place, "es").signatures:
            signature.name.encode("utf-8")


@many
@given(st.one_of(ANY, SVG, st.one_of(SVG, SHAPES, SHAPES).map(f"{SVG_START}{{}}</svg>".format)))
@example(f"{SVG_START}<script/></svg>")
@example(f'{SVG_START}<rect onload="x"/></svg>')
@example(f'{SVG_START}<rect fill="url(x.png)"/></svg>')
@example(f"{SVG_START}<g><text>ب<tspan> ខ</tspan></text></g></svg>")
def test_any_drawing(place: Path, refusals: Refusals, text: str) -> None:
    folder = place / "topics" / "sore-throat"
    write(folder / "figures" / "y.svg", text)
    with refusals():
        figure, texts = read_figure(
            folder, "figures/y.svg", "handouts/topics/sore-throat/topic.md:1"
        )
        assert len(figure.labels) == len(texts)
        drawing = ElementTree.fromstring(figure.image)
        for element in drawing.iter():
            assert str(element.tag).rpartition("}")[2] in (
                "svg", "g", "rect", "path", "title", "circle", "line", "defs", "desc",
            )  # fmt: skip
            assert "script:" not in "".join(element.attrib.values()).lower()
            assert not element.attrib.keys() & {"href", "style", "onload"}
            assert "url(x" not in "".join(element.attrib.values())
        written = ElementTree.fromstring(text).iter("{http://www.w3.org/2000/svg}text")
        words = [" ".join("".join(label.itertext()).split()) for label in written]
        assert sorted(texts) == sorted(one for one in words if one)


@many
@given(st.one_of(ANY, MARKDOWN))
def test_any_line(text: str) -> None:
    with suppress(LinkError):
        plain(read_inline(text)).encode("utf-8")


def test_the_header_of_the_examples_is_a_catalogue(place: Path) -> None:
    """So that the properties above do not only ever see what is refused."""
    readers: dict[str, Callable[[], Any]] = {
        "topics/sore-throat/topic.md": lambda: read_topic(
            place / "topics" / "sore-throat" / "topic.md", place
        ),
        "clinic.toml": lambda: read_clinic(place),
        "locales/es/approvals.toml": lambda: read_approvals(place, "es"),
        "locales/es/x.po": lambda: read_catalogue(place / "locales" / "es" / "x.po", place),
    }
    header = "".join(f'"{name}: {value}\\n"\n' for name, value in HEADER.items())
    texts = [TOPIC, CLINIC_TEXT, APPROVALS, f'msgid ""\nmsgstr ""\n{header}']
    for (name, read), text in zip(readers.items(), texts, strict=True):
        write(place / name, text)
        read()
