"""Calls on one subject, one after another."""

import itertools
import threading
from collections import OrderedDict, deque
from collections.abc import Callable

# Subjects whose last success is remembered.
_REMEMBERED = 10_000


class NoTurnError(Exception):
    """The time was over before the turn came."""


class Turn:
    """A place in the line of a subject."""

    def __init__(self, subject: str, lock: threading.Lock) -> None:
        self.subject = subject
        self._lock = lock
        self._tell: Callable[[], None] | None = None
        self.has_begun = False

    def when_begun(self, tell: Callable[[], None]) -> None:
        """Has `tell` called when it begins, at once if it has; by whichever thread, and never for long."""
        with self._lock:
            if not self.has_begun:
                self._tell = tell
                return
        tell()

    def _begin(self) -> None:
        self.has_begun = True
        if self._tell is not None:
            self._tell()


class Lanes:
    """An account's subjects. Calls on one have their turns in the order in which they came."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        # Who waits, by subject; a subject is here while someone has its turn.
        self._waiting: dict[str, deque[Turn]] = {}
        self._numbers = itertools.count(1)
        self._succeeded: OrderedDict[str, int] = OrderedDict()

    def place(self) -> int:
        """The place of a new call among all of the account. A repeat keeps the one of its first attempt."""
        return next(self._numbers)

    def enter(self, subject: str) -> Turn:
        """A turn, which has begun if nobody else has one. Whoever takes it leaves in the end."""
        turn = Turn(subject, self._lock)
        with self._lock:
            if subject in self._waiting:
                self._waiting[subject].append(turn)
            else:
                self._waiting[subject] = deque()
                turn.has_begun = True
        return turn

    def leave(self, turn: Turn) -> None:
        """Passes the turn on."""
        with self._lock:
            waiting = self._waiting[turn.subject]
            if not turn.has_begun:
                # Interrupted while waiting: it never had the turn.
                waiting.remove(turn)
            elif waiting:
                waiting.popleft()._begin()
            else:
                del self._waiting[turn.subject]

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
