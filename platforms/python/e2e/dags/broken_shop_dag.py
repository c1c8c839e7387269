"""A mistake in a line item, which its author sees as soon as Airflow reads it."""

from airflow.sdk import dag

from shop_plugin.airflow.operator import ShopCreateOrderOperator


@dag(schedule=None)
def broken_shop() -> None:
    """The customer is a template, the goods are not."""
    ShopCreateOrderOperator(task_id="wrong", customer="{{ params.customer }}", goods=[{"sku": "A-101", "count": 0}])


broken_shop()
