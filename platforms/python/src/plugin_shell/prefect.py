"""Prefect: the block of the plugin, and a task for each action."""

from . import _made, _prefect
from ._prefect import LONGEST_WAIT_S, may_be_repeated

_CREDENTIALS = _prefect.credentials_class(__name__)
_TASKS = {method.name: _prefect.action_task(method, _CREDENTIALS, __name__) for method in _made.faces().prefect}
globals().update({_CREDENTIALS.__name__: _CREDENTIALS, **_TASKS})

__all__ = [  # noqa: PLE0604 - the rest is only known now
    "LONGEST_WAIT_S",
    _CREDENTIALS.__name__,
    "may_be_repeated",
    *_TASKS,
]
