"""A Dag with a mistake that its author sees as soon as Airflow reads it."""

from airflow.sdk import dag

from justclick_plugin.airflow.operator import JustClickUpdateOrderStatusOperator


@dag(schedule=None)
def broken() -> None:
    """The number is a template, the status is not."""
    JustClickUpdateOrderStatusOperator(task_id="wrong", bill_id="{{ params.bill_id }}", status="shipped")


broken()
