"""The client behind a plugin's `http_request`: pooled connections, no redirects, the connection's own origins alone."""

import contextlib
import enum
import functools
import http.client
import json
import signal
import ssl
import sys
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import CodeType, TracebackType
from typing import Any

import urllib3
from urllib3 import exceptions

from . import _errors, _wire
from ._guard import ALLOW_PRIVATE, Guard
from ._origin import Origin, origin_of, origin_written
from ._proxy import Proxy, ProxyError, proxy_for
from ._tls import note_of
from ._wire import ForbiddenError, Stage

# Idle connections that are kept.
_KEPT = 32
_CHUNK = 64 << 10
# No service may keep a caller waiting for longer.
LONGEST_RETRY_AFTER_S = 86_400
# What belongs to the connection and not to the request, as WASI HTTP has it.
_FORBIDDEN_HEADERS = {
    "connection",
    "content-length",
    "expect",
    "host",
    "http2-settings",
    "keep-alive",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
}
_FORBIDDEN_METHODS = {"CONNECT", "TRACE", "TRACK"}


class Failure(enum.StrEnum):
    """Why there is no HTTP response. The plugin gets the word as the body of a response with status 0."""

    NOT_ALLOWED = "not_allowed"
    """The address is none of the connection's own, or the request is none. Nothing was sent."""
    DNS = "dns"
    """The name has no address. Nothing was sent."""
    CONNECT = "connect"
    """No connection: refused, unreachable, or none in time. Nothing was sent."""
    TLS = "tls"
    """TLS failed: an unknown, expired or wrong certificate. Nothing was sent."""
    NOT_SENT = "not_sent"
    """The connection broke or the time ran out before the request was sent whole."""
    TIMEOUT = "timeout"
    """The time ran out after the request was sent."""
    RESET = "reset"
    """The connection broke after the request was sent, or what came is not HTTP."""
    TOO_LARGE = "too_large"
    """The response is larger than its cap."""


BEFORE_SENDING = {Failure.NOT_ALLOWED, Failure.DNS, Failure.CONNECT, Failure.TLS, Failure.NOT_SENT}
"""After these the service can't have seen the request."""


class NoResponseError(Exception):
    """There is no HTTP response, or one over its cap."""

    def __init__(self, failure: Failure, note: str = "") -> None:
        super().__init__(failure.value)
        self.failure = failure
        self.note = note
        """A sentence for the person who runs the automation, if there is more to say than the word."""


@dataclass(frozen=True)
class Limits:
    """How much, and how long."""

    connect_s: float = 10.0
    """Time to connect, and again for TLS."""
    request_bytes: int = 1 << 20
    """Largest request body."""
    response_bytes: int = 256 << 10
    """Largest response body, after decompression."""


