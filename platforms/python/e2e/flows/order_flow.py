"""Orders as a shop's flows would have them: good ones, three that can't work, and some that work later."""

import asyncio
import json
import os
import time
import urllib.request
from typing import Any

from prefect import flow
from prefect.states import Completed, State

from justclick_plugin.prefect import JustClickCredentials, update_order_status

# All may be repeated: whether they are is what their errors decide.
patient = update_order_status.with_options(retries=3, retry_delay_seconds=1)


@flow(name="orders")
def orders() -> State[None]:
    """None of the tasks depends on another."""
    shop = JustClickCredentials.load("my-shop")
    wrong = JustClickCredentials.load("wrong-key")
    running = [
        patient.with_options(task_run_name="good").submit(
            shop, bill_id="100000", status="sent", date="2013-03-03T00:00:00+04:00", rpo="10000000000000"
        ),
        patient.with_options(task_run_name="unknown_order").submit(shop, bill_id=999999, status="cancel"),
        patient.with_options(task_run_name="bad_input").submit(shop, bill_id="100000", status="sent"),
        patient.with_options(task_run_name="wrong_key").submit(wrong, bill_id="100000", status="cancel"),
        patient.with_options(task_run_name="later").submit(shop, bill_id="100001", status="cancel"),
    ]
    for task in running:
        task.wait()
    print(running[0].result()["message"])
    # The failed tasks are what this flow is for.
    return Completed()


@flow(name="in an event loop")
async def in_an_event_loop() -> State[None]:
    """All of them work later, by whatever way they are called; and one with a mistake."""
    shop = await JustClickCredentials.aload("my-shop")
    more_patient = update_order_status.with_options(retries=20, retry_delay_seconds=1)
    submitted = more_patient.with_options(task_run_name="submitted").submit(shop, bill_id="100002", status="cancel")
    mapped = more_patient.with_options(task_run_name="mapped").map([shop], bill_id=["100003"], status="cancel")
    more_patient.with_options(task_run_name="called")(shop, bill_id="100004", status="cancel")
    for task in (submitted, *mapped):
        task.wait()
    # As somebody would call it who has not read that the fields go by their names.
    try:
        update_order_status(shop, "100000", "cancel")
    except TypeError as error:
        print(error)
    return Completed()


@flow(name="overtaken")
def overtaken() -> State[None]:
    """The order is out of order, is changed later, and then the first change would be repeated."""
    shop = JustClickCredentials.load("my-shop")
    slow = update_order_status.with_options(retries=3, retry_delay_seconds=8)
    first = slow.with_options(task_run_name="overtaken").submit(shop, bill_id="100005", status="paid", date=1795606200)
    while first.state.name != "AwaitingRetry" and not first.state.is_final():
        time.sleep(0.1)
    mended = urllib.request.Request(
        f"{os.environ['JUSTCLICK_BASE_URL']}/orders/100005", json.dumps({"misbehaviour": None}).encode(), method="PUT"
    )
    urllib.request.urlopen(mended, timeout=60).close()
    slow.with_options(task_run_name="overtaking")(shop, bill_id="100005", status="cancel")
    first.wait()
    return Completed()


@flow(name="in their order")
def in_their_order() -> None:
    """What waits for the one before it comes after it."""
    shop = JustClickCredentials.load("my-shop")
    placed: list[Any] = []
    for number in range(6):
        placed.append(
            update_order_status.with_options(task_run_name=f"in order {number}").submit(
                shop, bill_id="100006", status="sent", date=1795606200, rpo=f"NUMBER{number}", wait_for=placed[-1:]
            )
        )
    placed[-1].result()


if __name__ == "__main__":
    for block, key in (("my-shop", os.environ["JUSTCLICK_API_KEY"]), ("wrong-key", os.environ["OTHER_KEY"])):
        JustClickCredentials(
            login=os.environ["JUSTCLICK_LOGIN"], api_key=key, base_url=os.environ["JUSTCLICK_BASE_URL"]
        ).save(block, overwrite=True)
    orders()
    asyncio.run(in_an_event_loop())
    overtaken()
    in_their_order()
    # For a worker, which there is none here: the server keeps it, with what it is to be called with.
    update_order_status.delay(JustClickCredentials.load("my-shop"), bill_id="100000", status="cancel")
