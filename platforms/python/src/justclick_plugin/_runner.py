"""Actions with a connection."""

import datetime
import json
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from justclick_plugin import _errors, _values
from justclick_plugin._account import Secrets
from justclick_plugin._bundle import Bundle
from justclick_plugin._engine import Engine, Exchange, Instance, PluginFailure, Trap
from justclick_plugin._errors import ActionError, Effect, ErrorDocument
from justclick_plugin._guard import Guard
from justclick_plugin._http import Client, Limits
from justclick_plugin._lanes import Lanes, NoTurnError
from justclick_plugin._subject import subject_of


@dataclass(frozen=True)
class Terms:
    """How one call is made."""

    timeout_s: float = 30.0
    """Its time, waiting for its turn included."""
    zone: datetime.tzinfo | None = None
    """What dates without a time zone are meant in."""


class Runner:
    """A plugin with a connection. Its instances serve this connection alone; any number of threads may call."""

    def __init__(
        self, bundle: Bundle, engine: Engine, config: Mapping[str, str], lanes: Lanes, guard: Guard | None = None
    ) -> None:
        self._bundle = bundle
        self._engine = engine
        self._config = dict(config)
        connection = bundle.description["connection"]
        origins = (config.get(key, "") for key in connection["origins"])
        self._client = Client(origins, Limits(response_bytes=bundle.max_response_bytes), guard)
        self._secrets = Secrets(connection, config)
        self._idle: list[Instance] = []
        self._lock = threading.Lock()
        self._lanes = lanes

    def place(self) -> int:
        """The place of a call that is made now; a repeat of it hands it to `call`."""
        return self._lanes.place()

    def call(
        self,
        name: str,
        values: Mapping[str, Any],
        terms: Terms,
        place: int | None = None,
        effect: Effect | None = None,
    ) -> dict[str, Any]:
        """Runs an action.

        Args:
            name: the action's.
            values: its input.
            terms: how the call is made.
            place: that of the first attempt, if this is one of several.
            effect: that of the attempts before, if this is a repeat.

        Raises:
            ActionError: the contract's error document.
        """
        deadline = time.monotonic() + terms.timeout_s
        place = self.place() if place is None else place
        action = self._bundle.action(name)
        if action is None:
            title, names = self._bundle.description["title"], self._names()
            raise _errors.invalid_input(f"{title} has no action {name}. Its actions: {names}.")
        plain = _values.plain(values, self._bundle.moments(name), terms.zone, self._bundle.measures(name))
        data = json.dumps(plain).encode()
        field = action.get("subject")
        subject = subject_of(field, plain) if field else None
        if subject is None:
            return self._run(name, data, deadline, action)
        try:
            with self._lanes.turn(subject, deadline):
                if effect is not None and self._lanes.is_overtaken(subject, place):
                    raise _errors.superseded(effect)
                output = self._run(name, data, deadline, action)
                if not _only_reads(action):
                    self._lanes.succeeded(subject, place)
                return output
        except NoTurnError:
            raise _errors.still_waiting(terms.timeout_s) from None

    def check(self, terms: Terms) -> dict[str, Any]:
        """Proves that the connection works, without changing anything.

        Raises:
            ActionError: the contract's error document.
        """
        deadline = time.monotonic() + terms.timeout_s
        check = self._bundle.description["connection"]["check"]
        return self._run(check, b"", deadline, {"annotations": {"readOnlyHint": True}})

    def _names(self) -> str:
        return ", ".join(action["name"] for action in self._bundle.description["actions"])

    def _run(self, export: str, data: bytes, deadline: float, action: Mapping[str, Any]) -> dict[str, Any]:
        exchange = Exchange(self._client, deadline)
        try:
            instance = self._take()
            output = instance.call(export, data, exchange)
        except PluginFailure as failure:
            document = _errors.read(str(failure))
            if document is None:
                raise _errors.internal("The plugin failed without an error document.", _effect(exchange)) from None
            self._give_back(instance)
            raise self._error(document, exchange, action) from None
        except Trap as trap:
            # The instance goes with its trap, which leaks the guest's stack.
            reason = self._secrets.hide(" ".join(str(trap).split()))
            raise _errors.internal(f"The plugin stopped: {reason}", _effect(exchange)) from None
        try:
            result = json.loads(output)
        except (ValueError, RecursionError):
            result = None
        if not isinstance(result, dict):
            raise _errors.internal("The plugin's answer is no JSON object.", _effect(exchange))
        self._give_back(instance)
        hidden: dict[str, Any] = self._secrets.hide(result)
        return hidden

    def _error(self, document: ErrorDocument, exchange: Exchange, action: Mapping[str, Any]) -> ActionError:
        """The plugin's error, with what only the host can know."""
        if _only_reads(action):
            document["effect"] = "none"
        elif document["effect"] == "unknown" and action.get("annotations", {}).get("idempotentHint") is not True:
            # A second time might be a second effect: a person has to look first.
            document["retry"] = "never"
        if document["retry"] == "later" and exchange.retry_after_s is not None:
            document.setdefault("retry_after_s", exchange.retry_after_s)
        note = exchange.note
        if document["kind"] == "unexpected_reply" and exchange.sent_to:
            note = f"It was sent to {exchange.sent_to}."
        if note:
            document["message"] = f"{document['message']} {note}"
        hidden: ErrorDocument = self._secrets.hide(document)
        return ActionError(hidden)

    def _take(self) -> Instance:
        with self._lock:
            if self._idle:
                return self._idle.pop()
        return self._engine.instance(self._config)

    def _give_back(self, instance: Instance) -> None:
        with self._lock:
            self._idle.append(instance)


def _only_reads(action: Mapping[str, Any]) -> bool:
    return action.get("annotations", {}).get("readOnlyHint") is True


def _effect(exchange: Exchange) -> Effect:
    """What was sent before a plugin stopped may have had its effect."""
    return "unknown" if exchange.may_have_sent else "none"
