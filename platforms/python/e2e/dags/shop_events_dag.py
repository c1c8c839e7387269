"""A sensor that waits as others do, narrowed down to one customer by a template, and what becomes of its events."""

from typing import Any

from airflow.sdk import dag

from shop_plugin.airflow.operator import ShopMarkPaidOperator
from shop_plugin.airflow.sensor import ShopEventSensor


def order(event: dict[str, Any]) -> str:
    """The number of the order."""
    return str(event["data"]["id"])


@dag(schedule=None, params={"customer": "21"})
def shop_events() -> None:
    """The order is paid as soon as it is there."""
    created = ShopEventSensor(
        task_id="created",
        trigger="order_created",
        input={"customer": "{{ params.customer }}"},
        mode="reschedule",
        poke_interval=1,
    )
    ShopMarkPaidOperator.partial(task_id="pay").expand(order_id=created.output.map(order))


shop_events()
