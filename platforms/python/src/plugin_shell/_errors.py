"""The one error of an action, as the contract between plugins and hosts has it."""

import json
import re
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
    "forged_event",
    "internal",
    "superseded",
]
"""What went wrong. `superseded` is this package's own: a repeat that came after a later change of the same thing."""

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
    verified: NotRequired[bool]
    """Whether a signature proves that code and text come from the service. Left out, it does not."""


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


# The last sentence of an error, if it is advice to try again, as the kit's errors have it.
_ADVICE = re.compile(r"(?<=\. )Try again(?:(?!\. ).)*$")


def note(document: ErrorDocument, sentence: str) -> None:
    """Adds a sentence to an error's message, before the advice to try again that it may end with."""
    message = document["message"]
    advice = _ADVICE.search(message)
    if advice is None:
        document["message"] = f"{message} {sentence}"
    else:
        document["message"] = f"{message[: advice.start()]}{sentence} {advice.group()}"


def withdraw_advice(document: ErrorDocument) -> None:
    """Takes the advice to try again out of an error's message, where somebody has to look first."""
    document["message"] = without_advice(document["message"])


def without_advice(message: str) -> str:
    """A message without the advice to try again."""
    return _ADVICE.sub("", message).rstrip()


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


class ConfigurationError(ActionError, ValueError):
    """A client or a connection was made with something that it can't work with. Nothing was sent."""


class BundleError(ActionError, RuntimeError):
    """The files inside the package can't be used. The text says why and what to do."""

    def __init__(self, message: str | ErrorDocument) -> None:
        # An error that comes out of a pickle brings its whole document.
        document = _document("internal", message) if isinstance(message, str) else message
        super().__init__(document)


class WebhookError(ActionError):
    """A webhook that counts for nothing. Its text is for the log; what the service is answered is `status`."""

    def __init__(self, document: ErrorDocument, status: int | None = None) -> None:
        super().__init__(document)
        # Both, so that the error survives being pickled.
        self.args = (document, status)
        self._status = status

    @property
    def status(self) -> int:
        """The HTTP status that the service is answered, without a body."""
        return self._status or _STATUSES.get(self.kind, 500)


class ForgedEventError(WebhookError):
    """A webhook of which nothing proves that it is the service's."""


_STATUSES: dict[str, int] = {"forged_event": 401, "unexpected_reply": 400, "throttled": 503, "unavailable": 503}


def of_webhook(error: ActionError, status: int | None = None) -> WebhookError:
    """The error of a webhook, with the status that the service is answered if its kind does not say."""
    kind = ForgedEventError if error.kind == "forged_event" else WebhookError
    return kind(error.to_dict(), status)


def configuration(field: str, message: str) -> ConfigurationError:
    """An argument that a client or a connection can't be made with."""
    document = _document("invalid_connection", message)
    document["field"], document["problems"] = field, [{"field": field, "message": message}]
    return ConfigurationError(document)


def internal(message: str, effect: Effect) -> ActionError:
    """An error of the host or the plugin itself."""
    return ActionError(_document("internal", message, effect=effect))


def unexpected(action: str, what: str) -> ActionError:
    """An answer to a read that is none of the contract."""
    message = f"{action} answered with {what}. Report it to the plugin's author."
    return ActionError(_document("unexpected_reply", message))


def broken(export: str, what: str) -> ActionError:
    """An output of a trigger that is none of the contract."""
    return internal(f"{export} answered with {what}. Report it to the plugin's author.", "none")


def invalid_input(message: str, problems: list[Problem] | None = None) -> ActionError:
    """An input that never reached the plugin."""
    document = _document("invalid_input", message)
    if problems:
        document["field"], document["problems"] = problems[0]["field"], problems
    return ActionError(document)


def unusable_proxy(message: str) -> ActionError:
    """The environment's proxy can't be used, so that nothing was sent."""
    return ActionError(_document("invalid_connection", f"{message}."))


def still_waiting(seconds: float) -> ActionError:
    """The time was over before it was the call's turn."""
    message = f"Other calls on the same subject took all of the {seconds:g} s that this one had. Try again later."
    return ActionError(_document("unavailable", message, retry="later"))


def superseded(effect: Effect) -> ActionError:
    """A repeat that would undo a later change."""
    known = "had no effect" if effect == "none" else "may have had its effect"
    message = (
        f"A later call on the same subject has succeeded, so that this one is not repeated. Its last attempt {known}."
    )
    return ActionError(_document("superseded", message, effect=effect))


def _document(kind: Kind, message: str, retry: Retry = "never", effect: Effect = "none") -> ErrorDocument:
    return {"kind": kind, "message": message, "retry": retry, "effect": effect}


def read(text: str) -> ErrorDocument | None:
    """The error document that a plugin set; None if it is none."""
    try:
        document: Any = json.loads(text)
        wanted = {"kind": str, "message": str, "retry": str, "effect": str}
        if not all(isinstance(document[name], kind) for name, kind in wanted.items()):
            return None
    except (ValueError, LookupError, TypeError, RecursionError):
        return None
    return cast("ErrorDocument", document)
