"""Errors in the words of a form: a plugin names fields by their keys, people know them by their titles."""

from justclick_plugin import _bundle
from justclick_plugin._errors import ActionError


def in_words(error: ActionError) -> str:
    """What is wrong with a connection, in one line."""
    properties = _bundle.packaged().description["connection"]["schema"]["properties"]
    titles = {key: schema.get("title", key) for key, schema in properties.items()}
    problems = error.problems or [{"field": error.field or "", "message": error.message}]
    return "; ".join(_told(problem["message"], problem["field"], titles) for problem in problems)


def _told(message: str, field: str, titles: dict[str, str]) -> str:
    """`base_url must …` is `Base URL must …`, and `set allow_http to "true"` is `turn on "Allow plain http"`."""
    if message.startswith(f"{field} "):
        message = titles.get(field, field) + message.removeprefix(field)
    for key, title in titles.items():
        message = message.replace(f'set {key} to "true"', f'turn on "{title}"')
    return message
