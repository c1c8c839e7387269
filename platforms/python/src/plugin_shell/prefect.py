"""Prefect: the blocks of the plugin, a task for each action, and what happens."""

from . import _made, _prefect, _prefect_events
from ._prefect import LONGEST_WAIT_S, may_be_repeated

_FACES = _made.faces()
_CREDENTIALS = _prefect.credentials_class(__name__)
_CURSOR = _prefect_events.cursor_class(__name__)
_TASKS = {method.name: _prefect.action_task(method, _CREDENTIALS, __name__) for method in _FACES.prefect}
_POLLS = {f"poll_{method.action}": _prefect_events.poll_task(method, _CREDENTIALS, __name__) for method in _FACES.polls}
_EVENTS = {
    f"events_{method.action}": _prefect_events.events_function(
        method, _POLLS[f"poll_{method.action}"], _CREDENTIALS, _CURSOR, __name__
    )
    for method in _FACES.polls
}
globals().update(
    {_CREDENTIALS.__name__: _CREDENTIALS, _CURSOR.__name__: _CURSOR, **_TASKS, **_POLLS, **_EVENTS},
)

__all__ = [  # noqa: PLE0604 - the rest is only known now
    "LONGEST_WAIT_S",
    _CREDENTIALS.__name__,
    _CURSOR.__name__,
    "may_be_repeated",
    *_TASKS,
    *_POLLS,
    *_EVENTS,
]
