"""What a connection's values say by the description's schema: which account it is, and what is secret."""

import base64
import html
import json
import urllib.parse
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import urllib3

from ._contract import is_secret
from ._origin import origin_of
from ._text import trimmed

Account = tuple[tuple[str, str], ...]
"""An account by the values that name it."""

HIDDEN = "***"
# What is shorter is no secret, and stands in every other text.
_SHORTEST_SECRET = 4
_SHORTEST_IN_BASE64 = 8


def account_of(connection: Mapping[str, Any], config: Mapping[str, str]) -> Account:
    """The account of a connection: however its address is written, whatever its key is, and whatever is switched on.

    Args:
        connection: what the description says of connections.
        config: the connection's values.
    """
    properties: Mapping[str, Any] = connection.get("schema", {}).get("properties", {})
    origins = connection.get("origins", ())
    named: list[tuple[str, str]] = []
    for name in sorted(config):
        schema, text = properties.get(name, {}), trimmed(config[name])
        if text in {"", schema.get("default")} or is_secret(schema) or _is_switch(schema):
            continue
        named.append((name, _address(text) if name in origins or schema.get("format") == "uri" else text))
    return tuple(named)


def _is_switch(schema: Mapping[str, Any]) -> bool:
    """Whether a value says how the account is reached, and not which one it is."""
    words = set(schema.get("enum", ()))
    return schema.get("type") == "boolean" or (bool(words) and words <= {"true", "false"})


def _address(text: str) -> str:
    origin = origin_of(text)
    if origin is None:
        return text
    return f"{origin}{(urllib3.util.parse_url(text).path or '').rstrip('/')}"


def secrets_of(connection: Mapping[str, Any], config: Mapping[str, str]) -> "Secrets":
    """The secrets of a connection.

    Args:
        connection: what the description says of connections.
        config: the connection's values.
    """
    properties: Mapping[str, Any] = connection.get("schema", {}).get("properties", {})
    return Secrets(value for name, value in config.items() if is_secret(properties.get(name, {})))


class Secrets:
    """Secrets, which are hidden wherever something shows them."""

    def __init__(self, values: Iterable[str]) -> None:
        # The longest first: one may be a part of another.
        self._forms = sorted({form for value in values for form in _forms(value)}, key=len, reverse=True)

    def may_be_in(self, text: str) -> bool:
        """Whether a JSON text may show one: if it escapes nothing, its texts stand in it as they are."""
        return "\\" in text or any(form in text for form in self._forms)

    def hide(self, value: Any) -> Any:
        """The same as JSON has it, with the secrets replaced in all of its texts."""
        if isinstance(value, str):
            for form in self._forms:
                if form in value:
                    value = value.replace(form, HIDDEN)
            return value
        if value is None or isinstance(value, bool | int | float):
            return value
        if isinstance(value, list):
            return [self.hide(member) for member in value]
        if isinstance(value, dict | Mapping):
            return {self.hide(name): self.hide(member) for name, member in value.items()}
        return value


def _forms(secret: str) -> Iterator[str]:
    """A secret as it is, as the plugin reads it, and as it looks where something has wrapped it, twice at most."""
    plain = {text for text in (secret, trimmed(secret)) if len(text) >= _SHORTEST_SECRET}
    wrapped = {wrap(text) for text in plain for wrap in _WRAPPINGS}
    yield from plain | wrapped | {wrap(text) for text in wrapped for wrap in _WRAPPINGS}
    for text in plain:
        if len(text) >= _SHORTEST_IN_BASE64:
            yield from _inside_base64(text.encode())


_WRAPPINGS: list[Callable[[str], str]] = [
    lambda text: json.dumps(text)[1:-1],
    lambda text: json.dumps(text, ensure_ascii=False)[1:-1],
    html.escape,
    lambda text: html.escape(text, quote=False),
    lambda text: urllib.parse.quote(text, safe=""),
    urllib.parse.quote_plus,
]


def _inside_base64(secret: bytes) -> Iterator[str]:
    """What of a secret stands in base64, whatever is before and behind it: by where it begins within three bytes."""
    for before in range(3):
        packed = base64.b64encode(bytes(before) + secret).decode().rstrip("=")
        # The first and the last letter hold bits of something else as well.
        core = packed[(before * 8 + 5) // 6 : (before + len(secret)) * 8 // 6]
        yield from {core, core.replace("+", "-").replace("/", "_")}
