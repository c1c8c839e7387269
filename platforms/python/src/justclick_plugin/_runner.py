"""Actions with a connection."""

import json
import threading
from collections.abc import Mapping
from typing import Any

from justclick_plugin import _errors
from justclick_plugin._bundle import Bundle
from justclick_plugin._engine import Engine, Exchange, Instance, PluginFailure, Trap
from justclick_plugin._errors import Effect
from justclick_plugin._http import Client, Limits
from justclick_plugin._turns import Turns


class Runner:
    """A plugin with a connection. Its instances serve this connection alone; any number of threads may call."""

    def __init__(self, bundle: Bundle, engine: Engine, config: Mapping[str, str], limits: Limits) -> None:
        self._bundle = bundle
        self._engine = engine
        self._config = dict(config)
        origins = (config.get(key, "") for key in bundle.description["connection"]["origins"])
        self._client = Client(origins, limits)
        self._idle: list[Instance] = []
        self._lock = threading.Lock()
        self._turns = Turns()

    def call(self, name: str, values: Mapping[str, Any]) -> dict[str, Any]:
        """Runs an action.

        Raises:
            ActionError: the contract's error document.
        """
        action = self._bundle.action(name)
        if action is None:
            title, names = self._bundle.description["title"], self._names()
            raise _errors.invalid_input(f"{title} has no action {name}. Its actions: {names}.")
        try:
            data = json.dumps(dict(values), allow_nan=False).encode()
        except (TypeError, ValueError) as error:
            raise _errors.invalid_input(f"The input can't be written as JSON: {error}.") from None
        field = action.get("subject", "")
        if values.get(field) is None:
            return self._run(name, data)
        with self._turns.turn(f"{field} {_normal(values[field])}"):
            return self._run(name, data)

    def check(self) -> dict[str, Any]:
        """Proves that the connection works, without changing anything.

        Raises:
            ActionError: the contract's error document.
        """
        return self._run(self._bundle.description["connection"]["check"], b"")

    def _names(self) -> str:
        return ", ".join(action["name"] for action in self._bundle.description["actions"])

    def _run(self, export: str, data: bytes) -> dict[str, Any]:
        exchange = Exchange(self._client)
        try:
            instance = self._take()
            output = instance.call(export, data, exchange)
        except PluginFailure as failure:
            error = _errors.read(str(failure), exchange.retry_after_s)
            if error is None:
                raise _errors.internal("The plugin failed without an error document.", _effect(exchange)) from None
            self._give_back(instance)
            raise error from None
        except Trap as trap:
            # The instance goes with its trap, which leaks the guest's stack.
            reason = " ".join(str(trap).split())
            raise _errors.internal(f"The plugin stopped: {reason}", _effect(exchange)) from None
        try:
            result = json.loads(output)
        except ValueError:
            result = None
        if not isinstance(result, dict):
            raise _errors.internal("The plugin's answer is no JSON object.", _effect(exchange))
        self._give_back(instance)
        return result

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
    return "unknown" if exchange.requests else "none"


def _normal(subject: object) -> str:
    """One text for all the ways to write a subject: 7, 7.0, "7" and "007" are one order."""
    text = str(int(subject) if isinstance(subject, float) and subject.is_integer() else subject).strip()
    return text.lstrip("0") if text.isascii() and text.isdigit() else text
