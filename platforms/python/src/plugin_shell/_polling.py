"""The events of a trigger one after another, for as long as a program likes."""

import functools
import logging
import threading
import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from ._cursors import CursorStore
from ._errors import ActionError
from ._events import Event, Page
from ._progress import Progress
from ._repeats import pause_s

_log = logging.getLogger(__name__)

# After so many pages at once a pause is made, whatever the plugin says.
_MOST_PAGES = 1_000

T = TypeVar("T")


@dataclass(frozen=True)
class Feed:
    """How a trigger is asked."""

    name: str
    """Under which it is kept how far a program has come."""
    poll: Callable[[str | None], Page[Any]]
    """A page, by its cursor."""
    confirmed: Callable[[Event[Any]], bool]
    stored: Callable[[dict[str, Any]], Event[Any]]
    """An event, from what was kept of it."""


@dataclass(frozen=True)
class Patience:
    """How long to wait, and whether."""

    interval_s: float
    wait: bool
    """Whether to wait for what is yet to come. Else the end is where there is nothing more now."""
    stop: threading.Event | None = None

    def pause(self, seconds: float) -> bool:
        """Waits, and says whether to go on."""
        if self.stop is None:
            time.sleep(seconds)
            return True
        return not self.stop.wait(seconds)


def events(feed: Feed, store: CursorStore, patience: Patience) -> Iterator[Event[Any]]:
    """The events, each of which is done when the next one is asked for.

    Those of a page are kept before its cursor is, and each until it is done: a program that is killed in between gets
    it again. One that the service does not confirm is left out.

    Raises:
        ActionError: it did not work, and can't be repeated.
    """
    progress = Progress.read(feed.name, store.load(feed.name))
    going = yield from _hand_on(progress, feed, store, patience)
    pages = 0
    while going:
        page = _patiently(functools.partial(feed.poll, progress.cursor), patience)
        if page is None:
            return
        if page.events or page.next_cursor != progress.cursor:
            progress.keep(page)
            store.save(feed.name, progress.written())
        going = yield from _hand_on(progress, feed, store, patience)
        pages = pages + 1 if page.has_more else 0
        if not 0 < pages < _MOST_PAGES:
            pages = 0
            going = going and patience.wait and patience.pause(patience.interval_s)


def _hand_on(
    progress: Progress, feed: Feed, store: CursorStore, patience: Patience
) -> Generator[Event[Any], None, bool]:
    """The events that are not done yet, each of which is done when the next one is asked for; whether to go on."""
    while progress.pending:
        event = feed.stored(progress.pending[0])
        is_so = _patiently(functools.partial(feed.confirmed, event), patience)
        if is_so is None:
            return False
        if is_so:
            yield event
        else:
            _log.warning("%s: the event %s is dropped: the service does not confirm it", feed.name, event.id)
            progress.refuted(event)
        progress.done()
        store.save(feed.name, progress.written())
        if patience.stop is not None and patience.stop.is_set():
            return False
    return True


def _patiently(run: Callable[[], T], patience: Patience) -> T | None:
    """What comes of a read, which is repeated for as long as its errors allow; None if nobody waits any more."""
    failures = 0
    while True:
        try:
            return run()
        except ActionError as error:
            if error.retry == "never" or not patience.wait:
                raise
            pause = pause_s(error, patience.interval_s, failures)
            failures += 1
            _log.warning("it is asked again in %.0f s: %s", pause, error)
            if not patience.pause(pause):
                return None
