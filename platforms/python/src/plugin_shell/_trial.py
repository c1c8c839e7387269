"""What a plugin says of an input before there is a connection."""

import datetime
import json
import time
from collections.abc import Callable, Collection, Mapping
from typing import Any

from . import _bundle, _errors, _values
from ._contract import is_secret
from ._errors import ActionError, ErrorDocument
from ._shared import shared

# What a connection's values may be if nothing is sent with them. A key is a long one.
_ADDRESS, _SECRET, _WORD = "https://nobody.invalid", "a-key-of-nobody-that-is-long-enough", "nobody"


def refusal_of(
    action: str, values: Mapping[str, Any], zone: datetime.tzinfo, unknown: Collection[str] = ()
) -> ActionError | None:
    """What is wrong with an input, as the plugin itself says it; None if nothing is. Nothing can be sent.

    Args:
        action: the action's name.
        values: what is known of the input.
        zone: what dates without a time zone are meant in.
        unknown: the fields whose values are not known yet, so that nothing can be said of them.
    """
    given = {name: value for name, value in values.items() if value is not None}
    fields = _bundle.packaged().fields(action)
    return _refusal(action, lambda: _values.plain(given, fields, zone), unknown)


def refusal_of_trigger(
    trigger: str, values: Mapping[str, Any], zone: datetime.tzinfo, unknown: Collection[str] = ()
) -> ActionError | None:
    """The same of what narrows down a trigger that is polled."""
    given = {name: value for name, value in values.items() if value is not None}
    fields = _bundle.packaged().fields_of_trigger(trigger)
    poll = {"cursor": None, "start": "now", "limit": 1, "now": int(time.time())}
    return _refusal(trigger, lambda: {**poll, "input": _values.plain(given, fields, zone)}, unknown)


def _refusal(export: str, data: Callable[[], dict[str, Any]], unknown: Collection[str]) -> ActionError | None:
    try:
        document = _tried(export, json.dumps(data()).encode())
    except ActionError as error:
        document = error.to_dict()
    problems = document.get("problems", []) if document and document["kind"] == "invalid_input" else []
    told = [problem for problem in problems if problem["field"] not in unknown]
    if document is None or not told:
        return None
    if len(told) < len(problems):
        text = " ".join(_sentence(problem["message"]) for problem in told)
        document = {**document, "message": text, "field": told[0]["field"], "problems": told}
    return ActionError(document)


def _tried(export: str, data: bytes) -> ErrorDocument | None:
    bundle, engine = shared.module()
    # What it asks for is not sent.
    ended = engine.instance(_nobody(bundle.description["connection"])).run(export, data)
    return None if ended.error is None else _errors.read(ended.error.decode(errors="replace"))


def _nobody(connection: Mapping[str, Any]) -> dict[str, str]:
    """A good connection of nobody."""
    schema, origins = connection["schema"], connection["origins"]
    made: dict[str, str] = {}
    for key in schema.get("required", ()):
        value = schema["properties"].get(key, {})
        plain = _SECRET if is_secret(value) else _WORD
        usual = next((str(word) for word in (*value.get("examples", ()), *value.get("enum", ()))), plain)
        made[key] = _ADDRESS if key in origins or value.get("format") == "uri" else usual
    return made


def _sentence(text: str) -> str:
    return text if text.endswith((".", "?")) else f"{text}."
