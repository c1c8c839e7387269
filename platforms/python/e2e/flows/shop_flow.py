"""Another plugin's tasks beside JustClick's: line items, a key for repeats, a search, and what it finds."""

import json
import os
import urllib.request
from typing import Any

from prefect import flow

from shop_plugin.prefect import ShopCredentials, create_order, find_orders, mark_paid


@flow(name="shop")
def shop() -> list[Any]:
    """The order is made once, although its first answer is lost and it can't be looked up, and paid as it is found."""
    account = ShopCredentials.load("made-up")
    next_one = urllib.request.Request(
        f"{os.environ['SHOP_ADDRESS']}/control/next", b'["lose_answer", "busy"]', {"Content-Type": "application/json"}
    )
    urllib.request.urlopen(next_one, timeout=60).close()
    created = create_order.with_options(retry_delay_seconds=1)(
        account, customer="10", goods=[{"sku": "A-101", "count": 2, "price": "5.50"}, {"sku": "A-102", "count": 1}]
    )
    found = find_orders(account, customer="10")
    for order in found:
        mark_paid(account, order_id=order["id"])
    return [created, found]


if __name__ == "__main__":
    ShopCredentials(address=os.environ["SHOP_ADDRESS"], token=os.environ["SHOP_TOKEN"]).save("made-up", overwrite=True)
    print(json.dumps(shop()))
