"""When Airflow repeats a failed task."""

from datetime import timedelta
from typing import Any, Self

from airflow.sdk import RetryDecision, RetryPolicy

from .._repeats import action_error, delay_s


class PluginRetryPolicy(RetryPolicy):
    """Repeats what may work later, as the task's `retries` say, and fails at once what would fail again.

    The delay is the task's `retry_delay`, or what the service asked for if that is longer, and up to a fifth more, so
    that tasks which failed together are not repeated together. With `retry_exponential_backoff` it is Airflow's own,
    unless the service asked for one.
    """

    def evaluate(self, exception: BaseException, try_number: int, max_tries: int, context: Any = None) -> RetryDecision:
        """What Airflow asks a task's policy after a failure."""
        del try_number, max_tries
        error = action_error(exception)
        if error is None:
            return RetryDecision.default()
        if error.retry == "never":
            return RetryDecision.fail(str(error))
        task = (context or {}).get("task")
        if error.retry_after_s is None and getattr(task, "retry_exponential_backoff", False):
            return RetryDecision.default()
        usual: timedelta = getattr(task, "retry_delay", timedelta())
        return RetryDecision.retry(timedelta(seconds=delay_s(error, usual.total_seconds())), str(error))

    def serialize(self) -> dict[str, Any]:
        """There is nothing in it."""
        return {}

    @classmethod
    def deserialize(cls, data: dict[str, Any]) -> Self:
        """The same again."""
        del data
        return cls()
