"""What a plugin says of an input before there is a connection."""

import datetime
import json
from collections.abc import Collection, Mapping
from typing import Any

from . import _errors, _values
from ._engine import Exchange, PluginFailure
from ._errors import ActionError, ErrorDocument
from ._http import Client, Limits
from ._model import is_secret
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
    try:
        document = _tried(action, {name: value for name, value in values.items() if value is not None}, zone)
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


def _tried(action: str, values: Mapping[str, Any], zone: datetime.tzinfo) -> ErrorDocument | None:
    bundle, engine = shared.module()
    data = json.dumps(_values.plain(values, bundle.fields(action), zone)).encode()
    try:
        engine.instance(_nobody(bundle.description["connection"])).call(action, data, Exchange(Client([], Limits())))
    except PluginFailure as failure:
        return _errors.read(str(failure))
    return None


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
