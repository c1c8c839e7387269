"""The module and its description, as they lie in the package."""

import functools
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any

from ._errors import BundleError
from ._values import Rule, rules

# A reply of the service has some hundred bytes.
_RESPONSE_BYTES = 256 << 10


@dataclass(frozen=True, eq=False)
class Bundle:
    """A module of the contract, and what it says of itself."""

    wasm: bytes
    description: Mapping[str, Any]
    # 64 KiB each; None for as many as the module likes.
    max_pages: int | None = None
    max_response_bytes: int = _RESPONSE_BYTES

    @functools.cached_property
    def _actions(self) -> Mapping[str, Mapping[str, Any]]:
        return {action["name"]: action for action in self.description["actions"]}

    @functools.cached_property
    def _rules(self) -> Mapping[str, Mapping[str, Rule]]:
        return {name: _fields(action) for name, action in self._actions.items()}

    def action(self, name: str) -> Mapping[str, Any] | None:
        """What the description says of an action."""
        return self._actions.get(name)

    def fields(self, name: str) -> Mapping[str, Rule]:
        """The rules by which an action's values are written."""
        return self._rules.get(name, {})

    @property
    def triggers(self) -> Sequence[Mapping[str, Any]]:
        """What the description says of triggers."""
        found: Sequence[Mapping[str, Any]] = self.description.get("triggers", ())
        return found

    def trigger(self, name: str) -> Mapping[str, Any] | None:
        """What the description says of a trigger."""
        return next((trigger for trigger in self.triggers if trigger["name"] == name), None)

    def fields_of_trigger(self, name: str) -> Mapping[str, Rule]:
        """The rules by which a trigger's values are written."""
        return _fields(self.trigger(name) or {})

    def unknown(self, name: str) -> str:
        """What to say of an action that is not there."""
        names = ", ".join(action["name"] for action in self.description["actions"])
        return f"{self.description['title']} has no action {name}. Its actions: {names}."


def _fields(described: Mapping[str, Any]) -> Mapping[str, Rule]:
    return rules(described.get("inputSchema", {}), described.get("form", {}).get("moments", ()))


@functools.cache
def packaged() -> Bundle:
    """The bundle of this package.

    Raises:
        BundleError: a file is missing or damaged.
    """
    return load(resources.files(__package__) / "bundle")


def load(folder: Traversable) -> Bundle:
    """The bundle in a folder, once the sums of its files are right.

    Raises:
        BundleError: a file is missing or damaged.
    """
    try:
        lines = (folder / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
        sums = {name: expected for expected, name in (line.split() for line in lines)}
        manifest, described = (
            json.loads(_checked(folder / name, sums.get(name))) for name in ("extism.json", "describe.json")
        )
        # One of the files that have a sum, so never a path that leads elsewhere.
        module = manifest["wasm"][0]["path"]
        memory = manifest.get("memory", {})
        return Bundle(
            wasm=_checked(folder / module, sums.get(module)),
            description=described,
            max_pages=memory.get("max_pages"),
            max_response_bytes=memory.get("max_http_response_bytes", _RESPONSE_BYTES),
        )
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        name = str(__package__).replace("_", "-")
        raise BundleError(f"{name} is not installed whole ({error}). Install it again.") from error


def _checked(file: Traversable, expected: str | None) -> bytes:
    if expected is None:
        raise ValueError(f"{file.name} has no SHA-256")
    content = file.read_bytes()
    if hashlib.sha256(content).hexdigest() != expected:
        raise ValueError(f"{file.name} does not match its SHA-256")
    return content
