"""Watches what goes over the wire: how far a request has come, how much time it has left, and where it goes.

Before a request was sent, nothing can have changed; after, anything may have. urllib3 does not tell the two apart,
its timeouts start anew with every byte that arrives, and it connects wherever a name leads.
"""

import collections
import contextlib

# Names are looked up by this codec, which Python would load in the first call. What a thread is loading at the moment
# of a fork can never be loaded in the child, which waits for it for ever. So no call loads anything.
import encodings.idna  # noqa: F401
import enum
import http.client
import io
import queue
import socket
import ssl
import threading
import time
from typing import Any

import urllib3
import urllib3.connection
from urllib3 import exceptions

from ._answer import Reader
from ._guard import Guard
from ._origin import Origin

_CHUNK = 64 << 10


class Stage(enum.Enum):
    """How far a request has come."""

    BEFORE = enum.auto()
    """No byte of it has left. A connection or a TLS handshake may be under way."""
    SENDING = enum.auto()
    """It is on its way, or broke there."""
    SENT = enum.auto()
    """All of it has left."""


class ForbiddenError(Exception):
    """Every address to which a name led is a private one."""

    def __init__(self, origin: Origin, address: str) -> None:
        super().__init__(origin, address)
        self.origin = origin
        self.address = address


class _Progress(threading.local):
    # A request lives on one thread from beginning to end.
    stage = Stage.BEFORE
    deadline = 0.0


_progress = _Progress()


def begin(deadline: float) -> None:
    """Begins a new request on this thread, which has until then, on the monotonic clock, for everything."""
    _progress.stage = Stage.BEFORE
    _progress.deadline = deadline


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

    def _read_status(self) -> tuple[str, int, str]:
        """The status of the answer. The interim ones before it, such as `103 Early Hints`, are passed over.

        The base class does so with `100 Continue` alone, takes any other for the answer, and leaves the answer itself
        in the connection, where the next request would find it.
        """
        while True:
            version, status, reason = super()._read_status()  # type: ignore[misc]
            if status == http.client.SWITCHING_PROTOCOLS:
                # Nobody asked for it, and what follows is no HTTP.
                raise http.client.UnknownProtocol(version)
            if not 100 <= status < 200:  # noqa: PLR2004
                return version, status, reason
            http.client.parse_headers(self.fp)


class Connection(urllib3.connection.HTTPConnection):
    """A connection, which leads only to where its guard allows."""

    response_class = _TimedResponse
    origin: Origin
    guard: Guard

    def _new_conn(self) -> socket.socket:
        """Connects to the first address that may be reached and answers."""
        try:
            found = self._addresses()
        except OSError as error:
            raise exceptions.NameResolutionError(self.host, self, error) from error  # type: ignore[arg-type]
        failure: OSError | None = None
        # The connection's own timeout is for all of its addresses together: each gets its share of what is left.
        end = time.monotonic() + min(remaining(), float(self.timeout or 0))
        for number, (family, kind, protocol, _, address) in enumerate(found):
            sock = None
            try:
                sock = socket.socket(family, kind, protocol)
                for option in self.socket_options or ():
                    sock.setsockopt(*option)
                sock.settimeout(max((end - time.monotonic()) / (len(found) - number), 0.001))
                sock.connect(address)
                # What follows, such as the handshake of TLS, has as much time again.
                sock.settimeout(min(remaining(), float(self.timeout or 0)))
            except OSError as error:
                failure = error
            else:
                connected, sock = sock, None
                return connected
            finally:
                # Also when a signal's handler raises something.
                if sock is not None:
                    sock.close()
        raise exceptions.NewConnectionError(self, f"no connection: {failure}") from failure

    def _addresses(self) -> list[Any]:
        host = self._dns_host.strip("[]")
        try:
            host.encode("idna")
        except UnicodeError as error:
            raise socket.gaierror(socket.EAI_NONAME, "no name can be like that") from error
        if self.proxy is not None:
            self._judge_by_name()
        found = socket.getaddrinfo(host, self.port, type=socket.SOCK_STREAM)
        if self.proxy is not None:
            # The proxy's address is the operator's own choice.
            return found
        allowed = [info for info in found if self.guard.allows(self.origin, str(info[4][0]))]
        if found and not allowed:
            raise ForbiddenError(self.origin, str(found[0][4][0]))
        return allowed

    def _judge_by_name(self) -> None:
        """Refuses a host that is at a private address, as far as that can be told here.

        Behind a proxy it need not be known here at all: then it is the proxy that decides.
        """
        with contextlib.suppress(OSError, UnicodeError):
            for info in socket.getaddrinfo(self.origin.host.strip("[]"), self.origin.port, type=socket.SOCK_STREAM):
                if not self.guard.allows(self.origin, str(info[4][0])):
                    raise ForbiddenError(self.origin, str(info[4][0]))

    def request(self, *args: Any, **kwargs: Any) -> None:
        if self.is_closed:
            self.connect()
        _progress.stage = Stage.SENDING
        super().request(*args, **kwargs)
        _progress.stage = Stage.SENT

    def exchange(self, sent: bytes, reader: Reader) -> None:
        """Sends a request as it is written, head and body, and reads its answer."""
        assert self.sock is not None  # noqa: S101 - it is connected
        self.sock.settimeout(remaining())
        _progress.stage = Stage.SENDING
        self.sock.sendall(sent)
        _progress.stage = Stage.SENT
        while True:
            self.sock.settimeout(remaining())
            data = self.sock.recv(_CHUNK)
            if not data:
                return reader.end()
            if reader.feed(data):
                return None


class _Tls(Connection, urllib3.connection.HTTPSConnection):
    pass


def connection(origin: Origin, guard: Guard, context: ssl.SSLContext | None) -> Connection:
    """A connection to an origin, which is not made yet."""
    host, port = origin.host.strip("[]"), origin.port
    made = Connection(host, port) if context is None else _Tls(host, port, ssl_context=context)
    made.origin, made.guard = origin, guard
    return made


class _Idle:
    """The idle connections of a pool, the last one first.

    The standard queue has a lock, which a thread of the parent may hold when a process is forked: in the child the
    pool could never be taken apart.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: collections.deque[Any] = collections.deque()

    def get(self, block: bool = True, timeout: float | None = None) -> Any:
        del block, timeout
        try:
            return self._kept.pop()
        except IndexError:
            raise queue.Empty from None

    def put(self, connection: Any, block: bool = True) -> None:
        del block
        if len(self._kept) >= self._most:
            raise queue.Full
        self._kept.append(connection)

    def qsize(self) -> int:
        return len(self._kept)


def watch(manager: urllib3.PoolManager, origin: Origin, guard: Guard) -> None:
    """Makes a manager's connections watched ones, which are all for one origin."""

    class Plain(Connection):
        pass

    class Tls(_Tls):
        pass

    for kind in (Plain, Tls):
        kind.origin, kind.guard = origin, guard

    class Pool(urllib3.HTTPConnectionPool):
        ConnectionCls = Plain
        QueueCls = _Idle  # type: ignore[assignment]

    class TlsPool(urllib3.HTTPSConnectionPool):
        ConnectionCls = Tls
        QueueCls = _Idle  # type: ignore[assignment]

    manager.pool_classes_by_scheme = {"http": Pool, "https": TlsPool}
