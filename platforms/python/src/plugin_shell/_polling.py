"""The events of a trigger one after another, for as long as a program likes.

Its course says what is to be done next, and is sent what has come of that: so it is the same for programs that block
and for those that are awaited.
"""

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
from ._steps import Steps

_log = logging.getLogger(__name__)

# After so many pages at once a pause is made, whatever the plugin says.
_MOST_PAGES = 1_000

T = TypeVar("T")


@dataclass(frozen=True)
class Feed:
    """How a trigger is asked."""

    name: str
    """Under which it is kept how far a program has come."""
    poll: Callable[[str | None], Steps[Page[Any]]]
    """A page, by its cursor."""
    confirmed: Callable[[Event[Any]], Steps[bool]]
    stored: Callable[[dict[str, Any]], Event[Any]]
    """An event, from what was kept of it."""


@dataclass(frozen=True)
class Patience:
    """How long to wait, and whether, for a program that blocks."""

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


@dataclass(frozen=True)
class Ask:
    """What the service is asked. What comes of it is what the steps come to, or raise."""

    steps: Steps[Any]


@dataclass(frozen=True)
class Keep:
    """What is to be kept, before anything else is done. Nothing comes of it."""

    kept: dict[str, Any]


@dataclass(frozen=True)
class Tell:
    """An event, for the program. What comes of it is whether to go on."""

    event: Event[Any]


@dataclass(frozen=True)
class Pause:
    """So many seconds of waiting. What comes of it is whether to go on."""

    seconds: float


Course = Generator[Ask | Keep | Tell | Pause, Any, T]


def course(feed: Feed, kept: dict[str, Any] | None, interval_s: float, wait: bool) -> Course[None]:
    """What is to be done, from what was kept on.

    The events of a page are kept before its cursor is, and each until it is done: a program that is killed in between
    gets it again. One that the service does not confirm is left out.

    Args:
        feed: how the trigger is asked.
        kept: what was kept last.
        interval_s: the pause after there was nothing more.
        wait: whether to wait for what is yet to come. Else the end is where there is nothing more now.

    Raises:
        ActionError: it did not work, and can't be repeated.
    """
    progress = Progress.read(feed.name, kept)
    patiently = functools.partial(_patiently, interval_s=interval_s, wait=wait)
    going = yield from _hand_on(progress, feed, patiently)
    pages = 0
    while going:
        page = yield from patiently(functools.partial(feed.poll, progress.cursor))
        if page is None:
            return
        if page.events or page.next_cursor != progress.cursor:
            progress.keep(page)
            yield Keep(progress.written())
        going = yield from _hand_on(progress, feed, patiently)
        pages = pages + 1 if page.has_more else 0
        if going and not 0 < pages < _MOST_PAGES:
            pages = 0
            going = wait and (yield Pause(interval_s))


def _hand_on(progress: Progress, feed: Feed, patiently: Callable[..., Course[bool | None]]) -> Course[bool]:
    """The events that are not done yet, each of which is done when the next one is asked for; whether to go on."""
    while progress.pending:
        event = feed.stored(progress.pending[0])
        is_so = yield from patiently(functools.partial(feed.confirmed, event))
        if is_so is None:
            return False
        going = True
        if is_so:
            going = yield Tell(event)
        else:
            _log.warning("%s: the event %s is dropped: the service does not confirm it", feed.name, event.id)
            progress.refuted(event)
        progress.done()
        yield Keep(progress.written())
        if not going:
            return False
    return True


def _patiently(asked: Callable[[], Steps[T]], interval_s: float, wait: bool) -> Course[T | None]:
    """What comes of a read, which is repeated for as long as its errors allow; None if nobody waits any more."""
    failures = 0
    while True:
        try:
            found: T = yield Ask(asked())
            return found
        except ActionError as error:
            if error.retry == "never" or not wait:
                raise
            pause = pause_s(error, interval_s, failures)
            failures += 1
            _log.warning("it is asked again in %.0f s: %s", pause, error)
        if not (yield Pause(pause)):
            return None


def events(
    feed: Feed,
    store: CursorStore,
    patience: Patience,
    finish: Callable[[Steps[Any]], Any],
) -> Iterator[Event[Any]]:
    """The events, for a program that blocks. Each is done when the next one is asked for.

    Raises:
        ActionError: it did not work, and can't be repeated.
    """
    going = course(feed, store.load(feed.name), patience.interval_s, patience.wait)
    try:
        wanted = next(going)
        while True:
            come: Any = None
            try:
                match wanted:
                    case Ask(steps):
                        come = finish(steps)
                    case Keep(kept):
                        store.save(feed.name, kept)
                    case Pause(seconds):
                        come = patience.pause(seconds)
                    case Tell(event):
                        yield event
                        come = patience.stop is None or not patience.stop.is_set()
            except Exception as error:
                wanted = going.throw(error)
            else:
                wanted = going.send(come)
    except StopIteration:
        return
