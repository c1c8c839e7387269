"""The stubs of a package: what type checkers and editors read of the classes that are made when it is imported."""

import keyword
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType

from maker.model import model

_WIDTH = 116
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
        "airflow/hook.pyi": _hook(faces),
        "airflow/operator.pyi": _operators(faces),
        "airflow/retries.pyi": _retries(faces),
        "airflow/sensor.pyi": _sensor(faces),
        "airflow/trigger.pyi": _trigger(faces),
        "prefect.pyi": _prefect(faces),
    }
    return {name: "\n".join(lines) + "\n" for name, lines in made.items()}


def _package(faces: "model.Faces") -> Iterator[str]:
    yield from _docstring(faces.about, "")
    yield "import datetime"
    yield "import threading"
    yield "from collections.abc import Iterator, Sequence"
    yield "from dataclasses import dataclass"
    yield "from typing import Any, Literal, NotRequired, SupportsFloat, TypedDict"
    yield ""
    yield from _deprecation(faces.python)
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
    yield from _docstring(
        f"An account of {faces.title}. Its `repr` hides the keys to it, and it is not pickled.", "    "
    )
    for key in faces.keys:
        yield f"    {key.name}: {'bool | str' if key.is_switch else 'str'}{'' if key.required else ' = ...'}"
        yield from _docstring(key.about, "    ")
    yield ""
    yield f"class {faces.client}(Client):"
    yield from _docstring(faces.about, "    ")
    yield "    def __init__("
    yield "        self,"
    yield "        connection: Connection,"
    yield "        *,"
    yield "        timeout_s: SupportsFloat = 30.0,"
    yield "        timezone: str | datetime.tzinfo | None = None,"
    yield "        allow_private: bool = False,"
    yield "    ) -> None: ..."
    for method in faces.python:
        yield from _function(
            method, method.name, method.parameters, ["self"], [], model.annotation(method.result), "    "
        )
        if method.item is not None:
            limit = ["limit: int | None = None"]
            found = f"Iterator[{model.annotation(method.item)}]"
            yield from _function(method, f"iter_{method.action}", method.searched, ["self"], limit, found, "    ")
    for methods, ways in ((faces.polls, model.POLLED), (faces.webhooks, model.RECEIVED)):
        for method in methods:
            for way in ways:
                yield from _way(method, way, "self", "    ")


# A flow keeps track in a block, and is begun anew by its schedule.
_IN_PREFECT = {"cursor_store": "CursorStore | None = None", "wait": "bool = False"}


def _way(
    method: "model.Method",
    way: "model.Way",
    first: str,
    indent: str,
    decorator: str = "",
    defaults: Mapping[str, str] = MappingProxyType({}),
) -> Iterator[str]:
    """A method of a trigger."""
    yield ""
    if decorator:
        yield f"{indent}@{decorator}"
    yield f"{indent}def {way.name}_{method.action}("
    own = [f"{it.name}: {model.annotation(it.kind)}{'' if it.required else ' = None'}" for it in method.parameters]
    kinds = {**{name: kind for name, (kind, _) in model.TRIGGER_ARGUMENTS.items()}, **defaults}
    placed, named = ([f"{it}: {kinds[it]}" for it in names] for names in (way.placed, way.named))
    for argument in (first, *placed, "*", *own, *named):
        yield f"{indent}    {argument},"
    yield f"{indent}) -> {way.result_of(model.annotation(method.result))}:"
    about = [f"{it}: {model.TRIGGER_ARGUMENTS[it][1]}" for it in (*way.placed, *way.named)]
    told = "\n".join(f"    {line}" for line in (*(f"{it.name}: {it.about}" for it in method.parameters), *about))
    parts = (way.about, method.about, f"Args:\n{told}", f"Raises:\n    {way.raises}")
    yield from _docstring("\n\n".join(parts), f"{indent}    ")


