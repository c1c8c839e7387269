"""Prefect: what happens, as a task that polls once and as events one after another, kept track of by a block."""

import inspect
from collections.abc import Callable, Iterator, Mapping
from typing import Any, cast

from prefect.blocks.core import Block
from prefect.exceptions import ObjectNotFound
from pydantic import Field

from . import _made, _polling
from ._base_client import seconds_of
from ._client import Client
from ._cursors import CursorStore
from ._events import Event, Page
from ._model import Method
from ._polling import Patience
from ._prefect import PluginCredentials, as_task
from ._steps import Steps, at_once
from ._types import realized


class PluginCursor(Block):
    """How far a flow has come with the events of a trigger. Delete it to begin anew."""

    kept: dict[str, Any] = Field(default_factory=dict, title="What is kept", description="The flow's own notes.")


def cursor_class(module: str) -> type[PluginCursor]:
    """The block of the plugin."""
    faces = _made.faces()
    members: dict[str, Any] = {
        "__module__": module,
        "__qualname__": faces.cursor_block,
        "__doc__": PluginCursor.__doc__,
        "_block_type_name": f"{faces.title} Cursor",
        "_block_type_slug": f"{faces.name}-cursor".replace("_", "-"),
    }
    make: Any = type(PluginCursor)
    return cast("type[PluginCursor]", make(faces.cursor_block, (PluginCursor,), members))


class BlockCursorStore:
    """In blocks of the Prefect server, so that it is there wherever a flow runs."""

    def __init__(self, block: type[PluginCursor]) -> None:
        self._block = block

    def load(self, name: str) -> dict[str, Any] | None:
        """What was last saved under a name."""
        try:
            found: Any = self._block.load(_name(name), _sync=True)
        except ValueError as error:
            # Prefect's own type for what is not there is only the cause.
            if isinstance(error.__cause__, ObjectNotFound):
                return None
            raise
        return dict(found.kept)

    def save(self, name: str, kept: dict[str, Any]) -> None:
        """Saves it."""
        self._block(kept=kept).save(_name(name), overwrite=True, _sync=True)


def _name(name: str) -> str:
    # Prefect takes no other letters.
    return name.lower().replace("_", "-")


def poll_task(method: Method, credentials: type[PluginCredentials], module: str) -> Any:
    """The task that asks a trigger once."""

    def run(account: PluginCredentials, values: Mapping[str, Any], **given: Any) -> Page[Any]:
        return account.get_client().poll(method.action, input=values, **given)

    parameters = inspect.signature(Client.poll).parameters
    result: Any = Page
    told = _made.docstring_of_trigger(method, _made.faces().ways["poll"], first=["credentials: the account."])
    made = _made.function(
        f"poll_{method.action}",
        told,
        method.parameters,
        result[realized(method.result)],
        run,
        [_account(credentials)],
        [parameters[name] for name in _made.faces().ways["poll"].named],
    )
    made.__module__ = module
    return as_task(made, method)


def events_function(
    method: Method, poll: Any, credentials: type[PluginCredentials], cursor: type[PluginCursor], module: str
) -> Callable[..., Iterator[Event[Any]]]:
    """Events one after another, each page of which is a run of the task that polls."""

    def run(
        account: PluginCredentials,
        values: Mapping[str, Any],
        cursor_store: CursorStore | None = None,
        start: Any = "now",
        limit: int = 100,
        interval_s: float = 60.0,
        wait: bool = False,
        stop: Any = None,
    ) -> Iterator[Event[Any]]:
        client = account.get_client()
        named = {it.name: values[it.field] for it in method.parameters if it.field in values}

        def page(following: str | None) -> Steps[Page[Any]]:
            return at_once(lambda: poll(account, **named, cursor=following, start=start, limit=limit))

        patience = Patience(seconds_of(interval_s, "interval_s"), wait, stop)
        store = BlockCursorStore(cursor) if cursor_store is None else cursor_store
        return _polling.events(client._feed(method.action, values, page), store, patience, client._finish)

    parameters = inspect.signature(run).parameters
    many, result = cast("Any", Iterator), cast("Any", Event)
    told = _made.docstring_of_trigger(method, _made.faces().ways["events"], first=["credentials: the account."])
    made = _made.function(
        f"events_{method.action}",
        told,
        method.parameters,
        many[result[realized(method.result)]],
        run,
        [_account(credentials)],
        [parameters[name].replace(kind=inspect.Parameter.KEYWORD_ONLY) for name in _made.faces().ways["events"].named],
    )
    made.__module__ = module
    return made


def _account(credentials: type[PluginCredentials]) -> inspect.Parameter:
    return inspect.Parameter("credentials", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=credentials)
