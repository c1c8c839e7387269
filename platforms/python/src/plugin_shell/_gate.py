"""Lets a fork wait until no thread is inside the native library.

Whatever lock a thread holds at the moment of a fork stays locked in the child for ever. Python renews its own; the
locks of a library in Rust can't be renewed, so that nobody may be in there at that moment.
"""

import ctypes
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

# Calculating takes microseconds, and compiling up to some seconds on a slow machine. What takes longer than this is
# not waited for: forking then is what it would be without all this.
_PATIENCE_S = 20.0
# The library's own thread, which hears of the beginning and the end of a call, needs a moment to go back to sleep.
_SETTLING_S = 0.002


class Gate:
    """Many may be inside, and none while it is closed."""

    def __init__(self) -> None:
        # Reentrant: the collector of garbage may run anywhere.
        self._condition = threading.Condition(threading.RLock())
        self._inside = 0
        self._closed = 0
        self._used = False

    @contextmanager
    def inside(self) -> Iterator[None]:
        """For as long as the thread is in the library."""
        self._enter()
        try:
            yield
        finally:
            self._leave()

    @contextmanager
    def outside(self) -> Iterator[None]:
        """For as long as the library has called back, and waits for this thread."""
        self._leave()
        try:
            yield
        finally:
            self._enter()

    def _enter(self) -> None:
        with self._condition:
            self._condition.wait_for(lambda: not self._closed)
            self._inside += 1
            self._used = True

    def _leave(self) -> None:
        with self._condition:
            self._inside -= 1
            if self._inside <= 0:
                self._condition.notify_all()

    def close(self) -> None:
        """Waits until everybody has left, and lets nobody in."""
        with self._condition:
            self._closed += 1
            self._condition.wait_for(lambda: self._inside <= 0, _PATIENCE_S)
        if self._used:
            time.sleep(_SETTLING_S)

    def open(self) -> None:
        """Lets everybody in again."""
        with self._condition:
            self._closed -= 1
            self._condition.notify_all()

    def renew(self) -> None:
        """Begins anew in a child, in which the parent's threads are not."""
        self._condition = threading.Condition(threading.RLock())
        self._inside = self._closed = 0
        if self._used:
            _end_without_the_library()


def _end_without_the_library() -> None:
    """Has this process end before the library's own handler of exits.

    That one waits for a thread which only the parent has, and aborts the process. The exits' handlers are called from
    the last to the first: the streams of C are written, and the process ends with the status that it was to end with.
    """
    libc = ctypes.CDLL(None)
    # Of GNU's C library alone.
    if hasattr(libc, "on_exit"):
        libc.on_exit(libc._exit, None)
        libc.on_exit(libc.fcloseall, None)


gate = Gate()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=gate.close, after_in_parent=gate.open, after_in_child=gate.renew)
