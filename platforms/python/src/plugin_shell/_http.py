"""The client behind a plugin's `http_request`, for threads: pooled connections, and no redirects."""

import contextlib
import functools
import http.client
import signal
import ssl
import threading
import time
from collections.abc import Iterator
from types import CodeType, TracebackType
from typing import Any

import urllib3
from urllib3 import exceptions

from . import _errors, _wire
from ._answer import BrokenError
from ._direct import Direct
from ._guard import Guard
from ._origin import Origin
from ._proxy import Proxy
from ._request import (
    Failure,
    NoResponseError,
    Received,
    Request,
    Response,
    Rules,
    Way,
    forbidden,
    refused,
    wants_login,
)
from ._tls import note_of
from ._wire import ForbiddenError, Stage

# Idle connections that are kept.
_KEPT = 32
_CHUNK = 64 << 10


class Client:
    """Sends requests over connections that are kept. Any number of threads may share it."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._managers: dict[tuple[Origin, Proxy], urllib3.ProxyManager] = {}
        self._directs: dict[Origin, Direct] = {}
        self._lock = threading.Lock()

    def send(self, request: Request, deadline: float) -> Response:
        """Sends one request and follows no redirect. It has until `deadline`, on the monotonic clock.

        The system limits the resolution of a name, and nothing else does.

        Raises:
            NoResponseError: there is no HTTP response, or one over its cap.
            ActionError: the environment's proxy can't be used.
        """
        way = self._rules.admit(request, deadline)
        proxy = way.proxy
        _wire.begin(deadline)
        try:
            if proxy is None:
                received = self._direct(way).exchange(request, way, deadline)
            else:
                received = self._through(proxy, request, way, deadline)
        except ForbiddenError as error:
            raise forbidden(error.origin, error.address) from None
        except (exceptions.HTTPError, http.client.HTTPException, BrokenError, OSError, ValueError) as error:
            for reason in _reasons(error):
                if _is_of_a_signal(reason):
                    raise reason from None
                if isinstance(reason, ForbiddenError):
                    raise forbidden(reason.origin, reason.address) from None
            if proxy:
                _refuse_proxy(proxy, error)
            failure = _failure(error, _wire.stage())
            raise NoResponseError(failure, note_of(_reasons(error)) if failure is Failure.TLS else "") from error
        if proxy and received.status == http.client.PROXY_AUTHENTICATION_REQUIRED:
            raise _errors.unusable_proxy(wants_login(proxy))
        return received.response()

    def _direct(self, way: Way) -> Direct:
        found = self._directs.get(way.origin)
        # Two threads may come by here: what one of them has made is forgotten.
        return found or self._directs.setdefault(way.origin, Direct(way.origin, self._rules.limits, self._rules.guard))

    def _through(self, proxy: Proxy, request: Request, way: Way, deadline: float) -> Received:
        left = max(deadline - time.monotonic(), 0.001)
        response = self._manager(way.origin, proxy).urlopen(
            request.method,
            request.url,
            headers=request.headers,
            body=request.body,
            timeout=urllib3.Timeout(connect=min(self._rules.limits.connect_s, left), read=left),
            redirect=False,
            retries=False,
            preload_content=False,
        )
        # Read to its end, it gives its connection back, which is not closed then.
        with contextlib.closing(response):
            headers = response.headers
            return Received(response.status, headers.get("location"), headers.get("retry-after"), self._read(response))

    def _manager(self, origin: Origin, proxy: Proxy) -> urllib3.ProxyManager:
        with self._lock:
            key = origin, proxy
            if key not in self._managers:
                self._managers[key] = _new_manager(origin, proxy, self._rules.guard)
            return self._managers[key]

    def _read(self, response: urllib3.BaseHTTPResponse) -> bytes:
        most = self._rules.limits.response_bytes
        content = bytearray()
        # Decompressed bit by bit, so that a bomb does not go off.
        for chunk in response.stream(_CHUNK, decode_content=True):
            content += chunk
            if len(content) > most:
                raise NoResponseError(Failure.TOO_LARGE)
        return bytes(content)


def _new_manager(origin: Origin, proxy: Proxy, guard: Guard) -> urllib3.ProxyManager:
    # One for all connections: reading the system's certificates is slow.
    context = ssl.create_default_context() if origin.scheme == "https" else None
    # urllib3 has the system wait for more to send to a proxy, so that the body stays behind until the proxy has
    # acknowledged the head, which it puts off by 40 ms.
    options = urllib3.connection.HTTPConnection.default_socket_options
    manager = urllib3.ProxyManager(
        proxy.url, maxsize=_KEPT, ssl_context=context, proxy_headers=proxy.headers(), socket_options=options
    )
    _wire.watch(manager, origin, guard)
    return manager


def _refuse_proxy(proxy: Proxy, error: Exception) -> None:
    """Tells what a proxy answered instead of the tunnel that it was asked for."""
    for reason in _reasons(error):
        _, tunnel, answer = str(reason).partition("Tunnel connection failed: ")
        if tunnel and isinstance(reason, OSError):
            raise refused(proxy, answer[:3])


def _failure(error: Exception, stage: Stage) -> Failure:
    """What an error means for whoever asks whether something may have changed."""
    if stage is Stage.BEFORE:
        return _failure_before(error)
    if stage is Stage.SENDING:
        # A header that can't be one is noticed before anything is sent.
        return Failure.NOT_ALLOWED if isinstance(error, ValueError) else Failure.NOT_SENT
    reasons = list(_reasons(error))
    if any(isinstance(reason, http.client.LineTooLong) or "got more than" in str(reason) for reason in reasons):
        # The standard library's caps on the head of a response; the second has no type of its own.
        return Failure.TOO_LARGE
    if any(isinstance(reason, exceptions.TimeoutError | TimeoutError) for reason in reasons):
        return Failure.TIMEOUT
    return Failure.RESET


def _failure_before(error: Exception) -> Failure:
    reasons = list(_reasons(error))
    if any(isinstance(reason, exceptions.NameResolutionError | exceptions.LocationParseError) for reason in reasons):
        return Failure.DNS
    if any(isinstance(reason, exceptions.SSLError | ssl.SSLError) for reason in reasons):
        return Failure.TLS
    return Failure.CONNECT


def _reasons(error: BaseException) -> Iterator[BaseException]:
    """The error and those that it came from.

    Not its `__context__`, which may be an error that the caller of all this is just handling.
    """
    yield error
    for reason in (error.__cause__, *error.args):
        if isinstance(reason, BaseException):
            yield from _reasons(reason)


def _is_of_a_signal(error: BaseException) -> bool:
    """Whether an error was raised by the handler of a signal, in the middle of the request."""
    handlers = {_code_of(signal.getsignal(number)) for number in signal.valid_signals()} - {None}
    traceback: TracebackType | None = error.__traceback__
    while traceback:
        if traceback.tb_frame.f_code in handlers:
            return True
        traceback = traceback.tb_next
    return False


def _code_of(handler: Any) -> CodeType | None:
    while isinstance(handler, functools.partial):
        handler = handler.func
    if not hasattr(handler, "__code__"):
        # A method has the code of its function, and an object that of its call.
        handler = getattr(handler, "__func__", None) or vars(type(handler)).get("__call__")
    return getattr(handler, "__code__", None)
