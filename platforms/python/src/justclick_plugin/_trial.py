"""What a plugin says of an input before there is a connection."""

import datetime
import json
from collections.abc import Collection, Mapping
from typing import Any

from justclick_plugin import _errors, _values
from justclick_plugin._engine import Exchange, PluginFailure
from justclick_plugin._errors import ActionError, ErrorDocument
from justclick_plugin._http import Client, Limits
from justclick_plugin._shared import shared

# A good connection, whose requests the client below does not send.
_NOBODY = {"login": "nobody", "api_key": "a-key-of-nobody-that-is-long-enough", "base_url": "https://nobody.invalid"}


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
    data = json.dumps(_values.plain(values, bundle.moments(action), zone, bundle.measures(action))).encode()
    try:
        engine.instance(_NOBODY).call(action, data, Exchange(Client([], Limits())))
    except PluginFailure as failure:
        return _errors.read(str(failure))
    return None


def _sentence(text: str) -> str:
    return text if text.endswith((".", "?")) else f"{text}."
