"""What a description says in the contract's own words."""

from collections.abc import Mapping
from typing import Any


def is_read(action: Mapping[str, Any]) -> bool:
    """Whether an action changes nothing."""
    return action.get("annotations", {}).get("readOnlyHint") is True


def key_of(action: Mapping[str, Any]) -> str | None:
    """The field of an action by which its service knows repeats."""
    idempotency = action.get("idempotency")
    key = idempotency.get("key") if isinstance(idempotency, Mapping) else None
    return key if isinstance(key, str) else None


def is_secret(schema: Mapping[str, Any]) -> bool:
    """Whether a value of a connection is hidden wherever it turns up."""
    return schema.get("writeOnly") is True or schema.get("format") == "password"
