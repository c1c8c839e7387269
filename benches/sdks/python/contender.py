"""A contender in Python: `contender.py NAME BASE_URL IN_FLIGHT`.

A line on standard input is the length of a round in milliseconds; the answer is a line of JSON with what the round came
to.
"""

import asyncio
import hashlib
import hmac
import itertools
import json
import math
import os
import re
import resource
import sys
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

LOGIN, API_KEY = "username", "X" * 40
ORDER = {"bill_id": "100000", "status": "sent", "date": 1362254400, "rpo": "10000000000000"}
_HEADERS = {"accept": "application/json", "content-type": "application/x-www-form-urlencoded"}
_PATH = "/api/UpdateOrderStatus"


def _form() -> str:
    text = urlencode(ORDER).replace("*", "%2A")
    return f"{text}&hash={_md5(f'{text}::{LOGIN}::{API_KEY}')}"


def _check(status: int, body: bytes) -> None:
    """Whether the response says that the order was changed, and the service signed it."""
    reply = json.loads(body)
    expected = _md5(f"{reply['error_code']}::{reply['error_text']}::{API_KEY}")
    if status != 200 or not hmac.compare_digest(expected, reply["hash"].lower()) or reply["error_code"] != 0:
        raise ValueError(f"it was not done: {status} {reply}")


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def _orders() -> Iterator[dict[str, Any]]:
    # Calls on one order would wait for each other.
    for number in itertools.cycle(range(100_000)):
        yield {**ORDER, "bill_id": str(100_000 + number)}


def urllib3_(base_url: str, in_flight: int) -> Callable[[], None]:
    """A program made for this call, with the HTTP library that the package has."""
    import urllib3

    pool = urllib3.PoolManager(maxsize=in_flight, timeout=urllib3.Timeout(connect=10, read=30), retries=False)

    def call() -> None:
        response = pool.request("POST", base_url + _PATH, body=_form(), headers=_HEADERS, redirect=False)
        _check(response.status, response.data)

    return call


def package(base_url: str, in_flight: int) -> Callable[[], Any]:
    """The package's client."""
    from justclick_plugin import Connection, JustClick

    shop = JustClick(Connection(LOGIN, API_KEY, base_url), allow_private=True)
    orders = _orders()
    return lambda: shop.update_order_status(**next(orders))


def stock(base_url: str, in_flight: int) -> Callable[[], Any]:
    """Extism's own SDK as it comes: an instance makes one call at a time, so there is one for each call in flight."""
    import extism

    bundle = Path(os.environ["JUSTCLICK_BUNDLE"])
    manifest = {
        "wasm": [{"path": str(bundle / "justclick.wasm")}],
        "allowed_hosts": [urlsplit(base_url).hostname],
        "config": {"login": LOGIN, "api_key": API_KEY, "base_url": base_url},
    }
    idle = [extism.Plugin(manifest) for _ in range(in_flight)]
    sent = json.dumps(ORDER)

    def call() -> Any:
        plugin = idle.pop()
        # What fails ends the run.
        output = plugin.call("update_order_status", sent)
        idle.append(plugin)
        return json.loads(output)

    return call


@asynccontextmanager
async def aiohttp_(base_url: str, in_flight: int) -> AsyncIterator[Callable[[], Awaitable[None]]]:
    """A program made for this call on asyncio's usual HTTP library."""
    import aiohttp

    limits = aiohttp.ClientTimeout(total=30, connect=10)
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=in_flight), timeout=limits) as session:

        async def call() -> None:
            url = base_url + _PATH
            async with session.post(url, data=_form(), headers=_HEADERS, allow_redirects=False) as response:
                _check(response.status, await response.read())

        yield call


@asynccontextmanager
async def async_package(base_url: str, in_flight: int) -> AsyncIterator[Callable[[], Awaitable[Any]]]:
    """The package's asyncio client."""
    from justclick_plugin import AsyncJustClick, Connection

    orders = _orders()
    async with AsyncJustClick(Connection(LOGIN, API_KEY, base_url), allow_private=True) as shop:
        yield lambda: shop.update_order_status(**next(orders))


_BLOCKING = {"urllib3": urllib3_, "package": package, "stock": stock}
_ASYNC = {"aiohttp": aiohttp_, "async_package": async_package}


def _in_threads(call: Callable[[], Any], in_flight: int, milliseconds: int) -> dict[str, Any]:
    took: list[float] = []
    failed: list[BaseException] = []
    cpu, begun = time.process_time(), time.perf_counter()
    end = begun + milliseconds / 1000

    def until_end() -> None:
        try:
            now = time.perf_counter()
            while True:
                call()
                before, now = now, time.perf_counter()
                took.append(now - before)
                if now >= end:
                    return
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=until_end) for _ in range(in_flight - 1)]
    for thread in threads:
        thread.start()
    until_end()
    for thread in threads:
        thread.join()
    if failed:
        raise failed[0]
    return _told(took, time.perf_counter() - begun, time.process_time() - cpu)


async def _in_tasks(call: Callable[[], Awaitable[Any]], in_flight: int, milliseconds: int) -> dict[str, Any]:
    took: list[float] = []
    cpu, begun = time.process_time(), time.perf_counter()
    end = begun + milliseconds / 1000

    async def until_end() -> None:
        now = time.perf_counter()
        while True:
            await call()
            before, now = now, time.perf_counter()
            took.append(now - before)
            if now >= end:
                return

    await asyncio.gather(*(until_end() for _ in range(in_flight)))
    return _told(took, time.perf_counter() - begun, time.process_time() - cpu)


def _told(took: list[float], seconds: float, cpu: float) -> dict[str, Any]:
    took.sort()

    def micros(share: float) -> float:
        return took[max(0, math.ceil(len(took) * share) - 1)] * 1e6

    return {
        "calls": len(took),
        "seconds": seconds,
        "p50_us": micros(0.5),
        "p99_us": micros(0.99),
        "cpu_us": cpu * 1e6 / len(took),
        "peak_bytes": _peak_bytes(),
    }


def _peak_bytes() -> int | None:
    try:
        found = re.search(r"^VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text(encoding="ascii"), re.MULTILINE)
    except OSError:
        return None
    return int(found[1]) * 1024 if found else None


def _say(told: dict[str, Any]) -> None:
    print(json.dumps(told), flush=True)


def _threads(name: str, base_url: str, in_flight: int) -> None:
    call = _BLOCKING[name](base_url, in_flight)
    for line in sys.stdin:
        _say(_in_threads(call, in_flight, int(line)))


async def _tasks(name: str, base_url: str, in_flight: int) -> None:
    async with _ASYNC[name](base_url, in_flight) as call:
        while line := await asyncio.to_thread(sys.stdin.readline):
            _say(await _in_tasks(call, in_flight, int(line)))


def _main(name: str, base_url: str, in_flight: str) -> None:
    # As many connections as calls, and some more.
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    if name in _BLOCKING:
        _threads(name, base_url, int(in_flight))
    else:
        asyncio.run(_tasks(name, base_url, int(in_flight)))


if __name__ == "__main__":
    _main(*sys.argv[1:])
