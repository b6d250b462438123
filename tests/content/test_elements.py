"""What leaflets hold besides paragraphs: how it is read, and what is said of what is not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pressroom.content.topic.inline import read_inline
from pressroom.content.topic.read import read_topic, topic_paths
from pressroom.core.errors import ConfigurationError, HandoutError
from pressroom.core.model import Block, Topic, plain

from ..support import TOPIC

HEAD = TOPIC.split("---\n\n", 1)[0] + "---\n"
#: Lines before the first line of a body that stands behind HEAD and an empty line.
BEFORE = HEAD.count("\n") + 1
PATH = "handouts/topics/sore-throat/topic.md"

Read = Callable[[str], Topic]


@pytest.fixture
def read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Read:
    """Read a topic from its body."""
    monkeypatch.chdir(tmp_path)
    path = tmp_path / PATH
    path.parent.mkdir(parents=True)

    def do(body: str) -> Topic:
        path.write_text(f"{HEAD}\n{body}\n", encoding="utf-8")
        return read_topic(path)

    return do


def texts(topic: Topic) -> list[str]:
    return [message.text for message in topic.messages if message.context != "front-matter"]


def outline(blocks: tuple[Block, ...]) -> list[object]:
    """Return kinds and words of blocks, as nested lists."""
    return [
        (block.kind, block.message.text if block.message else block.name, *outline(block.children))
        for block in blocks
    ]


# Lists


@pytest.mark.parametrize(
    ("body", "starts"),
    [
        ("1. a\n2. b\n\nText.\n\n3. c", [1, 3]),
        ("7) a\n8) b", [7]),
        ("1. a\n1. b\n1. c", [1]),
        ("0. a\n1. b", [0]),
        ("4. a\n   1. b\n   2. c\n5. d", [4, 1]),
        ("٤. a", []),
    ],
)
def test_steps_keep_their_numbers(read: Read, body: str, starts: list[int]) -> None:
    found = [block.number for block in read(body).walk() if block.kind == "list"]
    assert found == starts


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("1. a\n2. b\n4. c", "the steps are numbered 1, 2, 4; number them 1, 2, 3"),
        ("3. a\n3. b\n4. c", "the steps are numbered 3, 3, 4; number them 3, 4, 5"),
    ],
)
def test_numbers_that_do_not_count_are_refused(read: Read, body: str, said: str) -> None:
    with pytest.raises(HandoutError) as caught:
        read(body)
    assert str(caught.value) == f"{PATH}:{BEFORE + 1}: {said}"


def test_an_item_holds_a_paragraph_and_a_list(read: Read) -> None:
    topic = read("1. One.\n\n   More of one.\n\n   - a\n   - b\n2. Two.")
    assert outline(topic.blocks) == [
        (
            "list", "",
            (
                "item", "One.",
                ("paragraph", "More of one."),
                ("list", "", ("item", "a"), ("item", "b")),
            ),
            ("item", "Two."),
        )
    ]  # fmt: skip


# Text


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("take 500\u00a0mg\nof it", "take 500\u00a0mg of it"),
        ("take 500\u202fmg\tof it", "take 500\u202fmg of it"),
        ("5\u2009mg\u3000x", "5\u2009mg\u3000x"),
        ("Ward 3  \nRoom 7\\\n  Bed 2", "Ward 3\\ Room 7\\ Bed 2"),
        ("one \ntwo", "one two"),
        ("C:\\\\\nx", "C:\\\\ x"),
    ],
)
def test_spaces_and_breaks_stay(read: Read, body: str, text: str) -> None:
    assert texts(read(body)) == [text]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("5 × 10^9^/L", "5 × 10⁹/L"),
        ("10^-3^ and H~2~O", "10⁻³ and H₂O"),
        ("CO~max~", "COmax"),
        ("10^٩^", "10٩"),
        ("~5 to ~10", "~5 to ~10"),
        ("Ward 3\\ Room 7", "Ward 3\nRoom 7"),
        ("**停药。**如出现", "停药。如出现"),
        ("**주의(의사)**는", "주의(의사)는"),
        ("**ระวัง:**ถ้า", "ระวัง:ถ้า"),
        ("**ጥንቃቄ፦**ከሆነ", "ጥንቃቄ፦ከሆነ"),
        ("**توقف:**إذا", "توقف:إذا"),
        ("5 * 3", "5 * 3"),
    ],
)
def test_inline_text(text: str, shown: str) -> None:
    assert plain(read_inline(text)) == shown


def test_bold_before_letters_is_bold() -> None:
    kinds = [span.kind for span in read_inline("**停药。**如出现**皮疹！**请")]
    assert kinds == ["strong", "text", "strong", "text"]


def test_raised_words_are_raised_and_signs_are_themselves() -> None:
    assert [span.kind for span in read_inline("x^th^, 10^9^, CO~max~")] == [
        "text", "raised", "text", "lowered",
    ]  # fmt: skip


def test_definitions(read: Read) -> None:
    topic = read("INR\n: A blood test.\n\n  It has no unit.\n\nWarfarin\n: A tablet.\n: Another.")
    assert outline(topic.blocks) == [
        (
            "definitions", "",
            ("term", "INR"),
            ("meaning", "A blood test.", ("paragraph", "It has no unit.")),
            ("term", "Warfarin"),
            ("meaning", "A tablet."),
            ("meaning", "Another."),
        )
    ]  # fmt: skip
    assert [message.place for message in topic.messages[-6:]] == [
        "term", "meaning of INR", "meaning of INR", "term", *["meaning of Warfarin"] * 2,
    ]  # fmt: skip


def test_notes_stand_last_in_the_order_of_their_calls(read: Read) -> None:
    topic = read("[^b]: Of b.\n\n## S {#s}\n\nOne.[^a] Two.[^b] Again.[^a]\n\n[^a]: Of a.")
    assert texts(topic) == ["S", "One.[^a] Two.[^b] Again.[^a]", "Of a.", "Of b."]
    assert [message.anchor for message in topic.messages[-2:]] == [
        "msg-footnotes-1", "msg-footnotes-2",
    ]  # fmt: skip
    assert topic.messages[-1].place == "note [^b]"
    assert topic.messages[-1].line == BEFORE + 1


def test_boxes_and_checklists(read: Read) -> None:
    topic = read("::: warning\nDo not drive.\n:::\n\n::: checklist\n- A card.\n- Tablets.\n:::")
    assert [block.name for block in topic.blocks] == ["warning", "checklist"]
    assert [message.place for message in topic.messages[-3:]] == [
        "paragraph in a warning", "list item 1 of 2 to tick", "list item 2 of 2 to tick",
    ]  # fmt: skip


def test_columns_are_aligned_as_they_are_written(read: Read) -> None:
    (table,) = read("| a | b | c | d |\n|:--|--:|:-:|---|\n| 1 | 2 | 3 | 4 |").blocks
    assert [[cell.name for cell in row.children] for row in table.children] == [
        ["start", "end", "center", ""],
    ] * 2  # fmt: skip


# What would be printed as typed


@pytest.mark.parametrize(
    ("body", "line", "said"),
    [
        ("See <img src=x> now.", 1, "'<img src=x>' is HTML"),
        ("A<br>b", 1, "'<br>' is HTML"),
        ("x\n\n~~five~~ six", 3, "'~~five~~' strikes nothing out"),
        ("- [ ] one\n- [x] two", 1, "'[ ]' is not read; use '::: checklist'"),
        ("A claim.[^1]", 1, "the note [^1] has no text; write '[^1]: …'"),
        ("[^1]: Of nothing.", 1, "nothing calls the note [^1]"),
        ("The end.\\", 1, "a backslash ends the text"),
        ("Call {fone}.", 1, "unknown placeholder {fone}; did you mean {phone}?"),
        ("Call {the nurse}.", 1, "'{the nurse}' is no placeholder"),
        ("• First\n• Second", 1, "'•' makes no list; begin the line with '- '"),
        ("Text:\n– First\n– Second", 2, "'–' makes no list"),
        ("a) First\nb) Second", 1, "'a)' makes no list"),
        ("o\tFirst\no\tSecond", 1, "'o' makes no list"),
        ("A sentence\n---\n\nText.", 2, "a line of '---' makes a heading of the text above it"),
        ("A sentence\n===", 2, "makes a heading of the text above it"),
        ("***", 1, "a leaflet has no rules between blocks"),
        ("Name: ______", 1, "is no blank; write {blank}"),
        ("5 × 10^9/L", 1, "'^' is not closed; write 10^9^"),
        ("the 2^nd and 3^rd day", 1, "'^' is not closed"),
        ("##Heading", 1, "'##' makes no heading; write a space"),
        ("| a | b |\n| 1 | 2 |", 1, "this is no table; write '|---|---|' below its first row"),
        ("[here] (https://x.example)", 1, "'] (' is no link"),
        ("[1] (see page 2)", None, ""),
        ("[words][ref]", 1, "'][' is no link"),
        ("[words](https://x.example /y)", 1, "'](' is no link"),
        ("a &nbps; b", 1, "'&nbps;' names no character"),
        ("INR\n:", 2, "'INR' has no meaning below it"),
        ("**Bold", 1, "'**' is not closed"),
        ("تناول ~~خمسة~~ ستة", 1, "strikes nothing out"),
        ("बुखार ^९", None, ""),
        ("`~~x~~` and \\<b> and 5 < 6 > 4", None, ""),
        ("A {blank} line, 10^9^, x[^a]\n\n[^a]: note", None, ""),
        ("– one dash alone", None, ""),
        ("Take 2–4, I think – or not.", None, ""),
    ],
)
def test_markup_that_nothing_reads(read: Read, body: str, line: int | None, said: str) -> None:
    if line is None:
        read(body)
        return
    with pytest.raises(HandoutError) as caught:
        read(body)
    (first, *_) = caught.value.each()
    assert str(first).startswith(f"{PATH}:{BEFORE + line}: ")
    assert said in str(first)
    assert first.code == "markup-unread"


@pytest.mark.parametrize(
    ("body", "line", "said"),
    [
        ("::: tip\n## H {#h}\n:::", 2, "'::: tip' holds no heading; end the box before it"),
        ("::: checklist\nWords.\n:::", 1, "'::: checklist' is no list"),
        ("::: only north\nWords.\n:::", 1, "there is no clinic 'north'; known are none"),
        ("::: include parking", 1, "there is no handouts/snippets/parking.md; known are none"),
        ("::: wraning\nx\n:::", 1, "unknown container 'wraning'; did you mean '::: warning'?"),
    ],
)
def test_what_containers_ask_for(read: Read, body: str, line: int, said: str) -> None:
    with pytest.raises(HandoutError) as caught:
        read(body)
    assert str(caught.value).startswith(f"{PATH}:{BEFORE + line}: {said}")


# Snippets, clinics, categories


def test_a_snippet_stands_in_place_with_its_own_lines(read: Read) -> None:
    path = Path("handouts/snippets/parking.md")
    path.parent.mkdir()
    path.write_text("Park at {clinic}.\n\n- Level 2\n", encoding="utf-8")
    topic = read("Before.\n\n::: include parking\n\nBehind.\n\n::: include parking\n:::")
    assert texts(topic) == ["Before.", "Park at {clinic}.", "Level 2", "Behind.",
                            "Park at {clinic}.", "Level 2"]  # fmt: skip
    first = topic.messages[-5]
    assert (first.context, first.anchor) == ("snippet-parking", "msg-snippet-parking-1")
    assert (first.path, first.line) == ("handouts/snippets/parking.md", 1)
    path.write_text("Park.\n\n::: include parking\n", encoding="utf-8")
    with pytest.raises(HandoutError, match=r"parking\.md:3: a snippet includes no other"):
        read("::: include parking")


def test_a_paragraph_of_one_clinic(read: Read) -> None:
    for name in ("north", "south"):
        path = Path(f"handouts/clinics/{name}.toml")
        path.parent.mkdir(exist_ok=True)
        path.write_text(f'name = "{name}"\n', encoding="utf-8")
    topic = read("All.\n\n::: only north\nNorth.\n:::\n\n- a\n\n  ::: only south\n  South.\n  :::")
    assert topic.messages[-3].place == "paragraph; printed only at north"
    assert texts(topic) == ["All.", "North.", "a", "South."]
    assert texts(topic.at("north")) == ["All.", "North.", "a"]
    assert texts(topic.at("south")) == ["All.", "a", "South."]
    assert texts(topic.at("")) == ["All.", "a"]
    assert {block.kind for block in topic.at("north").walk()} == {"paragraph", "list", "item"}


def test_topics_stand_in_categories(tmp_path: Path) -> None:
    for name in ("lungs/asthma", "lungs/cough", "back-pain"):
        folder = tmp_path / "topics" / name
        (folder / "figures").mkdir(parents=True)
        (folder / "topic.md").touch()
    found = topic_paths(tmp_path)
    assert list(found) == ["asthma", "back-pain", "cough"]
    assert found["asthma"] == tmp_path / "topics/lungs/asthma/topic.md"
    (tmp_path / "topics/children/asthma").mkdir(parents=True)
    (tmp_path / "topics/children/asthma/topic.md").touch()
    with pytest.raises(ConfigurationError, match="'asthma' stands in children/ and lungs/"):
        topic_paths(tmp_path)


def test_nothing_urgent_is_said_once(read: Read) -> None:
    assert read("Words.").urgent
    topic = HEAD.replace("funder:", "urgent: none\nfunder:")
    Path(PATH).write_text(f"{topic}\nPark here.\n", encoding="utf-8")
    assert not read_topic(Path(PATH)).urgent
    for rank in ("urgent", "same-day"):
        Path(PATH).write_text(f"{topic}\n::: {rank}\n- x\n:::\n", encoding="utf-8")
        with pytest.raises(HandoutError, match=f"'::: {rank}' stands in a topic with 'urgent: no"):
            read_topic(Path(PATH))
