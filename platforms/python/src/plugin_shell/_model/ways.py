"""The ways in which a trigger is asked or read, and what their methods take besides what narrows it down."""

from collections.abc import Mapping
from dataclasses import dataclass

TRIGGER_ARGUMENTS: Mapping[str, tuple[str, str]] = {
    "body": ("bytes", "its bytes."),
    "cursor": ("str | None = None", "the `next_cursor` of the page before; None the first time."),
    "cursor_store": ("CursorStore", "where it is kept how far the program has come."),
    "headers": ("Headers", "all of them."),
    "interval_s": ("SupportsFloat = 60.0", "the pause after there was nothing more, in seconds."),
    "limit": ("int = 100", "how many events to ask for at once."),
    "method": ("str", "the request's method."),
    "query": ("str | bytes", "what follows the `?` of its address, as it came."),
    "secret": ("str | None = None", "that of the subscription, if there is one."),
    "start": ("Start = 'now'", "from where on the first time: `'now'`, `'beginning'`, or a date."),
    "stop": ("threading.Event | None = None", "ends it when it is set, also in the middle of a pause."),
    "wait": ("bool = True", "whether to wait for what is yet to come; else an error is raised at once."),
}
"""Their types and defaults, as a stub has them, and what they are."""


@dataclass(frozen=True)
class Way:
    """A method for each trigger of one delivery: `poll_paid_order`."""

    name: str
    """What the method of every client is called, and what that of a trigger begins with."""
    about: str
    result: str
    """What comes back, around the type of the data."""
    placed: tuple[str, ...]
    """What is given by its place."""
    named: tuple[str, ...]
    """What is given by its name."""
    raises: str

    def result_of(self, data: str) -> str:
        """The type that comes back, as a stub has it."""
        return self.result.replace("DATA", data)


_NOT_WORKED = "ActionError: it did not work; `retry` says whether it may be repeated."

POLL = Way(
    "poll",
    "Asks once for what has happened.",
    "Page[DATA]",
    (),
    ("cursor", "start", "limit"),
    _NOT_WORKED,
)
EVENTS = Way(
    "events",
    "Gives what happens, one after another. An event is done when the next one is asked for.",
    "Iterator[Event[DATA]]",
    (),
    ("cursor_store", "start", "limit", "interval_s", "wait", "stop"),
    "ActionError: it did not work, and is not to be repeated.",
)
WEBHOOK = Way(
    "webhook",
    "Reads a request of the service. Before an event is acted on, `confirmed` has to be true of it.",
    "Received[DATA]",
    ("method", "headers", "query", "body"),
    ("secret",),
    "WebhookError: it counts for nothing; `status` is what the service is answered.",
)

POLLED, RECEIVED = (POLL, EVENTS), (WEBHOOK,)
"""The ways of a trigger that is polled, and of one that comes by a webhook."""
