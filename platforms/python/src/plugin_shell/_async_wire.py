"""A connection of asyncio: one request at a time, and how far it has come."""

import asyncio

# The threads that asyncio looks names up in. Like the codec in `_wire`, they are loaded before anything calls.
import concurrent.futures.thread  # noqa: F401
import contextlib
import socket
import ssl
from collections.abc import Callable, Iterator, Sequence
from typing import Any, cast

from ._answer import BrokenError, Reader
from ._guard import Guard
from ._origin import Origin
from ._proxy import Proxy
from ._request import Failure, NoResponseError, forbidden, refused
from ._tls import note_of

_OK = 200
# For one of several addresses.
_ATTEMPT_S = 2.5
# Whoever connects has a limit of their own.
_LONG_S = 3600.0


class Connection(asyncio.Protocol):
    """What is sent over it, and what comes in."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self.transport: asyncio.Transport | None = None
        self.is_open = False
        """Whether it can be asked: nobody has closed it, and nothing came unasked."""
        self.has_sent = False
        """Whether all of the request has left, as far as that is known."""
        self._reader: Reader | None = None
        self._deadline = 0.0
        self._watch: asyncio.TimerHandle | None = None
        self._answered: asyncio.Future[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """As asyncio calls it."""
        self.transport, self.is_open = cast("asyncio.Transport", transport), True
        # Then `pause_writing` tells of whatever has not left.
        self.transport.set_write_buffer_limits(high=0)

    def pause_writing(self) -> None:
        """As asyncio calls it."""
        self.has_sent = False

    def resume_writing(self) -> None:
        """As asyncio calls it."""
        self.has_sent = True

    async def exchange(self, sent: bytes, reader: Reader, deadline: float) -> None:
        """Sends a request as it is written, and reads its answer.

        Args:
            sent: head and body.
            reader: reads it.
            deadline: when its time is over, on the loop's clock.

        Raises:
            NoResponseError: the answer is over its cap.
            BrokenError, OSError, TimeoutError: there is none.
        """
        assert self.transport is not None  # noqa: S101 - it is connected
        self._reader, self._answered, self.has_sent = reader, self._loop.create_future(), True
        self._deadline = deadline
        if self._watch is None or self._watch.when() > deadline:
            self._look_again()
        try:
            self.transport.write(sent)
            await self._answered
        finally:
            self._reader = self._answered = None

    def _look_again(self) -> None:
        if self._watch is not None:
            self._watch.cancel()
        self._watch = self._loop.call_at(self._deadline, self._look)

    def _look(self) -> None:
        """Ends a request whose time is over. One timer serves many requests: most end long before it comes."""
        self._watch = None
        if self._answered is None:
            return
        if self._loop.time() < self._deadline:
            self._look_again()
        else:
            self._fail(TimeoutError("the time for the request is over"))

    def data_received(self, data: bytes) -> None:
        """As asyncio calls it."""
        if self._reader is None:
            # Nobody has asked.
            self.close()
            return
        try:
            if self._reader.feed(data):
                self._succeed()
        except Exception as error:
            self._fail(error)

    def eof_received(self) -> bool:
        """As asyncio calls it: nothing more comes, and the connection is closed."""
        self._ended(None)
        return False

    def connection_lost(self, error: Exception | None) -> None:
        """As asyncio calls it."""
        self._ended(error)

    def _ended(self, error: Exception | None) -> None:
        self.is_open = False
        if self._reader is None:
            return
        try:
            self._reader.end()
        except Exception as broken:
            self._fail(error or broken)
        else:
            self._succeed()

    def _succeed(self) -> None:
        if self._answered is not None and not self._answered.done():
            self._answered.set_result(None)
        self._reader = None

    def _fail(self, error: Exception) -> None:
        if self._answered is not None and not self._answered.done():
            self._answered.set_exception(error)
        self._reader = None

    def close(self) -> None:
        """Ends it, with whatever is under way."""
        self.is_open = False
        if self._watch is not None:
            self._watch.cancel()
            self._watch = None
        if self.transport is not None:
            self.transport.abort()


async def connect(origin: Origin, proxy: Proxy | None, guard: Guard, context: ssl.SSLContext | None) -> Connection:
    """A connection to an origin, or to the proxy on the way there.

    Raises:
        NoResponseError: there is none; nothing has been sent.
        ActionError: the proxy wants a login.
    """
    if proxy is None:
        sock = await _connected(await _allowed(origin, guard))
        return await _begun(sock, context, origin.host.strip("[]"))
    await _judge_by_name(origin, guard)
    where = proxy.origin
    # The proxy's address is the operator's own choice.
    sock = await _connected(await _addresses(where))
    outer = ssl.create_default_context() if where.scheme == "https" else None
    connection = await _begun(sock, outer, where.host.strip("[]"))
    if context is not None:
        await _tunnel(connection, origin, proxy, context)
    return connection


async def _begun(sock: socket.socket, context: ssl.SSLContext | None, name: str) -> Connection:
    loop = asyncio.get_running_loop()
    server = None if context is None else name
    with _told(sock.close):
        _, connection = await loop.create_connection(Connection, sock=sock, ssl=context, server_hostname=server)
    return connection


@contextlib.contextmanager
def _told(close: Callable[[], None]) -> Iterator[None]:
    """Closes what did not come about, and says why."""
    try:
        yield
    except BaseException as error:
        close()
        if isinstance(error, ssl.SSLError):
            raise NoResponseError(Failure.TLS, note_of([error])) from error
        # The time is somebody else's to tell of.
        if isinstance(error, OSError | BrokenError) and not isinstance(error, TimeoutError):
            raise NoResponseError(Failure.CONNECT) from error
        raise


async def _tunnel(connection: Connection, origin: Origin, proxy: Proxy, context: ssl.SSLContext) -> None:
    """Asks a proxy for a way to the service, through which it only sees where that is."""
    loop, transport = asyncio.get_running_loop(), connection.transport
    target = f"{origin.host}:{origin.port}"
    lines = [f"CONNECT {target} HTTP/1.1", f"Host: {target}"]
    lines += [f"{name}: {value}" for name, value in proxy.headers().items()]
    # The answer to this has no body, as that to HEAD.
    reader = Reader("HEAD", 0)
    with _told(connection.close):
        await connection.exchange("\r\n".join([*lines, "", ""]).encode("latin-1"), reader, loop.time() + _LONG_S)
        status = reader.received().status
        if status != _OK:
            raise refused(proxy, str(status))
        assert transport is not None  # noqa: S101 - it is connected
        inner = await loop.start_tls(transport, connection, context, server_hostname=origin.host.strip("[]"))
        if inner is None:
            raise BrokenError("no TLS")
        connection.connection_made(inner)


async def _connected(found: Sequence[Any]) -> socket.socket:
    """A socket to the first of some addresses that answers. Whoever waits for it limits the time."""
    loop = asyncio.get_running_loop()
    for number, (family, kind, protocol, _, address) in enumerate(found, 1):
        sock = None
        try:
            sock = socket.socket(family, kind, protocol)
            sock.setblocking(False)
            # The last one has all the time that is left.
            limit = None if number == len(found) else _ATTEMPT_S
            await asyncio.wait_for(loop.sock_connect(sock, address), limit)
        except OSError:
            if sock is not None:
                sock.close()
        except BaseException:
            if sock is not None:
                sock.close()
            raise
        else:
            return sock
    raise NoResponseError(Failure.CONNECT)


async def _addresses(origin: Origin) -> list[Any]:
    host = origin.host.strip("[]")
    try:
        host.encode("idna")
        return await asyncio.get_running_loop().getaddrinfo(host, origin.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise NoResponseError(Failure.DNS) from None


async def _allowed(origin: Origin, guard: Guard) -> list[Any]:
    """The addresses of an origin that may be connected to."""
    found = await _addresses(origin)
    allowed = [info for info in found if guard.allows(origin, str(info[4][0]))]
    if found and not allowed:
        raise forbidden(origin, str(found[0][4][0]))
    return allowed


async def _judge_by_name(origin: Origin, guard: Guard) -> None:
    """Refuses a host that is at a private address, as far as that can be told here.

    Behind a proxy it need not be known here at all: then it is the proxy that decides.
    """
    found: list[Any] = []
    with contextlib.suppress(NoResponseError):
        found = await _addresses(origin)
    for info in found:
        if not guard.allows(origin, str(info[4][0])):
            raise forbidden(origin, str(info[4][0]))
