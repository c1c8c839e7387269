"""What people await: an account, with a method for each action."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from types import TracebackType
from typing import Any, Self, SupportsFloat, TypeVar

from . import _bundle, _polling
from ._async_http import AsyncClient as HttpClient
from ._awaiting import finished
from ._base_client import BaseClient, Option, seconds_of
from ._cursors import CursorStore
from ._events import Event, Page, Received, Subscription
from ._searches import Choices, Search
from ._steps import Steps
from ._triggers import Headers
from ._types import Start

T = TypeVar("T")


class AsyncClient(BaseClient):
    """One account, for asyncio. Any number of tasks may call it at once; calls on one subject keep their order.

    It shares that order with all clients of the account in the process, also with those that block. No call holds a
    thread. A call whose task is cancelled is broken off, so that what it had sent may have had its effect.

    Its connections are of one event loop. `async with` closes them at the end, and so does `aclose`.
    """

    _client: HttpClient | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _traceback: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Closes the connections that are kept. What is called later makes new ones."""
        if self._client is not None:
            self._client.close()
            # They are closed when the loop comes round.
            await asyncio.sleep(0)

    async def call(self, action: str, input: Mapping[str, Any]) -> dict[str, Any]:  # noqa: A002 - the contract's word
        """Runs any action of the description, by its name.

        Raises:
            ActionError: it did not work; `retry` says whether it may be repeated.
        """
        return await self._call(action, input)

    async def _call(self, action: str, values: Mapping[str, Any]) -> dict[str, Any]:
        return await self._finish(self._runner().call(action, values, self._terms))

    async def _search(self, action: str, values: Mapping[str, Any], limit: object = None) -> AsyncIterator[Any]:
        search = Search(_bundle.packaged(), action, values, limit)
        async for item in self._found_by(search):
            yield item

    async def _found_by(self, search: Search) -> AsyncIterator[Any]:
        while (asked := search.go_on()) is not None:
            for item in search.items(await self._call(search.action, asked)):
                yield item

    async def options(
        self,
        action: str,
        field: str,
        *,
        search: str | None = None,
        input: Mapping[str, Any] | None = None,  # noqa: A002 - the contract's word
    ) -> list[Option]:
        """The choices of a field, as the service has them now.

        Args:
            action: the action's name.
            field: the field's, as the description has it under `form.options`.
            search: the beginning of what is looked for, where the service can search.
            input: what is known of the action's input, where the choices depend on it.

        Raises:
            ActionError: it did not work, or the field has no such choices.
        """
        choices = Choices(_bundle.packaged(), action, field, search, input or {})
        items = [item async for item in self._found_by(choices.search)]
        return [Option(value, title) for value, title in choices.among(items)]

    async def check_connection(self) -> dict[str, Any]:
        """Proves that the connection is right, without changing anything.

        Raises:
            ActionError: it is not, or the service can't be reached.
        """
        return await self._finish(self._runner().check(self._terms))

    async def poll(
        self,
        trigger: str,
        *,
        input: Mapping[str, Any] | None = None,  # noqa: A002 - the contract's word
        cursor: str | None = None,
        start: Start = "now",
        limit: int = 100,
    ) -> Page[dict[str, Any]]:
        """Asks for what has happened, once; arguments and errors are those of `Client.poll`."""
        return await self._finish(self._triggers().poll(trigger, input or {}, cursor, start, limit))

    async def events(
        self,
        trigger: str,
        *,
        input: Mapping[str, Any] | None = None,  # noqa: A002 - the contract's word
        cursor_store: CursorStore,
        start: Start = "now",
        limit: int = 100,
        interval_s: SupportsFloat = 60.0,
        wait: bool = True,
        stop: asyncio.Event | None = None,
    ) -> AsyncIterator[Event[dict[str, Any]]]:
        """What happens, one after another; arguments and errors are those of `Client.events`.

        The store may block: it is asked in a thread.
        """
        given, triggers = input or {}, self._triggers()
        feed = self._feed(trigger, given, lambda cursor: triggers.poll(trigger, given, cursor, start, limit))
        kept = await asyncio.to_thread(cursor_store.load, feed.name)
        going = _polling.course(feed, kept, seconds_of(interval_s, "interval_s"), wait)
        try:
            wanted = next(going)
            while True:
                come: Any = None
                try:
                    match wanted:
                        case _polling.Ask(steps):
                            come = await self._finish(steps)
                        case _polling.Keep(progress):
                            await asyncio.to_thread(cursor_store.save, feed.name, progress)
                        case _polling.Pause(seconds):
                            come = await _paused(seconds, stop)
                        case _polling.Tell(event):
                            yield event
                            come = stop is None or not stop.is_set()
                except Exception as error:
                    wanted = going.throw(error)
                else:
                    wanted = going.send(come)
        except StopIteration:
            return

    async def webhook(
        self,
        trigger: str,
        method: str,
        headers: Headers,
        query: str | bytes,
        body: bytes,
        *,
        input: Mapping[str, Any] | None = None,  # noqa: A002 - the contract's word
        secret: str | None = None,
    ) -> Received[dict[str, Any]]:
        """Reads a request by which the service tells what has happened; as `Client.webhook` does."""
        request = (method, headers, query, body)
        return await self._finish(self._triggers().webhook(trigger, input or {}, request, secret))

    async def confirmed(self, trigger: str, event: Event[Any]) -> bool:
        """Whether the service itself says so; as `Client.confirmed` does."""
        return await self._finish(self._triggers().confirmed(trigger, event))

    async def subscribe(
        self,
        trigger: str,
        url: str,
        *,
        input: Mapping[str, Any] | None = None,  # noqa: A002 - the contract's word
        secret: str | None = None,
    ) -> Subscription:
        """Tells the service where to send the webhooks of a trigger; as `Client.subscribe` does."""
        return await self._finish(self._triggers().subscribe(trigger, input or {}, url, secret))

    async def unsubscribe(
        self,
        trigger: str,
        subscription: str,
        *,
        input: Mapping[str, Any] | None = None,  # noqa: A002 - the contract's word
    ) -> None:
        """Tells the service that it may stop; as `Client.unsubscribe` does."""
        await self._finish(self._triggers().unsubscribe(trigger, input or {}, subscription))

    async def _finish(self, steps: Steps[T]) -> T:
        client = self._client
        if client is None:
            client = self._client = HttpClient(self._runner().rules)
        return await finished(steps, client)


async def _paused(seconds: float, stop: asyncio.Event | None) -> bool:
    """Waits, and says whether to go on."""
    if stop is None:
        await asyncio.sleep(seconds)
        return True
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except TimeoutError:
        return True
    return False
