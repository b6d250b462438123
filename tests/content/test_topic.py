"""topic.md -> Topic: what is read, and what is said of what cannot be."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pressroom.content.placeholders import placeholders
from pressroom.content.topic.blocks import slug
from pressroom.content.topic.inline import LinkError, read_inline
from pressroom.content.topic.read import read_topic, topic_paths
from pressroom.core.errors import HandoutError, ManuscriptError
from pressroom.core.model import Message, Span, Topic, plain

from ..support import SHIPPED, TOPIC, line_of

HEAD, BODY = TOPIC.split("---\n\n", 1)
HEAD += "---\n"

Read = Callable[[str], Topic]


@pytest.fixture
def read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Read:
    """Read a topic from its text; paths are shown below the working directory."""
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "handouts" / "topics" / "sore-throat"
    (folder / "figures").mkdir(parents=True)

    def do(text: str) -> Topic:
        path = folder / "topic.md"
        path.write_bytes(text.encode("utf-8", "surrogatepass"))
        return read_topic(path)

    return do


PATH = "handouts/topics/sore-throat/topic.md"


def said(read: Read, text: str) -> list[str]:
    """Return everything that is said of a topic that cannot be read."""
    with pytest.raises(HandoutError) as caught:
        read(text)
    assert caught.value.exit_code == 1
    return [str(one) for one in caught.value.each()]


# Front matter


def test_reads_front_matter(read: Read) -> None:
    topic = read(TOPIC)
    assert topic.id == "sore-throat"
    assert topic.path == PATH
    assert topic.title.text == "Sore throat"
    assert topic.version == "1.0"
    assert topic.issued.isoformat() == "2026-11-23"
    assert topic.authors == ("Ada Author",)
    assert topic.sources == ("A guideline on sore throat, 2025",)
    assert topic.page_budget("en", "standard") == 2
    assert topic.page_budget("en", "large-print") is None
    assert topic.therapy is None


def test_a_locale_has_its_own_page_budget(read: Read) -> None:
    text = TOPIC.replace(
        "  standard: 2\n",
        "  standard: 2\n  large-print: 4\n  locales:\n    my:\n      standard: 3\n"
        "      reason: Burmese needs 1.6 times the room\n",
    )
    topic = read(text)
    assert topic.page_budget("my", "standard") == 3
    assert topic.page_budget("my", "large-print") == 4
    assert topic.page_budget("es", "standard") == 2


def test_a_budget_may_be_a_bare_number(read: Read) -> None:
    assert read(TOPIC.replace("pages:\n  standard: 2\n", "pages: 4\n")).pages == {"standard": 4}


def test_a_bare_version_number_is_text(read: Read) -> None:
    assert read(TOPIC.replace('version: "1.0"', "version: 1.5")).version == "1.5"


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("funder: none", "fundr: none", "unknown key 'fundr'; did you mean 'funder'?"),
        (
            "tags: []",
            "tags: []\nxyzzy: 1",
            "unknown key 'xyzzy'; known keys are: action, also",
        ),
        ("  standard: 2", "  standard: 2\n  standart: 3", "unknown key 'pages.standart'; did you"),
        ("issued: 2026-11-23", "issued: soon", "'issued':"),
        ("review_by: 2027-11-22", "review_by: 2026-11-22", "review_by must come after issued"),
        ("authors: [Ada Author]", "authors: []", "'authors':"),
        ("title: Sore throat", "title: ' '", "'title': is empty"),
        ("  standard: 2", "  standard: 0", "'pages.standard':"),
        ("tags: []", "tags: [Not An Id]", "'tags.0':"),
        ("  standard: 2", "  standard: 2\n  locales: {my: {standard: 3}}", "pages.locales.my.rea"),
        ("tags: []", "tags: []\ntags: [x]", "the key 'tags' stands in line 6 already"),
        ("tags: []", "tags: &anchor []", "YAML anchors and aliases are not read"),
        ("tags: []", "tags: !!python/object:os.system []", "YAML tags are not read"),
        ("tags: []", "tags: [[[[[[[x]]]]]]]", "is nested too deeply"),
        ("title: Sore throat", "title: Sore: throat", "this is not YAML"),
        ("title: Sore throat", "title: Call {phon}", "unknown placeholder {phon}; did you mean"),
    ],
)
def test_front_matter_errors_name_the_line(read: Read, old: str, new: str, expected: str) -> None:
    text = TOPIC.replace(old, new)
    assert text != TOPIC
    line = line_of(text, new.split("\n")[-1].strip())
    messages = said(read, text)
    found = [message for message in messages if expected in message]
    assert len(found) == 1, messages
    # An error of the whole (dates out of order) stands at the first line.
    assert found[0].startswith((f"{PATH}:{line}: ", f"{PATH}:1: review_by")), found


def test_all_errors_are_said_at_once(read: Read) -> None:
    text = TOPIC.replace("title:", "titel:").replace("version:", "vesion:")
    messages = said(read, text)
    assert len(messages) == 4  # two unknown keys, two that are missing
    assert sum("is missing; add it" in message for message in messages) == 2
    assert sum("did you mean" in message for message in messages) == 2


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("# A topic", "a topic starts with front matter"),
        ("", "a topic starts with front matter"),
        ("---\nid: x\n", "the front matter does not end"),
        ("---\n- a list\n---\n", "front matter is a list of keys"),
        ("---\n---\n", "front matter is a list of keys"),
    ],
)
def test_a_file_without_front_matter(read: Read, text: str, expected: str) -> None:
    (message,) = said(read, text)
    assert expected in message
    assert message.startswith(f"{PATH}:")


def test_the_id_is_the_name_of_the_folder(read: Read) -> None:
    (message,) = said(read, TOPIC.replace("id: sore-throat", "id: other"))
    assert message.startswith(f"{PATH}:2: the id 'other' is not the folder's name, 'sore-throat'")


# Blocks and messages


def test_blocks_and_their_order(read: Read) -> None:
    topic = read(TOPIC)
    assert [(block.kind, block.name) for block in topic.blocks] == [
        ("container", "urgent"),
        ("heading", "care"),
        ("paragraph", ""),
        ("list", ""),
        ("heading", "questions"),
        ("container", "questions"),
        ("notes", ""),
    ]
    assert topic.blocks[-1].number == 2


def test_messages_have_context_anchor_place_and_line(read: Read) -> None:
    topic = read(TOPIC)
    by_text = {message.text: message for message in topic.messages}
    rest = by_text["Take 1–2 tablets, three times a day."]
    assert rest == Message(
        context="care",
        text="Take 1–2 tablets, three times a day.",
        anchor="msg-care-4",
        place="list item 2 of 2 under “Care at home”",
        line=line_of(TOPIC, "- Take 1–2"),
        path=PATH,
    )
    assert by_text["You find it hard to breathe."].context == "lead"
    assert by_text["You find it hard to breathe."].anchor == "msg-lead-1"
    assert by_text["Care at home"].place == "heading of level 1"
    assert by_text["Care at home"].anchor == "msg-care-1"
    assert by_text["Sore throat"].context == "front-matter"
    assert by_text["Sore throat"].line == 3
    assert by_text["Rest and drink enough."].place == "what the reader can do"


def test_anchors_are_unique(read: Read) -> None:
    for path in (*SHIPPED.glob("topics/*/topic.md"),):
        anchors = [message.anchor for message in read_topic(path).messages]
        assert len(anchors) == len(set(anchors))
    anchors = [message.anchor for message in read(TOPIC).messages]
    assert len(anchors) == len(set(anchors))


def test_the_same_words_twice_are_one_text_in_two_places(read: Read) -> None:
    topic = read(HEAD + "\n## A {#a}\n\nSame words.\n\nSame words.\n\n## B {#b}\n\nSame words.\n")
    same = [message for message in topic.messages if message.text == "Same words."]
    assert [message.anchor for message in same] == ["msg-a-2", "msg-a-3", "msg-b-2"]
    assert [message.context for message in same] == ["a", "a", "b"]


def test_lines_of_a_paragraph_are_joined(read: Read) -> None:
    topic = read(HEAD + "\nOne line\nand   another.\n")
    assert topic.messages[-1].text == "One line and another."


def test_a_table_has_a_message_for_each_cell(read: Read) -> None:
    topic = read(HEAD + "\n| Dose | When |\n|---|---|\n| 5 mg | |\n")
    (table,) = topic.blocks
    assert [[cell.marked for cell in row.children] for row in table.children] == [
        [True, True],
        [False, False],
    ]
    assert [m.text for m in topic.messages[-3:]] == ["Dose", "When", "5 mg"]
    assert topic.messages[-1].place == "table row 2, column 1"


def test_an_ordered_list_keeps_its_first_number(read: Read) -> None:
    (block,) = read(HEAD + "\n3. Third\n4. Fourth\n").blocks
    assert (block.kind, block.marked, block.number) == ("list", True, 3)


def test_a_list_item_may_hold_more_blocks(read: Read) -> None:
    (block,) = read(HEAD + "\n- First\n\n  More of it.\n\n  - Inner\n").blocks
    (item,) = block.children
    assert item.message is not None
    assert item.message.text == "First"
    assert [child.kind for child in item.children] == ["paragraph", "list"]


def test_headings_without_an_id_get_one_from_their_words(read: Read) -> None:
    (block,) = read(HEAD + "\n## Ça va? Très bien!\n").blocks
    assert block.name == "ca-va-tres-bien"


@pytest.mark.parametrize(
    ("body", "line", "expected"),
    [
        ("# Title", 1, "the title stands in the front matter; start headings at '##'"),
        ("##### Five", 1, "a leaflet has headings of three levels"),
        ("## A\n\n#### B", 3, "a heading level is skipped; use '###'"),
        ("## 症状", 1, "the heading has no usable id (''); add one"),
        ("## A {#B C}", 1, "the heading has no usable id"),
        ("## A {#../x}", 1, "the heading has no usable id ('../x')"),
        ("## A {#x}\n\n## B {#x}", 3, "the id 'x' stands in line"),
        ("## A {#lead}", 1, "the id 'lead' is reserved"),
        ("::: urgnt\n:::", 1, "unknown container 'urgnt'; did you mean '::: urgent'?"),
        ("::: box\n:::", 1, "unknown container 'box'; known are urgent"),
        ("::: notes\n:::", 1, "'::: notes' needs a number from 1 to 40"),
        ("::: notes 41\n:::", 1, "'::: notes' needs a number from 1 to 40"),
        ("::: urgent now\n:::", 1, "'::: urgent' takes nothing behind it"),
        ("::: urgent\n- text", 1, "'::: urgent' does not end; close it with a line ':::'"),
        ("::: urgent\n:::\n\n::: urgent\n:::", None, "'::: urgent' stands 2 times"),
        ("::: same-day\n:::\n\n::: same-day\n:::", None, "'::: same-day' stands 2 times"),
        ("::: same-day\n:::\n\n::: urgent\n:::", 1, "does not stand directly behind '::: urgent'"),
        ("::: urgent\n:::\n\nA.\n\n::: same-day\n:::", 6, "move it there: they are one box"),
        ("::: unapproved-therapy\nx\n:::", None, "in a topic without that tag; add the tag"),
        ("```\ncode\n```", 1, "a leaflet has no code"),
        ("    code", 1, "a leaflet has no code"),
        ("a\n\n---", 3, "a leaflet has no rules between blocks"),
        ("Call {fone}.", 1, "unknown placeholder {fone}; did you mean {phone}?"),
        ("[x](javascript:alert(1))", 1, "the link 'javascript:alert(1)' is not one of https:"),
        ("[x](file:///etc/passwd)", 1, "the link 'file:///etc/passwd' is not one of"),
        ("[x](other.md)", 1, "the link 'other.md' is not one of"),
        ("A ![picture](x.svg) inside.", 1, "a picture stands in a paragraph of its own"),
        ("![](figures/x.svg)", 1, "the picture is not described"),
        ("![x](figures/none.svg)", None, "this file does not exist"),
        ("![x](../../../clinic.toml)", 1, "is not a picture of this topic"),
        ("![x](/etc/hostname)", 1, "is not a picture of this topic"),
    ],
)
def test_body_errors_name_the_line(read: Read, body: str, line: int | None, expected: str) -> None:
    offset = HEAD.count("\n") + 1
    messages = said(read, f"{HEAD}\n{body}\n")
    found = [message for message in messages if expected in message]
    assert len(found) == 1, messages
    if line is not None:
        assert found[0].startswith(f"{PATH}:{offset + line}: "), found


def test_every_error_of_the_body_is_said(read: Read) -> None:
    messages = said(read, HEAD + "\n# Title\n\n{x}\n\n```\n```\n")
    assert len(messages) == 3


def test_raw_html_is_never_read(read: Read) -> None:
    text = "<script>alert(1)</script> &amp; <b>x</b>"
    assert plain(read_inline(text)) == "<script>alert(1)</script> & <b>x</b>"
    assert {span.kind for span in read_inline(text)} == {"text"}
    assert said(read, f"{HEAD}\n{text}\n") == [
        f"{PATH}:20: '<script>' is HTML, which is printed as typed; write it in Markdown, "
        "or take it out"
    ]


# Inline text


def test_inline_spans() -> None:
    spans = read_inline("A **b *c*** `d` [e](https://f.example)  \ng\\\nh")
    kinds = [span.kind for span in spans]
    assert kinds == ["text", "strong", "text", "code", "text", "link", "break", "text", "break",
                     "text"]  # fmt: skip
    assert spans[1].children == (
        Span("text", "b "),
        Span("emphasis", children=(Span("text", "c"),)),
    )
    assert spans[5].href == "https://f.example"
    assert plain(spans) == "A b c d e\ng\nh"


@pytest.mark.parametrize("scheme", ["https://x.example", "http://x.example", "mailto:a@b.example",
                                    "tel:112", "HTTPS://X.example"])  # fmt: skip
def test_link_schemes_that_are_allowed(scheme: str) -> None:
    (span,) = read_inline(f"[x]({scheme})")
    assert span.kind == "link"


@pytest.mark.parametrize(
    "link", ["javascript:x", "JaVaScRiPt:x", "data:text/html,x", "file:///x", "//x.example", "#x",
             "ftp://x.example", "vbscript:x", "&#106;avascript:x"],
)  # fmt: skip
def test_link_schemes_that_are_not(link: str) -> None:
    with pytest.raises(LinkError):
        read_inline(f"[x]({link})")


def test_placeholders_stand_once_in_order() -> None:
    assert placeholders("{b} {a} {b} {1} {} {a b}") == ("b", "a")


def test_slug_is_ascii() -> None:
    assert slug("  Überweisung / Ärztin ") == "uberweisung-arztin"


def test_topic_paths_leave_hidden_folders_out(tmp_path: Path) -> None:
    for name in ("b", "a", ".git", "_draft"):
        (tmp_path / "topics" / name).mkdir(parents=True)
    (tmp_path / "topics" / "note.txt").touch()
    assert list(topic_paths(tmp_path)) == ["a", "b"]
    assert topic_paths(tmp_path / "none") == {}


# Whatever is typed

PIECES = st.sampled_from(
    ["#", "## ", "{#a}", "{#", "}", "::: urgent\n", ":::\n", "::: notes 2\n", "- ", "1. ", "> ",
     "\n", "\n\n", "**", "*", "`", "```\n", "[x](", ")", "![a](b.svg)", "<b>", "&#0;", "&lt;",
     "| a | b |\n|---|---|\n", "---\n", "===\n", "{phone}", "{x}", "\\", "    ", "\t", "text",
     "السلام", "១២", "\u2028", "\u200f", "\ufeff", "\x0b", "<https://x.example>", "[x]: y\n"]
)  # fmt: skip
ANY_BODY = st.one_of(st.text(max_size=200), st.lists(PIECES, max_size=40).map("".join))


def _reads_or_says(text: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sore-throat" / "topic.md"
        path.parent.mkdir()
        path.write_bytes(text.encode("utf-8", "surrogatepass"))
        try:
            topic = read_topic(path)
        except HandoutError as problem:
            for one in problem.each():
                assert one.what
                assert one.where
        else:
            anchors = [message.anchor for message in topic.messages]
            assert len(anchors) == len(set(anchors))
            assert all(message.text == " ".join(message.text.split()) for message in topic.messages)


@given(ANY_BODY)
def test_any_body_is_read_or_refused(body: str) -> None:
    _reads_or_says(HEAD + "\n" + body)


YAML_PIECES = st.sampled_from(
    ["id: sore-throat\n", "title: x\n", ": ", "- ", "[", "]", "{", "}", "&a ", "*a", "!!", "|\n",
     ">\n", "'", '"', "\n", "  ", "\t", "? ", "%YAML 9.9\n", "---\n", "...\n", "2026-13-45",
     "issued: 2026-02-31\n", "0x", "1e999", ".inf", "<<: ", "~", "\u0085", "\ud800", "\x00",
     "version: 1_0:0\n", "é", "pages"]
)  # fmt: skip


@given(st.one_of(st.text(max_size=120), st.lists(YAML_PIECES, max_size=25).map("".join)))
def test_any_front_matter_is_read_or_refused(head: str) -> None:
    _reads_or_says(f"---\n{head}\n---\n")


@given(st.text(max_size=200))
def test_any_file_is_read_or_refused(text: str) -> None:
    _reads_or_says(text)


@given(ANY_BODY)
def test_any_inline_text_is_read_or_refused(text: str) -> None:
    try:
        spans = read_inline(" ".join(text.split()))
    except LinkError:
        return
    assert all(span.kind != "text" or span.text for span in spans)


@pytest.mark.parametrize("body", ["> " * 3000 + "x", "- " * 3000 + "x", "*" * 20000 + "x",
                                  "[" * 20000, "`" * 20001, "![" * 5000])  # fmt: skip
def test_deep_nesting_is_read_or_refused(body: str) -> None:
    _reads_or_says(HEAD + "\n" + body)


def test_errors_are_manuscript_errors(read: Read) -> None:
    with pytest.raises(ManuscriptError):
        read("x")