def _hook(faces: "model.Faces") -> Iterator[str]:
    yield "import datetime"
    yield "from typing import Any"
    yield ""
    yield f"from .. import {faces.client}"
    yield "from ._hook import PluginHook"
    yield ""
    yield f"class {faces.client}Hook(PluginHook):"
    yield from _docstring(f"Calls {faces.title} with a connection of Airflow.", "    ")
    yield "    def __init__("
    yield "        self,"
    yield f"        {faces.connection_id}: str = ...,"
    yield "        *,"
    yield "        timezone: str | datetime.tzinfo | None = None,"
    yield "        **kwargs: Any,"
    yield "    ) -> None: ..."
    yield f"    def get_conn(self) -> {faces.client}: ..."


def _operators(faces: "model.Faces") -> Iterator[str]:
    yield "from typing import Any"
    yield ""
    yield from _deprecation(faces.airflow)
    yield "from ._operator import ActionOperator"
    for method in faces.airflow:
        yield ""
        if method.deprecated:
            yield f"@deprecated({method.deprecated!r})"
        yield f"class {faces.operator(method)}(ActionOperator):"
        yield from _docstring(method.about, "    ")
        yield "    def __init__("
        yield "        self,"
        yield "        *,"
        # A template and what another task returns are as good as a value.
        for parameter in method.searched:
            yield f"        {parameter.name}: Any{'' if parameter.required else ' = None'},"
        if method.item is not None:
            yield "        limit: Any = None,"
        yield "        timezone: str | None = None,"
        yield f"        {faces.connection_id}: str = ...,"
        yield "        **kwargs: Any,"
        yield "    ) -> None:"
        told = _told(method, method.searched, last=[] if method.item is None else [model.HOW_MANY])
        yield from _docstring(told, "        ")


def _sensor(faces: "model.Faces") -> Iterator[str]:
    if not faces.polls:
        return
    yield "from collections.abc import Mapping"
    yield "from typing import Any, Literal"
    yield ""
    yield "from ._sensor import PluginEventSensor"
    yield ""
    yield f"class {faces.sensor}(PluginEventSensor):"
    triggers = "\n".join(f"    {method.action}: {method.about}" for method in faces.polls)
    yield from _docstring(f"Waits for what happens, and gives the events: a list of CloudEvents.\n\n{triggers}", "    ")
    yield "    def __init__("
    yield "        self,"
    yield "        *,"
    yield f"        trigger: Literal[{', '.join(repr(method.action) for method in faces.polls)}],"
    # A template and what another task returns are as good as a value.
    yield "        input: Mapping[str, Any] | None = None,"
    yield "        start: Any = 'now',"
    yield "        limit: Any = 100,"
    yield "        deferrable: bool = ...,"
    yield "        timezone: str | None = None,"
    yield f"        {faces.connection_id}: str = ...,"
    yield "        **kwargs: Any,"
    yield "    ) -> None: ..."


def _trigger(faces: "model.Faces") -> Iterator[str]:
    yield "from ._trigger import PluginEventTrigger"
    yield ""
    yield f"class {faces.trigger}(PluginEventTrigger): ..."


def _retries(faces: "model.Faces") -> Iterator[str]:
    yield "from ._retries import PluginRetryPolicy"
    yield ""
    yield f"class {faces.client}RetryPolicy(PluginRetryPolicy): ..."


def _prefect(faces: "model.Faces") -> Iterator[str]:
    yield "import threading"
    yield "from collections.abc import Iterator, Sequence"
    yield "from typing import Any, SupportsFloat"
    yield ""
    yield "from prefect import task"
    yield "from pydantic import SecretStr"
    yield from _deprecation(faces.prefect)
    yield ""
    yield f"from . import {', '.join(sorted([faces.client, 'CursorStore', 'Event', 'Page', *faces.types]))}"
    yield "from ._prefect import LONGEST_WAIT_S as LONGEST_WAIT_S"
    yield "from ._prefect import PluginCredentials"
    yield "from ._prefect import may_be_repeated as may_be_repeated"
    yield "from ._prefect_events import PluginCursor"
    yield "from ._types import Moment, Number, Start, Switch, Text, Whole"
    yield ""
    yield f"class {faces.credentials}(PluginCredentials):"
    yield from _docstring(f"An account of {faces.title}.", "    ")
    for name, key in zip(faces.block_names, faces.keys, strict=True):
        kind = "SecretStr" if key.is_secret else "bool" if key.is_switch else "str"
        yield f"    {name}: {kind}{'' if key.required else ' = ...'}"
        yield from _docstring(key.about, "    ")
    yield "    timezone: str | None = None"
    yield f"    def get_client(self) -> {faces.client}: ..."
    for method in faces.prefect:
        first = [f"credentials: {faces.credentials}"]
        result = model.annotation(method.result if method.item is None else model.Many(method.item, False))
        limit = [] if method.item is None else ["limit: int | None = None"]
        yield from _function(method, method.name, method.searched, first, limit, result, "", "task")
    yield ""
    yield f"class {faces.cursor_block}(PluginCursor): ..."
    account = f"credentials: {faces.credentials}"
    for method in faces.polls:
        yield from _way(method, model.POLL, account, "", "task")
        yield from _way(method, model.EVENTS, account, "", defaults=_IN_PREFECT)


