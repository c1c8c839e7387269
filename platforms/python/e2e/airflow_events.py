"""The sensor in a real Airflow: it waits in the triggerer, and nothing is lost where that, or the service, fails."""

import json
from typing import Any

from airflow_server import Airflow
from harness import Run

BUYER, NEXT_BUYER = "buyer@email.com", "next.buyer@email.com"
FIRST, SECOND = "300001", "300002"


def prove(run_of: Run, airflow: Airflow) -> None:
    """Proves all of it."""
    waiting(run_of, airflow)
    killed(run_of, airflow)
    fulfilled(run_of, airflow)
    again(run_of, airflow)
    handed_on_later(run_of, airflow)
    another_plugin(run_of, airflow)


def waiting(run_of: Run, airflow: Airflow) -> None:
    """Begins the merchant's automation of the README, while nothing happens."""
    airflow.command("dags", "unpause", "buyers")
    run_of.until("the sensor is deferred", lambda: state_of(airflow, "paid", 0) == "deferred")
    running = airflow.rows("select task_id from task_instance where state in ('queued', 'running')")
    run_of.proved("the sensor waits and holds no worker", not running, running)
    waits = airflow.rows("select classpath from trigger")
    run_of.proved(
        "what waits is the plugin's trigger",
        waits == [("justclick_plugin.airflow.trigger.JustClickEventTrigger",)],
        waits,
    )
    run_of.until("the triggerer polls", lambda: len(polls(run_of)) > 2)


def killed(run_of: Run, airflow: Airflow) -> None:
    """Kills the triggerer, has an order paid while there is none, and the service fail when there is one again."""
    run_of.kill(airflow.servers["triggerer"])
    run_of.sandbox.pay(FIRST, BUYER)
    run_of.sandbox.fail(getOrdersWithGoods="http-503", AddLeadToGroup="http-503", UpdateOrderStatus="drop-after")
    run_of.proved("the task still waits", state_of(airflow, "paid", 0) == "deferred")
    airflow.start_server(run_of, "triggerer")


def fulfilled(run_of: Run, airflow: Airflow) -> None:
    """Looks at what became of the order."""
    run_of.until("the run of the Dag ends", lambda: airflow.runs("buyers")[0] in {"success", "failed"})
    tasks = airflow.tasks_of("buyers", 0)
    run_of.proved("the event of a time without triggerer arrives", tasks["paid"][0] == "success", tasks)
    run_of.proved("a failed poll costs the sensor no try", tasks["paid"][1] <= 1, tasks)
    run_of.proved("a task that met a busy service is repeated", tasks["add"] == ("success", 2), tasks)
    run_of.proved("and so is one whose answer was lost", tasks["send"] == ("success", 2), tasks)
    groups = run_of.sandbox.groups_of(BUYER)
    run_of.proved("the buyer is in the buyers' group", groups == ["customers"], groups)
    order = run_of.sandbox.ask(f"/orders/{FIRST}")
    expected = {"status": "sent", "rpo": f"RA{FIRST}RU"}
    run_of.proved("the order is marked as sent, with its tracking number", expected.items() <= order.items(), order)
    (events,) = results(airflow, 0)
    told = [(event["type"], event["subject"], event["specversion"]) for event in events]
    run_of.proved("the sensor's result are CloudEvents", told == [("justclick.paid_order", FIRST, "1.0")], events)


def again(run_of: Run, airflow: Airflow) -> None:
    """Has another order paid: the next run of the Dag goes on from where the first one was."""
    run_of.until("the next run waits", lambda: state_of(airflow, "paid", 1) == "deferred")
    run_of.sandbox.pay(SECOND, NEXT_BUYER)
    run_of.until("the next run ends", lambda: airflow.runs("buyers")[1] in {"success", "failed"})
    (events,) = results(airflow, 1)
    run_of.proved("it has the new event alone", [event["subject"] for event in events] == [SECOND], events)
    run_of.proved("and its work is done", run_of.sandbox.ask(f"/orders/{SECOND}")["status"] == "sent")
    run_of.proved("for the next buyer", run_of.sandbox.groups_of(NEXT_BUYER) == ["customers"])
    changes = run_of.sandbox.ask(f"/orders/{FIRST}")["changes"]
    run_of.proved("the first order is not touched again", len(changes) == 3, changes)


def handed_on_later(run_of: Run, airflow: Airflow) -> None:
    """Has a run fail that has kept an event, and not handed it on: the next run has it."""
    run_of.until("a third run waits", lambda: state_of(airflow, "paid", 2) == "deferred")
    said = airflow.command("variables", "get", KEY)
    kept = json.loads(said[said.index("{") :])
    event = {**results(airflow, 1)[0][0], "id": "paid:of-a-run-that-failed"}
    run_id = airflow.rows("select run_id from dag_run where dag_id = 'buyers' order by id")[2][0]
    airflow.command("variables", "set", KEY, json.dumps({**kept, "pending": [event], "run": run_id}))
    airflow.fail_run("buyers", run_id)
    run_of.until("the run after it ends", lambda: (airflow.runs("buyers")[3:] or [""])[0] in {"success", "failed"})
    (events,) = results(airflow, 3)
    run_of.proved("what a failed run had not handed on, the next one has", events == [event], events)
    airflow.command("dags", "pause", "buyers")


def another_plugin(run_of: Run, airflow: Airflow) -> None:
    """Has a sensor of the made-up shop wait as other sensors do, rescheduled."""
    airflow.run_dag("shop_events")
    run_of.until(
        "the shop's sensor waits", lambda: state_of(airflow, "created", 0, "shop_events") == "up_for_reschedule"
    )
    goods = [{"sku": "A-101", "count": 1}]
    made = run_of.shop.ask("/orders", {"request_id": "e-1", "customer": "21", "goods": goods})
    other = run_of.shop.ask("/orders", {"request_id": "e-2", "customer": "22", "goods": goods})
    ended = run_of.until("the shop's Dag run ends", lambda: airflow.ended("shop_events"))
    run_of.proved("the shop's sensor gives what happened", ended["created"][0] == "success", ended)
    paid = {order["id"]: order["paid"] for order in run_of.shop.orders()}
    run_of.proved("and what it is narrowed down to", (paid[made["id"]], paid[other["id"]]) == (True, False), paid)


KEY = "justclick_events.buyers.paid"
"""The variable that the sensor keeps."""


def state_of(airflow: Airflow, task: str, number: int, dag: str = "buyers") -> str:
    """The state of a task in one of a Dag's runs."""
    return airflow.tasks_of(dag, number).get(task, ("", 0))[0] or ""


def polls(run_of: Run) -> list[Any]:
    """The requests by which it is asked what has happened."""
    return [it for it in run_of.sandbox.ask("/requests")["requests"] if "getOrdersWithGoods" in json.dumps(it)]


def results(airflow: Airflow, number: int) -> list[Any]:
    """What the sensor returned in a run."""
    run_id = airflow.rows("select run_id from dag_run where dag_id = 'buyers' order by id")[number][0]
    which = f"dag_id = 'buyers' and run_id = '{run_id}' and task_id = 'paid' and key = 'return_value'"
    found = [json.loads(value) for (value,) in airflow.rows(f"select value from xcom where {which}")]
    return [json.loads(value) if isinstance(value, str) else value for value in found]
