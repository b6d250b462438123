"""The published JSON Schemas are those of the models."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

import pytest
import yaml

from pressroom.content.schema import SCHEMAS, json_schema, write_schemas

from ..support import ROOT, SHIPPED

FOLDER = ROOT / "schemas"


@pytest.mark.parametrize("name", SCHEMAS)
def test_schemas_are_in_step(name: str) -> None:
    """Run `python -m pressroom.content.schema` where this fails."""
    assert (FOLDER / name).read_text(encoding="utf-8") == json_schema(name)


def test_no_schema_is_left_over(tmp_path: Path) -> None:
    write_schemas(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {path.name for path in FOLDER.iterdir()}


@pytest.mark.parametrize("name", SCHEMAS)
def test_schemas_refuse_unknown_keys(name: str) -> None:
    schema = json.loads(json_schema(name))
    assert schema["additionalProperties"] is False
    for part in schema.get("$defs", {}).values():
        if part.get("type") == "object":
            assert part["additionalProperties"] is False


@pytest.mark.parametrize(
    "path",
    sorted(
        path
        for path in SHIPPED.rglob("*.toml")
        if path.name not in ("approvals.toml", "withdrawn.toml")
    ),
)
def test_files_name_their_schema(path: Path) -> None:
    (link,) = re.findall(r"^#:schema (\S+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    schema = (path.parent / link).resolve()
    assert schema.parent == FOLDER
    keys = tomllib.loads(path.read_text(encoding="utf-8")).keys()
    assert keys <= json.loads(schema.read_text(encoding="utf-8"))["properties"].keys()


@pytest.mark.parametrize("path", sorted(SHIPPED.glob("topics/*/topic.md")))
def test_front_matter_keeps_its_schema(path: Path) -> None:
    head = path.read_text(encoding="utf-8").split("---\n")[1]
    schema = json.loads((FOLDER / "front-matter.schema.json").read_text(encoding="utf-8"))
    front = yaml.safe_load(head)
    assert front.keys() <= schema["properties"].keys()
    assert front.keys() >= set(schema["required"])


@pytest.mark.parametrize("key", ["name", "jurisdiction", "source_locale", "accent", "logo"])
def test_keys_of_the_clinic_are_described(key: str) -> None:
    schema = json.loads(json_schema("clinic.schema.json"))
    assert schema["properties"][key]["description"]
