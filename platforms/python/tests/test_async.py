"""The client for asyncio: what holds of it alone, or of both clients together. Faults are those of `test_faults`."""

import asyncio
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from made_up import description, package, search
from raw_server import read_request, serving
from sandbox import Sandbox
from test_triggers import DESCRIBED, Service, page

from justclick_plugin import ActionError, AsyncJustClick, Connection, JustClick

CANCEL: dict[str, Any] = {"status": "cancel"}


class Gate:
    """A service that answers with HTTP 503 once it may, and knows how many asked at once."""

    def __init__(self) -> None:
        self.may_answer = threading.Event()
        self.bodies: list[bytes] = []
        self.inside = self.most = 0
        self._lock = threading.Lock()

    def handler(self, connection: Any) -> None:
        """Serves a connection."""
        while request := read_request(connection):
            with self._lock:
                self.bodies.append(request.split(b"\r\n\r\n", 1)[1])
                self.inside += 1
                self.most = max(self.most, self.inside)
            self.may_answer.wait(30)
            with self._lock:
                self.inside -= 1
            connection.sendall(b"HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n")


@pytest.fixture
def gate() -> Iterator[tuple[Gate, Connection]]:
    service = Gate()
    with serving(service.handler) as server:
        yield service, Connection("username", "X" * 40, server.url)
        service.may_answer.set()


async def until(true: Any) -> None:
    end = time.monotonic() + 20
    while not true():
        assert time.monotonic() < end
        await asyncio.sleep(0.005)


def test_it_does_what_the_client_for_threads_does(sandbox: Sandbox) -> None:
    async def program() -> tuple[Any, ...]:
        async with AsyncJustClick(sandbox.connection()) as shop:
            changed = await shop.update_order_status(bill_id=100000, status="paid", date="2026-11-25T14:30:00Z")
            with pytest.raises(ActionError) as caught:
                await shop.update_order_status(bill_id=100000, status="sent")
            return changed, await shop.check_connection(), shop.describe(), caught.value.to_dict()

    shop = sandbox.client()
    changed, checked, described, refused = asyncio.run(program())
    assert sandbox.order("100000")["status"] == "paid"
    assert changed == shop.update_order_status(bill_id=100000, status="paid", date="2026-11-25T14:30:00Z")
    assert (checked, described) == (shop.check_connection(), shop.describe())
    with pytest.raises(ActionError) as caught:
        shop.update_order_status(bill_id=100000, status="sent")
    assert refused == caught.value.to_dict()


def test_hundreds_of_calls_are_in_flight_without_a_thread_each(gate: tuple[Gate, Connection]) -> None:
    service, connection = gate
    calls = 200

    async def program() -> int:
        async with AsyncJustClick(connection, allow_private=True) as shop:
            before = threading.active_count()
            tasks = [asyncio.ensure_future(shop.update_order_status(bill_id=n, **CANCEL)) for n in range(1, calls + 1)]
            await until(lambda: service.inside == calls)
            # Each connection has a thread of the service; what resolves names has some, too.
            grown = threading.active_count() - before - calls
            service.may_answer.set()
            outcomes = await asyncio.gather(*tasks, return_exceptions=True)
            assert all("503" in str(outcome) for outcome in outcomes)
            return grown

    assert asyncio.run(program()) < calls // 2


def test_both_clients_of_one_account_share_its_order(gate: tuple[Gate, Connection]) -> None:
    service, connection = gate
    blocking = JustClick(connection, allow_private=True)

    def block() -> None:
        with pytest.raises(ActionError):
            blocking.update_order_status(bill_id="0007", status="sent", date=1362254400, rpo="second")

    async def program() -> None:
        shop = AsyncJustClick(connection, allow_private=True)
        waiting = shop._runner()._lanes._waiting
        sent: dict[str, Any] = {"status": "sent", "date": 1362254400}
        tasks = [asyncio.ensure_future(shop.update_order_status(bill_id=7, rpo="first", **sent))]
        await until(lambda: service.bodies)
        thread = threading.Thread(target=block)
        thread.start()
        await until(lambda: sum(map(len, waiting.values())) == 1)
        tasks.append(asyncio.ensure_future(shop.update_order_status(bill_id="7.0", rpo="third", **sent)))
        await until(lambda: sum(map(len, waiting.values())) == 2)
        service.may_answer.set()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.to_thread(thread.join)
        assert not waiting
        await shop.aclose()

    asyncio.run(program())
    assert service.most == 1
    assert [body.split(b"rpo=")[1].split(b"&")[0] for body in service.bodies] == [b"first", b"second", b"third"]


