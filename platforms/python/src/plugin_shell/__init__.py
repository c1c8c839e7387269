"""A plugin as a package: its client, its connections and its errors, made of its description."""

from typing import Any

from . import _made
from ._base_client import Option
from ._cursors import CursorStore, FileCursorStore, MemoryCursorStore
from ._errors import (
    ActionError,
    BundleError,
    ConfigurationError,
    Effect,
    ErrorDocument,
    ForgedEventError,
    Kind,
    Problem,
    Retry,
    Upstream,
    WebhookError,
)
from ._events import CloudEvent, Event, Page, Received, Subscription, WebhookResponse

_OWN: dict[str, Any] = {
    "Connection": _made.connection(),
    _made.faces().client: _made.client(),
    _made.faces().async_client: _made.async_client(),
    **_made.types(),
}
globals().update(_OWN)

__doc__ = (
    f"{_made.faces().about}\n\nMade of the plugin's description: `help({_made.faces().client})` tells what it can do."
)
__all__ = [  # noqa: PLE0604 - the rest is only known now
    "ActionError",
    "BundleError",
    "CloudEvent",
    "ConfigurationError",
    "CursorStore",
    "Effect",
    "ErrorDocument",
    "Event",
    "FileCursorStore",
    "ForgedEventError",
    "Kind",
    "MemoryCursorStore",
    "Option",
    "Page",
    "Problem",
    "Received",
    "Retry",
    "Subscription",
    "Upstream",
    "WebhookError",
    "WebhookResponse",
    *_OWN,
]
