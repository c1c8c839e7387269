"""Work that has to wait now and then, without saying how: threads and asyncio each do its waiting in their way.

Steps are a generator. It yields what it waits for, and is sent what has come of that, or has it raised.
"""

from collections.abc import Callable, Generator
from typing import NamedTuple, TypeVar

from ._lanes import Turn
from ._request import Request, Response

T = TypeVar("T")


class Sending(NamedTuple):
    """A request of the plugin. What comes of it is a `Response`, or a `NoResponseError`."""

    request: Request
    deadline: float
    """When its time is over, on the monotonic clock."""


class Waiting(NamedTuple):
    """A turn that has not come. What comes of it is None, or a `NoTurnError`."""

    turn: Turn
    deadline: float


Steps = Generator[Sending | Waiting, Response | None, T]
"""Work that comes to a `T`. Whoever does not bring it to its end closes it."""


def at_once(work: Callable[[], T]) -> Steps[T]:
    """Steps that wait for nothing but what `work` itself waits for."""
    yield from ()
    return work()
