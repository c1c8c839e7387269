"""JustClick's own webhooks, as its stand-in sends them, to a server that reads them with the package."""

import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from sandbox import Sandbox

from justclick_plugin import ActionError, Event, ForgedEventError, JustClick, MemoryCursorStore, WebhookError


class Listener:
    """What came, and what was refused."""

    def __init__(self) -> None:
        self.events: list[Event[dict[str, Any]]] = []
        self.refused: list[WebhookError] = []
        self.url = ""


@contextmanager
def listening(client: JustClick, trigger: str) -> Iterator[Listener]:
    listener = Listener()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            _, _, query = self.path.partition("?")
            try:
                received = client.webhook(trigger, self.command, self.headers.items(), query, body)
            except WebhookError as error:
                listener.refused.append(error)
                self.send_response(error.status)
                self.end_headers()
                return
            listener.events += received.events
            self.send_response(received.response.status)
            self.end_headers()
            self.wfile.write(received.response.body.encode())

        def log_message(self, format: str, *_arguments: object) -> None:  # noqa: A002 - its name
            """Says nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        listener.url = f"http://127.0.0.1:{server.server_address[1]}/hooks"
        yield listener
        server.shutdown()


@pytest.fixture
def client(sandbox: Sandbox) -> Iterator[JustClick]:
    sandbox.sell("100000")
    sandbox.hold(True)
    yield sandbox.client()
    sandbox.hold(False)
    sandbox.tell()


def test_a_payment_is_told_by_both_ways_under_one_name(sandbox: Sandbox, client: JustClick) -> None:
    with listening(client, "order_paid") as listener:
        sandbox.tell(order_paid=[listener.url])
        store = MemoryCursorStore()
        assert list(client.events_paid_order(cursor_store=store, wait=False)) == []
        (delivery,) = sandbox.happen("order_paid", bill_id="100000")
        sandbox.send(delivery, times=2)
        first, second = listener.events
        assert first == second
        assert client.confirmed("order_paid", first) is True
        assert (first.type, first.subject, first.data["bill_id"]) == ("justclick.order_paid", "100000", "100000")
        (polled,) = client.events_paid_order(cursor_store=store, wait=False)
        assert (polled.id, polled.source, polled.subject) == (first.id, first.source, first.subject)


@pytest.mark.parametrize("forge", ["key", "missing"])
def test_a_forged_webhook_is_refused(sandbox: Sandbox, client: JustClick, forge: str) -> None:
    with listening(client, "order_paid") as listener:
        sandbox.tell(order_paid=[listener.url])
        (delivery,) = sandbox.happen("order_paid", bill_id="100000")
        sandbox.send(delivery, forge=forge)
        (error,) = listener.refused
        assert isinstance(error, ForgedEventError)
        assert (error.kind, error.status) == ("forged_event", 401)
        assert sandbox.api_key not in str(error)
        assert not listener.events


def test_a_webhook_replayed_under_another_status_is_not_confirmed(sandbox: Sandbox, client: JustClick) -> None:
    with listening(client, "order_cancelled") as listener:
        sandbox.tell(order_created=[listener.url])
        (delivery,) = sandbox.happen("order_created", bill_id="100000")
        # Its hash covers no status.
        sandbox.send(delivery, **{"as": "order_cancelled"})
        (event,) = listener.events
        assert client.confirmed("order_cancelled", event) is False
        sandbox.happen("order_cancelled", bill_id="100000")
        assert client.confirmed("order_cancelled", event) is True


def test_what_nobody_signs_is_believed_once_the_service_says_so(sandbox: Sandbox, client: JustClick) -> None:
    with listening(client, "contact_subscribed") as listener:
        sandbox.tell(contact_subscribed=[listener.url])
        (delivery,) = sandbox.happen("contact_subscribed", email="lead@email.com", group="customers")
        sandbox.send(delivery)
        (event,) = listener.events
        assert client.confirmed("contact_subscribed", event) is True
        sandbox.happen("contact_unsubscribed", email="lead@email.com", group="customers")
        assert client.confirmed("contact_subscribed", event) is False


def test_what_is_no_webhook_is_refused(client: JustClick) -> None:
    for body in (b"", b"\xff\xfe", b"id=1&id=2", b"{}"):
        with pytest.raises(WebhookError) as raised:
            client.webhook_order_paid("POST", {"Content-Type": "application/x-www-form-urlencoded"}, "", body)
        assert raised.value.status in {400, 401}, body


def test_arbitrary_bytes_are_an_error_of_the_contract(client: JustClick) -> None:
    chance = random.Random(20261129)  # noqa: S311 - the same each time
    triggers = [it["name"] for it in client.describe()["triggers"] if it["delivery"] == "webhook"]
    kinds = set()
    for _ in range(200):
        body, query = chance.randbytes(chance.randrange(60)), chance.randbytes(chance.randrange(20))
        headers = [(chance.randbytes(5), chance.randbytes(9)) for _ in range(3)]
        try:
            # Some of it is what a service sends that tries an address out.
            assert not client.webhook(chance.choice(triggers), "POST", headers, query, body).events
        except WebhookError as error:
            kinds.add(error.kind)
    assert kinds == {"forged_event", "unexpected_reply"}
    for _ in range(50):
        with pytest.raises(ActionError) as refused:
            client.poll("paid_order", cursor="".join(chr(chance.randrange(0x110000)) for _ in range(9)))
        assert refused.value.kind == "invalid_input"
