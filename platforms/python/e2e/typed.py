"""What a user's mypy has to find in a user's program: good calls pass, and there is a mistake of each kind.

A mistake's line ends with its codes: `# wrong: arg-type`.
"""

import json
import re

from harness import Command, Environment, Run, development_requirements, run

JUSTCLICK = """
from typing import Any

from justclick_plugin import AsyncJustClick, Connection, CreateOrderInput, Event, EventOrder, JustClick
from justclick_plugin import MemoryCursorStore, UpdateOrderStatusInput

shop = JustClick(Connection(login="a", api_key="b", base_url="c"), timezone="Europe/Moscow")
Connection(login="a", api_key=b"b", base_url="c", allow_http=True)  # wrong: arg-type
Connection(login="a")  # wrong: call-arg

# Actions: choices, types, what is required, what there is.
reveal_type(shop.update_order_status(bill_id=1, status="paid", date=1)["message"])
shop.update_order_status(bill_id=1, status="shipped")  # wrong: arg-type
shop.update_order_status(bill_id=1, status="cancel", rpo=1.5)  # wrong: arg-type
shop.update_order_status(status="cancel")  # wrong: call-arg
shop.update_order_status(bill_id=1, status="cancel", colour="red")  # wrong: call-arg
shop.update_order_status(1, "cancel")  # wrong: call-arg
shop.cancel_order(bill_id=1)  # wrong: attr-defined
shop.get_order(bill_id=1)["colour"]  # wrong: typeddict-item

# Line items.
shop.create_order(email="a@b.ru", goods=[{"product_id": "sales", "price": "12.50"}])
shop.create_order(email="a@b.ru", goods=[{"product_id": "sales", "colour": "red"}])  # wrong: typeddict-unknown-key
shop.create_order(email="a@b.ru", goods=[{"price": "12.50"}])  # wrong: typeddict-item
shop.create_order(email="a@b.ru", goods="sales")  # wrong: arg-type

# Arguments that are put together first.
given: UpdateOrderStatusInput = {"bill_id": 1, "status": "paid", "date": "2026-11-25"}
shop.update_order_status(**given)
shop.delete_order(**given)  # wrong: misc
wrong: UpdateOrderStatusInput = {"bill_id": 1, "status": "shipped"}  # wrong: typeddict-item
lacking: CreateOrderInput = {"email": "a@b.ru"}  # wrong: typeddict-item

# All pages of a search.
for order in shop.iter_list_orders(from_="2026-11-01", to="2026-11-30", by="paid", limit=1000):
    reveal_type(order["bill_id"])
    order["colour"]  # wrong: typeddict-item
shop.iter_list_orders(from_="2026-11-01", to="2026-11-30", by="sold")  # wrong: arg-type

# To be awaited.
async def awaited(shop: AsyncJustClick) -> None:
    reveal_type((await shop.update_order_status(bill_id=1, status="paid", date=1))["message"])
    await shop.update_order_status(bill_id=1, status="shipped")  # wrong: arg-type
    shop.update_order_status(bill_id=1, status="cancel")["message"]  # wrong: index
    async for order in shop.iter_list_orders(from_="2026-11-01", to="2026-11-30", by="paid"):
        order["colour"]  # wrong: typeddict-item
    async for event in shop.events_paid_order(cursor_store=MemoryCursorStore()):
        event.data["colour"]  # wrong: typeddict-item
    for event in shop.events_paid_order(cursor_store=MemoryCursorStore()):  # wrong: attr-defined
        pass

# What happens.
store = MemoryCursorStore()
for event in shop.events_paid_order(cursor_store=store, start="beginning", product_numbers=[12549]):
    reveal_type(event.data["created"])
    event.data["colour"]  # wrong: typeddict-item
    event.id = "another"  # wrong: misc
    shop.update_order_status(bill_id=event.data["bill_id"], status="sent", date=event.time, rpo="RA1")
    shop.update_order_status(bill_id=event.data, status="cancel")  # wrong: arg-type
shop.events_paid_order()  # wrong: call-arg
shop.events_paid_order(cursor_store={})  # wrong: arg-type
shop.poll_paid_order(start=1.5)  # wrong: arg-type
shop.poll_paid_order(product_numbers=12549)  # wrong: arg-type
shop.poll_sold_order()  # wrong: attr-defined
reveal_type(shop.poll_new_order().next_cursor)
reveal_type(shop.webhook_order_paid("POST", {"a": "b"}, b"", b"").events[0].data["bill_id"])
shop.webhook_order_paid("POST", {"a": "b"}, "", "text")  # wrong: arg-type
reveal_type(shop.webhook_order_paid("POST", [("a", "b")], "", b"").response.status)


def kept(event: Event[EventOrder]) -> dict[str, Any]:
    return dict(event.cloud_event())


def wants_a_contact(event: Event[dict[str, int]]) -> None: ...


kept(shop.poll_paid_order().events[0])
wants_a_contact(shop.poll_paid_order().events[0])  # wrong: arg-type


class Lossy:
    def load(self, name: str) -> dict[str, Any] | None: ...


shop.events_new_order(cursor_store=Lossy())  # wrong: arg-type
"""