@dataclass(frozen=True)
class Request:
    """What a plugin asks for."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes = b""

    @classmethod
    def parse(cls, document: bytes, body: bytes) -> "Request":
        """The request of the JSON document that a plugin hands to `http_request`.

        Raises:
            NoResponseError: it is none.
        """
        try:
            given = json.loads(document)
            request = cls(given.get("method") or "GET", given["url"], given.get("headers") or {}, body)
            texts = [request.method, request.url, *request.headers, *request.headers.values()]
        except (ValueError, LookupError, TypeError, AttributeError) as error:
            raise NoResponseError(Failure.NOT_ALLOWED) from error
        if not all(isinstance(text, str) for text in texts):
            raise NoResponseError(Failure.NOT_ALLOWED)
        if request.method.strip().upper() in _FORBIDDEN_METHODS or any(map(_is_forbidden, request.headers)):
            raise NoResponseError(Failure.NOT_ALLOWED)
        return request


def _is_forbidden(header: str) -> bool:
    name = header.strip().lower()
    return name in _FORBIDDEN_HEADERS or name.startswith("proxy-")


@dataclass(frozen=True)
class Response:
    """An HTTP response, whatever its status."""

    status: int
    body: bytes
    retry_after_s: int | None
    """When the server would like to be asked again, in seconds from now."""
    sent_to: Origin | None = None
    """Where a redirect leads, which is not followed."""


class Client:
    """Sends requests to a few origins over connections that are kept. Any number of threads may share it."""

    def __init__(self, origins: Iterable[str], limits: Limits, guard: Guard | None = None) -> None:
        self._limits = limits
        self._guard = guard or Guard()
        self._origins = {origin for origin in map(origin_written, origins) if origin}
        self._managers: dict[tuple[Origin, Proxy | None], urllib3.PoolManager] = {}
        self._lock = threading.Lock()

    def send(self, request: Request, deadline: float) -> Response:
        """Sends one request and follows no redirect. It has until `deadline`, on the monotonic clock.

        The system limits the resolution of a name, and nothing else does.

        Raises:
            NoResponseError: there is no HTTP response, or one over its cap.
            ActionError: the environment's proxy can't be used.
        """
        limits = self._limits
        origin = origin_of(request.url)
        if origin not in self._origins or origin is None or len(request.body) > limits.request_bytes:
            raise NoResponseError(Failure.NOT_ALLOWED)
        left = deadline - time.monotonic()
        if left <= 0:
            raise NoResponseError(Failure.NOT_SENT)
        manager, proxy = self._manager(origin)
        _wire.begin(deadline)
        try:
            response = manager.urlopen(
                request.method,
                request.url,
                headers=request.headers,
                body=request.body,
                timeout=urllib3.Timeout(connect=min(limits.connect_s, left), read=left),
                redirect=False,
                retries=False,
                preload_content=False,
            )
            with contextlib.closing(response):
                content = self._read(response)
        except ForbiddenError as error:
            raise NoResponseError(Failure.NOT_ALLOWED, _forbidden(error)) from None
        except (exceptions.HTTPError, http.client.HTTPException, OSError, ValueError) as error:
            for reason in _reasons(error):
                if _is_of_a_signal(reason):
                    raise reason from None
                if isinstance(reason, ForbiddenError):
                    raise NoResponseError(Failure.NOT_ALLOWED, _forbidden(reason)) from None
            if proxy:
                _refuse_proxy(proxy, error)
            failure = _failure(error, _wire.stage())
            raise NoResponseError(failure, note_of(_reasons(error)) if failure is Failure.TLS else "") from error
        # Read to its end, it has given its connection back already, which was not closed then.
        if proxy and response.status == http.client.PROXY_AUTHENTICATION_REQUIRED:
            raise _errors.unusable_proxy(_wants_login(proxy))
        headers = response.headers
        sent_to = origin_of(headers.get("location", "")) if 300 <= response.status < 400 else None  # noqa: PLR2004
        return Response(response.status, content, retry_after(headers.get("retry-after")), sent_to)

    def _manager(self, origin: Origin) -> tuple[urllib3.PoolManager, Proxy | None]:
        try:
            proxy = proxy_for(origin)
        except ProxyError as error:
            raise _errors.unusable_proxy(str(error)) from None
        with self._lock:
            way = origin, proxy
            if way not in self._managers:
                self._managers[way] = _new_manager(origin, proxy, self._guard)
            return self._managers[way], proxy

    def _read(self, response: urllib3.BaseHTTPResponse) -> bytes:
        content = bytearray()
        # Decompressed bit by bit, so that a bomb does not go off.
        for chunk in response.stream(_CHUNK, decode_content=True):
            content += chunk
            if len(content) > self._limits.response_bytes:
                raise NoResponseError(Failure.TOO_LARGE)
        return bytes(content)


def _new_manager(origin: Origin, proxy: Proxy | None, guard: Guard) -> urllib3.PoolManager:
    # One for all connections: reading the system's certificates is slow.
    context = ssl.create_default_context() if origin.scheme == "https" else None
    manager: urllib3.PoolManager
    if proxy:
        manager = urllib3.ProxyManager(proxy.url, maxsize=_KEPT, ssl_context=context, proxy_headers=proxy.headers())
    else:
        manager = urllib3.PoolManager(maxsize=_KEPT, ssl_context=context)
    _wire.watch(manager, origin, guard)
    return manager


def _forbidden(error: ForbiddenError) -> str:
    return (
        f"{error.origin} is at {error.address}, which is no public address. "
        f"If it is meant, put {error.origin} into the environment variable {ALLOW_PRIVATE}."
    )


def _wants_login(proxy: Proxy) -> str:
    return f"The proxy of {proxy.variable} asks for a login (HTTP 407): write it as http://user:password@host:port"


def _refuse_proxy(proxy: Proxy, error: Exception) -> None:
    """Tells what a proxy answered instead of the tunnel that it was asked for."""
    for reason in _reasons(error):
        _, tunnel, answer = str(reason).partition("Tunnel connection failed: ")
        if not tunnel or not isinstance(reason, OSError):
            continue
        if answer.startswith("407"):
            raise _errors.unusable_proxy(_wants_login(proxy))
        note = f"The proxy of {proxy.variable} refused the connection (HTTP {answer[:3]})."
        raise NoResponseError(Failure.CONNECT, note)


def retry_after(value: str | None) -> int | None:
    """The seconds that a `Retry-After` header asks for: a number, or an HTTP date. At most a day."""
    if value is None:
        return None
    text = value.strip()
    if text.isascii() and text.isdigit():
        # As a text first: Python refuses to read thousands of digits.
        return min(int(text.lstrip("0")[:9] or 0), LONGEST_RETRY_AFTER_S)
    try:
        seconds = urllib3.Retry(retry_after_max=sys.maxsize).parse_retry_after(text)
    except (exceptions.InvalidHeader, ValueError, OverflowError):
        return None
    return int(min(seconds, LONGEST_RETRY_AFTER_S))


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
    if any(isinstance(reason, exceptions.SSLError) for reason in reasons):
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
