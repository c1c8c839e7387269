"""The stubs of a package: what type checkers and editors read of the classes that are made when it is imported."""

import keyword
from collections.abc import Iterator

from maker import engine_stubs
from maker.model import model
from maker.writing import deprecation, docstring, function, method_of_trigger

# What every package has, by the modules that have it.
_EXPORTED = {
    "_cursors": ("CursorStore", "FileCursorStore", "MemoryCursorStore"),
    "_errors": (
        "ActionError",
        "BundleError",
        "ConfigurationError",
        "Effect",
        "ErrorDocument",
        "ForgedEventError",
        "Kind",
        "Problem",
        "Retry",
        "Upstream",
        "WebhookError",
    ),
    "_events": ("CloudEvent", "Event", "Page", "Received", "Subscription", "WebhookResponse"),
}


def stubs(faces: "model.Faces") -> dict[str, str]:
    """The stubs by the names of their files."""
    made = {
        "__init__.pyi": _package(faces),
        "airflow/hook.pyi": engine_stubs.hook(faces),
        "airflow/operator.pyi": engine_stubs.operators(faces),
        "airflow/retries.pyi": engine_stubs.retries(faces),
        "airflow/sensor.pyi": engine_stubs.sensor(faces),
        "airflow/trigger.pyi": engine_stubs.trigger(faces),
        "prefect.pyi": engine_stubs.prefect(faces),
    }
    return {name: "\n".join(lines) + "\n" for name, lines in made.items()}


def _package(faces: "model.Faces") -> Iterator[str]:
    yield from docstring(faces.about, "")
    yield "import datetime"
    yield "import threading"
    yield "from collections.abc import Iterator, Sequence"
    yield "from dataclasses import dataclass"
    yield "from typing import Any, Literal, NotRequired, SupportsFloat, TypedDict"
    yield ""
    yield from deprecation(faces.python)
    yield "from ._client import Client"
    yield "from ._client import Option as Option"
    yield "from ._connection import BaseConnection"
    for module, names in _EXPORTED.items():
        for name in names:
            yield f"from .{module} import {name} as {name}"
    yield "from ._triggers import Headers"
    yield "from ._types import Moment, Number, Start, Switch, Text, Whole"
    yield ""
    exported = sorted([*model.EXPORTED, faces.client, *faces.types])
    yield f"__all__ = {exported!r}"
    for kind in faces.types.values():
        yield ""
        yield from _choice(kind) if isinstance(kind, model.Choice) else _shape(kind)
    yield ""
    yield "@dataclass(frozen=True, repr=False)"
    yield "class Connection(BaseConnection):"
    yield from docstring(
        f"An account of {faces.title}. Its `repr` hides the keys to it, and it is not pickled.", "    "
    )
    for key in faces.keys:
        yield f"    {key.name}: {'bool | str' if key.is_switch else 'str'}{'' if key.required else ' = ...'}"
        yield from docstring(key.about, "    ")
    yield ""
    yield f"class {faces.client}(Client):"
    yield from docstring(faces.about, "    ")
    yield "    def __init__("
    yield "        self,"
    yield "        connection: Connection,"
    yield "        *,"
    yield "        timeout_s: SupportsFloat = 30.0,"
    yield "        timezone: str | datetime.tzinfo | None = None,"
    yield "        allow_private: bool = False,"
    yield "    ) -> None: ..."
    for method in faces.python:
        yield from function(
            method, method.name, method.parameters, ["self"], [], model.annotation(method.result), "    "
        )
        if method.item is not None:
            limit = ["limit: int | None = None"]
            found = f"Iterator[{model.annotation(method.item)}]"
            yield from function(method, f"iter_{method.action}", method.searched, ["self"], limit, found, "    ")
    for methods, ways in ((faces.polls, model.POLLED), (faces.webhooks, model.RECEIVED)):
        for method in methods:
            for way in ways:
                yield from method_of_trigger(method, way, "self", "    ")


def _choice(kind: "model.Choice") -> Iterator[str]:
    yield f"{kind.name} = Literal[{', '.join(map(repr, kind.values))}]"
    yield from docstring(kind.about, "")


def _shape(kind: "model.Shape") -> Iterator[str]:
    def written(member: "model.Member") -> str:
        told = model.annotation(member.kind)
        return told if member.required else f"NotRequired[{told}]"

    if all(member.key.isidentifier() and not keyword.iskeyword(member.key) for member in kind.members):
        yield f"class {kind.name}(TypedDict):"
        if kind.about:
            yield from docstring(kind.about, "    ")
        for member in kind.members:
            yield f"    {member.key}: {written(member)}"
            yield from docstring(member.about, "    ")
    else:
        held = ", ".join(f"{member.key!r}: {written(member)}" for member in kind.members)
        yield f"{kind.name} = TypedDict({kind.name!r}, {{{held}}})"
