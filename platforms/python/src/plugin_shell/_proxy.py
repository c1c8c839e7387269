"""The proxy for an origin, as curl chooses it.

Each scheme has its own variable, `HTTP_PROXY` or `HTTPS_PROXY`, then `ALL_PROXY` holds for both; `NO_PROXY` lists
hosts, domains with all below them, and networks that are reached without one. Small letters win over capitals.
"""

import contextlib
import functools
import ipaddress
import os
import sys
import urllib.parse
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass

import urllib3
from urllib3 import exceptions

from ._origin import PORTS, Origin, address_of

_VARIABLES = (
    "no_proxy",
    "NO_PROXY",
    "http_proxy",
    "HTTP_PROXY",
    "https_proxy",
    "HTTPS_PROXY",
    "all_proxy",
    "ALL_PROXY",
    "REQUEST_METHOD",
)


class ProxyError(Exception):
    """The proxy that the environment names can't be used. The text names the variable, and never what it holds."""


@dataclass(frozen=True, repr=False)
class Proxy:
    """A proxy."""

    variable: str
    """Where it is named."""
    url: str
    login: str | None
    """User name and password, with a colon between them."""

    @property
    def origin(self) -> Origin:
        """Where it is."""
        parts = urllib3.util.parse_url(self.url)
        scheme = parts.scheme or "http"
        return Origin(scheme, (parts.host or "").lower(), parts.port or PORTS[scheme])

    def headers(self) -> Mapping[str, str]:
        """What the proxy alone gets."""
        return urllib3.make_headers(proxy_basic_auth=self.login) if self.login else {}


def proxy_for(origin: Origin) -> Proxy | None:
    """The proxy for an origin; None where there is none.

    Raises:
        ProxyError: it can't be used.
    """
    if sys.platform in {"darwin", "win32"}:
        # The system's settings count as well.
        return _found(origin)
    return _remembered(origin, tuple(map(os.environ.get, _VARIABLES)))


@functools.lru_cache(maxsize=64)
def _remembered(origin: Origin, _variables: tuple[str | None, ...]) -> Proxy | None:
    """What was found for an origin when the variables were as they are."""
    return _found(origin)


def _found(origin: Origin) -> Proxy | None:
    if _bypassed(origin):
        return None
    variable, url = _named(origin.scheme)
    if not url:
        return None
    url = url.strip()
    url = url if "://" in url else f"http://{url}"
    try:
        parts = urllib3.util.parse_url(url)
    except exceptions.LocationParseError:
        parts = urllib3.util.Url()
    scheme = url.split("://", 1)[0].lower()
    if scheme.startswith("socks"):
        raise ProxyError(f"{variable} names a SOCKS proxy, which is not supported: name an http or https proxy")
    if scheme not in {"http", "https"} or not parts.host:
        raise ProxyError(f"{variable} is no address of a proxy: write it as http://host:port")
    login = urllib.parse.unquote(parts.auth) if parts.auth else None
    return Proxy(variable, parts._replace(auth=None).url, login)


def _named(scheme: str) -> tuple[str, str]:
    """The variable that is set, and what it holds; an empty one means that there is no proxy."""
    for name in (f"{scheme}_proxy", f"{scheme.upper()}_PROXY", "all_proxy", "ALL_PROXY"):
        # A CGI program gets HTTP_PROXY from whoever sends it a header `Proxy`.
        if name in os.environ and not (name == "HTTP_PROXY" and "REQUEST_METHOD" in os.environ):
            return name, os.environ[name]
    # Where there is another place for it: the settings of macOS and of Windows.
    return "The system's settings", urllib.request.getproxies().get(scheme, "")


def _bypassed(origin: Origin) -> bool:
    listed = os.environ.get("no_proxy", os.environ.get("NO_PROXY"))
    if listed is None:
        return bool(urllib.request.proxy_bypass(f"{origin.host}:{origin.port}"))
    return any(_covers(entry, origin) for entry in listed.replace(",", " ").split())


def _covers(entry: str, origin: Origin) -> bool:
    if entry == "*":
        return True
    address = address_of(origin.host)
    if address is not None:
        with contextlib.suppress(ValueError):
            return address in ipaddress.ip_network(entry.strip("[]"), strict=False)
    name, colon, port = entry.rpartition(":")
    if colon and port.isdigit() and not name.endswith(":"):
        if int(port) != origin.port:
            return False
        entry = name
    entry = entry.strip("[]").strip(".").lower()
    host = origin.host.strip("[]").rstrip(".")
    return bool(entry) and (host == entry or host.endswith(f".{entry}"))
