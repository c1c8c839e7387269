"""Many threads, many calls, interrupts, forks."""

import contextlib
import gc
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from raw_server import read_request, serving
from sandbox import Sandbox

from justclick_plugin import ActionError, Connection, JustClick
from justclick_plugin._blocking import finished
from justclick_plugin._lanes import Lanes
from justclick_plugin._runner import Repeat, Terms

THREADS = 50
CALLS = 5000


def test_fifty_threads_change_their_orders_at_once(sandbox: Sandbox) -> None:
    orders = [str(200_000 + number) for number in range(THREADS)]
    for order in orders:
        sandbox.put_order(order)
    shop = sandbox.client()
    together = threading.Barrier(THREADS)

    def change(order: str) -> str:
        together.wait()
        for status in ("paid", "cancel"):
            result = shop.call("update_order_status", {"bill_id": order, "status": status, "date": 1362254400})
        return f"{result['bill_id']} {result['status']}"

    with ThreadPoolExecutor(THREADS) as pool:
        assert list(pool.map(change, orders)) == [f"{order} cancel" for order in orders]
    assert all(sandbox.order(order)["status"] == "cancel" for order in orders)


@contextlib.contextmanager
def gate() -> Iterator[tuple[str, threading.Event, list[bytes], list[int]]]:
    """A server that answers once it may: its address, the permission, what it got, how many were there at once."""
    may_answer = threading.Event()
    bodies: list[bytes] = []
    at_once = [0, 0]
    lock = threading.Lock()

    def handler(connection: socket.socket) -> None:
        while request := read_request(connection):
            with lock:
                bodies.append(request.split(b"\r\n\r\n", 1)[1])
                at_once[0] += 1
                at_once[1] = max(at_once)
            may_answer.wait(30)
            time.sleep(0.002)
            with lock:
                at_once[0] -= 1
            connection.sendall(b"HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n")

    with serving(handler) as server:
        yield server.url, may_answer, bodies, at_once


def later(condition: object, patience_s: float = 20) -> None:
    """Waits until it is so."""
    end = time.monotonic() + patience_s
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < end, "it did not come to it"
        time.sleep(0.005)


@pytest.mark.usefixtures("sandbox")
def test_calls_on_one_order_never_overlap_and_keep_their_order_over_all_clients_of_a_connection() -> None:
    with gate() as (url, may_answer, bodies, at_once):
        shops = [JustClick(Connection("username", "X" * 40, url)) for _ in range(2)]
        waiting = shops[0]._runner()._lanes._waiting

        def change(number: int) -> None:
            # However the number of the order is written.
            order = ("100000", 100000, "0100000")[number % 3]
            with contextlib.suppress(ActionError):
                shops[number % 2].call(
                    "update_order_status",
                    {"bill_id": order, "status": "sent", "date": 1362254400, "rpo": f"number{number}"},
                )

        threads = [threading.Thread(target=change, args=[number]) for number in range(20)]
        for number, thread in enumerate(threads):
            thread.start()
            # Each has its place before the next one comes.
            later(lambda number=number: sum(map(len, waiting.values())) == number and (number or bodies))
        may_answer.set()
        for thread in threads:
            thread.join()
    assert at_once[1] == 1
    assert [body.split(b"rpo=")[1].split(b"&")[0] for body in bodies] == [b"number%d" % number for number in range(20)]
    assert not waiting


@pytest.mark.usefixtures("sandbox")
def test_calls_on_different_orders_do_not_wait_for_each_other() -> None:
    with gate() as (url, may_answer, bodies, at_once):
        shop = JustClick(Connection("username", "X" * 40, url))

        def change(number: int) -> None:
            with contextlib.suppress(ActionError):
                shop.update_order_status(bill_id=number + 1, status="cancel")

        with ThreadPoolExecutor(THREADS) as pool:
            done = pool.map(change, range(THREADS))
            later(lambda: len(bodies) == THREADS)
            may_answer.set()
            list(done)
    assert at_once[1] == THREADS


@contextlib.contextmanager
def turn(lanes: Lanes) -> Iterator[None]:
    mine, begun = lanes.enter("order"), threading.Event()
    try:
        mine.when_begun(begun.set)
        begun.wait()
        yield
    finally:
        lanes.leave(mine)


