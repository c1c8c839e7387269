"""A plugin's triggers, by the contract: what their exports are given, and what they answer, strictly read.

What has to ask the service is steps, as a runner's calls are.
"""

import base64
import datetime
import re
import secrets as chance
import time
from collections.abc import Iterable, Mapping
from typing import Any

from . import _errors, _values
from ._bundle import Bundle
from ._errors import ActionError
from ._events import Event, Page, Received, Subscription, WebhookResponse
from ._looked_up import arguments, hold
from ._moments import moment
from ._runner import Runner, Terms
from ._steps import Steps

Headers = Mapping[str, str] | Iterable[tuple[str | bytes, str | bytes]]
"""The headers of a request: a mapping, as frameworks have it, or pairs, where one may stand twice."""

MOST_BODY_BYTES = 1 << 20
"""A larger body of a webhook is refused."""

_RFC_3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)", re.ASCII)


class Triggers:
    """The triggers of a plugin with a connection."""

    def __init__(self, bundle: Bundle, runner: Runner, source: str, terms: Terms) -> None:
        self._bundle = bundle
        self._runner = runner
        self._source = source
        self._terms = terms

    def poll(
        self, name: str, values: Mapping[str, Any], cursor: str | None, start: object, limit: int
    ) -> Steps[Page[dict[str, Any]]]:
        """Asks a trigger for events, once.

        Raises:
            ActionError: it did not work.
        """
        given = {
            "input": self.input(name, "poll", values),
            "cursor": cursor,
            "start": started(start, self._terms.zone),
            "limit": _at_least_one(limit),
        }
        told = yield from self._ask(name, given)
        following, more = told.get("nextCursor"), told.get("hasMore")
        if not isinstance(following, str):
            raise _errors.broken(name, "no nextCursor")
        if not isinstance(more, bool):
            raise _errors.broken(name, "a hasMore that is neither true nor false")
        if more and following == cursor:
            raise _errors.broken(name, "the cursor that it got, although there is more: it would be asked for ever")
        return Page(self._events(name, told), following, more)

    def webhook(
        self,
        name: str,
        values: Mapping[str, Any],
        request: tuple[str, Headers, str | bytes, bytes],
        secret: str | None,
    ) -> Steps[Received[dict[str, Any]]]:
        """Reads a request of the service.

        Raises:
            WebhookError: it counts for nothing.
        """
        method, headers, query, body = request
        if (self._bundle.trigger(name) or {}).get("delivery") != "webhook":
            raise _errors.of_webhook(self._none_of(name, "webhook"), 404)
        if len(body) > MOST_BODY_BYTES:
            message = f"A webhook with a body of {len(body)} bytes came; more than {MOST_BODY_BYTES} are not taken."
            raise _errors.of_webhook(_errors.invalid_input(message), 413)
        try:
            given = {
                "input": self.input(name, "webhook", values),
                "method": method.upper(),
                "headers": _joined(headers),
                "query": _text(query).removeprefix("?"),
                "body": base64.b64encode(body).decode(),
                **({} if secret is None else {"secret": secret}),
            }
            told = yield from self._ask(name, given, secret)
            return Received(self._events(name, told), _response(name, told))
        except ActionError as error:
            raise _errors.of_webhook(error) from None

    def confirmed(self, name: str, event: Event[Any]) -> Steps[bool]:
        """Whether the service itself says so, where the trigger's events need that.

        Raises:
            ActionError: it could not be asked.
        """
        rule = (self._bundle.trigger(name) or {}).get("confirm")
        if not rule:
            return True
        try:
            found = yield from self._runner.call(rule["action"], arguments(rule, event.data), self._terms)
        except ActionError as error:
            if error.kind == "not_found":
                return False
            raise
        return hold(rule.get("holds", ()), event.data, found)

    def subscribe(self, name: str, values: Mapping[str, Any], url: str, secret: str | None) -> Steps[Subscription]:
        """Tells the service where to send its webhooks.

        Raises:
            ActionError: it did not work.
        """
        export = self._call_of(name, "subscribe")
        made = chance.token_urlsafe(32) if secret is None else secret
        given = {"input": self.input(name, "webhook", values), "url": url, "secret": made, "now": _now()}
        told = yield from self._runner.ask(export, given, self._terms, reads=False, hide=(made,), keep=("secret",))
        number, own, expires = told.get("subscription"), told.get("secret", made), told.get("expires")
        if not isinstance(number, str) or not number:
            raise _errors.broken(export, "no subscription, so that it could not be ended")
        if not isinstance(own, str) or isinstance(expires, bool) or not isinstance(expires, int | None):
            raise _errors.broken(export, "a secret that is no text, or an end that is no time")
        return Subscription(number, own, expires)

    def unsubscribe(self, name: str, values: Mapping[str, Any], subscription: str) -> Steps[None]:
        """Tells the service that it may stop. Where there is no such subscription any more, that is done.

        Raises:
            ActionError: it did not work.
        """
        export = self._call_of(name, "unsubscribe")
        given = {"input": self.input(name, "webhook", values), "subscription": subscription}
        try:
            yield from self._runner.ask(export, given, self._terms, reads=False)
        except ActionError as error:
            if error.kind != "not_found":
                raise

    def stored(self, name: str, kept: Mapping[str, Any]) -> Event[dict[str, Any]]:
        """An event of a trigger, from what was kept of it."""
        return self._event(name, kept)

    def _ask(self, name: str, given: Mapping[str, Any], secret: str | None = None) -> Steps[dict[str, Any]]:
        return self._runner.ask(name, {**given, "now": _now()}, self._terms, hide=() if secret is None else (secret,))

    def input(self, name: str, delivery: str, values: Mapping[str, Any]) -> dict[str, Any]:
        """What narrows a trigger down, as JSON has it.

        Raises:
            ActionError: some of it can't be sent, or there is no such trigger.
        """
        if (self._bundle.trigger(name) or {}).get("delivery") != delivery:
            raise self._none_of(name, delivery)
        return _values.plain(values, self._bundle.fields_of_trigger(name), self._terms.zone)

    def _none_of(self, name: str, delivery: str) -> ActionError:
        title = self._bundle.description["title"]
        triggers = [it["name"] for it in self._bundle.triggers if it["delivery"] == delivery]
        way = "can be polled" if delivery == "poll" else "comes by a webhook"
        return _errors.invalid_input(
            f"{title} has no trigger {name!r} that {way}. Those that are: {', '.join(triggers) or 'none'}."
        )

    def _call_of(self, name: str, call: str) -> str:
        export = (self._bundle.trigger(name) or {}).get(call)
        if not isinstance(export, str):
            told = f"{name!r} is no trigger that can {call} by itself: its docs say what a person does."
            raise _errors.invalid_input(told)
        return export

    def _events(self, name: str, told: Mapping[str, Any]) -> tuple[Event[dict[str, Any]], ...]:
        events = told.get("events")
        if not isinstance(events, list):
            raise _errors.broken(name, "no list of events")
        return tuple(self._event(name, event) for event in events)

    def _event(self, name: str, told: Any) -> Event[dict[str, Any]]:
        if not isinstance(told, Mapping):
            raise _errors.broken(name, "an event that is no object")
        number, data = told.get("id"), told.get("data")
        moment, subject = told.get("time"), told.get("subject")
        if not isinstance(number, str) or not number.strip():
            raise _errors.broken(name, "an event without an id")
        if not isinstance(data, dict):
            raise _errors.broken(name, f"an event without data ({number})")
        if moment is not None and not _is_moment(moment):
            raise _errors.broken(name, f"an event whose time is none of RFC 3339 ({number})")
        if not isinstance(subject, str | None):
            raise _errors.broken(name, f"an event whose subject is no text ({number})")
        plugin = self._bundle.description["name"]
        return Event(number, data, name, self._source, f"{plugin}.{name}", moment, subject or None)


