"""Airflow's operator."""

import datetime
from collections.abc import Sequence
from typing import Any, cast

from airflow.sdk import BaseOperator
from airflow.sdk.exceptions import AirflowException, AirflowFailException

from justclick_plugin import ActionError, Status, UpdatedOrder
from justclick_plugin._client import zone_of
from justclick_plugin._trial import refusal_of
from justclick_plugin.airflow.hook import JustClickHook
from justclick_plugin.airflow.retries import JustClickRetryPolicy

_ACTION = "update_order_status"
_FIELDS = ("bill_id", "status", "date", "rpo")
_TEMPLATE_MARKS = ("{{", "{%", "{#")


class JustClickUpdateOrderStatusOperator(BaseOperator):
    """Tells the shop that an order was paid, posted, returned by the customer, or cancelled.

    What would fail again fails at once; what may work later is repeated as the task's `retries` say, and as late as
    the service asks for.
    """

    template_fields: Sequence[str] = (*_FIELDS, "timezone", "justclick_conn_id")

    def __init__(
        self,
        *,
        bill_id: str | int,
        status: str,
        date: Any = None,
        rpo: str | int | None = None,
        timezone: str | None = None,
        justclick_conn_id: str = JustClickHook.default_conn_name,
        **kwargs: Any,
    ) -> None:
        """Takes the fields of the action, each of which may be a template.

        Args:
            bill_id: the number of the order in JustClick.
            status: sent: posted by mail. paid: paid. return: returned by the customer. cancel: cancelled.
            date: when it was posted or paid: UNIX seconds, a date, a datetime, or a text as people and programs write
                dates. Required for sent and paid.
            rpo: the tracking number of the postal item, at most 64 characters. Required for sent.
            timezone: an IANA name such as `Europe/Moscow`: what dates without a time zone are meant in. If it is left
                out, that of the Dag.
            justclick_conn_id: Airflow's connection.
            kwargs: those of every operator. Without a `retry_policy` it is JustClickRetryPolicy.

        Raises:
            ActionError: what is written here as it is, and not as a template, is wrong.
        """
        # Unless the Dag's `default_args` have one, which Airflow hands over here.
        if "retry_policy" not in (kwargs.get("default_args") or {}):
            kwargs.setdefault("retry_policy", JustClickRetryPolicy())
        super().__init__(**kwargs)
        self.bill_id = bill_id
        self.status = status
        self.date = date
        self.rpo = rpo
        self.timezone = timezone
        self.justclick_conn_id = justclick_conn_id
        self._refuse_literals(timezone)

    def _refuse_literals(self, timezone: str | None) -> None:
        """Tells when the Dag is read what would fail when it runs."""
        literals = {name: getattr(self, name) for name in _FIELDS if _is_literal(getattr(self, name))}
        # In which time zone a date is meant can be a template as well.
        zone = zone_of(timezone) if _is_literal(timezone) else None
        error = refusal_of(_ACTION, literals, zone or datetime.UTC, set(_FIELDS) - literals.keys())
        if error is not None:
            raise error

    def execute(self, context: Any) -> UpdatedOrder:
        """Runs the action; its output becomes the task's result."""
        del context
        try:
            return (
                JustClickHook(self.justclick_conn_id, timezone=self.timezone or self._dags_timezone())
                .get_conn()
                .update_order_status(
                    bill_id=self.bill_id, status=cast("Status", self.status), date=self.date, rpo=self.rpo
                )
            )
        except ActionError as error:
            failure = AirflowFailException if error.retry == "never" else AirflowException
            raise failure(str(error)) from error

    def _dags_timezone(self) -> datetime.tzinfo | None:
        return cast("datetime.tzinfo | None", getattr(self.get_dag(), "timezone", None))


def _is_literal(value: Any) -> bool:
    """Whether a value is one already, and not what a template or another task will make of it."""
    if isinstance(value, str):
        return not any(mark in value for mark in _TEMPLATE_MARKS)
    return value is None or isinstance(value, int | float | datetime.date)
