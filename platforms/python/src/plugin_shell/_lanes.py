"""Calls on one subject, one after another."""

import itertools
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Iterator
from contextlib import contextmanager

# Subjects whose last success is remembered.
_REMEMBERED = 10_000


class NoTurnError(Exception):
    """The time was over before the turn came."""


class Lanes:
    """An account's subjects. Calls on one have their turns in the order in which they came."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        # Who waits, by subject; a subject is here while someone has its turn.
        self._waiting: dict[str, deque[threading.Event]] = {}
        self._numbers = itertools.count(1)
        self._succeeded: OrderedDict[str, int] = OrderedDict()

    def place(self) -> int:
        """The place of a new call among all of the account. A repeat keeps the one of its first attempt."""
        return next(self._numbers)

    @contextmanager
    def turn(self, subject: str, deadline: float) -> Iterator[None]:
        """Waits for the subject's turn, and passes it on at the end.

        Raises:
            NoTurnError: it did not come before `deadline`, on the monotonic clock.
        """
        mine = threading.Event()
        with self._lock:
            if subject in self._waiting:
                self._waiting[subject].append(mine)
            else:
                self._waiting[subject] = deque()
                mine.set()
        try:
            if not mine.wait(min(max(deadline - time.monotonic(), 0), threading.TIMEOUT_MAX)):
                raise NoTurnError
            yield
        finally:
            self._leave(subject, mine)

    def _leave(self, subject: str, mine: threading.Event) -> None:
        with self._lock:
            waiting = self._waiting[subject]
            if not mine.is_set():
                # Interrupted while waiting: it never had the turn.
                waiting.remove(mine)
            elif waiting:
                waiting.popleft().set()
            else:
                del self._waiting[subject]

    def succeeded(self, subject: str, place: int) -> None:
        """Notes that a call has changed its subject."""
        with self._lock:
            self._succeeded[subject] = max(place, self._succeeded.pop(subject, 0))
            if len(self._succeeded) > _REMEMBERED:
                self._succeeded.popitem(last=False)

    def is_overtaken(self, subject: str, place: int) -> bool:
        """Whether a call that came later has changed the subject."""
        with self._lock:
            return self._succeeded.get(subject, 0) > place
