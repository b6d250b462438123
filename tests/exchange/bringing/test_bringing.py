"""Leaflets that exist become topics: no word is lost, and what is guessed is marked."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pressroom.content.topic.read import read_topic
from pressroom.core.errors import HandoutError
from pressroom.exchange.bringing.bring import bring, read_source
from pressroom.exchange.bringing.conserved import word_counts
from tests.conftest import Outcome
from tests.support import Site

from .samples import MARKDOWN, PAGE, PNG, STYLED, TYPED
from .word import bold, paragraph, run, table, text_box, word_file

SAMPLES = {
    "ear-drops.docx": STYLED,
    "leaving.docx": TYPED,
    "hay-fever.html": PAGE.encode(),
    "ankle.md": MARKDOWN.encode(),
}


@pytest.fixture
def folder(site: Callable[..., Site]) -> Path:
    """Make a site, and a folder of samples in it, with a picture beside one of them."""
    place = site().folder / "old"
    (place / "figures").mkdir(parents=True)
    (place / "figures/nose.png").write_bytes(PNG)
    for name, data in SAMPLES.items():
        (place / name).write_bytes(data)
    return place


@pytest.mark.parametrize("name", SAMPLES)
def test_a_sample_becomes_a_topic(
    name: str, folder: Path, golden: Callable[[str, str], None]
) -> None:
    brought = bring(Site(folder.parent).words(), folder / name, "sample")
    assert not brought.lost
    topic = folder.parent / "handouts/topics/sample"
    stem = name.partition(".")[0]
    golden(f"bringing/{stem}.topic.md", (topic / "topic.md").read_text("utf-8"))
    golden(f"bringing/{stem}.report.txt", (topic / "import-report.txt").read_text("utf-8"))


def text_of(site: Site, data: bytes, ending: str = "docx") -> str:
    """Bring a file in, and give the body of its topic without the signs that are proposed."""
    path = site.folder / f"one.{ending}"
    path.write_bytes(data)
    brought = bring(site.words(), path, f"t{len(list((site.handouts / 'topics').iterdir()))}")
    assert not brought.lost
    text = (site.handouts / "topics" / brought.topic / "topic.md").read_text("utf-8")
    return text.partition("\n---\n\n")[2]


def test_numbers_of_lists_are_those_that_word_prints(site: Callable[..., Site]) -> None:
    body = text_of(
        site(),
        word_file(
            paragraph("one", item=(1, 0)), paragraph("two", item=(1, 0)), paragraph("Between."),
            paragraph("three", item=(1, 0)), paragraph("a", item=(1, 1)),
            paragraph("four", item=(1, 0)), paragraph("again a", item=(1, 1)),
            paragraph("Anew:"), paragraph("one", item=(3, 0)), paragraph("two", item=(3, 0)),
        ),
    )  # fmt: skip
    assert body == (
        "1. one\n2. two\n\nBetween.\n\n3. three\n   1. a\n4. four\n   1. again a\n\n"
        "Anew:\n\n1. one\n2. two\n"
    )


def test_marks_hold_where_markdown_would_drop_them(site: Callable[..., Site]) -> None:
    """CommonMark reads no mark between a letter and a sign: the sign moves out."""
    body = text_of(
        site(),
        word_file(
            paragraph(bold("Dose:"), "5 mg ", bold("now "), bold("or never"), "!"),
            paragraph(bold("服用："), "每日"),
            paragraph("x", run("(y)", "<w:b/><w:i/>"), "z"),
        ),
    )
    assert body == "**Dose**:5 mg **now or never**!\n\n**服用**：每日\n\nx(***y***)z\n"


def test_what_lies_within_tables_and_boxes_keeps_its_order(site: Callable[..., Site]) -> None:
    box = paragraph(text_box(paragraph(bold("Tip")), paragraph("Drink.")))
    layout = table((paragraph("Left", style="H2") + paragraph("l", item=(2, 0)), "Right"))
    body = text_of(
        site(), word_file(paragraph("First.", style="H1"), box, layout, table(("Boxed.",)))
    )
    assert body == (
        "::: tip\n**Tip**\n\nDrink.\n:::\n\n## Left {#left}\n\n- l\n\nRight\n\n"
        "::: note\nBoxed.\n:::\n"
    )


@pytest.mark.parametrize(
    ("words", "title"),
    [("درجة الحرارة ٣٨", "الحمّى"), ("ज्वर ३८ डिग्री", "बुखार"), ("体温38度です", "発熱")],
)
def test_other_scripts_come_in_as_they_are(
    site: Callable[..., Site], words: str, title: str
) -> None:
    here = site()
    for ending, data in {
        "docx": word_file(paragraph(title, style="T"), paragraph(words)),
        "html": f"<h1>{title}</h1><p>{words}".encode(),
        "md": f"# {title}\n\n{words}\n".encode(),
    }.items():
        assert text_of(here, data, ending) == f"{words}\n"
        topics = sorted((here.handouts / "topics").glob("t*/topic.md"))
        assert f'title: "{title}"' in topics[-1].read_text("utf-8")


def test_a_word_that_a_reader_forgets_is_found(
    site: Callable[..., Site], monkeypatch: pytest.MonkeyPatch, run: Callable[..., Outcome]
) -> None:
    from pressroom.exchange.bringing import bring as module

    here = site()
    (here.folder / "a.md").write_text("Take 5 mg, not 50 mg.\n", "utf-8")
    forgetful = module.read_markdown
    monkeypatch.setattr(
        module, "read_markdown", lambda text, picture: forgetful(text.replace("50", ""), picture)
    )
    done = run("new", "dose", "--from", "a.md", code=1)
    assert "words of the source are in neither topic nor report: 50 (1)" in done.err
    assert "6 words: 5 in the topic, 0 in the report, 1 lost" in done.out


def test_the_count_reads_what_the_readers_do_not(tmp_path: Path) -> None:
    path = tmp_path / "a.docx"
    path.write_bytes(
        word_file(
            paragraph("one", text_box(paragraph("two"))), table((paragraph("three"),)),
            paragraph(run("fo"), bold("ur"), f"<w:del>{run('5')}</w:del>", "6"),
            parts={"header1": paragraph("seven"), "charts/chart1": "<w:v>8</w:v><w:v>9</w:v>"},
        )
    )  # fmt: skip
    assert read_source(path)[1] == word_counts("one two three four 5 6 seven 8 9")


def test_a_folder_is_brought_in_and_goes_on_where_one_fails(
    folder: Path, run: Callable[..., Outcome]
) -> None:
    (folder / "broken.docx").write_bytes(b"PK\x03\x04")
    done = run("new", "--from", "old", code=1)
    assert "old/broken.docx: is no Word file, or is cut short; open it in Word" in done.err
    clinic = (folder.parent / "handouts/clinic.toml").read_text("utf-8")
    assert '[placeholders]\nphone_442079460018 = "+44 20 7946 0018"\n' in clinic
    table_lines = [line.split() for line in done.out.splitlines() if "." in line]
    assert [line[:2] for line in table_lines[:5]] == [
        ["ankle.md", "sprained-ankle"], ["broken.docx"], ["ear-drops.docx", "ear-drops"],
        ["hay-fever.html", "hay-fever"], ["leaving.docx", "leaving-the-ward"],
    ]  # fmt: skip
    again = run("new", "--from", "old", code=1)
    assert again.err.count("this topic exists already; choose another name") == 4
    assert "leave the name of the topic out" in run("new", "x", "--from", "old", code=2).err
    assert "has no .docx, .html or .md" in run("new", "--from", "handouts", code=2).err
    assert "save it as .docx" in run("new", "--from", "handouts/clinic.toml", code=2).err
    assert "start that first" in run("new", "--site", "y", "--from", "old", code=2).err


def test_todo_keeps_a_topic_from_being_signed_and_not_from_being_seen(
    site: Callable[..., Site], run: Callable[..., Outcome]
) -> None:
    here = site(("en",))
    page = (
        "# Rash\n\nRash goes away by itself.\n\n## Call now: emergency\n\n- You cannot breathe.\n"
    )
    (here.folder / "rash.md").write_text(page, "utf-8")
    done = run("new", "--from", "rash.md")
    assert done.out.splitlines()[-1] == (
        "1 TODO, 0 guesses, 0 left out. Next: handouts/topics/rash/topic.md:4, main_message."
    )
    path = here.handouts / "topics/rash/topic.md"
    topic = read_topic(path)
    assert len(topic.todo) == 12
    run("build", "rash")
    assert (here.folder / "dist/en/rash.standard.draft.pdf").is_file()
    checked = run("check", "rash", code=1).err
    assert "handouts/topics/rash/topic.md:4: still says TODO; write it" in checked
    refused = run("approve", "rash", "en", "--role", "clinician", "--by", "Dr A", code=1).err
    assert "handouts/topics/rash/topic.md:4: still says TODO; write it" in refused
    assert "this text cannot be signed yet" in refused
    text = path.read_text("utf-8").replace("TODO: ", "")
    path.write_text(text.replace('"TODO"', '"none"').replace("TODO", "all"), "utf-8")
    assert "TODO" not in run("check", "rash", code=0).err


def test_a_spanish_word_is_no_mark(site: Callable[..., Site]) -> None:
    here = site(("en",))
    here.edit(
        "topics/sore-throat/topic.md", "Rest for 2 days.", "Beba TODO EL DÍA y TODO, siempre."
    )
    assert read_topic(here.handouts / "topics/sore-throat/topic.md").todo == ()


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("a.doc", b"x", "is none of .docx, .html, .htm, .md; open it in Word or LibreOffice"),
        ("a.docx", b"\xd0\xcf\x11\xe0\xa1", "is of an old Word, or has a password"),
        ("a.docx", word_file(media={"vbaProject.bin": b"x"}), "holds macros; open it in Word"),
        ("a.docx", STYLED[:900], "is no Word file, or is cut short"),

        ("a.docx", word_file(parts={"styles": '<?xml version="1.0"?><!DOCTYPE x><x/>'}),
         "a.docx, word/styles.xml:1: has a DOCTYPE, which is never read"),
        ("a.docx", word_file("<w:p>" * 300 + "</w:p>" * 300), "is not XML that can be read"),
        ("a.html", b"<div>" * 20000, "is nested too deeply; flatten it"),
        ("a.html", b"<meta charset=utf-7>", "is encoded as 'utf-7'"),
        ("a.md", b"\xff", "a.md:1: this is not UTF-8"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused(
    tmp_path: Path, name: str, data: bytes, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path(name).write_bytes(data)
    with pytest.raises(HandoutError) as refused:
        read_source(Path(name))
    assert said in str(refused.value)


def test_nothing_outside_of_the_folder_is_read(site: Callable[..., Site]) -> None:
    here = site()
    (here.folder / "old").mkdir()
    (here.folder / "secret.png").write_bytes(PNG)
    (here.folder / "old/link.png").symlink_to(here.folder / "secret.png")
    for address in ("../secret.png", "%2e%2e/secret.png", "link.png", "..\\secret.png",
                    f"file:{here.folder}/secret.png", f"{here.folder}/secret.png"):  # fmt: skip
        page = here.folder / "old/page.html"
        page.write_text(f'<h1>x</h1><p>y<img src="{address}" alt="z">', "utf-8")
        source, _ = read_source(page)
        assert [block.picture for block in source.blocks if block.kind == "picture"] == [b""]
