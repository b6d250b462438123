"""Check data from a file against a pydantic model: data -> the model, or errors with places."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from .errors import MOST_REPORTED, HandoutError, Problems, did_you_mean

Model = TypeVar("Model", bound=BaseModel)


def _worded(error: Any, known: list[str]) -> tuple[str, str]:
    """Return what is wrong, and the next step, for one of pydantic's errors."""
    key = ".".join(str(part) for part in error["loc"])
    if error["type"] == "extra_forbidden":
        hint = did_you_mean(str(error["loc"][-1]), known)
        return f"unknown key '{key}'", hint or f"known keys are: {', '.join(known)}"
    if error["type"] == "missing":
        return f"'{key}' is missing", "add it"
    said = error["msg"].removeprefix("Value error, ")
    return (f"'{key}': {said}" if key else said), "correct it"


def _known_keys(model: type[BaseModel], loc: tuple[Any, ...]) -> list[str]:
    """Return the keys that are allowed beside the last one of a key path, in order."""
    fields = {info.alias or name: info.annotation for name, info in model.model_fields.items()}
    for part in loc[:-1]:
        annotation = fields.get(str(part))
        for candidate in _models_in(annotation):
            fields = {
                info.alias or name: info.annotation for name, info in candidate.model_fields.items()
            }
    return sorted(fields)


def _models_in(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [found for part in getattr(annotation, "__args__", ()) for found in _models_in(part)]


def validate(
    model: type[Model],
    data: object,
    path: str,
    place: Callable[[tuple[Any, ...]], str],
    error: type[HandoutError],
) -> Model:
    """Return `data` as a model.

    `place` returns file and line of a key path such as `("pages", "standard")`; `path` is the
    file that errors are of which are too many to be listed. Raises `error`, or Problems with
    one of them for each thing that is wrong.
    """
    try:
        return model.model_validate(data)
    except ValidationError as invalid:
        problems: list[HandoutError] = []
        for item in invalid.errors(include_input=False, include_url=False)[:MOST_REPORTED]:
            what, next_step = _worded(item, _known_keys(model, item["loc"]))
            problems.append(error(place(item["loc"]), what, next_step))
        if (unsaid := invalid.error_count() - len(problems)) > 0:
            problems.append(error(path, f"{unsaid} more things are wrong", "correct these first"))
        raise (problems[0] if len(problems) == 1 else Problems(problems)) from None
