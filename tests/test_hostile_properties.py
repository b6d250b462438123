"""Any text that a reader is given becomes a value, or is refused with its place: nothing else.

`EXAMPLES=10000` looks for new ones, many for each reader.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pressroom.approvals import read_approvals
from pressroom.catalogue.merge import merge
from pressroom.catalogue.po import dump_catalogue, read_catalogue
from pressroom.clinic import read_clinic
from pressroom.errors import HandoutError
from pressroom.figures import read_figure
from pressroom.house import read_house
from pressroom.manuscript import LinkError, read_inline, read_topic
from pressroom.model import plain

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
    """Give texts that are made of the words of a language, in any order."""
    return st.lists(st.one_of(st.sampled_from(parts), st.text(max_size=8)), max_size=30).map(
        "".join
    )


@st.composite
def broken(draw: st.DrawFn, text: str, parts: st.SearchStrategy[str]) -> str:
    """Give a text that is right, but for a place where something else stands."""
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


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the folder of a topic in a site, which is the working directory's."""
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "handouts" / "topics" / "sore-throat"
    (folder / "figures").mkdir(parents=True)
    (tmp_path / "handouts" / "house").mkdir()
    (tmp_path / "handouts" / "locales" / "es").mkdir(parents=True)
    (folder / "figures" / "x.svg").write_text(SVG_START + "</svg>", encoding="utf-8")
    return tmp_path / "handouts"


@contextmanager
def refusals() -> Iterator[None]:
    """Let a refusal pass that names a place, and can be said on one line."""
    try:
        yield
    except HandoutError as refusal:
        for one in refusal.each():
            assert one.where.startswith("handouts/"), one
            assert one.what
            assert "\n" not in str(one)
            str(one).encode("utf-8")


def write(path: Path, text: str) -> None:
    path.write_bytes(text.encode("utf-8", "surrogatepass"))


@many
@given(st.one_of(ANY, MARKDOWN, broken(TOPIC, ANY), broken(BODY, MARKDOWN).map(FRONT.__add__)))
def test_any_topic(place: Path, text: str) -> None:
    path = place / "topics" / "sore-throat" / "topic.md"
    write(path, text)
    with refusals():
        topic = read_topic(path, place)
        assert all(message.text for message in topic.messages)
        for message in topic.messages:
            plain(read_inline(message.text)).encode("utf-8")


@many
@given(st.one_of(YAML, broken(FRONT[4:-5], YAML), broken(FRONT[4:-5], ANY)))
def test_any_front_matter(place: Path, text: str) -> None:
    path = place / "topics" / "sore-throat" / "topic.md"
    write(path, f"---\n{text}\n---\n\nWords.\n")
    with refusals():
        topic = read_topic(path, place)
        for line in (*topic.authors, *topic.sources, topic.version, topic.title.text):
            line.encode("utf-8")


@many
@given(st.one_of(ANY, PO))
def test_any_catalogue(place: Path, text: str) -> None:
    path = place / "locales" / "es" / "sore-throat.po"
    write(path, text)
    with refusals():
        catalogue = read_catalogue(path, place)
        again = place / "locales" / "es" / "again.po"
        again.write_bytes(dump_catalogue(catalogue))
        read = read_catalogue(again, place)
        assert {e.key: (e.text, e.fuzzy) for e in read} == {
            e.key: (e.text, e.fuzzy) for e in catalogue
        }
        merge(catalogue, ())


CLINIC_TEXT = CLINIC.format(locales='"en", "es"')


@many
@given(st.one_of(ANY, TOML, broken(CLINIC_TEXT, TOML), broken(CLINIC_TEXT, ANY)))
def test_any_clinic_file(place: Path, text: str) -> None:
    write(place / "clinic.toml", text)
    with refusals():
        clinic = read_clinic(place)
        assert clinic.source_locale in clinic.locales


POLICY = """\
[[disclaimer]]
id = "general-info"
when = ["always"]
placement = "first-page"
least_pt = 12
checked_on = 2026-11-23
expires_days = 180
"""


@many
@given(
    st.one_of(TOML, broken(POLICY, TOML)), st.one_of(MARKDOWN, st.just("## general-info\n\nA.\n"))
)
def test_any_house(place: Path, policy: str, words: str) -> None:
    write(place / "house" / "policy.toml", policy)
    write(place / "house" / "disclaimers.md", words)
    with refusals():
        house = read_house(place)
        assert all(rule.id in house.disclaimers for rule in house.rules)


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
def test_any_approvals(place: Path, text: str) -> None:
    write(place / "locales" / "es" / "approvals.toml", text)
    with refusals():
        for signature in read_approvals(place, "es").signatures:
            signature.name.encode("utf-8")


@many
@given(st.one_of(ANY, SVG, SVG.map(lambda text: f"{SVG_START}{text}</svg>")))
def test_any_drawing(place: Path, text: str) -> None:
    folder = place / "topics" / "sore-throat"
    write(folder / "figures" / "y.svg", text)
    with refusals():
        figure, texts = read_figure(
            folder, "figures/y.svg", "handouts/topics/sore-throat/topic.md:1"
        )
        assert len(figure.labels) == len(texts)
        for element in ElementTree.fromstring(figure.svg).iter():
            assert not str(element.tag).lower().endswith("script")
            assert "script:" not in "".join(element.attrib.values()).lower()


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
