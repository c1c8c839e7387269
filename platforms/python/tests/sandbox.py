"""The JustClick stand-in of this repository, as tests see it."""

import json
import os
import subprocess
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from justclick_plugin import Connection, JustClick

_ROOT = Path(__file__).resolve().parents[3]
_PROGRAM = Path(os.environ.get("JUSTCLICK_SANDBOX", _ROOT / "target" / "debug" / "justclick-sandbox"))
LOGIN = "username"
KEY = "X" * 40


@dataclass(frozen=True)
class Sandbox:
    """A running one."""

    url: str
    login: str = LOGIN
    api_key: str = KEY

    def connection(self, **change: Any) -> Connection:
        """The sandbox's account, with what differs."""
        return replace(Connection(self.login, self.api_key, self.url), **change)

    def client(self, **change: Any) -> JustClick:
        """A client for the account, with what differs."""
        return JustClick(self.connection(**change))

    def order(self, bill_id: str) -> dict[str, Any]:
        """An order as it is now."""
        answer: dict[str, Any] = self._ask(f"/orders/{bill_id}")
        return answer

    def put_order(self, bill_id: str, misbehaviour: str | None = None) -> None:
        """Makes it a new order, and tells how to answer for it."""
        fresh = {"status": "new", "date": None, "rpo": None, "misbehaviour": misbehaviour}
        self._ask(f"/orders/{bill_id}", fresh)

    def sell(self, bill_id: str) -> None:
        """Makes it a new order of somebody for something."""
        self.put_order(bill_id)
        bought = {"good_name": "sales", "title": "Sales", "sum": "1500.00"}
        data = {"email": "buyer@email.com", "created": 1795606200, "items": [bought]}
        self._ask(f"/orders/{bill_id}", {"data": data})

    def pay(self, bill_id: str) -> str:
        """Makes a new order, which is then paid in the shop; returns what the event of that is called."""
        self.sell(bill_id)
        self.happen("order_paid", bill_id=bill_id)
        return f"paid:{bill_id}:{self.order(bill_id)['date']}"

    def happen(self, event: str, **more: str) -> list[int]:
        """Something happens in the shop; returns the numbers of the webhooks that tell of it."""
        answer: dict[str, Any] = self._ask("/control/events", {"event": event, **more}, "POST")
        return list(answer["deliveries"])

    def tell(self, **webhooks: list[str]) -> None:
        """Where the account's webhooks go, by their events."""
        self._ask("/control/shop", {"webhooks": webhooks})

    def hold(self, hold: bool) -> None:
        """Whether webhooks wait until they are sent by their numbers."""
        self._ask("/control/deliveries", {"hold": hold})

    def send(self, delivery: int, **altered: Any) -> Any:
        """Sends a webhook, altered as told, and returns what became of it."""
        return self._ask(f"/control/deliveries/{delivery}", altered, "POST")

    def misbehave(self, **functions: Any) -> None:
        """Of the next calls of some functions."""
        self._ask("/control/misbehaviour", functions)

    def count(self) -> int:
        """How many requests came so far."""
        return int(self._ask("/requests")["count"])

    def last_request(self) -> dict[str, Any]:
        """The newest request, and what it was answered."""
        answer: dict[str, Any] = self._ask("/requests")["requests"][-1]
        return answer

    def _ask(self, path: str, change: dict[str, Any] | None = None, method: str = "PUT") -> Any:
        body = None if change is None else json.dumps(change).encode()
        request = urllib.request.Request(self.url + path, body, method="GET" if body is None else method)  # noqa: S310
        # Not through a proxy, whatever the environment says.
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=60) as answer:
            return json.load(answer)


@contextmanager
def running() -> Iterator[Sandbox]:
    """The sandbox at `SANDBOX_URL`, or one that is started."""
    url = os.environ.get("SANDBOX_URL")
    if url:
        yield Sandbox(url, os.environ.get("SANDBOX_LOGIN", LOGIN), os.environ.get("SANDBOX_KEY", KEY))
        return
    if not _PROGRAM.is_file():
        raise FileNotFoundError(f"{_PROGRAM} is not there. Build it: cargo build -p justclick-sandbox")
    with subprocess.Popen([_PROGRAM], stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield Sandbox(process.stdout.readline().split()[-1].rstrip("/"))
        finally:
            process.terminate()
