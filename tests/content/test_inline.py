"""Bold beside letters of every script, and marks that a merge left among the words."""

from __future__ import annotations

import pytest

from pressroom.content.topic.compare import markup_differences
from pressroom.content.topic.inline import LinkError, read_inline

SOURCE = "**Stop.** Call us at once."


@pytest.mark.parametrize(
    ("text", "bold"),
    [
        ("**停药。**如出现皮疹", "停药。"), ("**注意：**38℃以上", "注意："),
        ("请**「停药」**并", "「停药」"),
        ("**やめる！**すぐに", "やめる！"), ("**중지(정지)**를 한다", "중지(정지)"),
        ("**หยุด:**โทรหาเรา", "หยุด:"), ("**ຢຸດ!**ໂທຫາ", "ຢຸດ!"), ("**ឈប់។**ទូរស័ព្ទ", "ឈប់។"),
        ("**ရပ်ပါ။**ချက်ချင်း", "ရပ်ပါ။"), ("**አቁም፦**ይደውሉ", "አቁም፦"),
        ("و**«توقف»**الآن", "«توقف»"), ("**עצור!**התקשרו", "עצור!"), ("**रुकें।**कॉल", "रुकें।"),
        ("**Stop.** Call", "Stop."), ("Stop **«now»**.", "«now»"),
    ],
)  # fmt: skip
def test_bold_is_read_beside_letters_and_signs_of_every_script(text: str, bold: str) -> None:
    (strong,) = (span for span in read_inline(text) if span.kind == "strong")
    assert strong.children[0].text == bold
    assert not markup_differences(SOURCE, text)


@pytest.mark.parametrize(
    "text",
    ["2 ** 3 = 8", "** 停药 **如", r"\*\*停药。\*\*如", "**停药。如", "5 * (3 * 2"],
)
def test_stars_that_mark_nothing_stay_stars(text: str) -> None:
    assert all(span.kind == "text" for span in read_inline(text))


def test_stars_that_were_not_read_are_told_apart_from_none() -> None:
    (said,) = markup_differences(SOURCE, "**Pare. ** Llame.")
    assert said.endswith("in the source 1 times; set ** close to a letter, a sign outside of them")
    (said,) = markup_differences(SOURCE, "Pare. Llame.")
    assert said.endswith("mark the same words")


@pytest.mark.parametrize(
    "text",
    ["#-#-#-#-#  A.po (x)  #-#-#-#-#\nPare.\n#-#-#-#-#  B.po  #-#-#-#-#\nAlto.",
     "توقف\n<<<<<<< HEAD\nقف", "ឈប់ >>>>>>> main", "停药 ======= 停"],
)  # fmt: skip
def test_what_a_merge_left_is_an_error(text: str) -> None:
    with pytest.raises(LinkError, match="a merge left two versions of it here"):
        read_inline(text)
    assert markup_differences("Stop.", text)
