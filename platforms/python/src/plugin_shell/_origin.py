"""Where a request goes: scheme, host and port."""

import ipaddress
from typing import NamedTuple

import urllib3
from urllib3 import exceptions

from ._text import trimmed

PORTS = {"http": 80, "https": 443}


class Origin(NamedTuple):
    """Scheme, host and port, in small letters."""

    scheme: str
    host: str
    port: int

    def __str__(self) -> str:
        port = "" if self.port == PORTS[self.scheme] else f":{self.port}"
        return f"{self.scheme}://{self.host}{port}"

    @property
    def names_address(self) -> bool:
        """Whether the host is an address, or this machine by name."""
        name = self.host.rstrip(".")
        return address_of(self.host) is not None or name == "localhost" or name.endswith(".localhost")

    def is_below(self, domain: "Origin") -> bool:
        """Whether this is a sub-domain of a domain, with the same scheme and port."""
        return (self.scheme, self.port) == (domain.scheme, domain.port) and self.host.endswith(f".{domain.host}")


def origin_of(url: str) -> Origin | None:
    """The origin of an http or https URL without a user name or password.

    The URL is read by the code that the client itself uses, so that the two can't disagree.
    """
    try:
        parts = urllib3.util.parse_url(url)
    except exceptions.LocationParseError:
        return None
    if parts.scheme not in PORTS or not parts.host or parts.auth is not None:
        return None
    return Origin(parts.scheme, parts.host.lower(), parts.port or PORTS[parts.scheme])


def origin_written(text: str) -> Origin | None:
    """The origin of a URL as people write it, with whatever came along when they copied it."""
    return origin_of(trimmed(text))


def address_of(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """The address that a host or a socket's name is; None if it is a name."""
    try:
        return ipaddress.ip_address(host.strip("[]").split("%", 1)[0])
    except ValueError:
        return None
