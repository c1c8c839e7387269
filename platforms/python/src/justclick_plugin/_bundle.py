"""The module and its description, as they lie in the package."""

import functools
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any

from justclick_plugin._errors import BundleError

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

    def action(self, name: str) -> Mapping[str, Any] | None:
        """What the description says of an action."""
        return next((action for action in self.description["actions"] if action["name"] == name), None)

    def moments(self, name: str) -> set[str]:
        """The fields of an action that hold dates."""
        action = self.action(name) or {}
        properties: Mapping[str, Any] = action.get("inputSchema", {}).get("properties", {})
        dated = {field for field, schema in properties.items() if schema.get("format") == "date-time"}
        return dated | set(action.get("form", {}).get("moments", ()))

    def measures(self, name: str) -> set[str]:
        """The fields of an action that hold numbers of any kind, which may be rounded."""
        properties: Mapping[str, Any] = (self.action(name) or {}).get("inputSchema", {}).get("properties", {})
        return {field for field, schema in properties.items() if _may_be(schema.get("type"), "number")}


def _may_be(types: str | list[str] | None, wanted: str) -> bool:
    return types == wanted or (isinstance(types, list) and wanted in types)


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
        files = {
            name: _checked(folder / name, sums.get(name)) for name in ("justclick.wasm", "describe.json", "extism.json")
        }
        memory = json.loads(files["extism.json"]).get("memory", {})
        return Bundle(
            wasm=files["justclick.wasm"],
            description=json.loads(files["describe.json"]),
            max_pages=memory.get("max_pages"),
            max_response_bytes=memory.get("max_http_response_bytes", _RESPONSE_BYTES),
        )
    except (OSError, ValueError) as error:
        raise BundleError(f"justclick-plugin is not installed whole ({error}). Install it again.") from error


def _checked(file: Traversable, expected: str | None) -> bytes:
    content = file.read_bytes()
    if hashlib.sha256(content).hexdigest() != expected:
        raise ValueError(f"{file.name} does not match its SHA-256")
    return content
