"""A mistake in what narrows a sensor down, which its author sees as soon as Airflow reads it."""

from airflow.sdk import dag

from shop_plugin.airflow.sensor import ShopEventSensor


@dag(schedule=None)
def broken_sensor() -> None:
    """A customer has a number."""
    ShopEventSensor(task_id="wrong", trigger="order_created", input={"customer": "Anna"})


broken_sensor()
