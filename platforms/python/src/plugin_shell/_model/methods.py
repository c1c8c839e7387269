"""Actions as methods."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .names import identifier
from .types import NONE, Kind, Types, described, either

HOW_MANY = "limit: how many at most; all that there are if it is left out."
"""What a search over all pages takes besides."""

CURSOR, LIMIT, ITEMS = "cursor", "limit", "items"
"""The contract's names for what a search takes and gives."""

_MOMENT = (
    "A date, a datetime and a text as people and programs write dates do as well; without a time zone of their own "
    "they are meant in {whose}."
)
_KEY = "By it the service knows repeats of one call. {made}"


@dataclass(frozen=True)
class Parameter:
    """An argument of a method."""

    name: str
    field: str
    """What the input calls it."""
    kind: Kind
    required: bool
    about: str


@dataclass(frozen=True)
class Method:
    """An action."""

    name: str
    action: str
    """What the description calls it."""
    title: str
    about: str
    parameters: tuple[Parameter, ...]
    result: Kind
    item: Kind | None
    """What a search finds; None for what is no search."""
    key: str | None
    """The field by which the service knows repeats."""
    deprecated: str | None
    """What to use instead."""

    @property
    def searched(self) -> tuple[Parameter, ...]:
        """The parameters without those by which a search is asked for a page, which is done here."""
        paging: set[str] = set() if self.item is None else {CURSOR, LIMIT}
        return tuple(parameter for parameter in self.parameters if parameter.field not in paging)


@dataclass(frozen=True)
class Words:
    """What a face calls things."""

    whose: str
    """In whose time zone a date without one is."""
    made: str
    """Where the key comes from if nobody gives one."""
    owner: str | None = None
    """By what a type that comes back is told apart from others of its name; the action, if this is None."""


def method_of(action: Mapping[str, Any], name: str, types: Types, taken: Sequence[str], words: Words) -> Method:
    """An action as a method.

    Args:
        action: what the description says of it.
        name: the method's.
        types: where its types are kept.
        taken: names that no argument may have.
        words: what the face calls things.
    """
    schema = described(action.get("inputSchema"))
    output = _shown(action)
    found = described(output.get("properties")).get(ITEMS)
    searches = is_read(action) and described(found).get("type") == "array"
    # What is given comes first: its words are the better ones for a type that comes back as well.
    parameters = tuple(_parameters(action, schema, types, taken, words))
    result = types.returned(output, f"{action['name']}_result", words.owner or action["name"])
    item = None
    if searches:
        item = getattr(types.returned(described(found), ITEMS, action["name"]), "item", None)
    return Method(
        name=name,
        action=action["name"],
        title=action["title"],
        about=action["description"],
        parameters=parameters,
        result=result,
        item=item,
        key=key_of(action),
        deprecated=_deprecated(action),
    )


def _shown(action: Mapping[str, Any]) -> Mapping[str, Any]:
    """The schema of what comes back: of a call that was looked up, what can be known."""
    output = described(action.get("outputSchema"))
    if not action.get("verify"):
        return output
    verified = {
        "verified": {"type": "boolean", "description": "Whether it was looked up: the service's own answer is lost."},
        "found": {"description": "What was found then, by which it is known that it has happened."},
    }
    return {**output, "properties": {**described(output.get("properties")), **verified}, "required": []}


def is_read(action: Mapping[str, Any]) -> bool:
    """Whether an action changes nothing."""
    return described(action.get("annotations")).get("readOnlyHint") is True


def key_of(action: Mapping[str, Any]) -> str | None:
    """The field of an action by which its service knows repeats."""
    key = described(action.get("idempotency")).get("key")
    return key if isinstance(key, str) else None


def _parameters(
    action: Mapping[str, Any], schema: Mapping[str, Any], types: Types, taken: Sequence[str], words: Words
) -> Iterator[Parameter]:
    properties = described(schema.get("properties"))
    form = described(action.get("form"))
    conditions = _conditions(schema)
    key, used = key_of(action), set(taken)
    for field in dict.fromkeys([*(name for name in form.get("order", ()) if name in properties), *properties]):
        member = described(properties[field])
        is_moment = field in form.get("moments", ())
        required = field in schema.get("required", ()) and field != key
        kind = types.given(member, field, action["name"], is_moment)
        about = [str(member.get("description", ""))]
        if is_moment:
            about.append(_MOMENT.format(whose=words.whose))
        if field == key:
            about.append(_KEY.format(made=words.made))
        name = identifier(field, used)
        used.add(name)
        about.append(conditions.get(field, ""))
        told = " ".join(_sentence(text) for text in about if text)
        yield Parameter(name, field, kind if required else either(kind, NONE), required, told)


def _conditions(schema: Mapping[str, Any]) -> dict[str, str]:
    """When a field is required that is not always, in a sentence: `Required if status is sent or paid.`."""
    told: dict[str, str] = {}
    for rule in schema.get("allOf", ()):
        conditions = described(described(described(rule).get("if")).get("properties"))
        wanted = [
            f"{field} is {' or '.join(map(str, described(member)['enum']))}"
            for field, member in conditions.items()
            if described(member).get("enum")
        ]
        for field in described(described(rule).get("then")).get("required", ()):
            if wanted:
                told[field] = f"Required if {' and '.join(wanted)}."
    return told


def _deprecated(action: Mapping[str, Any]) -> str | None:
    told = described(action.get("deprecated"))
    if not told:
        return None
    instead = f": use {told['use']}" if told.get("use") else ""
    return f"{action['name']} is deprecated since {told.get('since', 'some time')}{instead}."


def _sentence(text: str) -> str:
    clean = re.sub(r"\s+", " ", text).strip()
    return clean if clean.endswith((".", "?", "!", "…")) else f"{clean}."