SHOP = """
from shop_plugin import Connection, MemoryCursorStore, Shop

shop = Shop(Connection(address="a", token="b"))
reveal_type(shop.create_order(customer=7, goods=[{"sku": "a", "count": 1}])["id"])
shop.create_order(customer=7, goods=[{"sku": "a", "cnt": 1}])  # wrong: typeddict-item typeddict-unknown-key
shop.create_order(customer=7, goods=[{"sku": "a", "count": 1}], delivery="by air")  # wrong: arg-type
for order in shop.iter_find_orders(customer=7):
    reveal_type(order["paid"])
shop.list_orders(customer=7)  # wrong: deprecated
Connection(login="a")  # wrong: call-arg
for event in shop.events_order_created(customer=7, cursor_store=MemoryCursorStore()):
    reveal_type(event.data["paid"])
shop.events_order_created(customer=7.5, cursor_store=MemoryCursorStore())  # wrong: arg-type
shop.events_order_paid(cursor_store=MemoryCursorStore())  # wrong: attr-defined
"""

PREFECT = """
from prefect import flow

from justclick_plugin.prefect import JustClickCredentials, events_paid_order, poll_paid_order, update_order_status


@flow
def buyers(shop: JustClickCredentials) -> None:
    reveal_type(poll_paid_order(shop).next_cursor)
    update_order_status(shop, bill_id=1, status="shipped")  # wrong: call-overload
    for event in events_paid_order(shop, start="beginning", wait=True):
        update_order_status(shop, bill_id=event.data["bill_id"], status="sent", date=event.time, rpo="RA1")
        event.data["colour"]  # wrong: typeddict-item
    events_paid_order(shop, cursor_store=7)  # wrong: arg-type
    events_paid_order()  # wrong: call-arg
"""

AIRFLOW = """
from justclick_plugin.airflow.hook import JustClickHook
from justclick_plugin.airflow.operator import JustClickAddContactOperator
from justclick_plugin.airflow.sensor import JustClickEventSensor

JustClickEventSensor(task_id="a", trigger="paid_order", deferrable=True, poke_interval=60)
JustClickEventSensor(task_id="a", trigger="sold_order")  # wrong: arg-type
JustClickEventSensor(task_id="a")  # wrong: call-arg
JustClickAddContactOperator(task_id="a", group_ids="{{ params.groups }}", email_="{{ params.email }}")
JustClickAddContactOperator(task_id="a", email_="{{ params.email }}")  # wrong: call-arg
reveal_type(JustClickHook().get_conn().poll_paid_order().events[0].id)
JustClickHook().get_conn().poll_sold_order()  # wrong: attr-defined
"""

_WRONG = re.compile(r"# wrong: (.*)")


def checked_in(run_of: Run, engine: Environment, name: str, program: str, revealed: list[str]) -> None:
    """Has mypy check a program as one of an engine, beside which it is installed."""
    tools = run_of.environment("mypy")
    tools.install(*(tool for tool in development_requirements() if tool.startswith("mypy")))
    checked(run_of, tools, name, program, revealed, ["--python-executable", engine.python])


def checked(run_of: Run, tools: Environment, name: str, program: str, revealed: list[str], more: Command = ()) -> None:
    """Has mypy check a program.

    Args:
        run_of: the run.
        tools: has mypy, and the package unless `more` says who has it.
        name: what the program is about.
        program: with its mistakes.
        revealed: the types that mypy reveals, in their order.
        more: arguments of mypy.
    """
    file = run_of.fresh(f"{name}-typed") / "program.py"
    file.write_text(program, encoding="utf-8")
    strict: Command = [tools.program("mypy"), "--strict", "--enable-error-code", "deprecated", "--no-incremental"]
    done = run([*strict, *more, "--output", "json", file], cwd=file.parent, succeeds=False)
    found = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    errors = {(message["line"], message["code"]) for message in found if message["severity"] == "error"}
    wrong = {number: _WRONG.search(line) for number, line in enumerate(program.splitlines(), 1)}
    expected = {(number, code) for number, codes in wrong.items() if codes for code in codes[1].split()}
    told = [(message["line"], message["message"]) for message in found]
    only = sorted(errors ^ expected)
    run_of.proved(f"a user's mypy finds {len(expected)} mistakes, and no others ({name})", not only, (only, told))
    notes = [message["message"] for message in found if message["severity"] == "note"]
    types = [note.split('"')[1] for note in notes if note.startswith("Revealed type")]
    run_of.proved(f"and knows the types of what comes back ({name})", types == revealed, types)