def _is_moment(told: Any) -> bool:
    """Whether something is a date and a time of RFC 3339, that of a leap second too."""
    if not isinstance(told, str) or not _RFC_3339.fullmatch(told):
        return False
    try:
        datetime.datetime.fromisoformat(told.upper().replace(":60", ":59"))
    except ValueError:
        return False
    return True


def _response(name: str, told: Mapping[str, Any]) -> WebhookResponse:
    response = told.get("response")
    if not isinstance(response, Mapping):
        raise _errors.broken(name, "no response for the service")
    status, headers, body = response.get("status"), response.get("headers", {}), response.get("body", "")
    if isinstance(status, bool) or not isinstance(status, int) or not 200 <= status <= 599:  # noqa: PLR2004
        raise _errors.broken(name, "a response with a status that is not from 200 to 599")
    if not isinstance(headers, Mapping) or not all(isinstance(text, str) for pair in headers.items() for text in pair):
        raise _errors.broken(name, "a response with headers that are no texts")
    if not isinstance(body, str):
        raise _errors.broken(name, "a response with a body that is no text")
    if any(mark in text for pair in headers.items() for text in pair for mark in "\r\n\0"):
        raise _errors.broken(name, "a response with a header of more than one line")
    return WebhookResponse(status, dict(headers), body)


def _joined(headers: Headers) -> dict[str, str]:
    """The headers by their names in small letters; what stands twice has its values joined."""
    found: dict[str, str] = {}
    # Not every framework's own kind says that it is a mapping.
    pairs: Any = headers.items() if hasattr(headers, "items") else headers
    for given, content in pairs:
        name, value = _text(given).lower(), _text(content)
        found[name] = f"{found[name]}, {value}" if name in found else value
    return found


def _text(given: str | bytes) -> str:
    # As HTTP has it: each byte is a character.
    return given.decode("latin-1") if isinstance(given, bytes) else given


def started(start: object, zone: datetime.tzinfo | None) -> str | int:
    """From where on events are wanted, as the contract has it.

    Raises:
        ActionError: it is none of that.
    """
    if start in {"now", "beginning"}:
        return str(start)
    seconds = moment(start, zone)
    if seconds is None:
        message = f'start has to be "now", "beginning", or a date with its time zone, not {str(start)[:40]!r}'
        raise _errors.invalid_input(f"{message}.", [{"field": "start", "message": message}])
    return seconds


def _at_least_one(limit: object) -> int:
    count = int(limit) if isinstance(limit, str) and limit.strip().isdecimal() else limit
    if isinstance(count, bool) or not isinstance(count, int) or count < 1:
        message = f"limit has to be a whole number from 1, not {str(limit)[:40]!r}"
        raise _errors.invalid_input(f"{message}.", [{"field": "limit", "message": message}])
    return count


def _now() -> int:
    return int(time.time())
