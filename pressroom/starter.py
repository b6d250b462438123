"""Start a topic, or a site: templates -> files to fill in."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

from .errors import UsageError
from .files import shown, write_atomically
from .manuscript import is_id
from .markup import environment
from .theme import packaged, starter_house
from .translate import months_later

#: The topic that a new site starts with.
FIRST_TOPIC = "first-topic"


def start_topic(handouts: Path, name: str, today: date) -> list[str]:
    """Write a starter topic. Gives the paths that were made.

    Raises UsageError for a name that is no id, or that is taken.
    """
    if not is_id(name):
        raise UsageError(
            "", f"'{name}' cannot name a topic", "use a-z, 0-9 and single hyphens: 'back-pain'"
        )
    folder = handouts / "topics" / name
    if folder.exists() or folder.is_symlink():
        raise UsageError(shown(folder), "this topic exists already", "choose another name")
    if not (handouts / "clinic.toml").is_file():
        raise UsageError(
            shown(handouts), "this is not a site", "start one with 'handouts new --site DIR'"
        )
    text = (
        # In Markdown, `{#id}` is the id of a heading and no comment.
        environment((packaged("templates"),))
        .overlay(comment_start_string="{##", comment_end_string="##}")
        .get_template("starter-topic.md")
        .render(
            id=name,
            title=name.replace("-", " ").capitalize(),
            issued=today.isoformat(),
            review_by=months_later(today, 12).isoformat(),
        )
    )
    path = folder / "topic.md"
    write_atomically(path, (text.rstrip("\n") + "\n").encode("utf-8"), handouts)
    return [shown(path)]


def start_site(folder: Path, today: date) -> list[str]:
    """Write a starter site into `folder`/handouts. Gives the paths that were made.

    Raises UsageError where there is one already.
    """
    handouts = folder / "handouts"
    if handouts.exists() and any(handouts.iterdir()):
        raise UsageError(shown(handouts), "there is a site already", "choose another folder")
    made = []
    clinic = handouts / "clinic.toml"
    write_atomically(clinic, (packaged("templates") / "starter-clinic.toml").read_bytes())
    made.append(shown(clinic))
    house = handouts / "house"
    house.mkdir(parents=True)
    for source in sorted(starter_house().iterdir()):
        shutil.copyfile(source, house / source.name)
        made.append(shown(house / source.name))
    (handouts / "locales").mkdir()
    return [*made, *start_topic(handouts, FIRST_TOPIC, today)]
