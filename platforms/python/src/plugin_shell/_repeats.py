"""When an engine repeats a failed call: as late as the service asks for, never all at once, and within bounds."""

import random

from ._errors import ActionError

# So much longer than its delay may a repeat wait: what failed together is not repeated together.
_JITTER = 0.2
# A poll that fails again and again is repeated at least so often, unless the service asks for less.
_LONGEST_PAUSE_S = 900


def delay_s(error: ActionError, usual_s: float) -> float:
    """The seconds until a repeat: the engine's usual delay, or what the service asked for, a day at most, if longer."""
    at_least = max(usual_s, error.retry_after_s or 0)
    return at_least * (1 + random.uniform(0, _JITTER))  # noqa: S311 - no secret


def pause_s(error: ActionError, interval_s: float, failures: int) -> float:
    """The seconds until a poll is repeated that has failed so often before: twice as long each time."""
    return delay_s(error, min(interval_s * 2 ** min(failures, 16), _LONGEST_PAUSE_S))


def action_error(error: BaseException | None) -> ActionError | None:
    """The action's error that an engine's own was raised from."""
    while error is not None and not isinstance(error, ActionError):
        error = error.__cause__
    return error
