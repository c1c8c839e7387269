"""The stubs of what the engines have: Airflow's hook, operators, sensor and trigger, and Prefect's blocks and tasks."""

from collections.abc import Iterator

from maker.model import model
from maker.writing import arguments_told, deprecation, docstring, function, method_of_trigger

# A flow keeps track in a block, and is begun anew by its schedule.
_IN_PREFECT = {"cursor_store": "CursorStore | None = None", "wait": "bool = False"}


def hook(faces: "model.Faces") -> Iterator[str]:
    """Airflow's hook."""
    yield "import datetime"
    yield "from typing import Any"
    yield ""
    yield f"from .. import {faces.client}"
    yield "from ._hook import PluginHook"
    yield ""
    yield f"class {faces.client}Hook(PluginHook):"
    yield from docstring(f"Calls {faces.title} with a connection of Airflow.", "    ")
    yield "    def __init__("
    yield "        self,"
    yield f"        {faces.connection_id}: str = ...,"
    yield "        *,"
    yield "        timezone: str | datetime.tzinfo | None = None,"
    yield "        **kwargs: Any,"
    yield "    ) -> None: ..."
    yield f"    def get_conn(self) -> {faces.client}: ..."


def operators(faces: "model.Faces") -> Iterator[str]:
    """Airflow's operators."""
    yield "from typing import Any"
    yield ""
    yield from deprecation(faces.airflow)
    yield "from ._operator import ActionOperator"
    for method in faces.airflow:
        yield ""
        if method.deprecated:
            yield f"@deprecated({method.deprecated!r})"
        yield f"class {faces.operator(method)}(ActionOperator):"
        yield from docstring(method.about, "    ")
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
        told = arguments_told(method, method.searched, last=[] if method.item is None else [model.HOW_MANY])
        yield from docstring(told, "        ")


def sensor(faces: "model.Faces") -> Iterator[str]:
    """Airflow's sensor, if there is something to wait for."""
    if not faces.polls:
        return
    yield "from collections.abc import Mapping"
    yield "from typing import Any, Literal"
    yield ""
    yield "from ._sensor import PluginEventSensor"
    yield ""
    yield f"class {faces.sensor}(PluginEventSensor):"
    triggers = "\n".join(f"    {method.action}: {method.about}" for method in faces.polls)
    yield from docstring(f"Waits for what happens, and gives the events: a list of CloudEvents.\n\n{triggers}", "    ")
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


def trigger(faces: "model.Faces") -> Iterator[str]:
    """What waits in Airflow's triggerer."""
    yield "from ._trigger import PluginEventTrigger"
    yield ""
    yield f"class {faces.trigger}(PluginEventTrigger): ..."


def retries(faces: "model.Faces") -> Iterator[str]:
    """When Airflow repeats a failed task."""
    yield "from ._retries import PluginRetryPolicy"
    yield ""
    yield f"class {faces.client}RetryPolicy(PluginRetryPolicy): ..."


def prefect(faces: "model.Faces") -> Iterator[str]:
    """Prefect's blocks and tasks."""
    yield "import threading"
    yield "from collections.abc import Iterator, Sequence"
    yield "from typing import Any, SupportsFloat"
    yield ""
    yield "from prefect import task"
    yield "from pydantic import SecretStr"
    yield from deprecation(faces.prefect)
    yield ""
    yield f"from . import {', '.join(sorted([faces.client, 'CursorStore', 'Event', 'Page', *faces.types]))}"
    yield "from ._prefect import LONGEST_WAIT_S as LONGEST_WAIT_S"
    yield "from ._prefect import PluginCredentials"
    yield "from ._prefect import may_be_repeated as may_be_repeated"
    yield "from ._prefect_events import PluginCursor"
    yield "from ._types import Moment, Number, Start, Switch, Text, Whole"
    yield ""
    yield f"class {faces.credentials}(PluginCredentials):"
    yield from docstring(f"An account of {faces.title}.", "    ")
    for name, key in zip(faces.block_names, faces.keys, strict=True):
        kind = "SecretStr" if key.is_secret else "bool" if key.is_switch else "str"
        yield f"    {name}: {kind}{'' if key.required else ' = ...'}"
        yield from docstring(key.about, "    ")
    yield "    timezone: str | None = None"
    yield f"    def get_client(self) -> {faces.client}: ..."
    for method in faces.prefect:
        first = [f"credentials: {faces.credentials}"]
        result = model.annotation(method.result if method.item is None else model.Many(method.item, False))
        limit = [] if method.item is None else ["limit: int | None = None"]
        yield from function(method, method.name, method.searched, first, limit, result, "", "task")
    yield ""
    yield f"class {faces.cursor_block}(PluginCursor): ..."
    account = f"credentials: {faces.credentials}"
    for method in faces.polls:
        yield from method_of_trigger(method, model.POLL, account, "", "task")
        yield from method_of_trigger(method, model.EVENTS, account, "", defaults=_IN_PREFECT)
