"""What a user of the made-up shop's package writes: line items, choices, searches, and a key for repeats."""

import datetime
import json
import os
import urllib.request
from typing import Any

from shop_plugin import ActionError, Connection, GoodsItem, MemoryCursorStore, Shop


def next_requests(*words: Any) -> None:
    """What becomes of the next requests."""
    request = urllib.request.Request(
        f"{os.environ['SHOP_ADDRESS']}/control/next",
        json.dumps(words).encode(),
        {"Content-Type": "application/json"},
    )
    urllib.request.urlopen(request, timeout=60).close()


def main() -> None:
    """Prints what came back, as one JSON document."""
    shop = Shop(Connection.from_env(), timezone="Europe/Moscow")
    customers = shop.options("create_order", "customer", search="Anna B")
    goods: list[GoodsItem] = [{"sku": "A-101", "count": 2, "price": "5.50"}, {"sku": "A-102", "count": 1}]
    told: dict[str, Any] = {"checked": shop.check_connection(), "customers": [list(choice) for choice in customers]}
    created = shop.create_order(
        customer=customers[0].value,
        goods=goods,
        tags=["new", "gift"],
        gift=True,
        delivery="post",
        until=datetime.datetime(2026, 11, 25, 14, 30),
    )
    told["created"] = created
    told["another"] = shop.create_order(customer="7", goods=goods, request_id="r-e2e")
    told["repeated"] = shop.create_order(customer="7", goods=goods, request_id="r-e2e")
    next_requests("lose_answer")
    told["looked_up"] = shop.create_order(customer="11", goods=goods)
    # The answer is lost, and looking it up fails as well.
    next_requests("lose_answer", "busy")
    try:
        shop.create_order(customer="8", goods=goods)
    except ActionError as error:
        told["lost"] = error.to_dict()
        key = str(error).rpartition("request_id=")[2].rstrip(".")
        told["again"] = shop.create_order(customer="8", goods=goods, request_id=key)
    wrong: list[GoodsItem] = [{"sku": "A-101", "count": 0}]
    try:
        shop.create_order(customer="7", goods=wrong)
    except ActionError as error:
        told["refused"] = error.to_dict()
    told["paid"] = shop.mark_paid(order_id=created.get("id", ""))
    told["all"] = len([customer["id"] for customer in shop.iter_find_customers()])
    told["some"] = len(list(shop.iter_find_customers(limit=120)))
    told["page"] = len(shop.find_customers(limit=20)["items"])
    told["orders"] = list(shop.iter_find_orders(customer="7"))
    store = MemoryCursorStore()
    happened = shop.events_order_created(cursor_store=store, start="beginning", limit=2, wait=False)
    told["happened"] = [event.cloud_event() for event in happened]
    told["happened_again"] = len(list(shop.events_order_created(cursor_store=store, start="beginning", wait=False)))
    told["of_one"] = [
        event.data["customer"] for event in shop.poll_order_created(customer="7", start="beginning").events
    ]
    print(json.dumps(told))


if __name__ == "__main__":
    main()
