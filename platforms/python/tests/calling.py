"""Calls by either client: what holds of the one for threads holds of the one for asyncio."""

import asyncio
import time
from typing import Any

import pytest

from justclick_plugin import ActionError, AsyncJustClick, Connection, JustClick
from justclick_plugin._async_http import AsyncClient
from justclick_plugin._http import Client
from justclick_plugin._request import Request, Response, Rules

GIVEN: dict[str, Any] = {"bill_id": "100000", "status": "cancel"}


class Calling:
    """How calls are made."""

    is_async = False


@pytest.fixture(params=["threads", "asyncio"])
def each_way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Has a test made with either client."""
    monkeypatch.setattr(Calling, "is_async", request.param == "asyncio")


def failures(connection: Connection, calls: int = 1, **terms: Any) -> list[ActionError]:
    """What becomes of some calls of one client, one after the other, all of which have to fail."""

    async def awaited() -> list[ActionError]:
        found = []
        async with AsyncJustClick(connection, **terms) as shop:
            for _ in range(calls):
                with pytest.raises(ActionError) as caught:
                    await shop.update_order_status(**GIVEN)
                found.append(caught.value)
        return found

    if Calling.is_async:
        return asyncio.run(awaited())
    shop, found = JustClick(connection, **terms), []
    for _ in range(calls):
        with pytest.raises(ActionError) as caught:
            shop.update_order_status(**GIVEN)
        found.append(caught.value)
    return found


def sent(rules: Rules, request: Request, seconds: float) -> Response:
    """What comes of a request."""

    async def awaited() -> Response:
        client = AsyncClient(rules)
        try:
            return await client.send(request, time.monotonic() + seconds)
        finally:
            client.close()

    return asyncio.run(awaited()) if Calling.is_async else Client(rules).send(request, time.monotonic() + seconds)
