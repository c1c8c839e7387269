"""The services that the packages are tried with: JustClick's stand-in, and the made-up shop's."""

import json
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass
class Sandbox:
    """The JustClick stand-in."""

    url: str
    login: str
    key: str

    def ask(self, path: str, change: Mapping[str, Any] | None = None, method: str = "PUT") -> Any:
        """The sandbox's own face: GET, or PUT of what is to change."""
        body = None if change is None else json.dumps(change).encode()
        request = urllib.request.Request(self.url + path, body, method="GET" if body is None else method)
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=60) as answer:
            return json.load(answer)

    def put_order(self, bill_id: str, misbehaviour: str | None = None) -> None:
        """Makes it a new order, and tells how to answer for it."""
        self.ask(f"/orders/{bill_id}", {"status": "new", "date": None, "rpo": None, "misbehaviour": misbehaviour})

    def sell(self, bill_id: str, email: str) -> None:
        """Makes it a new order of somebody for something."""
        self.put_order(bill_id)
        bought = {"good_name": "sales", "title": "Sales", "sum": "1500.00"}
        self.ask(f"/orders/{bill_id}", {"data": {"email": email, "created": 1795606200, "items": [bought]}})

    def pay(self, bill_id: str, email: str) -> None:
        """Somebody orders and pays, in the shop itself."""
        self.sell(bill_id, email)
        self.ask("/control/events", {"event": "order_paid", "bill_id": bill_id}, "POST")

    def fail(self, **functions: str) -> None:
        """How the next call of each of these functions goes wrong."""
        planned = {name: {"misbehaviour": misbehaviour, "times": 1} for name, misbehaviour in functions.items()}
        self.ask("/control/misbehaviour", planned)

    def groups_of(self, email: str) -> list[str]:
        """The groups that somebody is subscribed to."""
        contacts = self.ask("/control/shop")["contacts"]
        return [group for contact in contacts if contact["email"] == email for group in contact["groups"]]

    def requests_for(self, bill_id: str) -> list[Any]:
        """The requests on an order, oldest first."""
        wanted = f"bill_id={bill_id}&"
        return [request for request in self.ask("/requests")["requests"] if wanted in json.dumps(request)]

    def environment(self) -> dict[str, str]:
        """The account, as the package reads it."""
        return {"JUSTCLICK_LOGIN": self.login, "JUSTCLICK_API_KEY": self.key, "JUSTCLICK_BASE_URL": self.url}


@dataclass
class Shop:
    """The service of the made-up plugin."""

    bundle: Path
    url: str
    token: str

    def ask(self, path: str, post: Any = None) -> Any:
        """What the service answers: its API's `/orders`, and what is behind its own face, `/control/…`."""
        body = None if post is None else json.dumps(post).encode()
        headers = {"Content-Type": "application/json", "Authorization": self.token}
        request = urllib.request.Request(self.url + path, body, headers)
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=60) as answer:
            return json.loads(answer.read() or b"null")

    def orders(self, **wanted: Any) -> list[Any]:
        """The orders that have these members."""
        answer = self.ask("/control/orders")
        found = answer["orders"] if isinstance(answer, dict) else answer
        return [order for order in found if wanted.items() <= order.items()]

    def environment(self) -> dict[str, str]:
        """The account, as the package reads it."""
        return {"SHOP_ADDRESS": self.url, "SHOP_TOKEN": self.token}
