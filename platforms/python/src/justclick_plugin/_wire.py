"""Watches what goes over the wire: how far a request has come, and how much time it has left.

Before a request was sent, nothing can have changed; after, anything may have. urllib3 does not tell the two apart,
and its timeouts start anew with every byte that arrives.
"""

import enum
import http.client
import io
import socket
import threading
import time
from typing import Any

import urllib3
import urllib3.connection


class Stage(enum.Enum):
    """How far a request has come."""

    BEFORE = enum.auto()
    """No byte of it has left. A connection or a TLS handshake may be under way."""
    SENDING = enum.auto()
    """It is on its way, or broke there."""
    SENT = enum.auto()
    """All of it has left."""


class _Progress(threading.local):
    # A request lives on one thread from beginning to end.
    stage = Stage.BEFORE
    deadline = 0.0


_progress = _Progress()


def begin(seconds: float) -> None:
    """Begins a new request on this thread, which has so much time for everything."""
    _progress.stage = Stage.BEFORE
    _progress.deadline = time.monotonic() + seconds


def stage() -> Stage:
    """How far the request of this thread has come."""
    return _progress.stage


def remaining() -> float:
    """The seconds that the request of this thread has left.

    Raises:
        TimeoutError: it has none.
    """
    seconds = _progress.deadline - time.monotonic()
    if seconds <= 0:
        raise TimeoutError("the time for the request is over")
    return seconds


class _TimedReader(io.RawIOBase):
    """What is read from a connection, within the time of its request."""

    def __init__(self, raw: io.RawIOBase, sock: socket.socket) -> None:
        self._raw = raw
        self._sock = sock

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int | None:
        self._sock.settimeout(remaining())
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


class _TimedResponse(http.client.HTTPResponse):
    def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        self.fp = io.BufferedReader(_TimedReader(self.fp.detach(), sock))


class _Watched(urllib3.connection.HTTPConnection):
    response_class = _TimedResponse

    def request(self, *args: Any, **kwargs: Any) -> None:
        if self.is_closed:
            self.connect()
        _progress.stage = Stage.SENDING
        super().request(*args, **kwargs)
        _progress.stage = Stage.SENT


class _WatchedTls(_Watched, urllib3.connection.HTTPSConnection):
    pass


class _Pool(urllib3.HTTPConnectionPool):
    ConnectionCls = _Watched


class _TlsPool(urllib3.HTTPSConnectionPool):
    ConnectionCls = _WatchedTls


def watch(manager: urllib3.PoolManager) -> None:
    """Makes a manager's connections watched ones."""
    manager.pool_classes_by_scheme = {"http": _Pool, "https": _TlsPool}
