"""Orders as a shop's flow would have them: a good one, three that can't work, and one that works later."""

import os

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


if __name__ == "__main__":
    for block, key in (("my-shop", os.environ["JUSTCLICK_API_KEY"]), ("wrong-key", os.environ["OTHER_KEY"])):
        JustClickCredentials(
            login=os.environ["JUSTCLICK_LOGIN"], api_key=key, base_url=os.environ["JUSTCLICK_BASE_URL"]
        ).save(block, overwrite=True)
    orders()
