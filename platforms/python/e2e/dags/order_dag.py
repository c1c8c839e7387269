"""Orders as a shop's Dag would have them: a good one, three that can't work, and one that works later."""

from datetime import timedelta

from airflow.sdk import dag

from justclick_plugin.airflow.operator import JustClickUpdateOrderStatusOperator

# All may be repeated: whether they are is what their errors decide.
PATIENT = {"retries": 3, "retry_delay": timedelta(seconds=1)}


@dag(schedule=None, params={"good": "100000", "rpo": "10000000000000"}, default_args=PATIENT)
def orders() -> None:
    """None of the tasks depends on another."""
    JustClickUpdateOrderStatusOperator(
        task_id="good",
        bill_id="{{ params.good }}",
        status="sent",
        date="{{ macros.datetime(2013, 3, 2, 20).isoformat() }}Z",
        rpo="{{ params.rpo }}",
    )
    JustClickUpdateOrderStatusOperator(task_id="unknown_order", bill_id=999999, status="cancel")
    JustClickUpdateOrderStatusOperator(task_id="bad_input", bill_id="100000", status="sent")
    JustClickUpdateOrderStatusOperator(
        task_id="wrong_key", bill_id="100000", status="cancel", justclick_conn_id="wrong_key"
    )
    JustClickUpdateOrderStatusOperator(task_id="later", bill_id="100001", status="cancel")


orders()
