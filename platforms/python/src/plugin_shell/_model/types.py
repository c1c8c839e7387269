"""JSON Schemas as types of Python, once as they are given and once as they come back."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .names import camel, identifier


@dataclass(frozen=True)
class Named:
    """A type that has a name already: one of Python's, or of `_inputs`."""

    name: str


@dataclass(frozen=True)
class Choice:
    """One of a few values."""

    name: str
    values: tuple[Any, ...]
    about: str = field(default="", compare=False)


@dataclass(frozen=True)
class Member:
    """A member of a dict."""

    key: str
    kind: Kind
    required: bool
    about: str = field(default="", compare=False)


@dataclass(frozen=True)
class Shape:
    """A dict with known members."""

    name: str
    members: tuple[Member, ...]
    about: str = field(default="", compare=False)


@dataclass(frozen=True)
class Many:
    """A list; what is given may be any sequence."""

    item: Kind
    given: bool


@dataclass(frozen=True)
class Either:
    """One of several types."""

    kinds: tuple[Kind, ...]


Kind = Named | Choice | Shape | Many | Either

NONE = Named("None")
ANY = Named("Any")

# JSON Schema's types. A text may be given as a whole number or a day, which have one way of being written.
_GIVEN = {"string": "Text", "integer": "Whole", "number": "Number", "boolean": "Switch"}
_RETURNED = {"string": "str", "integer": "int", "number": "float", "boolean": "bool"}


def annotation(kind: Kind) -> str:
    """A type as a stub has it."""
    match kind:
        case Many(item, given):
            return f"{'Sequence' if given else 'list'}[{annotation(item)}]"
        case Either(kinds):
            return " | ".join(map(annotation, kinds))
        case _:
            return kind.name


def either(*kinds: Kind) -> Kind:
    """One of several types, each of which is named once."""
    flat = [part for kind in kinds for part in (kind.kinds if isinstance(kind, Either) else (kind,))]
    unique = tuple(dict.fromkeys(flat))
    return ANY if ANY in unique else unique[0] if len(unique) == 1 else Either(unique)


class Types:
    """The types that need a name of their own, in the order in which they are met."""

    def __init__(self, taken: Sequence[str]) -> None:
        self._taken = frozenset(taken)
        self.named: dict[str, Choice | Shape] = {}

    def given(self, schema: Mapping[str, Any], name: str, owner: str, is_moment: bool = False) -> Kind:
        """What may be given for a field.

        Args:
            schema: the field's.
            name: the field's, where it has no title.
            owner: what it belongs to, by which it is told apart from others of its name.
            is_moment: whether the field holds a date and a time.
        """
        return Named("Moment") if is_moment else self._read(schema, name, owner, True)

    def returned(self, schema: Mapping[str, Any], name: str, owner: str) -> Kind:
        """What comes back."""
        return self._read(schema, name, owner, False)

    def shape(self, name: str, owner: str, members: Sequence[Member], about: str) -> Kind:
        """A dict with these members."""
        return self._define(name, owner, lambda found: Shape(found, tuple(members), about))

    def _read(self, schema: Mapping[str, Any], name: str, owner: str, given: bool) -> Kind:
        types = _types(schema)
        title = camel(str(schema.get("title") or "")) or camel(name)
        kinds: list[Kind] = []
        if given and schema.get("format") == "date-time":
            kinds.append(Named("Moment"))
        elif "enum" in schema or "const" in schema:
            kinds += self._choice(schema, title, owner)
        else:
            plain = _GIVEN if given else _RETURNED
            # A text that may be a number as well is a text.
            kinds += [Named(plain[kind]) for kind in types if kind in plain and not _is_within(kind, types, given)]
            if "array" in types:
                items = schema.get("items")
                kinds.append(Many(self._item(items, name, title, owner, given), given))
            if "object" in types:
                kinds.append(self._shape(schema, title, owner, given))
        if not kinds:
            return ANY
        return either(*kinds, NONE) if "null" in types else either(*kinds)

    def _item(self, schema: Any, name: str, title: str, owner: str, given: bool) -> Kind:
        if not isinstance(schema, Mapping):
            return ANY
        return self._read(schema if "title" in schema else {**schema, "title": f"{title} item"}, name, owner, given)

    def _choice(self, schema: Mapping[str, Any], title: str, owner: str) -> Iterator[Kind]:
        listed = schema.get("enum", [schema.get("const")])
        values = tuple(value for value in listed if isinstance(value, str | int))
        if len(values) == len([value for value in listed if value is not None]) > 0:
            about = str(schema.get("description", ""))
            yield self._define(title, owner, lambda name: Choice(name, values, about))

    def _shape(self, schema: Mapping[str, Any], title: str, owner: str, given: bool) -> Kind:
        properties: Mapping[str, Any] = schema.get("properties", {})
        if not properties:
            return ANY
        required = schema.get("required", ())
        members = tuple(
            Member(
                key,
                self._read(member, key, owner, given),
                key in required,
                str(described(member).get("description", "")),
            )
            for key, member in properties.items()
            if isinstance(member, Mapping)
        )
        about = str(schema.get("description", ""))
        return self._define(title, owner, lambda name: Shape(name, members, about))

    def _define(self, title: str, owner: str, make: Callable[[str], Choice | Shape]) -> Kind:
        """Another of the same name has its owner before it; then it is numbered."""
        wanted = [title, f"{camel(owner)}{title}"]
        for number in range(len(self.named) + 3):
            name = identifier(wanted[number] if number < len(wanted) else f"{wanted[1]}{number}")
            made = make(name)
            if name not in self._taken and self.named.setdefault(name, made) == made:
                return self.named[name]
        raise AssertionError("there are more names than types")


def described(schema: Any) -> Mapping[str, Any]:
    """A schema, or that of a schema that is none."""
    return schema if isinstance(schema, Mapping) else {}


def _types(schema: Mapping[str, Any]) -> list[str]:
    types = schema.get("type")
    if isinstance(types, str):
        return [types]
    return [kind for kind in types if isinstance(kind, str)] if isinstance(types, list) else []


def _is_within(kind: str, types: Sequence[str], given: bool) -> bool:
    """Whether another of the types takes what this one takes."""
    if kind != "integer":
        return False
    return "number" in types or (given and "string" in types)
