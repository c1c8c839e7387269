"""What people call: an account, with a method for each action."""

import copy
import datetime
import os
import zoneinfo
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, NamedTuple, NoReturn, SupportsFloat

from . import _bundle, _errors, _searches
from ._connection import BaseConnection
from ._guard import Guard
from ._runner import Repeat, Runner, Terms
from ._shared import shared
from ._trigger_client import TriggerClient, seconds_of


class Option(NamedTuple):
    """One of the choices of a field."""

    value: Any
    """What the field takes."""
    title: str
    """What people call it."""


class Client(TriggerClient):
    """One account. Any number of threads may call it at once; calls on one subject keep their order.

    Clients of one account share that order, and clients of one connection what they hold besides, so that making one
    where it is needed costs little.
    """

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

    def call(self, action: str, input: Mapping[str, Any]) -> dict[str, Any]:  # noqa: A002 - the contract's word
        """Runs any action of the description, by its name.

        Raises:
            ActionError: it did not work; `retry` says whether it may be repeated.
        """
        return self._call(action, input)

    def _call(self, action: str, values: Mapping[str, Any], repeat: Repeat | None = None) -> dict[str, Any]:
        return self._finish(self._runner().call(action, values, self._terms, repeat))

    def _search(self, action: str, values: Mapping[str, Any], limit: object = None) -> Iterator[Any]:
        return _searches.found(_bundle.packaged(), self._call, action, values, limit)

    def options(
        self,
        action: str,
        field: str,
        *,
        search: str | None = None,
        input: Mapping[str, Any] | None = None,  # noqa: A002 - the contract's word
    ) -> list[Option]:
        """The choices of a field, as the service has them now.

        Args:
            action: the action's name.
            field: the field's, as the description has it under `form.options`.
            search: the beginning of what is looked for, where the service can search.
            input: what is known of the action's input, where the choices depend on it.

        Raises:
            ActionError: it did not work, or the field has no such choices.
        """
        found = _searches.choices(_bundle.packaged(), self._call, action, field, search, input or {})
        return [Option(value, title) for value, title in found]

    def check_connection(self) -> dict[str, Any]:
        """Proves that the connection is right, without changing anything.

        Raises:
            ActionError: it is not, or the service can't be reached.
        """
        return self._finish(self._runner().check(self._terms))

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

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._connection!r})"

    def __reduce__(self) -> NoReturn:
        name = type(self).__name__
        raise TypeError(f"A {name} can't be pickled: its key would go along. Make it where it is used.")


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
