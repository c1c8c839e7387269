"""Prefect: a block that holds an account, and a task."""

import datetime
from typing import Any

from prefect import task
from prefect.blocks.abstract import CredentialsBlock
from prefect.cache_policies import NO_CACHE
from pydantic import Field, SecretStr

from justclick_plugin import ActionError, Connection, JustClick, Status, UpdatedOrder


class JustClickCredentials(CredentialsBlock):
    """A JustClick account.

    Example:
        ```python
        from justclick_plugin.prefect import JustClickCredentials

        shop = JustClickCredentials.load("my-shop")
        ```
    """

    _block_type_name = "JustClick Credentials"
    _block_type_slug = "justclick-credentials"
    _description = "A JustClick account, also sold as InfluencerSoft."

    login: str = Field(description="The account's login: the first part of the account's address.")
    api_key: SecretStr = Field(
        title="API key", description="The key for forming a hash, from the API section of the account."
    )
    base_url: str = Field(
        title="Base URL", description="The account's address with https, without anything after the host name."
    )
    allow_http: bool = Field(
        default=False,
        title="Allow plain http",
        description="Allows plain http to a host other than this machine. Anyone on the way can read what is sent.",
    )

    def get_client(self) -> JustClick:
        """The client for the account."""
        return JustClick(
            Connection(
                login=self.login,
                api_key=self.api_key.get_secret_value(),
                base_url=self.base_url,
                allow_http=self.allow_http,
            )
        )


def may_be_repeated(task: Any, task_run: Any, state: Any) -> bool:
    """A `retry_condition_fn`: whether a failed task may be repeated, as its error says."""
    del task, task_run
    try:
        state.result()
    except ActionError as error:
        return error.retry == "later"
    # What is no error of the action, such as a crash of the machine, Prefect's own retries are for.
    except Exception:
        return True
    return False


@task(
    name="Update JustClick order status",
    retries=3,
    retry_delay_seconds=[10, 60, 300],
    retry_condition_fn=may_be_repeated,
    # It changes something, so that a result of before is none.
    cache_policy=NO_CACHE,
)
def update_order_status(
    credentials: JustClickCredentials,
    *,
    bill_id: str | int,
    status: Status,
    date: datetime.datetime | int | str | None = None,
    rpo: str | None = None,
) -> UpdatedOrder:
    """Tells the shop that an order was paid, posted, returned by the customer, or cancelled.

    What would fail again fails at once; what may work later is repeated.

    Args:
        credentials: the account.
        bill_id: the number of the order in JustClick.
        status: sent: posted by mail. paid: paid. return: returned by the customer. cancel: cancelled.
        date: when it was posted or paid: UNIX seconds, an RFC 3339 text, or a datetime with a time zone.
            Required for sent and paid.
        rpo: the tracking number of the postal item, at most 64 characters. Required for sent.

    Raises:
        ActionError: it did not work; `retry` says whether it may be repeated.
    """
    return credentials.get_client().update_order_status(bill_id=bill_id, status=status, date=date, rpo=rpo)
