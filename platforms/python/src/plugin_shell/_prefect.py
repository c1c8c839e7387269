"""Prefect: a block that holds an account, and a task for each action."""

import asyncio
import inspect
import warnings
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Any, cast
from uuid import UUID

from prefect import task
from prefect.blocks.abstract import CredentialsBlock
from prefect.cache_policies import NO_CACHE
from prefect.context import FlowRunContext, TaskRunContext
from pydantic import Field, HttpUrl, SecretStr

from . import _made
from ._client import Client
from ._errors import ActionError, Effect
from ._model import Key, Method
from ._repeated import key_of_run
from ._repeats import delay_s
from ._runner import Repeat
from ._types import realized

LONGEST_WAIT_S = 3600
"""For longer than that a task is not kept waiting: if the service asks for more, it fails."""


RETRIES: Mapping[str, Any] = {"retries": 3, "retry_delay_seconds": [10, 60, 300]}
"""How often a task is repeated, and when."""


class PluginCredentials(CredentialsBlock):
    """An account.

    Where it is pickled, as for background tasks and for task runners on other machines, only the name of the saved
    block goes along, from which it is loaded again.
    """

    def get_client(self) -> Client:
        """The client for the account."""
        faces = _made.faces()
        values = {key.name: getattr(self, key.block_name) for key in faces.keys}
        given = {
            name: value.get_secret_value() if isinstance(value, SecretStr) else value for name, value in values.items()
        }
        return _made.client()(_made.connection()(**given), timezone=getattr(self, "timezone", None) or None)

    def __reduce__(self) -> tuple[Any, ...]:
        name = self._block_document_name
        if not name or self._is_anonymous:
            raise TypeError(
                f"These {type(self).__name__} can't be pickled: their key would go along. Save them, and load."
            )
        return _loaded, (type(self), name)


def credentials_class(module: str) -> type[PluginCredentials]:
    """The block of the plugin."""
    faces = _made.faces()
    annotations: dict[str, Any] = {}
    fields: dict[str, Any] = {}
    for key in faces.keys:
        annotations[key.block_name] = SecretStr if key.is_secret else bool if key.is_switch else str
        fields[key.block_name] = Field(title=key.title, description=key.about, **_default(key))
    # The time zone is asked for last.
    annotations["timezone"] = str | None
    fields["timezone"] = Field(
        default=None,
        title="Time zone",
        description="A name such as Europe/Moscow: what dates without a time zone are meant in. "
        "Without it they are refused.",
        json_schema_extra=_plain_text,
    )
    members: dict[str, Any] = {
        "__module__": module,
        "__qualname__": faces.credentials,
        "__doc__": f"An account of {faces.title}.",
        "__annotations__": annotations,
        **fields,
        "_block_type_name": f"{faces.title} Credentials",
        "_block_type_slug": f"{faces.name}-credentials".replace("_", "-"),
        "_description": faces.about,
    }
    if faces.homepage:
        members["_documentation_url"] = HttpUrl(faces.homepage)
    make: Any = type(PluginCredentials)
    return cast("type[PluginCredentials]", make(faces.credentials, (PluginCredentials,), members))


def _plain_text(schema: dict[str, Any]) -> None:
    """Makes a text that may be left out a field of the form like the others, and no choice between two types."""
    for member in ("anyOf", "default"):
        schema.pop(member, None)
    schema["type"] = "string"


def _default(key: Key) -> dict[str, Any]:
    if key.required:
        return {}
    if key.is_switch:
        return {"default": key.default == "true"}
    return {"default": SecretStr(key.default) if key.is_secret else key.default}


def _loaded(kind: type[PluginCredentials], name: str) -> PluginCredentials:
    return cast("PluginCredentials", kind.load(name, _sync=True))


