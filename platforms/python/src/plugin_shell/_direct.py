"""Requests that go to the service itself, over connections that are kept.

urllib3 connects, with its TLS and its checks of certificates; the rest of what it can do nobody asks for here, and it
takes longer than a plugin's whole call.
"""

import contextlib
import http.client
import ssl
import time
import weakref
from collections import deque

import urllib3

from . import _wire
from ._guard import Guard
from ._origin import Origin
from ._request import Failure, Limits, NoResponseError, Received, Request, Way

_CHUNK = 64 << 10
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
            OSError, http.client.HTTPException, urllib3.exceptions.HTTPError, ForbiddenError: there is none.
        """
        sent = request.written(way)
        connection = self._connection()
        is_kept = False
        try:
            if connection.is_closed:
                connection.timeout = min(self._limits.connect_s, max(deadline - time.monotonic(), 0.001))
                connection.connect()
            with contextlib.closing(connection.ask(sent, request.method)) as response:
                content = self._read(response)
                is_kept = response.isclosed() and not response.will_close
        finally:
            # Also when a signal's handler raises something.
            if not is_kept or len(self._idle) >= _KEPT:
                connection.close()
            else:
                self._idle.append(connection)
        headers = response.headers
        return Received(response.status, headers.get("location"), headers.get("retry-after"), content)

    def _connection(self) -> _wire.Connection:
        """One that is open still, or a new one that is not yet."""
        with contextlib.suppress(IndexError):
            while True:
                connection = self._idle.pop()
                if connection.is_connected:
                    return connection
                connection.close()
        return _wire.connection(self._origin, self._guard, self._context)

    def _read(self, response: http.client.HTTPResponse) -> bytes:
        """The body, unpacked."""
        most = self._limits.response_bytes
        lengths = response.headers.get_all("content-length", ())
        if len(lengths) > 1 and len(set(lengths)) > 1:
            # One of the two is where the next answer begins.
            raise http.client.HTTPException("an answer of several lengths")
        if response.headers.get("content-encoding"):
            return self._unpacked(response)
        if response.length is not None:
            if response.length > most:
                raise NoResponseError(Failure.TOO_LARGE)
            # Fails where it is cut off.
            return response.read()
        content = response.read(most + 1)
        if len(content) > most:
            raise NoResponseError(Failure.TOO_LARGE)
        return content

    def _unpacked(self, response: http.client.HTTPResponse) -> bytes:
        """Unpacked bit by bit, so that a bomb does not go off."""
        content = bytearray()
        headers = urllib3.HTTPHeaderDict(response.headers.items())
        packed = urllib3.HTTPResponse(
            response,
            headers=headers,
            status=response.status,
            preload_content=False,
            original_response=response,
            enforce_content_length=True,
        )
        for chunk in packed.stream(_CHUNK, decode_content=True):
            content += chunk
            if len(content) > self._limits.response_bytes:
                raise NoResponseError(Failure.TOO_LARGE)
        return bytes(content)


def _close(idle: deque[_wire.Connection]) -> None:
    while idle:
        idle.pop().close()
