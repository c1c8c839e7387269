"""What a plugin may ask for over HTTP, and what it gets: whoever makes the request."""

import enum
import functools
import json
import re
import sys
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import urllib3
from urllib3 import exceptions

from . import _errors
from ._guard import ALLOW_PRIVATE, Guard
from ._origin import PORTS, Origin, origin_of, origin_written
from ._proxy import Proxy, ProxyError, proxy_for

# No service may keep a caller waiting for longer.
LONGEST_RETRY_AFTER_S = 86_400
# Documents and addresses of one connection of which it is remembered what they say, if they are short.
_REMEMBERED, _SHORT = 64, 4096
# So long a proxy is remembered.
_PROXY_S = 1.0
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
# A name or a method, and a value, as HTTP has them.
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_VALUE = re.compile(r"[\t\x20-\x7e\x80-\xff]*")
# Of which a body without content is told by saying nothing.
_WITHOUT_BODY = {"GET", "HEAD", "DELETE", "OPTIONS"}
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


@dataclass(slots=True)
class Request:
    """What a plugin asks for."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes = b""
    _heads: dict["Way", bytes] = field(default_factory=dict, repr=False, compare=False)
    """Its head as it is written, but for the length of its body."""

    @classmethod
    def parse(cls, document: bytes) -> "Request":
        """The request of the JSON document that a plugin hands to `http_request`, without its body.

        Raises:
            NoResponseError: it is none.
        """
        try:
            given = json.loads(document)
            request = cls(given.get("method") or "GET", given["url"], given.get("headers") or {})
            texts = [request.method, request.url, *request.headers, *request.headers.values()]
        except (ValueError, LookupError, TypeError, AttributeError) as error:
            raise NoResponseError(Failure.NOT_ALLOWED) from error
        if not all(isinstance(text, str) for text in texts):
            raise NoResponseError(Failure.NOT_ALLOWED)
        if request.method.strip().upper() in _FORBIDDEN_METHODS or any(map(_is_forbidden, request.headers)):
            raise NoResponseError(Failure.NOT_ALLOWED)
        return request

    def written(self, way: "Way") -> bytes:
        """Head and body as they are sent: to the service itself, or to a proxy that hands them on.

        Raises:
            NoResponseError: it can't be written as HTTP has it.
        """
        head = self._heads.get(way)
        if head is None:
            head = self._heads[way] = self._head(way)
        if self.body or self.method.upper() not in _WITHOUT_BODY:
            return b"%sContent-Length: %d\r\n\r\n%s" % (head, len(self.body), self.body)
        return head + b"\r\n"

    def _head(self, way: "Way") -> bytes:
        if not _TOKEN.fullmatch(self.method) or not all(map(_is_fit, self.headers.items())):
            raise NoResponseError(Failure.NOT_ALLOWED)
        scheme, host, port = way.origin
        is_handed_on = way.proxy is not None and scheme == "http"
        target = f"{way.origin}{way.target}" if is_handed_on else way.target
        lines = [f"{self.method} {target} HTTP/1.1", f"Host: {host if port == PORTS[scheme] else f'{host}:{port}'}"]
        if not any(name.lower() == "accept-encoding" for name in self.headers):
            # A packed answer would only be a way to make a small one large.
            lines.append("Accept-Encoding: identity")
        lines += [f"{name}: {value}" for name, value in self.headers.items()]
        if way.proxy is not None and is_handed_on:
            lines += [f"{name}: {value}" for name, value in way.proxy.headers().items()]
        try:
            return "\r\n".join([*lines, ""]).encode("latin-1")
        except UnicodeEncodeError:
            raise NoResponseError(Failure.NOT_ALLOWED) from None


def _is_fit(header: tuple[str, str]) -> bool:
    return _TOKEN.fullmatch(header[0]) is not None and _VALUE.fullmatch(header[1]) is not None


def _is_forbidden(header: str) -> bool:
    name = header.strip().lower()
    return name in _FORBIDDEN_HEADERS or name.startswith("proxy-")


@dataclass(slots=True)
class Response:
    """An HTTP response, whatever its status."""

    status: int
    body: bytes
    retry_after_s: int | None
    """When the server would like to be asked again, in seconds from now."""
    sent_to: Origin | None = None
    """Where a redirect leads, which is not followed."""


@dataclass(slots=True)
class Received:
    """What of an answer is looked at, as it came."""

    status: int
    location: str | None
    retry_after: str | None
    body: bytes

    def response(self) -> Response:
        """What a plugin and its host get of it."""
        sent_to = origin_of(self.location or "") if 300 <= self.status < 400 else None  # noqa: PLR2004
        return Response(self.status, self.body, retry_after(self.retry_after), sent_to)


class Rules:
    """What a connection's requests are held to."""

    def __init__(self, origins: Iterable[str], limits: Limits | None = None, guard: Guard | None = None) -> None:
        self.limits = limits or Limits()
        self.guard = guard or Guard()
        self._origins = {origin for origin in map(origin_written, origins) if origin}
        # A plugin asks for the same again and again, and the same text always says the same. Of this connection alone:
        # there may be secrets in it.
        self._documents = functools.lru_cache(maxsize=_REMEMBERED)(Request.parse)
        self._urls = functools.lru_cache(maxsize=_REMEMBERED)(_parsed)
        self._last: tuple[str, float, Way] | None = None

    def request(self, document: bytes, body: bytes) -> Request:
        """The request of a JSON document, with its body.

        Raises:
            NoResponseError: it is none.
        """
        parse = self._documents if len(document) <= _SHORT else Request.parse
        read = parse(document)
        return Request(read.method, read.url, read.headers, body, read._heads)

    def admit(self, request: Request, deadline: float) -> "Way":
        """Where a request goes. It has until `deadline`, on the monotonic clock.

        Raises:
            NoResponseError: it may not be sent.
            ActionError: the environment's proxy can't be used.
        """
        now, last = time.monotonic(), self._last
        if last is not None and last[0] == request.url and now < last[1]:
            way = last[2]
        else:
            way = self._way(request.url)
            self._last = request.url, now + _PROXY_S, way
        if len(request.body) > self.limits.request_bytes:
            raise NoResponseError(Failure.NOT_ALLOWED)
        if deadline <= now:
            raise NoResponseError(Failure.NOT_SENT)
        return way

    def _way(self, url: str) -> "Way":
        origin, target = (self._urls if len(url) <= _SHORT else _parsed)(url)
        if origin is None or origin not in self._origins:
            raise NoResponseError(Failure.NOT_ALLOWED)
        try:
            return Way(origin, target, proxy_for(origin))
        except ProxyError as error:
            raise _errors.unusable_proxy(str(error)) from None


