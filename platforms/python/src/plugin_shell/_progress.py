"""How far a program has come with the events of a trigger: what it keeps, so that none is lost and none comes twice.

It is a dict of JSON, which any store can hold. Each step of it is safe once it is saved: a page's events are in it
before its cursor is, and stay until they are done.
"""

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from . import _errors
from ._events import Event, Page

# Services repeat what was not taken for hours or days. Then their ids are forgotten.
_REMEMBERED_S = 31 * 86_400
# What a store has to hold is bounded as well.
_MOST_REMEMBERED = 5_000


@dataclass
class Progress:
    """The cursor, the events that are not done yet, and the ids of those that came, with when they came."""

    cursor: str | None = None
    pending: list[dict[str, Any]] = field(default_factory=list)
    seen: dict[str, int] = field(default_factory=dict)

    @classmethod
    def read(cls, name: str, kept: Any) -> "Progress":
        """What was kept under a name; the beginning if nothing was.

        Raises:
            ConfigurationError: it is something else.
        """
        if kept is None:
            return cls()
        if isinstance(kept, Mapping):
            cursor, pending, seen = kept.get("cursor"), kept.get("pending"), kept.get("seen")
            if (
                isinstance(cursor, str | None)
                and isinstance(pending, list)
                and all(isinstance(event, dict) for event in pending)
                and isinstance(seen, dict)
                and all(isinstance(when, int) for when in seen.values())
            ):
                return cls(cursor, list(pending), dict(seen))
        message = f"What is kept as {name} is no cursor: keep cursors elsewhere, or delete it to begin anew."
        raise _errors.configuration("cursor_store", message)

    def written(self) -> dict[str, Any]:
        """It as JSON has it."""
        return {"cursor": self.cursor, "pending": list(self.pending), "seen": dict(self.seen)}

    def keep(self, page: Page[Any]) -> list[Event[Any]]:
        """Goes on to a page, and returns its events that are new."""
        new = self.remember(page.events)
        self.cursor = page.next_cursor
        self.pending += map(kept_of, new)
        return new

    def remember(self, events: Iterable[Event[Any]]) -> list[Event[Any]]:
        """Those of the events that have not come before."""
        now, new = int(time.time()), []
        for event in events:
            if event.id not in self.seen:
                new.append(event)
            # The last to come is the last to be forgotten.
            self.seen.pop(event.id, None)
            self.seen[event.id] = now
        fresh = [(name, when) for name, when in self.seen.items() if now - when <= _REMEMBERED_S]
        self.seen = dict(fresh[-_MOST_REMEMBERED:])
        return new

    def done(self) -> None:
        """Notes that the first of the events has been taken care of."""
        self.pending.pop(0)

    def refuted(self, event: Event[Any]) -> None:
        """Forgets an event that the service did not confirm: what is not so yet may be so later."""
        self.seen.pop(event.id, None)


def kept_of(event: Event[Any]) -> dict[str, Any]:
    """What is kept of an event: what the plugin said."""
    told = {"id": event.id, "time": event.time, "subject": event.subject, "data": event.data}
    return {name: value for name, value in told.items() if value is not None}
