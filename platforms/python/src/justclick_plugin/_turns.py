"""Calls on one subject, one after another."""

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager


class Turns:
    """Lets those with the same key through one at a time, in the order in which they came."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        # Who waits, by key; a key is here while someone has its turn.
        self._waiting: dict[str, deque[threading.Event]] = {}

    @contextmanager
    def turn(self, key: str) -> Iterator[None]:
        """Waits for the key's turn, and passes it on at the end."""
        mine = threading.Event()
        with self._lock:
            if key in self._waiting:
                self._waiting[key].append(mine)
            else:
                self._waiting[key] = deque()
                mine.set()
        try:
            mine.wait()
            yield
        finally:
            self._leave(key, mine)

    def _leave(self, key: str, mine: threading.Event) -> None:
        with self._lock:
            waiting = self._waiting[key]
            if not mine.is_set():
                # Interrupted while waiting: it never had the turn.
                waiting.remove(mine)
            elif waiting:
                waiting.popleft().set()
            else:
                del self._waiting[key]
