"""What all clients have, whether they block or are awaited."""

import copy
import datetime
import hashlib
import json
import os
import zoneinfo
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, NamedTuple, NoReturn, SupportsFloat

from . import _bundle, _errors, _values
from ._account import account_of
from ._connection import BaseConnection
from ._events import Page
from ._guard import Guard
from ._polling import Feed
from ._runner import Runner, Terms
from ._shared import shared
from ._steps import Steps
from ._triggers import Triggers

_LONGEST_S = 86_400


class Option(NamedTuple):
    """One of the choices of a field."""

    value: Any
    """What the field takes."""
    title: str
    """What people call it."""


class BaseClient:
    """One account, and how it is called."""

    _own_addresses: ClassVar[tuple[str, ...]] = ()

    def __init__(
        self,
        connection: BaseConnection,
        *,
        timeout_s: SupportsFloat = 30.0,
        timezone: str | datetime.tzinfo | None = None,
        allow_private: bool = False,
    ) -> None:
        """Sends nothing.

        Args:
            connection: the account.
            timeout_s: the time that a call may take, waiting for other calls on the subject included; but for the
                resolution of a name, which the system limits.
            timezone: an IANA name such as `Europe/Moscow`: what dates without a time zone are meant in. Without it
                they are refused.
            allow_private: whether the connection may lead to an address that is not public. The environment variable
                PLUGIN_ALLOW_PRIVATE allows it for single origins.

        Raises:
            ConfigurationError: an argument can't be used.
            BundleError: the package is not installed whole.
        """
        self._connection = connection
        self._terms = Terms(seconds_of(timeout_s, "timeout_s"), zone_of(timezone))
        self._guard = Guard.of_environment(allow_private, self._own_addresses)
        self._found = self._find()

    @staticmethod
    def describe() -> dict[str, Any]:
        """What the plugin can do: its actions with their JSON Schemas, and the connection that they need."""
        return copy.deepcopy(dict(_bundle.packaged().description))

    def _runner(self) -> Runner:
        if self._found[0] != os.getpid():
            self._found = self._find()
        return self._found[1]

    def _find(self) -> tuple[int, Runner]:
        return os.getpid(), shared.runner(self._connection, self._guard)

    def _triggers(self) -> Triggers:
        return Triggers(_bundle.packaged(), self._runner(), self._source(), self._terms)

    def _feed(self, trigger: str, values: Mapping[str, Any], page: Callable[[str | None], Steps[Page[Any]]]) -> Feed:
        """A trigger as it is asked again and again, with what it is narrowed down by."""
        bundle = _bundle.packaged()
        plain = _values.plain(values, bundle.fields_of_trigger(trigger), self._terms.zone)
        known = json.dumps([self._source(), plain], sort_keys=True).encode()
        plugin = str(bundle.description["name"])
        return Feed(
            name=f"{plugin}-{trigger[:40]}-{hashlib.sha256(known).hexdigest()[:16]}",
            poll=page,
            confirmed=lambda event: self._triggers().confirmed(trigger, event),
            stored=lambda kept: self._triggers().stored(trigger, kept),
        )

    def _source(self) -> str:
        """What is the `source` of its events: the plugin, and the account, which nobody reads out of it."""
        description = _bundle.packaged().description
        account = json.dumps(account_of(description["connection"], self._connection.config())).encode()
        return f"/{description['name']}/{hashlib.sha256(account).hexdigest()[:16]}"

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._connection!r})"

    def __reduce__(self) -> NoReturn:
        name = type(self).__name__
        raise TypeError(f"A {name} can't be pickled: its key would go along. Make it where it is used.")


def seconds_of(given: SupportsFloat, name: str) -> float:
    """A number of seconds that can be waited.

    Raises:
        ConfigurationError: it is none.
    """
    try:
        seconds = float(given)
    except (TypeError, ValueError, OverflowError):
        seconds = 0.0
    # NaN is greater than nothing.
    if isinstance(given, bool) or not 0 < seconds <= _LONGEST_S:
        message = f"{name} has to be a number of seconds greater than 0 and at most {_LONGEST_S}."
        raise _errors.configuration(name, message)
    return seconds


def zone_of(given: str | datetime.tzinfo | None) -> datetime.tzinfo | None:
    """The time zone of a name.

    Raises:
        ConfigurationError: there is none.
    """
    if given is None or isinstance(given, datetime.tzinfo):
        return given
    name = given.strip() if isinstance(given, str) else ""
    if not name:
        message = "timezone has to be a name such as Europe/Moscow, or None."
        raise _errors.configuration("timezone", message)
    try:
        return zoneinfo.ZoneInfo(name)
    # Whatever a text leads to that is no name: a folder, a file that is something else, nothing.
    except (LookupError, ValueError, OSError) as error:
        message = f"There is no time zone {name!r} here. Write it as Europe/Moscow."
        raise _errors.configuration("timezone", message) from error
