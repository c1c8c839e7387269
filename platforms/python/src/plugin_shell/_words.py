"""Errors in the words of a form: a plugin names fields by their keys, people know them by their titles."""

from . import _bundle
from ._errors import ActionError


def in_words(error: ActionError) -> str:
    """What is wrong with a connection, in one line."""
    properties = _bundle.packaged().description["connection"]["schema"]["properties"]
    titles = {key: schema.get("title", key) for key, schema in properties.items()}
    problems = error.problems or [{"field": error.field or "", "message": error.message}]
    return "; ".join(_told(problem["message"], problem["field"], titles) for problem in problems)


def _told(message: str, field: str, titles: dict[str, str]) -> str:
    """`base_url must …` is `Base URL must …`: a message has no other field's key in it."""
    return titles.get(field, field) + message.removeprefix(field) if message.startswith(f"{field} ") else message
