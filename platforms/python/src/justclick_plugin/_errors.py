"""The one error of an action, as the contract between plugins and hosts has it."""

import json
from typing import Any, Literal, NotRequired, TypedDict, cast

Kind = Literal[
    "invalid_input",
    "invalid_connection",
    "auth",
    "not_found",
    "rejected",
    "throttled",
    "unavailable",
    "unexpected_reply",
    "forged_reply",
    "internal",
]
"""What went wrong."""

Retry = Literal["never", "later"]
"""Whether the call may be repeated by itself."""

Effect = Literal["none", "unknown"]
"""Whether the failed call changed anything at the service."""


class Problem(TypedDict):
    """One thing that is wrong with an input or a connection."""

    field: str
    message: str


class Upstream(TypedDict):
    """What came from the service."""

    http_status: int
    """0: there was no HTTP response."""
    error_code: NotRequired[int]
    """The service's own code."""
    error_text: NotRequired[str]
    """The service's own text, or the beginning of what came instead."""
    verified: bool
    """Whether the reply's hash proves that code and text come from the service."""


class ErrorDocument(TypedDict):
    """An error as JSON."""

    kind: Kind
    message: str
    retry: Retry
    retry_after_s: NotRequired[int]
    effect: Effect
    field: NotRequired[str]
    problems: NotRequired[list[Problem]]
    upstream: NotRequired[Upstream]


class ActionError(Exception):
    """A failed action. Its text, one line, says what is wrong and what to do."""

    def __init__(self, document: ErrorDocument) -> None:
        # The only argument, so that the error survives being pickled on its way between processes.
        super().__init__(document)
        self._document = document

    @property
    def kind(self) -> Kind:
        """What went wrong."""
        return self._document["kind"]

    @property
    def message(self) -> str:
        """What is wrong and what to do, for the person who runs the automation."""
        return self._document["message"]

    @property
    def retry(self) -> Retry:
        """Whether the call may be repeated by itself."""
        return self._document["retry"]

    @property
    def retry_after_s(self) -> int | None:
        """The earliest time to repeat it, in seconds from now, if the service said."""
        return self._document.get("retry_after_s")

    @property
    def effect(self) -> Effect:
        """Whether the failed call changed anything at the service."""
        return self._document["effect"]

    @property
    def field(self) -> str | None:
        """The first input field or config key that is wrong."""
        return self._document.get("field")

    @property
    def problems(self) -> list[Problem]:
        """Everything that is wrong with the input or the connection."""
        return list(self._document.get("problems", ()))

    @property
    def upstream(self) -> Upstream | None:
        """What came from the service."""
        return self._document.get("upstream")

    def to_dict(self) -> ErrorDocument:
        """The contract's error document."""
        return self._document.copy()

    def __str__(self) -> str:
        return self.message

    def __repr__(self) -> str:
        return f"ActionError({self.kind}: {self.message})"


def internal(message: str, effect: Effect) -> ActionError:
    """An error of the host or the plugin itself."""
    return ActionError({"kind": "internal", "message": message, "retry": "never", "effect": effect})


def invalid_input(message: str) -> ActionError:
    """An input that never reached the plugin."""
    return ActionError({"kind": "invalid_input", "message": message, "retry": "never", "effect": "none"})


def read(text: str, retry_after_s: int | None) -> ActionError | None:
    """The error document that a plugin set; None if it is none.

    The wish of the service to be left alone for a while is added here, because a plugin can't see it.
    """
    try:
        document: Any = json.loads(text)
        wanted = {"kind": str, "message": str, "retry": str, "effect": str}
        if not all(isinstance(document[name], kind) for name, kind in wanted.items()):
            return None
    except (ValueError, LookupError, TypeError):
        return None
    if document["retry"] == "later" and retry_after_s is not None:
        document.setdefault("retry_after_s", retry_after_s)
    return ActionError(cast("ErrorDocument", document))
