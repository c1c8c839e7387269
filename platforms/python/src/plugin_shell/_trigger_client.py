"""What people call of an account's triggers."""

import threading
from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

from . import _polling
from ._base_client import BaseClient, seconds_of
from ._blocking import finished
from ._cursors import CursorStore
from ._events import Event, Page, Received, Subscription
from ._polling import Patience
from ._steps import Steps
from ._triggers import Headers
from ._types import Start

T = TypeVar("T")


class TriggerClient(BaseClient):
    """The triggers of one account."""

    def poll(
        self,
        trigger: str,
        *,
        input: Mapping[str, Any] | None = None,  # noqa: A002 - the contract's word
        cursor: str | None = None,
        start: Start = "now",
        limit: int = 100,
    ) -> Page[dict[str, Any]]:
        """Asks for what has happened, once.

        Args:
            trigger: the trigger's name.
            input: what narrows it down.
            cursor: the `next_cursor` of the page before; None the first time.
            start: from where on the first time: `"now"`, `"beginning"`, or a date.
            limit: how many events at most.

        Raises:
            ActionError: it did not work; `retry` says whether it may be repeated.
        """
        return self._finish(self._triggers().poll(trigger, input or {}, cursor, start, limit))

    def events(
        self,
        trigger: str,
        *,
        input: Mapping[str, Any] | None = None,  # noqa: A002 - the contract's word
        cursor_store: CursorStore,
        start: Start = "now",
        limit: int = 100,
        interval_s: float = 60.0,
        wait: bool = True,
        stop: threading.Event | None = None,
    ) -> Iterator[Event[dict[str, Any]]]:
        """What happens, one after another, each confirmed by the service where its trigger needs that.

        An event is done when the next one is asked for. One that was not when the program ended comes again when it
        goes on with the same store; one whose id has come before does not. What fails is asked again, where its error
        allows that.

        Args:
            trigger: the name of a trigger that is polled.
            input: what narrows it down.
            cursor_store: where it is kept how far the program has come.
            start: from where on the first time: `"now"`, `"beginning"`, or a date.
            limit: how many events to ask for at once.
            interval_s: the pause after there was nothing more.
            wait: whether to wait for what is yet to come; else the end is where there is nothing more now, and an
                error is raised at once.
            stop: ends it when it is set, also in the middle of a pause.

        Raises:
            ActionError: it did not work, and is not to be repeated.
        """
        given, triggers = input or {}, self._triggers()
        feed = self._feed(trigger, given, lambda cursor: triggers.poll(trigger, given, cursor, start, limit))
        patience = Patience(seconds_of(interval_s, "interval_s"), wait, stop)
        return _polling.events(feed, cursor_store, patience, self._finish)

    def webhook(
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
        """Reads a request by which the service tells what has happened. It is believed as far as it is signed.

        Before an event is acted on, `confirmed` has to be true of it.

        Args:
            trigger: the trigger's name.
            method: the request's.
            headers: all of them.
            query: what follows the `?` of its address, as it came.
            body: its bytes.
            input: what narrows it down.
            secret: that of the subscription, if there is one.

        Raises:
            WebhookError: it counts for nothing; `status` is what the service is answered.
        """
        return self._finish(self._triggers().webhook(trigger, input or {}, (method, headers, query, body), secret))

    def confirmed(self, trigger: str, event: Event[Any]) -> bool:
        """Whether the service itself says so, where what it signs does not cover what an event says.

        Where it is not so, the event is to be dropped.

        Raises:
            ActionError: the service could not be asked; to be tried again later.
        """
        return self._finish(self._triggers().confirmed(trigger, event))

    def subscribe(
        self,
        trigger: str,
        url: str,
        *,
        input: Mapping[str, Any] | None = None,  # noqa: A002 - the contract's word
        secret: str | None = None,
    ) -> Subscription:
        """Tells the service where to send the webhooks of a trigger, if it has a call for that.

        Args:
            trigger: the trigger's name.
            url: where to. Part of it has to be by chance, as some services sign nothing.
            input: what narrows it down.
            secret: what to sign with; made by chance if it is left out.

        Raises:
            ActionError: it did not work; `retry` says whether it may be repeated.
        """
        return self._finish(self._triggers().subscribe(trigger, input or {}, url, secret))

    def unsubscribe(
        self,
        trigger: str,
        subscription: str,
        *,
        input: Mapping[str, Any] | None = None,  # noqa: A002 - the contract's word
    ) -> None:
        """Tells the service that it may stop, if it has not already.

        Args:
            trigger: the trigger's name.
            subscription: the id of the subscription.
            input: what narrowed it down.

        Raises:
            ActionError: it did not work; `retry` says whether it may be repeated.
        """
        self._finish(self._triggers().unsubscribe(trigger, input or {}, subscription))

    def _finish(self, steps: Steps[T]) -> T:
        return finished(steps, self._runner().client)
