"""Orders as a shop's Dag would have them: good ones, three that can't work, and two that work later."""

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
    # Airflow 3 writes its own times with a blank.
    JustClickUpdateOrderStatusOperator(
        task_id="own_time", bill_id="100002", status="paid", date="{{ dag_run.run_after }}"
    )
    # A day alone is one of the Dag's time zone.
    JustClickUpdateOrderStatusOperator(
        task_id="day", bill_id="100003", status="paid", date="{{ '25.11.2026' }}", timezone="Europe/Moscow"
    )
    # Not as it is: that would be refused when the Dag is read.
    JustClickUpdateOrderStatusOperator(task_id="bad_input", bill_id="100000", status="{{ 'sent' }}")
    JustClickUpdateOrderStatusOperator(
        task_id="wrong_key", bill_id="100000", status="cancel", justclick_conn_id="wrong_key"
    )
    JustClickUpdateOrderStatusOperator(task_id="later", bill_id="100001", status="cancel")
    JustClickUpdateOrderStatusOperator(task_id="throttled", bill_id="100004", status="cancel")


orders()
