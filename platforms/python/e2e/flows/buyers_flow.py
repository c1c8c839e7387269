"""What a merchant would automate: who has paid is put into a group, and the order is marked as sent."""

import os
import signal

from prefect import flow

from justclick_plugin.prefect import JustClickCredentials, add_contact, events_paid_order, update_order_status

add = add_contact.with_options(task_run_name="add", retry_delay_seconds=1)
send = update_order_status.with_options(task_run_name="send", retry_delay_seconds=1)


@flow(name="buyers", log_prints=True)
def buyers() -> None:
    """Takes what is there."""
    shop = JustClickCredentials.load("my-shop")
    for event in events_paid_order(shop):
        order = event.data["bill_id"]
        add(shop, group_ids=["customers"], email=event.data["email"])
        if os.environ.get("KILLED"):
            os.kill(os.getpid(), signal.SIGKILL)
        send(shop, bill_id=order, status="sent", date=event.time, rpo=f"RA{order}RU")
        print(f"handled {event.id}")


if __name__ == "__main__":
    buyers()