@dataclass(frozen=True)
class Way:
    """Where a request goes."""

    origin: Origin
    target: str
    """Path and query, as they are sent."""
    proxy: Proxy | None


def _parsed(url: str) -> tuple[Origin | None, str]:
    """What a text of a URL says: an origin, and what is asked for there."""
    origin = origin_of(url)
    return origin, "" if origin is None else urllib3.util.parse_url(url).request_uri


def forbidden(origin: Origin, address: str) -> NoResponseError:
    """An address is not one that may be connected to."""
    note = (
        f"{origin} is at {address}, which is no public address. "
        f"If it is meant, put {origin} into the environment variable {ALLOW_PRIVATE}."
    )
    return NoResponseError(Failure.NOT_ALLOWED, note)


def wants_login(proxy: Proxy) -> str:
    """What to do about a proxy that answers with the status 407."""
    return f"The proxy of {proxy.variable} asks for a login (HTTP 407): write it as http://user:password@host:port"


def refused(proxy: Proxy, status: str) -> NoResponseError:
    """A proxy answered something else than the tunnel that it was asked for.

    Raises:
        ActionError: it asks for a login.
    """
    if status == "407":
        raise _errors.unusable_proxy(wants_login(proxy))
    return NoResponseError(Failure.CONNECT, f"The proxy of {proxy.variable} refused the connection (HTTP {status}).")


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
