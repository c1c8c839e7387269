"""Which addresses may be connected to: those of the public internet, and those that the operator names.

Whoever may make a connection in a shared engine must not reach what only this machine or its network can. It is the
address that is connected to which is judged, whatever name led there.
"""

import ipaddress
import os
from collections.abc import Iterable
from dataclasses import dataclass

from ._origin import Origin, address_of, origin_written

ALLOW_PRIVATE = "PLUGIN_ALLOW_PRIVATE"
"""The environment variable with the origins that may be at a private address, alike in all packages.

Commas or blanks stand between them; `https://*.shop.internal` is a domain's sub-domains, and `*` is everything.
"""

# IANA's registries of special-purpose addresses, and multicast. All hosts try their tables with
# tests/vectors/special-addresses.json.
_SPECIAL_V4 = [
    ipaddress.IPv4Network(network)
    for network in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.31.196.0/24",
        "192.52.193.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "192.175.48.0/24",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/3",
    )
]
# All that is given out to anyone; and what of it is not.
_GIVEN_V6 = ipaddress.IPv6Network("2000::/3")
_SPECIAL_V6 = [
    ipaddress.IPv6Network(network) for network in ("2001::/23", "2001:db8::/32", "2620:4f:8000::/48", "3fff::/20")
]
_6TO4 = ipaddress.IPv6Network("2002::/16")
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
# In the interface's half of an address, behind any prefix.
_ISATAP = (b"\x00\x00\x5e\xfe", b"\x02\x00\x5e\xfe")


@dataclass(frozen=True)
class Guard:
    """What besides public addresses may be connected to."""

    everything: bool = False
    origins: frozenset[Origin] = frozenset()
    below: frozenset[Origin] = frozenset()
    """Domains of which every sub-domain may be."""

    @classmethod
    def of_environment(cls, everything: bool = False, own: Iterable[str] = ()) -> "Guard":
        """What the environment of this process names, which is the operator's.

        Args:
            everything: whether all may be connected to.
            own: the variables with a connection's own addresses. One in them may be an address as it is; a name that
                leads to a private one needs to be allowed.
        """
        named = os.environ.get(ALLOW_PRIVATE, "").replace(",", " ").split()
        origins = {origin for rule in named if "://*." not in rule and (origin := origin_written(rule))}
        below = {origin for rule in named if "://*." in rule and (origin := origin_written(rule.replace("*.", "", 1)))}
        for variable in own:
            origin = origin_written(os.environ.get(variable, ""))
            if origin and origin.names_address:
                origins.add(origin)
        domains = frozenset(origin for origin in below if not origin.names_address)
        return cls(everything or "*" in named, frozenset(origins), domains)

    def allows(self, origin: Origin, address: str) -> bool:
        """Whether an address, to which the host of an origin led, may be connected to."""
        return self.everything or is_public(address) or origin in self.origins or any(map(origin.is_below, self.below))


def is_public(address: str) -> bool:
    """Whether an address is one of the public internet."""
    found = address_of(address)
    if isinstance(found, ipaddress.IPv6Address):
        return _is_public_v6(found)
    return found is not None and not any(found in network for network in _SPECIAL_V4)


def _is_public_v6(address: ipaddress.IPv6Address) -> bool:
    """One that leads to an IPv4 address is judged by that as well."""
    carried = address.packed[12:16]
    if address.ipv4_mapped or address in _NAT64:
        return _is_public_v4(carried)
    if address not in _GIVEN_V6 or any(address in network for network in _SPECIAL_V6):
        return False
    if address in _6TO4 and not _is_public_v4(address.packed[2:6]):
        return False
    return address.packed[8:12] not in _ISATAP or _is_public_v4(carried)


def _is_public_v4(packed: bytes) -> bool:
    return is_public(str(ipaddress.IPv4Address(packed)))
