"""What a trigger tells: events, each with its data, and what is known besides."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, NotRequired, TypedDict, TypeVar

Data_co = TypeVar("Data_co", covariant=True)


class CloudEvent(TypedDict):
    """An event as CloudEvents 1.0 writes it in JSON."""

    specversion: str
    id: str
    source: str
    """Plugin and account."""
    type: str
    """The plugin's name, a dot, and the trigger's."""
    time: NotRequired[str]
    subject: NotRequired[str]
    datacontenttype: str
    data: Any


@dataclass(frozen=True)
class Event(Generic[Data_co]):
    """Something that has happened at the service."""

    id: str
    """The same for the same thing happening, however often and by whichever trigger it is told."""
    data: Data_co
    """What is known of it."""
    trigger: str
    """The name of the trigger that told it."""
    source: str
    """Plugin and account."""
    type: str
    """The plugin's name, a dot, and the trigger's."""
    time: str | None = None
    """When it happened, in RFC 3339."""
    subject: str | None = None
    """What it happened to: the value that actions on the same thing have as their subject."""

    def cloud_event(self) -> CloudEvent:
        """The event in its envelope, as JSON has it: what can be sent on, kept, and handed to other programs."""
        made: CloudEvent = {
            "specversion": "1.0",
            "id": self.id,
            "source": self.source,
            "type": self.type,
            "datacontenttype": "application/json",
            "data": self.data,
        }
        if self.time is not None:
            made["time"] = self.time
        if self.subject is not None:
            made["subject"] = self.subject
        return made


@dataclass(frozen=True)
class Page(Generic[Data_co]):
    """What a poll told."""

    events: tuple[Event[Data_co], ...]
    """The oldest first."""
    next_cursor: str
    """The cursor of the next poll."""
    has_more: bool
    """Whether there are more events already."""


@dataclass(frozen=True)
class WebhookResponse:
    """What the service is answered."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""


@dataclass(frozen=True)
class Received(Generic[Data_co]):
    """What a webhook told."""

    events: tuple[Event[Data_co], ...]
    """The oldest first. None where the service only tries the address out, or tells of something else."""
    response: WebhookResponse
    """What the service is answered once the events are safe; 503 if they can't be kept."""


@dataclass(frozen=True)
class Subscription:
    """What the service calls a subscription to its webhooks."""

    id: str
    """By this it is ended."""
    secret: str = field(repr=False)
    """What each webhook is to be read with. It is a secret."""
    expires: int | None = None
    """When it ends by itself, in UNIX seconds."""
