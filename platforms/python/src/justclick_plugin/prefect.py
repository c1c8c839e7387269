"""Prefect: a block that holds an account, and a task."""

import asyncio
import datetime
from collections import OrderedDict
from typing import Any, cast
from uuid import UUID

from prefect import task
from prefect.blocks.abstract import CredentialsBlock
from prefect.cache_policies import NO_CACHE
from prefect.context import TaskRunContext
from pydantic import Field, HttpUrl, SecretStr

from justclick_plugin import ActionError, Connection, Effect, JustClick, Status, UpdatedOrder
from justclick_plugin._repeats import delay_s

_DESCRIPTION = JustClick.describe()

LONGEST_WAIT_S = 3600
"""For longer than that a task is not kept waiting: if the service asks for more, it fails."""


class JustClickCredentials(CredentialsBlock):
    """A JustClick account.

    Where it is pickled, as for background tasks and for task runners on other machines, only the name of the saved
    block goes along, from which it is loaded again.

    Example:
        ```python
        from justclick_plugin.prefect import JustClickCredentials

        shop = JustClickCredentials.load("my-shop")
        ```
    """

    _block_type_name = "JustClick Credentials"
    _block_type_slug = "justclick-credentials"
    _description = "A JustClick account, also sold as InfluencerSoft."
    _documentation_url = HttpUrl(_DESCRIPTION["homepage"])

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
    timezone: str | None = Field(
        default=None,
        title="Time zone",
        description="A name such as Europe/Moscow: what dates without a time zone are meant in. "
        "Without it they are refused.",
    )

    def get_client(self) -> JustClick:
        """The client for the account."""
        connection = Connection(
            login=self.login,
            api_key=self.api_key.get_secret_value(),
            base_url=self.base_url,
            allow_http=self.allow_http,
        )
        return JustClick(connection, timezone=self.timezone or None)

    def __reduce__(self) -> tuple[Any, ...]:
        name = self._block_document_name
        if not name or self._is_anonymous:
            raise TypeError(
                "These JustClickCredentials can't be pickled: their key would go along. Save them, and load."
            )
        return _loaded, (type(self), name)


def _loaded(kind: type[JustClickCredentials], name: str) -> JustClickCredentials:
    return cast("JustClickCredentials", kind.load(name, _sync=True))


class _Attempts:
    """What is remembered of the task runs whose call may be repeated: where it stands among the account's calls."""

    _MOST = 1000

    def __init__(self) -> None:
        self._known: OrderedDict[UUID, tuple[JustClick, int, Effect | None]] = OrderedDict()

    def of(self, run: UUID, client: JustClick) -> tuple[int, Effect | None]:
        """The place of a run's first attempt, and what is known of the effect of those before this one, if there are.

        The account's order lives with its client.
        """
        if run not in self._known:
            self._known[run] = client, client._runner().place(), None
            if len(self._known) > self._MOST:
                self._known.popitem(last=False)
        return self._known[run][1:]

    def failed(self, run: UUID, effect: Effect) -> None:
        """Notes the effect of an attempt. What may have happened once may have happened."""
        if run in self._known:
            client, place, before = self._known[run]
            self._known[run] = client, place, "unknown" if before == "unknown" else effect

    def forget(self, run: UUID) -> None:
        """For a run that is over."""
        self._known.pop(run, None)


_attempts = _Attempts()


async def may_be_repeated(task: Any, task_run: Any, state: Any) -> bool:
    """A `retry_condition_fn`: whether a failed task may be repeated, as its error says.

    It waits for as long as the service asked for, and a little longer than the task's delay, so that tasks which
    failed together are not repeated together.
    """
    # Not `state.result()`, which raises nothing where an event loop is running.
    error = state.data
    if not isinstance(error, ActionError):
        # What is no error of the action, such as a crash of the machine, Prefect's own retries are for.
        return True
    usual = _delay_s(task, task_run)
    if error.retry == "never" or (error.retry_after_s or 0) > LONGEST_WAIT_S:
        _attempts.forget(task_run.id)
        return False
    _attempts.failed(task_run.id, error.effect)
    # Prefect itself waits for the rest.
    await asyncio.sleep(max(delay_s(error, usual) - usual, 0))
    return True


def _delay_s(task: Any, task_run: Any) -> float:
    """How long Prefect is going to wait."""
    delays = task.retry_delay_seconds or 0
    if isinstance(delays, int | float):
        return float(delays)
    return float(delays[min(max(task_run.run_count - 1, 0), len(delays) - 1)])


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
    date: datetime.date | int | str | None = None,
    rpo: str | int | None = None,
) -> UpdatedOrder:
    """Tells the shop that an order was paid, posted, returned by the customer, or cancelled.

    What would fail again fails at once; what may work later is repeated, as late as the service asks for. A repeat is
    not made if a later call of this process has changed the order meanwhile.

    Args:
        credentials: the account.
        bill_id: the number of the order in JustClick.
        status: sent: posted by mail. paid: paid. return: returned by the customer. cancel: cancelled.
        date: when it was posted or paid: UNIX seconds, a date, a datetime, or a text as people and programs write
            dates. Without a time zone of its own it is meant in that of the credentials. Required for sent and paid.
        rpo: the tracking number of the postal item, at most 64 characters. Required for sent.

    Raises:
        ActionError: it did not work; `retry` says whether it may be repeated.
    """
    client = credentials.get_client()
    values = {"bill_id": bill_id, "status": status, "date": date, "rpo": rpo}
    given = {name: value for name, value in values.items() if value is not None}
    context = TaskRunContext.get()
    if context is None:
        # Called as the function that it is: `update_order_status.fn`.
        return cast("UpdatedOrder", client.call("update_order_status", given))
    run = context.task_run.id
    output = client._call("update_order_status", given, *_attempts.of(run, client))
    _attempts.forget(run)
    return cast("UpdatedOrder", output)
