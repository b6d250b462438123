"""Each command that docs/reviewing.md shows does what the page says, in the order of the page."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable

from ..conftest import Outcome
from ..support import ROOT, TOPIC, Site

Run = Callable[..., Outcome]
NAME = "ankylosing-spondylitis"
PAGE = (ROOT / "docs" / "reviewing.md").read_text(encoding="utf-8")


def commands() -> list[list[str]]:
    blocks = re.findall(r"```sh\n(.*?)```", PAGE, re.S)
    return [shlex.split(line)[1:] for block in blocks for line in block.strip().split("\n")]


def change_days(made: Site, topic: str, old: str, new: str) -> None:
    """Change a number in a topic and in its Spanish, as author and translator do."""
    made.edit(topic, f"Rest for {old} days.", f"Rest for {new} days.")
    made.edit(f"locales/es/{NAME}.po", f"Rest for {old} days.", f"Rest for {new} days.")
    made.edit(f"locales/es/{NAME}.po", f"Descanse {old} días.", f"Descanse {new} días.")


def test_every_command_shown_is_run(site: Callable[..., Site], run: Run) -> None:
    made = site(("en", "es"), {NAME: TOPIC.replace("id: sore-throat", f"id: {NAME}")})
    topic = f"topics/{NAME}/topic.md"
    done: dict[str, Outcome] = {}
    for words in commands():
        if "--text" in words:
            text = made.words()
            digest = text.translation(text.topics[NAME], "es", text.locale_words("es")).digest
            words[words.index("--text") + 1] = digest[7:19]
        if words[0] == "why":
            change_days(made, topic, "2", "3")
        if "--meaning-unchanged" in words:
            change_days(made, topic, "3", "2")
            made.edit(topic, "Rest and drink enough.", "Rest, and drink enough.")
        done[" ".join(words)] = run(*words)

    assert len(done) == 11
    assert done[f"proof {NAME} es"].out.startswith(f"{NAME}.es.proof.pdf: ")
    shown = PAGE[PAGE.index("    Since Your Name") :].split("\n\n")[0]
    said = done[f"why {NAME} es"].out
    for line in shown.split("\n"):
        assert line.removeprefix("    ") in said
    (stated,) = (outcome for words, outcome in done.items() if "--meaning-unchanged" in words)
    assert "Rest{+,+} and drink enough." in stated.out
    assert "approval-void" not in done["check"].err
    assert "approved" in done[f"status {NAME} --locale es"].out
    assert done["status --html"].out == "dist/rack/status.html\n"
    assert (made.out / "rack" / "status.html").is_file()