def test_a_turn_is_passed_on_by_those_who_are_interrupted() -> None:
    lanes = Lanes()
    entered: list[str] = []

    def wait(name: str, interrupt: bool) -> None:
        with contextlib.suppress(InterruptedError), turn(lanes):
            entered.append(name)
            if interrupt:
                raise InterruptedError

    with turn(lanes):
        threads = [threading.Thread(target=wait, args=[name, name == "first"]) for name in ("first", "second")]
        for number, thread in enumerate(threads, 1):
            thread.start()
            later(lambda number=number: len(lanes._waiting["order"]) == number)
    for thread in threads:
        thread.join()
    assert entered == ["first", "second"]
    assert not lanes._waiting


class Interrupt(BaseException):
    """As engines stop a task whose time is over."""


@pytest.mark.usefixtures("sandbox")
def test_an_interrupt_ends_a_call_at_once_and_the_next_call_works(sandbox: Sandbox) -> None:
    def interrupt(_signal: int, _frame: object) -> None:
        raise Interrupt

    before = signal.signal(signal.SIGALRM, interrupt)
    try:
        with gate() as (url, may_answer, _, _):
            shop = JustClick(Connection("username", "X" * 40, url))
            signal.setitimer(signal.ITIMER_REAL, 0.3)
            begun = time.monotonic()
            with pytest.raises(Interrupt):
                shop.update_order_status(bill_id="100000", status="cancel")
            assert time.monotonic() - begun < 5
            may_answer.set()
            with pytest.raises(ActionError, match="503"):
                shop.update_order_status(bill_id="100000", status="cancel")
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert sandbox.client().update_order_status(bill_id="100000", status="cancel")["status"] == "cancel"


def resident_bytes() -> int:
    gc.collect()
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="only Linux tells it there")
def test_thousands_of_calls_good_and_bad_leave_memory_as_it_was(sandbox: Sandbox) -> None:
    shop = sandbox.client()
    nowhere = sandbox.client(base_url="http://127.0.0.1:1")

    def calls(number: int) -> None:
        for index in range(number):
            shop.update_order_status(bill_id="100000", status="cancel")
            if index % 5 == 0:
                for client, order in ((shop, "999999"), (nowhere, "100000"), (shop, "no number")):
                    with pytest.raises(ActionError):
                        client.update_order_status(bill_id=order, status="cancel")

    calls(500)
    before = resident_bytes()
    calls(CALLS)
    assert resident_bytes() - before < 8 << 20
    assert len(shop._runner()._instances._idle) == 1


def test_what_nobody_uses_any_more_is_given_back(sandbox: Sandbox) -> None:
    def descriptors() -> int:
        gc.collect()
        return len(os.listdir("/proc/self/fd"))

    sandbox.client().check_connection()
    before = descriptors()
    for number in range(20):
        sandbox.client(login=f"username{number}").describe()
        with pytest.raises(ActionError):
            sandbox.client(login=f"username{number}").check_connection()
    assert descriptors() <= before


def test_a_home_that_can_not_be_written_keeps_nobody_from_calling(sandbox: Sandbox) -> None:
    program = (
        "import os, sys; from justclick_plugin import *\n"
        "print(JustClick(Connection.from_env()).check_connection()['login'])"
    )
    environment = {
        "PATH": os.environ["PATH"],
        "NO_PROXY": "*",
        "PLUGIN_ALLOW_PRIVATE": "*",
        "HOME": "/dev/null",
        "PYTHONPATH": os.pathsep.join(sys.path),
        "JUSTCLICK_LOGIN": sandbox.login,
        "JUSTCLICK_API_KEY": sandbox.api_key,
        "JUSTCLICK_BASE_URL": sandbox.url,
    }
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout == f"{sandbox.login}\n", done.stderr


class AsMethod:
    """A handler that is a method, and one that is an object."""

    def handle(self, _signal: int, _frame: object) -> None:
        """As engines stop a task whose time is over."""
        raise TimeoutError("the task's time is over")

    __call__ = handle


def as_function(_signal: int, _frame: object) -> None:
    raise TimeoutError("the task's time is over")


