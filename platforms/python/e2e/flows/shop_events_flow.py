"""Another plugin's events beside JustClick's, narrowed down to one customer."""

from prefect import flow

from shop_plugin.prefect import ShopCredentials, events_order_created, mark_paid


@flow(name="shop events")
def shop_events() -> None:
    """An order is paid as soon as it is there."""
    account = ShopCredentials.load("made-up")
    for event in events_order_created(account, customer="31"):
        mark_paid(account, order_id=event.data["id"])


if __name__ == "__main__":
    shop_events()