def test_a_cancelled_task_passes_its_turn_on_and_leaves_no_connection_behind(gate: tuple[Gate, Connection]) -> None:
    service, connection = gate

    async def program() -> None:
        async with AsyncJustClick(connection, allow_private=True) as shop:
            first, second, third = (
                asyncio.ensure_future(shop.update_order_status(bill_id=7, **CANCEL)) for _ in range(3)
            )
            await until(lambda: service.bodies)
            # One that waits, and the one that has its turn.
            for task in (second, first):
                task.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await task
            await until(lambda: len(service.bodies) == 2)
            service.may_answer.set()
            with pytest.raises(ActionError, match="503"):
                await third
            assert not shop._runner()._lanes._waiting

    asyncio.run(program())
    assert len(service.bodies) == 2


def test_the_time_of_a_call_includes_waiting_for_its_turn(gate: tuple[Gate, Connection]) -> None:
    service, connection = gate

    async def program() -> ActionError:
        async with (
            AsyncJustClick(connection, allow_private=True) as first,
            AsyncJustClick(connection, allow_private=True, timeout_s=0.3) as second,
        ):
            running = asyncio.ensure_future(first.update_order_status(bill_id=7, **CANCEL))
            await until(lambda: service.bodies)
            with pytest.raises(ActionError) as caught:
                await second.update_order_status(bill_id=7, **CANCEL)
            service.may_answer.set()
            await asyncio.gather(running, return_exceptions=True)
            return caught.value

    error = asyncio.run(program())
    assert "took all of the 0.3 s" in str(error)
    assert (error.retry, error.effect, len(service.bodies)) == ("later", "none", 1)


def test_connections_are_kept_from_call_to_call_and_made_anew_in_another_loop(sandbox: Sandbox) -> None:
    def answer(connection: Any) -> None:
        while read_request(connection):
            connection.sendall(b"HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n")

    with serving(answer) as server:
        shop = AsyncJustClick(sandbox.connection(base_url=server.url))

        async def program() -> None:
            for _ in range(3):
                with pytest.raises(ActionError, match="503"):
                    await shop.update_order_status(bill_id=7, **CANCEL)
            await shop.aclose()

        for number in (1, 2):
            asyncio.run(program())
            assert server.connections == number


def test_searches_go_through_all_pages(tmp_path: Path) -> None:
    pages: dict[Any, Any] = {
        None: {"items": [{"id": "1"}, {"id": "2"}], "nextCursor": "b"},
        "b": {"items": [{"id": "2"}, {"id": "3"}]},
    }

    def service(_name: str, given: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        return 200, pages[given.get("cursor")]

    with package(tmp_path, description([search("find", {})]), service) as (module, blocking):

        async def program() -> list[Any]:
            client = module.AsyncMadeUp(blocking._connection, allow_private=True)
            async with client as awaited:
                return [item["id"] async for item in awaited.iter_find()]

        assert asyncio.run(program()) == ["1", "2", "3"] == [item["id"] for item in blocking.iter_find()]


def test_events_go_on_where_either_client_has_stopped(tmp_path: Path) -> None:
    service = Service()
    with package(tmp_path, DESCRIBED, service) as (module, blocking):
        store = module.FileCursorStore(tmp_path / "cursors")
        service.answers["made"] = [page("1", "2", "3", cursor="c1"), page(cursor="c2")]

        async def first() -> Any:
            async with module.AsyncMadeUp(blocking._connection, allow_private=True) as awaited:
                running = awaited.events("made", cursor_store=store, wait=False)
                # The second is handed on, and nobody knows what became of it.
                found = [(await anext(running)).id, (await anext(running)).id]
                await running.aclose()
                return found[0]

        assert asyncio.run(first()) == "made:1"
        assert next(blocking.events("made", cursor_store=store, wait=False)).id == "made:2"

        async def rest() -> list[str]:
            async with module.AsyncMadeUp(blocking._connection, allow_private=True) as awaited:
                return [event.id async for event in awaited.events_made(cursor_store=store, wait=False)]

        assert asyncio.run(rest()) == ["made:2", "made:3"]


def test_events_end_when_they_are_told_to(tmp_path: Path) -> None:
    service = Service()
    with package(tmp_path, DESCRIBED, service) as (module, blocking):
        service.answers["made"] = [page("1", cursor="c1"), page(cursor="c2")]

        async def program() -> list[str]:
            stop, found = asyncio.Event(), []
            async with module.AsyncMadeUp(blocking._connection, allow_private=True) as awaited:
                events = awaited.events("made", cursor_store=module.MemoryCursorStore(), interval_s=3600, stop=stop)
                async for event in events:
                    found.append(event.id)
                    # In the middle of the pause that follows.
                    asyncio.get_running_loop().call_later(0.1, stop.set)
            return found

        assert asyncio.run(program()) == ["made:1"]
