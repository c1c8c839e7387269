"""Another plugin beside JustClick: line items with templates, a key for repeats, a search, and what it finds."""

from datetime import timedelta

from airflow.sdk import dag

from shop_plugin.airflow.operator import ShopCreateOrderOperator, ShopFindOrdersOperator, ShopMarkPaidOperator


@dag(
    schedule=None,
    params={"customer": "9", "count": 2},
    default_args={"retries": 3, "retry_delay": timedelta(seconds=1)},
)
def shop() -> None:
    """The order is made once, although its first answer is lost and it can't be looked up, and paid as it is found."""
    created = ShopCreateOrderOperator(
        task_id="create",
        customer="{{ params.customer }}",
        goods=[{"sku": "A-101", "count": "{{ params.count }}", "price": "5.50"}, {"sku": "A-102", "count": 1}],
        tags=["{{ dag.dag_id }}"],
        delivery="post",
        until="25.11.2026 14:30",
        timezone="Europe/Moscow",
    )
    found = ShopFindOrdersOperator(task_id="find", customer="{{ params.customer }}", limit="{{ 100 }}")
    paid = ShopMarkPaidOperator.partial(task_id="pay").expand(order_id=found.output.map(lambda order: order["id"]))
    created >> found >> paid


shop()
