"""Lets a fork wait until no thread is inside the native library.

Whatever lock a thread holds at the moment of a fork stays locked in the child for ever. Python renews its own; the
locks of a library in Rust can't be renewed, so that nobody may be in there at that moment.
"""

import os
import threading
import time

# Calculating takes microseconds, and compiling up to some seconds on a slow machine. What takes longer than this is
# not waited for: forking then is what it would be without all this.
_PATIENCE_S = 20.0
_LOOK_S = 0.0005


class Gate:
    """Inside is who is in the library (`with gate`). Many may be, and none while it is closed."""

    def __init__(self) -> None:
        # A list, since to put something there and to take it away again needs no lock.
        self._inside: list[None] = []
        self._closed: list[None] = []
        self._opened = threading.Event()

    def __enter__(self) -> None:
        self._inside.append(None)
        while self._closed:
            self._inside.pop()
            self._opened.wait(_LOOK_S)
            self._inside.append(None)

    def __exit__(self, *_error: object) -> None:
        self._inside.pop()

    def close(self) -> None:
        """Waits until everybody has left, and lets nobody in."""
        self._opened.clear()
        self._closed.append(None)
        end = time.monotonic() + _PATIENCE_S
        while self._inside and time.monotonic() < end:
            time.sleep(_LOOK_S)

    def open(self) -> None:
        """Lets everybody in again."""
        self._closed.pop()
        self._opened.set()

    def renew(self) -> None:
        """Begins anew in a child, in which the parent's threads are not."""
        self._inside, self._closed, self._opened = [], [], threading.Event()


gate = Gate()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=gate.close, after_in_parent=gate.open, after_in_child=gate.renew)
