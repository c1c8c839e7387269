"""When an engine repeats a failed call: as late as the service asks for, never all at once, and within bounds."""

import random

from ._errors import ActionError

# So much longer than its delay may a repeat wait: what failed together is not repeated together.
_JITTER = 0.2


def delay_s(error: ActionError, usual_s: float) -> float:
    """The seconds until a repeat: the engine's usual delay, or what the service asked for, a day at most, if longer."""
    at_least = max(usual_s, error.retry_after_s or 0)
    return at_least * (1 + random.uniform(0, _JITTER))  # noqa: S311 - no secret


def action_error(error: BaseException | None) -> ActionError | None:
    """The action's error that an engine's own was raised from."""
    while error is not None and not isinstance(error, ActionError):
        error = error.__cause__
    return error