class _Attempts:
    """What is remembered of the task runs whose call may be repeated: where it stands among the account's calls."""

    _MOST = 1000

    def __init__(self) -> None:
        self._known: OrderedDict[UUID, tuple[Client, int, Effect | None]] = OrderedDict()

    def of(self, run: UUID, client: Client) -> tuple[int, Effect | None]:
        """The place of a run's first attempt, and what is known of the effect of those before this one, if there are.

        The account's order lives with its client.
        """
        if run not in self._known:
            self._known[run] = client, client._runner().place(), None
            if len(self._known) > self._MOST:
                self._known.popitem(last=False)
        return self._known[run][1:]

    def failed(self, run: UUID, effect: Effect) -> None:
        """Notes the effect of an attempt. What may have happened once may have happened."""
        if run in self._known:
            client, place, before = self._known[run]
            self._known[run] = client, place, "unknown" if before == "unknown" else effect

    def forget(self, run: UUID) -> None:
        """For a run that is over."""
        self._known.pop(run, None)


_attempts = _Attempts()


async def may_be_repeated(task: Any, task_run: Any, state: Any) -> bool:
    """A `retry_condition_fn`: whether a failed task may be repeated, as its error says.

    It waits for as long as the service asked for, and a little longer than the task's delay, so that tasks which
    failed together are not repeated together.
    """
    # Not `state.result()`, which raises nothing where an event loop is running.
    error = state.data
    if not isinstance(error, ActionError):
        # What is no error of the action, such as a crash of the machine, Prefect's own retries are for.
        return True
    usual = _delay_s(task, task_run)
    if error.retry == "never" or (error.retry_after_s or 0) > LONGEST_WAIT_S:
        _attempts.forget(task_run.id)
        return False
    _attempts.failed(task_run.id, error.effect)
    # Prefect itself waits for the rest.
    await asyncio.sleep(max(delay_s(error, usual) - usual, 0))
    return True


def _delay_s(task: Any, task_run: Any) -> float:
    """How long Prefect is going to wait."""
    delays = task.retry_delay_seconds or 0
    if isinstance(delays, int | float):
        return float(delays)
    return float(delays[min(max(task_run.run_count - 1, 0), len(delays) - 1)])


def action_task(method: Method, credentials: type[PluginCredentials], module: str) -> Any:
    """The task of an action.

    What would fail again fails at once; what may work later is repeated, as late as the service asks for. A repeat is
    not made if a later call of this process has changed the same thing meanwhile. A search gives the list of all that
    it finds.
    """

    def run(account: PluginCredentials, values: Mapping[str, Any], limit: int | None = None) -> Any:
        if method.deprecated:
            warnings.warn(method.deprecated, DeprecationWarning, stacklevel=3)
        client = account.get_client()
        if method.item is not None:
            return list(client._search(method.action, values, limit))
        context = TaskRunContext.get()
        if context is None:
            # Called as the function that it is: `create_order.fn`.
            return client.call(method.action, values)
        run = context.task_run
        place, effect = _attempts.of(run.id, client)
        output = client._call(method.action, values, Repeat(place, effect, _key(run, values)))
        _attempts.forget(run.id)
        return output

    first = inspect.Parameter("credentials", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=credentials)
    more = [] if method.item is None else [_made.faces().how_many]
    told = _made.docstring(method, method.searched, more, first=["credentials: the account."])
    result = realized(method.result) if method.item is None else list[realized(method.item)]  # type: ignore[misc]
    made = _made.function(method.name, told, method.searched, result, run, [first], _made.LIMITED if more else [])
    made.__module__ = module
    return as_task(made, method)


def as_task(made: Callable[..., Any], method: Method) -> Any:
    """The task of a function that calls the plugin."""
    return task(
        made,
        name=f"{_made.faces().title}: {method.title}",
        **RETRIES,
        retry_condition_fn=may_be_repeated,
        # What it changes is changed by a call alone, and what it reads or has happened may be another by now.
        cache_policy=NO_CACHE,
    )


def _key(run: Any, values: Mapping[str, Any]) -> UUID:
    """The same for all attempts of a task, and for the same call where the flow is repeated."""
    flow = FlowRunContext.get()
    of = getattr(flow.flow_run, "id", None) if flow else run.flow_run_id
    if of is None:
        return key_of_run("prefect", run.id)
    given = sorted((field, repr(value)) for field, value in values.items())
    return key_of_run("prefect", of, run.task_key, run.dynamic_key, given)
