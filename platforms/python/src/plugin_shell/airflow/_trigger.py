"""What waits for events in Airflow's triggerer, in which it holds no worker."""

import asyncio
import functools
import weakref
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from airflow.triggers.base import BaseTrigger, TriggerEvent

from .._errors import ActionError
from .._progress import kept_of
from .._repeats import pause_s
from . import hook

_HOOK: Any = hook._HOOK


# A connection whose service hangs holds these threads, and none of those on which others wait.
_AT_ONCE = 4
_pools: weakref.WeakValueDictionary[str, ThreadPoolExecutor] = weakref.WeakValueDictionary()


class PluginEventTrigger(BaseTrigger):
    """Polls a trigger of the plugin until there are events.

    All that it is made of is kept by Airflow, so that a triggerer that is started anew, or another one, goes on from
    the same cursor: events are polled for once more, and none is left out.
    """

    def __init__(
        self,
        connection: str,
        trigger: str,
        input: dict[str, Any],  # noqa: A002 - the contract's word
        cursor: str | None,
        start: str | int,
        limit: int,
        interval_s: float,
    ) -> None:
        super().__init__()
        self.connection = connection
        self.trigger = trigger
        self.input = input
        self.cursor = cursor
        self.start = start
        self.limit = limit
        self.interval_s = interval_s

    def serialize(self) -> tuple[str, dict[str, Any]]:
        """How Airflow makes it again."""
        names = ("connection", "trigger", "input", "cursor", "start", "limit", "interval_s")
        return f"{type(self).__module__}.{type(self).__qualname__}", {name: getattr(self, name) for name in names}

    async def run(self) -> AsyncIterator[TriggerEvent]:
        """Ends with the first events, or with an error that is not to be repeated."""
        client = _HOOK(self.connection).client_of(await _HOOK.aget_connection(self.connection))
        pool, failures = _pool_of(self.connection), 0
        while True:
            try:
                poll = functools.partial(
                    client.poll, self.trigger, input=self.input, cursor=self.cursor, start=self.start, limit=self.limit
                )
                page = await asyncio.get_running_loop().run_in_executor(pool, poll)
            except ActionError as error:
                if error.retry == "never":
                    yield TriggerEvent({"error": dict(error.to_dict())})
                    return
                pause = pause_s(error, self.interval_s, failures)
                failures += 1
                self.log.warning("It is asked again in %.0f s: %s", pause, error)
                await asyncio.sleep(pause)
                continue
            failures = 0
            if page.events:
                yield TriggerEvent({"cursor": page.next_cursor, "events": [kept_of(event) for event in page.events]})
                return
            self.cursor = page.next_cursor
            if not page.has_more:
                await asyncio.sleep(self.interval_s)


def _pool_of(connection: str) -> ThreadPoolExecutor:
    """The threads on which a connection's triggers poll: they are there as long as one of these is."""
    pool = _pools.get(connection) or ThreadPoolExecutor(_AT_ONCE, f"poll-{connection}")
    _pools[connection] = pool
    return pool