@pytest.mark.parametrize("handler", [as_function, AsMethod().handle, AsMethod()], ids=["function", "method", "object"])
@pytest.mark.usefixtures("sandbox")
def test_a_timeout_that_a_signal_raises_is_the_callers_and_not_the_services(handler: Any) -> None:
    before = signal.signal(signal.SIGALRM, handler)
    try:
        with gate() as (url, _, _, _):
            shop = JustClick(Connection("username", "X" * 40, url))
            signal.setitimer(signal.ITIMER_REAL, 0.2)
            with pytest.raises(TimeoutError, match="the task's time is over"):
                shop.update_order_status(bill_id="100000", status="cancel")
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@pytest.mark.usefixtures("sandbox")
def test_clients_of_one_account_share_its_order_whatever_else_differs() -> None:
    with gate() as (url, may_answer, bodies, at_once):
        other_key, spelled = "Y" * 40, f" {url.replace('http', 'HTTP')}/ "
        shops = [
            JustClick(Connection("username", "X" * 40, url), timeout_s=20),
            JustClick(Connection("username", "X" * 40, url), timeout_s=21, timezone="Europe/Moscow"),
            JustClick(Connection(" username\u200b", other_key, spelled)),
            JustClick(Connection("username", "X" * 40, url, allow_http=True), allow_private=True),
        ]

        def change(shop: JustClick) -> None:
            with pytest.raises(ActionError, match="503"):
                shop.update_order_status(bill_id="100000", status="cancel")

        with ThreadPoolExecutor(len(shops)) as pool:
            done = pool.map(change, shops)
            later(lambda: sum(map(len, shops[0]._runner()._lanes._waiting.values())) == len(shops) - 1)
            may_answer.set()
            list(done)
    assert (len(bodies), at_once[1]) == (len(shops), 1)
    elsewhere = JustClick(Connection("username2", "X" * 40, url))
    assert elsewhere._runner()._lanes is not shops[0]._runner()._lanes


@pytest.mark.usefixtures("sandbox")
def test_the_time_of_a_call_includes_waiting_for_its_turn() -> None:
    with gate() as (url, may_answer, bodies, _):
        first, second = (JustClick(Connection("username", "X" * 40, url), timeout_s=s) for s in (30, 0.5))
        with ThreadPoolExecutor(1) as pool:
            running = pool.submit(first.update_order_status, bill_id="100000", status="cancel")
            later(lambda: len(bodies) == 1)
            begun = time.monotonic()
            with pytest.raises(ActionError, match=r"Other calls .* 0\.5 s") as caught:
                second.update_order_status(bill_id="100000", status="paid", date=1362254400)
            assert 0.4 < time.monotonic() - begun < 5
            may_answer.set()
            assert "503" in str(running.exception())
    error = caught.value
    assert (error.kind, error.retry, error.effect, len(bodies)) == ("unavailable", "later", "none", 1)


def test_a_repeat_that_a_later_change_has_overtaken_is_not_made(sandbox: Sandbox) -> None:
    runner, terms = sandbox.client()._runner(), Terms()

    def made(*asked: Any) -> None:
        finished(runner.call(*asked), runner.client)

    paid = {"bill_id": "100000", "status": "paid", "date": 1362254400}
    sandbox.put_order("100000", "http-503")
    place = runner.place()
    with pytest.raises(ActionError, match="503"):
        made("update_order_status", paid, terms, Repeat(place))
    sandbox.put_order("100000")
    # Another order, and a call that failed, are no later change.
    sandbox.put_order("100001")
    made("update_order_status", {"bill_id": "100001", "status": "cancel"}, terms)
    with pytest.raises(ActionError):
        made("update_order_status", {"bill_id": "100000", "status": "sent"}, terms)
    made("update_order_status", paid, terms, Repeat(place, "unknown"))
    # Written in another way, with a client of its own.
    sandbox.client().update_order_status(bill_id=100000, status="cancel")
    with pytest.raises(ActionError, match="later call on the same subject") as caught:
        made("update_order_status", paid, terms, Repeat(place, "unknown"))
    assert (caught.value.kind, caught.value.retry, caught.value.effect) == ("superseded", "never", "unknown")
    assert sandbox.order("100000")["status"] == "cancel"
    # A new call is no repeat; nor is a first attempt whose place was taken before others came by.
    made("update_order_status", paid, terms, Repeat(place))
    assert sandbox.order("100000")["status"] == "paid"
    made("update_order_status", paid, terms)
    assert sandbox.order("100000")["status"] == "paid"
