"""Steps brought to their end by the task that awaits them."""

import asyncio
import contextlib
import time
from typing import TypeVar

from ._async_http import AsyncClient
from ._lanes import NoTurnError
from ._request import Response
from ._steps import Sending, Steps, Waiting

T = TypeVar("T")


async def finished(steps: Steps[T], client: AsyncClient) -> T:
    """What the steps come to; or what they raise, or the task's cancellation."""
    try:
        wanted = next(steps)
        while True:
            try:
                come: Response | None = None
                if isinstance(wanted, Sending):
                    come = await client.send(wanted.request, wanted.deadline)
                else:
                    await _begun(wanted)
            except BaseException as error:
                wanted = steps.throw(error)
            else:
                wanted = steps.send(come)
    except StopIteration as end:
        found: T = end.value
        return found


async def _begun(waiting: Waiting) -> None:
    loop = asyncio.get_running_loop()
    begun = asyncio.Event()

    def tell() -> None:
        # A loop that has ended waits for nothing.
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(begun.set)

    waiting.turn.when_begun(tell)
    try:
        await asyncio.wait_for(begun.wait(), max(waiting.deadline - time.monotonic(), 0))
    except TimeoutError:
        if not waiting.turn.has_begun:
            raise NoTurnError from None
