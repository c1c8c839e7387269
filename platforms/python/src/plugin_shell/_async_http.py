"""The client behind a plugin's `http_request`, for asyncio: pooled connections, and no redirects."""

import asyncio
import http
import ssl
import time
from collections import deque

from . import _errors
from ._answer import BrokenError, Reader
from ._async_wire import Connection, connect
from ._origin import Origin
from ._proxy import Proxy
from ._request import Failure, NoResponseError, Request, Response, Rules, Way, wants_login

# Idle connections to one origin that are kept.
_KEPT = 100


class AsyncClient:
    """Sends requests over connections that are kept, of one loop at a time. Any number of tasks may share it."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._loop: asyncio.AbstractEventLoop | None = None
        self._idle: dict[tuple[Origin, Proxy | None], deque[Connection]] = {}
        self._context: ssl.SSLContext | None = None

    async def send(self, request: Request, deadline: float) -> Response:
        """Sends one request and follows no redirect. It has until `deadline`, on the monotonic clock.

        Raises:
            NoResponseError: there is no HTTP response, or one over its cap.
            ActionError: the environment's proxy can't be used.
        """
        way = self._rules.admit(request, deadline)
        sent = request.written(way)
        until = self._renewed().time() + deadline - time.monotonic()
        idle = self._idle_of(way)
        connection = _open_of(idle) or await self._new(way, until)
        reader = Reader(request.method, self._rules.limits.response_bytes)
        is_kept = False
        try:
            await connection.exchange(sent, reader, until)
            is_kept = not reader.is_last
        except TimeoutError:
            raise NoResponseError(Failure.TIMEOUT if connection.has_sent else Failure.NOT_SENT) from None
        except (BrokenError, OSError) as error:
            raise NoResponseError(Failure.RESET if connection.has_sent else Failure.NOT_SENT) from error
        finally:
            if is_kept and connection.is_open and len(idle) < _KEPT:
                idle.append(connection)
            else:
                connection.close()
        received = reader.received()
        if way.proxy and received.status == http.HTTPStatus.PROXY_AUTHENTICATION_REQUIRED:
            raise _errors.unusable_proxy(wants_login(way.proxy))
        return received.response()

    def close(self) -> None:
        """Ends the connections that are kept."""
        for idle in self._idle.values():
            while idle:
                idle.pop().close()

    def _renewed(self) -> asyncio.AbstractEventLoop:
        """The running loop; what is of another one is forgotten."""
        loop = asyncio.get_running_loop()
        if loop is not self._loop:
            self._loop, self._idle = loop, {}
        return loop

    def _idle_of(self, way: Way) -> deque[Connection]:
        """The connections that are kept for a way, the one that was used last at the end."""
        key = way.origin, way.proxy
        idle = self._idle.get(key)
        if idle is None:
            idle = self._idle[key] = deque()
        return idle

    async def _new(self, way: Way, until: float) -> Connection:
        context = None
        if way.origin.scheme == "https":
            # One for all connections: reading the system's certificates is slow.
            context = self._context = self._context or await asyncio.to_thread(ssl.create_default_context)
        limit = asyncio.get_running_loop().time() + self._rules.limits.connect_s
        try:
            # For the name, all of its addresses, and TLS together.
            async with asyncio.timeout_at(min(until, limit)):
                return await connect(way.origin, way.proxy, self._rules.guard, context)
        except TimeoutError:
            raise NoResponseError(Failure.CONNECT) from None


def _open_of(idle: deque[Connection]) -> Connection | None:
    """The one that was used last and is open still."""
    while idle:
        connection = idle.pop()
        if connection.is_open:
            return connection
    return None
