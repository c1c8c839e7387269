"""What people call: a shop."""

import copy
import datetime
import os
from collections.abc import Mapping
from typing import Any, Literal, NoReturn, NotRequired, TypedDict, cast

from justclick_plugin import _bundle
from justclick_plugin._connection import Connection
from justclick_plugin._http import Limits
from justclick_plugin._runner import Runner
from justclick_plugin._shared import shared

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

    Clients of one connection share what they hold, so making one where it is needed costs little.
    """

    def __init__(self, connection: Connection, *, timeout_s: float = 30.0) -> None:
        """Sends nothing.

        Args:
            connection: the account.
            timeout_s: the time that a call may take, but for the resolution of a name, which the system limits.

        Raises:
            BundleError: the package is not installed whole.
        """
        if not timeout_s > 0:
            raise ValueError("timeout_s has to be greater than 0")
        self._connection = connection
        self._limits = Limits(total_s=timeout_s, response_bytes=_bundle.packaged().max_response_bytes)
        self._found = self._find()

    def update_order_status(
        self,
        *,
        bill_id: str | int,
        status: Status,
        date: datetime.datetime | int | str | None = None,
        rpo: str | None = None,
    ) -> UpdatedOrder:
        """Tells the shop that an order was paid, posted, returned by the customer, or cancelled.

        Args:
            bill_id: the number of the order in JustClick.
            status: sent: posted by mail. paid: paid. return: returned by the customer. cancel: cancelled.
            date: when it was posted or paid: UNIX seconds, an RFC 3339 text, or a datetime with a time zone.
                Required for sent and paid.
            rpo: the tracking number of the postal item, at most 64 characters. Required for sent.

        Raises:
            ActionError: it did not work; `retry` says whether it may be repeated.
        """
        values = {"bill_id": bill_id, "status": status, "date": _plain(date), "rpo": rpo}
        given = {name: value for name, value in values.items() if value is not None}
        return cast("UpdatedOrder", self.call("update_order_status", given))

    def call(self, action: str, input: Mapping[str, Any]) -> dict[str, Any]:  # noqa: A002 - the contract's word
        """Runs any action of the description, by its name.

        Raises:
            ActionError: it did not work; `retry` says whether it may be repeated.
        """
        return self._runner().call(action, input)

    def check_connection(self) -> dict[str, Any]:
        """Proves that login, key and address are right, without changing anything.

        Raises:
            ActionError: they are not, or the service can't be reached.
        """
        return self._runner().check()

    @staticmethod
    def describe() -> dict[str, Any]:
        """What the plugin can do: its actions with their JSON Schemas, and the connection that they need."""
        return copy.deepcopy(dict(_bundle.packaged().description))

    def _runner(self) -> Runner:
        if self._found[0] != os.getpid():
            self._found = self._find()
        return self._found[1]

    def _find(self) -> tuple[int, Runner]:
        return os.getpid(), shared.runner(self._connection, self._limits)

    def __repr__(self) -> str:
        return f"JustClick({self._connection!r})"

    def __reduce__(self) -> NoReturn:
        raise TypeError("A JustClick can't be pickled: its key would go along. Make it where it is used.")


def _plain(date: datetime.datetime | int | str | None) -> int | str | None:
    """A date as JSON has it. One without a time zone stays a text, which the plugin refuses with the reason."""
    if not isinstance(date, datetime.datetime):
        return date
    return date.isoformat() if date.utcoffset() is None else int(date.timestamp())
