"""The client behind a plugin's `http_request`: pooled connections, no redirects, the connection's own origins alone."""

import contextlib
import enum
import http.client
import json
import ssl
import sys
import urllib.parse
import urllib.request
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import urllib3
from urllib3 import exceptions

from justclick_plugin import _wire
from justclick_plugin._wire import Stage

# Idle connections that are kept.
_KEPT = 32
_CHUNK = 64 << 10


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


class NoResponseError(Exception):
    """There is no HTTP response, or one over its cap."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.value)
        self.failure = failure


@dataclass(frozen=True)
class Limits:
    """How much, and how long."""

    total_s: float = 30.0
    """Time for everything together, but the resolution of a name, which the system limits."""
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
        return request


@dataclass(frozen=True)
class Response:
    """An HTTP response, whatever its status."""

    status: int
    body: bytes
    retry_after_s: int | None
    """When the server would like to be asked again, in seconds from now."""


Origin = tuple[str, str, int]
"""Scheme, host and port."""


def origin_of(url: str) -> Origin | None:
    """The origin of an http or https URL without a user name or password.

    The URL is read by the code that the client itself uses, so that the two can't disagree.
    """
    try:
        parts = urllib3.util.parse_url(url)
    except exceptions.LocationParseError:
        return None
    ports = {"http": 80, "https": 443}
    if parts.scheme not in ports or not parts.host or parts.auth is not None:
        return None
    return parts.scheme, parts.host, parts.port or ports[parts.scheme]


class Client:
    """Sends requests to a few origins over connections that are kept. Any number of threads may share it."""

    def __init__(self, origins: Iterable[str], limits: Limits) -> None:
        self._limits = limits
        own = (origin_of(origin.strip()) for origin in origins)
        self._managers = {origin: _manager(origin) for origin in own if origin}

    def send(self, request: Request) -> Response:
        """Sends one request and follows no redirect.

        Raises:
            NoResponseError: there is no HTTP response, or one over its cap.
        """
        origin = origin_of(request.url)
        manager = self._managers.get(origin) if origin else None
        if manager is None or len(request.body) > self._limits.request_bytes:
            raise NoResponseError(Failure.NOT_ALLOWED)
        limits = self._limits
        _wire.begin(limits.total_s)
        timeout = urllib3.Timeout(connect=min(limits.connect_s, limits.total_s), read=limits.total_s)
        try:
            response = manager.urlopen(
                request.method,
                request.url,
                headers=request.headers,
                body=request.body,
                timeout=timeout,
                redirect=False,
                retries=False,
                preload_content=False,
            )
            with contextlib.closing(response):
                content = self._read(response)
                # Read to its end, it has given its connection back already, which is not closed then.
                return Response(response.status, content, _retry_after(response.headers.get("retry-after")))
        except (exceptions.HTTPError, http.client.HTTPException, OSError, ValueError) as error:
            raise NoResponseError(_failure(error, _wire.stage())) from error

    def _read(self, response: urllib3.BaseHTTPResponse) -> bytes:
        content = bytearray()
        # Decompressed bit by bit, so that a bomb does not go off.
        for chunk in response.stream(_CHUNK, decode_content=True):
            content += chunk
            if len(content) > self._limits.response_bytes:
                raise NoResponseError(Failure.TOO_LARGE)
        return bytes(content)


def _manager(origin: Origin) -> urllib3.PoolManager:
    scheme, host, port = origin
    # One for all connections: reading the system's certificates is slow.
    context = ssl.create_default_context() if scheme == "https" else None
    proxy = urllib.request.getproxies().get(scheme)
    manager: urllib3.PoolManager
    if proxy and not urllib.request.proxy_bypass(f"{host}:{port}"):
        proxy = proxy if "://" in proxy else f"http://{proxy}"
        auth = urllib3.util.parse_url(proxy).auth
        headers = urllib3.make_headers(proxy_basic_auth=urllib.parse.unquote(auth)) if auth else None
        manager = urllib3.ProxyManager(proxy, maxsize=_KEPT, ssl_context=context, proxy_headers=headers)
    else:
        manager = urllib3.PoolManager(maxsize=_KEPT, ssl_context=context)
    _wire.watch(manager)
    return manager


def _retry_after(value: str | None) -> int | None:
    """The seconds that a `Retry-After` header asks for: a number, or an HTTP date."""
    if value is None:
        return None
    try:
        return int(urllib3.Retry(retry_after_max=sys.maxsize).parse_retry_after(value))
    except (exceptions.InvalidHeader, ValueError, OverflowError):
        return None


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
