"""The key by which a service knows repeats of one call: made here, and the same for all attempts."""

import re
import string
import uuid
from collections.abc import Iterator, Mapping
from typing import Any

# Every package makes the same key of the same run.
_NAMESPACE = uuid.UUID("6f1d5f0e-6f0c-5d0b-9f5e-3a1c2b7d9e40")


_LETTERS = string.digits + string.ascii_letters


def key_of_run(*names: object) -> uuid.UUID:
    """The key of a run of an engine, of what names it: the same for each of its attempts."""
    return uuid.uuid5(_NAMESPACE, "\n".join(map(str, names)))


def keyed(values: Mapping[str, Any], field: str, schema: Mapping[str, Any], key: uuid.UUID | None) -> dict[str, Any]:
    """An input with its key.

    Args:
        values: the input, which may have one of its own.
        field: the key's.
        schema: the field's.
        key: the engine's; without it one is made.
    """
    given = values.get(field)
    if given is not None and given != "":
        return dict(values)
    return {**values, field: _written(key or uuid.uuid4(), schema)}


def _written(key: uuid.UUID, schema: Mapping[str, Any]) -> str:
    """The first way of writing a key that keeps the field's rule."""
    return next((text for text in _ways(key) if _keeps(text, schema)), str(key))


def _ways(key: uuid.UUID) -> Iterator[str]:
    """As all hosts of the contract write them."""
    yield str(key)
    yield key.hex
    number, letters = key.int, ""
    for _ in range(22):
        number, place = divmod(number, len(_LETTERS))
        letters = _LETTERS[place] + letters
    yield letters
    yield f"{key.int:039}"


def _keeps(text: str, schema: Mapping[str, Any]) -> bool:
    try:
        return len(text) <= schema.get("maxLength", len(text)) and bool(re.search(schema.get("pattern", ""), text))
    except re.error:
        # A pattern that only JavaScript reads.
        return True