def _deprecation(methods: Sequence["model.Method"]) -> Iterator[str]:
    if any(method.deprecated for method in methods):
        yield "from typing_extensions import deprecated"
        yield ""


def _choice(kind: "model.Choice") -> Iterator[str]:
    yield f"{kind.name} = Literal[{', '.join(map(repr, kind.values))}]"
    yield from _docstring(kind.about, "")


def _shape(kind: "model.Shape") -> Iterator[str]:
    def written(member: "model.Member") -> str:
        told = model.annotation(member.kind)
        return told if member.required else f"NotRequired[{told}]"

    if all(member.key.isidentifier() and not keyword.iskeyword(member.key) for member in kind.members):
        yield f"class {kind.name}(TypedDict):"
        if kind.about:
            yield from _docstring(kind.about, "    ")
        for member in kind.members:
            yield f"    {member.key}: {written(member)}"
            yield from _docstring(member.about, "    ")
    else:
        held = ", ".join(f"{member.key!r}: {written(member)}" for member in kind.members)
        yield f"{kind.name} = TypedDict({kind.name!r}, {{{held}}})"


def _function(
    method: "model.Method",
    name: str,
    parameters: Sequence["model.Parameter"],
    before: Sequence[str],
    after: Sequence[str],
    result: str,
    indent: str,
    decorator: str = "",
) -> Iterator[str]:
    yield ""
    if decorator:
        yield f"{indent}@{decorator}"
    if method.deprecated:
        yield f"{indent}@deprecated({method.deprecated!r})"
    yield f"{indent}def {name}("
    own = [f"{it.name}: {model.annotation(it.kind)}{'' if it.required else ' = None'}" for it in parameters]
    for argument in (*before, *(["*"] if own or after else []), *own, *after):
        yield f"{indent}    {argument},"
    yield f"{indent}) -> {result}:"
    told = _told(method, parameters, last=[model.HOW_MANY] if after else [])
    yield from _docstring(told, f"{indent}    ")


def _told(method: "model.Method", parameters: Iterable["model.Parameter"], last: Sequence[str] = ()) -> str:
    arguments = [*(f"{parameter.name}: {parameter.about}" for parameter in parameters), *last]
    told = "\n".join(f"    {argument}" for argument in arguments)
    return method.about + (f"\n\nArgs:\n{told}" if told else "")


def _docstring(text: str, indent: str) -> Iterator[str]:
    """A text as a docstring, which no text can end."""
    lines = [part for line in text.strip().splitlines() or [""] for part in _wrapped(line, indent)]
    clean = [
        line.replace("\\", "\\\\").replace('"', '\\"' if '"""' in line or line.endswith('"') else '"') for line in lines
    ]
    if len(clean) == 1:
        yield f'{indent}"""{clean[0]}"""'
        return
    yield f'{indent}"""{clean[0]}'
    yield from (f"{indent}{line}".rstrip() for line in clean[1:])
    yield f'{indent}"""'


def _wrapped(line: str, indent: str) -> list[str]:
    own = line[: len(line) - len(line.lstrip())]
    printable = "".join(letter if letter.isprintable() else " " for letter in line)
    return textwrap.wrap(
        printable,
        _WIDTH - len(indent),
        initial_indent="",
        subsequent_indent=f"{own}    " if own else "",
        break_long_words=False,
        break_on_hyphens=False,
    ) or [""]
