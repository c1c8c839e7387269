"""Actions with a connection."""

import datetime
import json
import threading
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from . import _errors, _values
from ._account import Secrets
from ._bundle import Bundle
from ._engine import Engine, Exchange, Instance, PluginFailure, Trap
from ._errors import ActionError, Effect, ErrorDocument
from ._guard import Guard
from ._http import Client, Limits
from ._lanes import Lanes, NoTurnError
from ._model import is_read, key_of
from ._repeated import keyed
from ._subject import subject_of


@dataclass(frozen=True)
class Terms:
    """How one call is made."""

    timeout_s: float = 30.0
    """Its time, waiting for its turn included."""
    zone: datetime.tzinfo | None = None
    """What dates without a time zone are meant in."""


@dataclass(frozen=True)
class Repeat:
    """What an engine knows of a call that it repeats by itself."""

    place: int | None = None
    """The place of its first attempt among the calls of the account."""
    effect: Effect | None = None
    """That of the attempts before, if this is a repeat."""
    key: uuid.UUID | None = None
    """The key by which the service knows all of its attempts, if the action has one."""


@dataclass(frozen=True)
class _Call:
    """What the description says of a call, and the key that was made for it, which its caller does not know."""

    action: Mapping[str, Any]
    made_key: str = ""

    @property
    def only_reads(self) -> bool:
        return is_read(self.action)

    @property
    def may_be_repeated(self) -> bool:
        """Whether a second time is as good as the first, even where the first may have had its effect."""
        if key_of(self.action):
            return not self.made_key
        idempotent: bool = self.action.get("annotations", {}).get("idempotentHint") is True
        return idempotent


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
        repeat: Repeat | None = None,
    ) -> dict[str, Any]:
        """Runs an action.

        Args:
            name: the action's.
            values: its input.
            terms: how the call is made.
            repeat: what is known of its attempts, if an engine repeats it.

        Raises:
            ActionError: the contract's error document.
        """
        deadline = time.monotonic() + terms.timeout_s
        repeat = repeat or Repeat()
        place = self.place() if repeat.place is None else repeat.place
        action = self._bundle.action(name)
        if action is None:
            raise _errors.invalid_input(self._bundle.unknown(name))
        plain = _values.plain(values, self._bundle.fields(name), terms.zone)
        call = _Call(action)
        if field := key_of(action):
            schema = action["inputSchema"].get("properties", {}).get(field, {})
            whole = keyed(plain, field, schema, repeat.key)
            if repeat.key is None and whole != plain:
                call = _Call(action, f"{field}={whole[field]}")
            plain = whole
        data = json.dumps(plain).encode()
        field = action.get("subject")
        subject = subject_of(field, plain) if field else None
        if subject is None:
            return self._run(name, data, deadline, call)
        try:
            with self._lanes.turn(subject, deadline):
                if repeat.effect is not None and self._lanes.is_overtaken(subject, place):
                    raise _errors.superseded(repeat.effect)
                output = self._run(name, data, deadline, call)
                if not call.only_reads:
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
        return self._run(check, b"", deadline, _Call({"annotations": {"readOnlyHint": True}}))

    def _run(self, export: str, data: bytes, deadline: float, call: _Call) -> dict[str, Any]:
        exchange = Exchange(self._client, deadline)
        try:
            instance = self._take()
            output = instance.call(export, data, exchange)
        except PluginFailure as failure:
            document = _errors.read(str(failure))
            if document is None:
                raise _errors.internal("The plugin failed without an error document.", _effect(exchange)) from None
            self._give_back(instance)
            raise self._error(document, exchange, call) from None
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

    def _error(self, document: ErrorDocument, exchange: Exchange, call: _Call) -> ActionError:
        """The plugin's error, with what only the host can know."""
        notes = [exchange.note]
        if call.only_reads:
            document["effect"] = "none"
        elif document["effect"] == "unknown" and not call.may_be_repeated:
            # A second time might be a second effect: a person has to look first.
            document["retry"] = "never"
            if call.made_key:
                notes.append(f"To repeat it as the same call, give it {call.made_key}.")
        if document["retry"] == "later" and exchange.retry_after_s is not None:
            document.setdefault("retry_after_s", exchange.retry_after_s)
        if document["kind"] == "unexpected_reply" and exchange.sent_to:
            notes[0] = f"It was sent to {exchange.sent_to}."
        document["message"] = " ".join(text for text in (document["message"], *notes) if text)
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


def _effect(exchange: Exchange) -> Effect:
    """What was sent before a plugin stopped may have had its effect."""
    return "unknown" if exchange.may_have_sent else "none"
