"""Airflow's operator."""

from collections.abc import Sequence
from typing import Any, cast

from airflow.sdk import BaseOperator
from airflow.sdk.exceptions import AirflowException, AirflowFailException

from justclick_plugin import ActionError, Status, UpdatedOrder
from justclick_plugin.airflow.hook import JustClickHook


class JustClickUpdateOrderStatusOperator(BaseOperator):
    """Tells the shop that an order was paid, posted, returned by the customer, or cancelled.

    What would fail again fails at once; what may work later is repeated as the task's `retries` say.
    """

    template_fields: Sequence[str] = ("bill_id", "status", "date", "rpo", "justclick_conn_id")

    def __init__(
        self,
        *,
        bill_id: str | int,
        status: str,
        date: Any = None,
        rpo: str | None = None,
        justclick_conn_id: str = JustClickHook.default_conn_name,
        **kwargs: Any,
    ) -> None:
        """Takes the fields of the action, each of which may be a template.

        Args:
            bill_id: the number of the order in JustClick.
            status: sent: posted by mail. paid: paid. return: returned by the customer. cancel: cancelled.
            date: when it was posted or paid: UNIX seconds, an RFC 3339 text, or a datetime with a time zone.
                Required for sent and paid.
            rpo: the tracking number of the postal item, at most 64 characters. Required for sent.
            justclick_conn_id: Airflow's connection.
            kwargs: those of every operator.
        """
        super().__init__(**kwargs)
        self.bill_id = bill_id
        self.status = status
        self.date = date
        self.rpo = rpo
        self.justclick_conn_id = justclick_conn_id

    def execute(self, context: Any) -> UpdatedOrder:
        """Runs the action; its output becomes the task's result."""
        del context
        try:
            return (
                JustClickHook(self.justclick_conn_id)
                .get_conn()
                .update_order_status(
                    bill_id=self.bill_id, status=cast("Status", self.status), date=self.date, rpo=self.rpo
                )
            )
        except ActionError as error:
            failure = AirflowFailException if error.retry == "never" else AirflowException
            raise failure(str(error)) from error
