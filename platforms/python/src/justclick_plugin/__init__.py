"""Changes the status of orders in a JustClick shop.

>>> from justclick_plugin import Connection, JustClick
>>> shop = JustClick(Connection(login="username", api_key="…", base_url="https://username.justclick.ru"))
>>> shop.update_order_status(bill_id="100000", status="cancel")  # doctest: +SKIP
{'bill_id': '100000', 'status': 'cancel', 'message': 'order status changed'}
"""

from justclick_plugin._client import JustClick, Status, UpdatedOrder
from justclick_plugin._connection import Connection
from justclick_plugin._errors import (
    ActionError,
    BundleError,
    ConfigurationError,
    Effect,
    ErrorDocument,
    Kind,
    Problem,
    Retry,
    Upstream,
)

__all__ = [
    "ActionError",
    "BundleError",
    "ConfigurationError",
    "Connection",
    "Effect",
    "ErrorDocument",
    "JustClick",
    "Kind",
    "Problem",
    "Retry",
    "Status",
    "UpdatedOrder",
    "Upstream",
]
