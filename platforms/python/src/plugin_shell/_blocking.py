"""Steps brought to their end by the thread that asks for it."""

import threading
import time
from typing import TypeVar

from ._http import Client
from ._lanes import NoTurnError
from ._request import Response
from ._steps import Sending, Steps, Waiting

T = TypeVar("T")


def finished(steps: Steps[T], client: Client) -> T:
    """What the steps come to; or what they raise, or whatever interrupts their waiting."""
    try:
        wanted = next(steps)
        while True:
            try:
                come = _come_of(wanted, client)
            except BaseException as error:
                wanted = steps.throw(error)
            else:
                wanted = steps.send(come)
    except StopIteration as end:
        found: T = end.value
        return found


def _come_of(wanted: Sending | Waiting, client: Client) -> Response | None:
    if isinstance(wanted, Sending):
        return client.send(wanted.request, wanted.deadline)
    begun = threading.Event()
    wanted.turn.when_begun(begun.set)
    if not begun.wait(min(max(wanted.deadline - time.monotonic(), 0), threading.TIMEOUT_MAX)):
        raise NoTurnError
    return None
