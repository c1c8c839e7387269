"""What a description becomes in Python: names, types and methods.

`plugin-host package` decides them and writes them into the package, as `_faces.json`; its stubs and its README have
them from there as well. Nothing in it runs what a description says.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.resources.abc import Traversable
from typing import Any

CURSOR, LIMIT, ITEMS = "cursor", "limit", "items"
"""The contract's names for what a search takes and gives."""


@dataclass(frozen=True)
class Named:
    """A type that has a name already: one of Python's, or of `_types`."""

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
    kind: "Kind"
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

    item: "Kind"
    given: bool


@dataclass(frozen=True)
class Either:
    """One of several types."""

    kinds: tuple["Kind", ...]


Kind = Named | Choice | Shape | Many | Either


@dataclass(frozen=True)
class Key:
    """A value of a connection."""

    name: str
    """The attribute's."""
    block_name: str
    """What Prefect's block calls it."""
    key: str
    """What the description calls it."""
    variable: str
    """The end of the variable of the environment that holds it: `BASE_URL`."""
    title: str
    about: str
    is_secret: bool
    is_switch: bool
    """Whether its values are true and false, as texts."""
    is_address: bool
    """Whether it is an origin that the plugin may reach."""
    required: bool
    default: str

    def variable_of(self, prefix: str) -> str:
        """The variable that holds it: `SHOP_BASE_URL`."""
        return f"{prefix.upper().replace('-', '_')}_{self.variable}"


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
    """An action, or a trigger."""

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
class Way:
    """A method for each trigger of one delivery: `poll_paid_order`."""

    name: str
    """What the method of every client is called, and what that of a trigger begins with."""
    about: str
    placed: tuple[str, ...]
    """What is given by its place."""
    named: tuple[str, ...]
    """What is given by its name."""
    raises: str


class Faces:
    """A plugin as each of its faces has it: for Python itself, for Airflow, for Prefect."""

    def __init__(self, told: Mapping[str, Any]) -> None:
        texts = ("name", "title", "about", "distribution", "module", "prefix", "client", "credentials", "cursor_block")
        (
            self.name,
            self.title,
            self.about,
            self.distribution,
            self.module,
            self.prefix,
            self.client,
            self.credentials,
            self.cursor_block,
        ) = (str(told[name]) for name in texts)
        self.sensor, self.trigger, self.connection_id, self.how_many = (
            str(told[name]) for name in ("sensor", "trigger", "connection_id", "how_many")
        )
        self.async_client = str(told["async_client"])
        self.homepage: str | None = told["homepage"]
        self.types: dict[str, Choice | Shape] = {}
        for kind in told["types"]:
            self.types[kind["name"]] = self._type(kind)
        self.keys = tuple(Key(**key) for key in told["keys"])
        self.python, self.airflow, self.prefect, self.polls, self.webhooks = (
            tuple(map(self._method, told[name])) for name in ("python", "airflow", "prefect", "polls", "webhooks")
        )
        self.ways = {
            way["name"]: Way(**{**way, "placed": tuple(way["placed"]), "named": tuple(way["named"])})
            for way in told["ways"]
        }
        self.arguments: Mapping[str, str] = told["arguments"]
        self._operators: Mapping[str, str] = told["operators"]

    def operator(self, method: Method) -> str:
        """The operator of an action: `ShopCreateOrderOperator`."""
        return self._operators[method.action]

    def _type(self, told: Mapping[str, Any]) -> Choice | Shape:
        if "choice" in told:
            return Choice(told["name"], tuple(told["choice"]), told["about"])
        members = tuple(Member(**{**member, "kind": self._kind(member["kind"])}) for member in told["shape"])
        return Shape(told["name"], members, told["about"])

    def _kind(self, told: Any) -> Kind:
        """A type, whose parts stand before it."""
        if isinstance(told, str):
            return self.types.get(told) or Named(told)
        if "many" in told:
            return Many(self._kind(told["many"]), told["given"])
        return Either(tuple(map(self._kind, told["either"])))

    def _method(self, told: Mapping[str, Any]) -> Method:
        parameters = tuple(Parameter(**{**it, "kind": self._kind(it["kind"])}) for it in told["parameters"])
        item = None if told["item"] is None else self._kind(told["item"])
        return Method(**{**told, "parameters": parameters, "result": self._kind(told["result"]), "item": item})


def load(file: Traversable) -> Faces:
    """What `plugin-host package` has written.

    Raises:
        OSError, ValueError, LookupError, TypeError: it is missing or damaged.
    """
    return Faces(json.loads(file.read_text(encoding="utf-8")))
