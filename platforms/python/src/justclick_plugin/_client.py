"""What people call: a shop."""

import copy
import datetime
import os
import zoneinfo
from collections.abc import Mapping
from typing import Any, Literal, NoReturn, NotRequired, SupportsFloat, SupportsIndex, TypedDict, cast

from justclick_plugin import _bundle, _errors
from justclick_plugin._connection import Connection
from justclick_plugin._errors import Effect
from justclick_plugin._guard import Guard
from justclick_plugin._runner import Runner, Terms
from justclick_plugin._shared import shared

_LONGEST_TIMEOUT_S = 86_400

Status = Literal["sent", "paid", "return", "cancel"]
"""sent: posted by mail. paid: paid. return: returned by the customer. cancel: cancelled."""


class UpdatedOrder(TypedDict):
    """An order that was changed: what was sent, and what JustClick answered."""

    bill_id: str
    """The order that was changed."""
    status: Status
    """Its new status."""
    date: NotRequired[int]
    """The date that was sent, in UNIX seconds."""
    rpo: NotRequired[str]
    """The tracking number that was sent."""
    message: str
    """What JustClick answered."""
    unsigned_result: NotRequired[Any]
    """Data JustClick added. Its signature does not cover it, so do not rely on it."""


class JustClick:
    """One account. Any number of threads may call it at once; calls on one order keep their order.

    Clients of one account share that order, and clients of one connection what they hold besides, so that making one
    where it is needed costs little.
    """

    def __init__(
        self,
        connection: Connection,
        *,
        timeout_s: SupportsFloat = 30.0,
        timezone: str | datetime.tzinfo | None = None,
        allow_private: bool = False,
    ) -> None:
        """Sends nothing.

        Args:
            connection: the account.
            timeout_s: the time that a call may take, waiting for other calls on the order included; but for the
                resolution of a name, which the system limits.
            timezone: an IANA name such as `Europe/Moscow`: what dates without a time zone are meant in. Without it
                they are refused.
            allow_private: whether the base URL may lead to an address that is not public. The environment variable
                PLUGIN_ALLOW_PRIVATE allows it for single origins.

        Raises:
            ConfigurationError: an argument can't be used.
            BundleError: the package is not installed whole.
        """
        self._connection = connection
        self._terms = Terms(_seconds(timeout_s), zone_of(timezone))
        self._guard = Guard.of_environment(allow_private)
        self._found = self._find()

    def update_order_status(
        self,
        *,
        bill_id: str | SupportsIndex,
        status: Status,
        date: datetime.date | int | str | None = None,
        rpo: str | int | None = None,
    ) -> UpdatedOrder:
        """Tells the shop that an order was paid, posted, returned by the customer, or cancelled.

        Args:
            bill_id: the number of the order in JustClick.
            status: sent: posted by mail. paid: paid. return: returned by the customer. cancel: cancelled.
            date: when it was posted or paid: UNIX seconds, a date, a datetime, or a text as people and programs write
                dates. Without a time zone of its own it is meant in the client's. Required for sent and paid.
            rpo: the tracking number of the postal item, at most 64 characters. Required for sent.

        Raises:
            ActionError: it did not work; `retry` says whether it may be repeated.
        """
        values = {"bill_id": bill_id, "status": status, "date": date, "rpo": rpo}
        given = {name: value for name, value in values.items() if value is not None}
        return cast("UpdatedOrder", self.call("update_order_status", given))

    def call(self, action: str, input: Mapping[str, Any]) -> dict[str, Any]:  # noqa: A002 - the contract's word
        """Runs any action of the description, by its name.

        Raises:
            ActionError: it did not work; `retry` says whether it may be repeated.
        """
        return self._call(action, input)

    def _call(
        self, action: str, values: Mapping[str, Any], place: int | None = None, effect: Effect | None = None
    ) -> dict[str, Any]:
        return self._runner().call(action, values, self._terms, place, effect)

    def check_connection(self) -> dict[str, Any]:
        """Proves that login, key and address are right, without changing anything.

        Raises:
            ActionError: they are not, or the service can't be reached.
        """
        return self._runner().check(self._terms)

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
        return f"JustClick({self._connection!r})"

    def __reduce__(self) -> NoReturn:
        raise TypeError("A JustClick can't be pickled: its key would go along. Make it where it is used.")


def _seconds(given: SupportsFloat) -> float:
    try:
        seconds = float(given)
    except (TypeError, ValueError, OverflowError):
        seconds = 0.0
    # NaN is greater than nothing.
    if isinstance(given, bool) or not 0 < seconds <= _LONGEST_TIMEOUT_S:
        message = f"timeout_s has to be a number of seconds greater than 0 and at most {_LONGEST_TIMEOUT_S}."
        raise _errors.configuration("timeout_s", message)
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
