"""Requests that go to the service itself, over connections that are kept.

urllib3 connects, with its TLS and its checks of certificates; the rest of what it can do nobody asks for here, and
takes longer than a plugin's whole call.
"""

import contextlib
import ssl
import time
import weakref
from collections import deque

from . import _wire
from ._answer import Reader
from ._guard import Guard
from ._origin import Origin
from ._request import Limits, Received, Request, Way

# Idle connections that are kept.
_KEPT = 32


class Direct:
    """The connections to one origin. Any number of threads may share it."""

    def __init__(self, origin: Origin, limits: Limits, guard: Guard) -> None:
        self._origin = origin
        self._limits = limits
        self._guard = guard
        # One for all connections: reading the system's certificates is slow.
        self._context = ssl.create_default_context() if origin.scheme == "https" else None
        # The last one first. Taking and putting needs no lock, which a fork could find held.
        self._idle: deque[_wire.Connection] = deque()
        weakref.finalize(self, _close, self._idle)

    def exchange(self, request: Request, way: Way, deadline: float) -> Received:
        """The answer.

        Raises:
            NoResponseError: it is over its cap.
            OSError, BrokenError, urllib3.exceptions.HTTPError, ForbiddenError: there is none.
        """
        sent = request.written(way)
        connection = self._connection()
        is_kept = False
        try:
            if connection.is_closed:
                connection.timeout = min(self._limits.connect_s, max(deadline - time.monotonic(), 0.001))
                connection.connect()
            reader = Reader(request.method, self._limits.response_bytes)
            connection.exchange(sent, reader)
            is_kept = not reader.is_last
        finally:
            # Also when a signal's handler raises something.
            if not is_kept or len(self._idle) >= _KEPT:
                connection.close()
            else:
                self._idle.append(connection)
        return reader.received()

    def _connection(self) -> _wire.Connection:
        """One that is open still, or a new one that is not yet."""
        with contextlib.suppress(IndexError):
            while True:
                connection = self._idle.pop()
                if connection.is_connected:
                    return connection
                connection.close()
        return _wire.connection(self._origin, self._guard, self._context)


def _close(idle: deque[_wire.Connection]) -> None:
    while idle:
        idle.pop().close()
