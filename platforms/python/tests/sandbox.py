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

    def count(self) -> int:
        """How many requests came so far."""
        return int(self._ask("/requests")["count"])

    def last_request(self) -> dict[str, Any]:
        """The newest request, and what it was answered."""
        answer: dict[str, Any] = self._ask("/requests")["requests"][-1]
        return answer

    def _ask(self, path: str, change: dict[str, Any] | None = None) -> Any:
        body = None if change is None else json.dumps(change).encode()
        request = urllib.request.Request(self.url + path, body, method="GET" if body is None else "PUT")  # noqa: S310
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
