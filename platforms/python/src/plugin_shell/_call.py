"""One call: what its action says of repeats, and what is left of its input once it is as JSON has it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from . import _errors
from ._contract import is_read, key_of
from ._errors import ErrorDocument
from ._repeated import keyed
from ._subject import subject_of

_LOOK = "It is not repeated by itself, as it might be done twice: look whether it was done."


@dataclass(frozen=True)
class Call:
    """A call of an action, with its key."""

    name: str
    """The export's."""
    action: Mapping[str, Any]
    values: Mapping[str, Any] = field(default_factory=dict)
    made_key: str = ""
    """The key that was made for it, which its caller does not know, as an argument."""

    @classmethod
    def of(cls, action: Mapping[str, Any], values: Mapping[str, Any], key: UUID | None) -> "Call":
        """A call with this input. `key` is an engine's, which will know it again."""
        named = key_of(action)
        if named is None:
            return cls(action["name"], action, values)
        whole = keyed(values, named, action["inputSchema"].get("properties", {}).get(named, {}), key)
        made = "" if key is not None or whole == values else f"{named}={whole[named]}"
        return cls(action["name"], action, whole, made)

    @property
    def data(self) -> bytes:
        """Its input as the plugin gets it."""
        return json.dumps(self.values).encode()

    @property
    def subject(self) -> str | None:
        """What it changes, if it says."""
        named = self.action.get("subject")
        return subject_of(named, self.values) if named else None

    @property
    def only_reads(self) -> bool:
        """Whether it changes nothing."""
        return is_read(self.action)

    @property
    def _may_be_repeated(self) -> bool:
        """Whether a second time is as good as the first, even where the first may have had its effect."""
        if key_of(self.action):
            return not self.made_key
        told = self.action.get("idempotency")
        if told is not None:
            return bool(told == "natural")
        return self.action.get("annotations", {}).get("idempotentHint") is True

    def judge(self, document: ErrorDocument) -> None:
        """Says in an error whether the call may be repeated, once all is known of its effect."""
        if document["effect"] == "unknown" and not self._may_be_repeated:
            # A second time might be a second effect: a person has to look first.
            _errors.withdraw_advice(document)
            if self.made_key:
                _errors.note(document, f"To repeat it as the same call, give it {self.made_key}.")
            elif document["retry"] == "later":
                _errors.note(document, _LOOK)
            document["retry"] = "never"
        if document["retry"] == "never":
            document.pop("retry_after_s", None)
