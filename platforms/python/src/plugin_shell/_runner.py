"""Actions with a connection."""

import datetime
import json
import time
import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from . import _errors, _looked_up, _values
from ._account import Secrets, secrets_of
from ._bundle import Bundle
from ._call import Call
from ._contract import is_read
from ._engine import Engine, Instances, Trap
from ._errors import ActionError, Effect, ErrorDocument
from ._exchange import Exchange
from ._guard import Guard
from ._http import Client
from ._lanes import Lanes, NoTurnError
from ._request import Limits, Rules
from ._steps import Steps, Waiting

# Nothing is looked up in less.
_SHORTEST_LOOK_S = 1.0


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


class Runner:
    """A plugin with a connection, whose instances serve it alone. Its calls are steps, for threads and for asyncio."""

    def __init__(
        self, bundle: Bundle, engine: Engine, config: Mapping[str, str], lanes: Lanes, guard: Guard | None = None
    ) -> None:
        self._bundle = bundle
        connection = bundle.description["connection"]
        origins = [config.get(key, "") for key in connection["origins"]]
        self.rules = Rules(origins, Limits(response_bytes=bundle.max_response_bytes), guard)
        """What its requests are held to, whoever makes them."""
        self.client = Client(self.rules)
        """What makes them for threads."""
        self._secrets = secrets_of(connection, config)
        self._instances = Instances(engine, config)
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
    ) -> Steps[dict[str, Any]]:
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
        call = Call.of(action, plain, repeat.key)
        subject = call.subject
        if subject is None:
            return (yield from self._attempt(call, deadline))
        turn = self._lanes.enter(subject)
        try:
            if not turn.has_begun:
                yield Waiting(turn, deadline)
            if repeat.effect is not None and self._lanes.is_overtaken(subject, place):
                raise _errors.superseded(repeat.effect)
            output = yield from self._attempt(call, deadline)
            if not call.only_reads:
                self._lanes.succeeded(subject, place)
            return output
        except NoTurnError:
            raise _errors.still_waiting(terms.timeout_s) from None
        finally:
            self._lanes.leave(turn)

    def check(self, terms: Terms) -> Steps[dict[str, Any]]:
        """Proves that the connection works, without changing anything.

        Raises:
            ActionError: the contract's error document.
        """
        deadline = time.monotonic() + terms.timeout_s
        check = self._bundle.description["connection"]["check"]
        return (yield from self._run(Call(check, {"annotations": {"readOnlyHint": True}}), b"", deadline))

    def ask(
        self,
        export: str,
        given: Mapping[str, Any],
        terms: Terms,
        *,
        reads: bool = True,
        hide: Collection[str] = (),
        keep: Collection[str] = (),
    ) -> Steps[dict[str, Any]]:
        """Runs an export that is none of an action: a trigger's.

        Args:
            export: its name.
            given: its input, as JSON has it.
            terms: how the call is made.
            reads: whether it changes nothing.
            hide: secrets besides those of the connection.
            keep: the members of the output in which nothing is hidden, as they are secrets themselves.

        Raises:
            ActionError: the contract's error document.
        """
        call = Call(export, {"annotations": {"readOnlyHint": reads}}, given)
        more = Secrets(hide)
        try:
            told = yield from self._run(call, call.data, time.monotonic() + terms.timeout_s, keep)
        except ActionError as error:
            raise ActionError(more.hide(error.to_dict())) from None
        return {**more.hide(told), **{name: told[name] for name in keep if name in told}}

    def _attempt(self, call: Call, deadline: float) -> Steps[dict[str, Any]]:
        """Runs the action; after an unknown effect it is looked up whether it has happened, if there is a way."""
        try:
            return (yield from self._run(call, call.data, deadline))
        except ActionError as error:
            document = error.to_dict()
            if document["effect"] != "unknown":
                raise
            rule = call.action.get("verify")
            if rule:
                found = yield from self._look_up(rule, call, document, deadline)
                if found is not None:
                    return _looked_up.output(call.action, call.values, found)
            call.judge(document)
            raise ActionError(document) from None

    def _look_up(
        self, rule: Mapping[str, Any], call: Call, document: ErrorDocument, deadline: float
    ) -> Steps[dict[str, Any] | None]:
        """What was found of a call that has happened; else the error says what is known of it.

        It has what is left of the call's time, as the caller waits no longer.
        """
        name = rule["action"]
        action = self._bundle.action(name)
        if action is None or not is_read(action):
            return None
        if deadline - time.monotonic() < _SHORTEST_LOOK_S:
            _errors.note(document, f"It could not be looked up with {name}: no time is left.")
            return None
        read = Call(name, action, _looked_up.arguments(rule, call.values))
        try:
            found = yield from self._run(read, read.data, deadline)
        except ActionError as error:
            _errors.note(document, f"It could not be looked up with {name}: {_errors.without_advice(str(error))}")
            return None
        happened = _looked_up.has_happened(rule, call.values, found)
        if happened:
            return found
        if happened is None:
            told = "whose answer tells neither that it was done nor that it was not"
            _errors.note(document, f"It was looked up with {name}, {told} (at {_looked_up.places(rule)}).")
        else:
            document["effect"] = "none"
            _errors.note(document, f"It was looked up with {name}: it was not done.")
        return None

    def _run(self, call: Call, data: bytes, deadline: float, keep: Collection[str] = ()) -> Steps[dict[str, Any]]:
        exchange = Exchange(self.rules, deadline)
        try:
            ended = yield from exchange.steps(self._instances, call.name, data)
        except Trap as trap:
            raise self._stopped(str(trap), exchange) from None
        if ended.stopped is not None:
            raise self._stopped(ended.stopped, exchange)
        if ended.error is not None:
            document = _errors.read(ended.error.decode(errors="replace"))
            if document is None:
                raise _errors.internal("The plugin failed without an error document.", _effect(exchange))
            raise self._error(document, exchange, call)
        try:
            text = ended.output.decode()
            result = json.loads(text)
        except (ValueError, RecursionError):
            result = None
        if not isinstance(result, dict):
            raise _errors.internal("The plugin's answer is no JSON object.", _effect(exchange))
        hidden: dict[str, Any] = self._secrets.hide(result) if self._secrets.may_be_in(text) else result
        return {**hidden, **{name: result[name] for name in keep if name in result}}

    def _stopped(self, why: str, exchange: Exchange) -> ActionError:
        reason = self._secrets.hide(" ".join(why.split()))
        return _errors.internal(f"The plugin stopped: {reason}", _effect(exchange))

    def _error(self, document: ErrorDocument, exchange: Exchange, call: Call) -> ActionError:
        """The plugin's error, with what only the host can know."""
        if call.only_reads:
            document["effect"] = "none"
        if document["retry"] == "later" and exchange.retry_after_s is not None:
            document.setdefault("retry_after_s", exchange.retry_after_s)
        note = exchange.note
        if document["kind"] == "unexpected_reply" and exchange.sent_to:
            note = f"It was sent to {exchange.sent_to}."
        if note:
            document["message"] = f"{document['message']} {note}"
        hidden: ErrorDocument = self._secrets.hide(document)
        return ActionError(hidden)


def _effect(exchange: Exchange) -> Effect:
    """What was sent before a plugin stopped may have had its effect."""
    return "unknown" if exchange.may_have_sent else "none"
