"""Reads that find things: all pages of one, and the choices of a field."""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from . import _errors
from ._bundle import Bundle
from ._model import CURSOR, ITEMS, LIMIT

Call = Callable[[str, Mapping[str, Any]], dict[str, Any]]
"""Runs an action."""

MISSING = object()
"""Stands for what a pointer does not find."""

_MOST_PAGES = 1000


def found(bundle: Bundle, call: Call, action: str, values: Mapping[str, Any], limit: object = None) -> Iterator[Any]:
    """All that a search finds, page by page as it is asked for.

    Where a list changes while it is read, a service tells an item again on a later page: one that is the same in all of
    its members is left out.

    Args:
        bundle: what describes the action.
        call: runs it.
        action: its name.
        values: its input, without cursor.
        limit: how many at most, as a whole number or its text.

    Raises:
        ActionError: it did not work, or the pages have no end.
    """
    fields = (bundle.action(action) or {}).get("inputSchema", {}).get("properties", {})
    left = _count(limit)
    # All pages have one size: there are services that count their pages.
    page = {} if left is None or LIMIT not in fields else {LIMIT: min(left, fields[LIMIT].get("maximum", left))}
    cursor: Any = None
    followed: set[str] = set()
    told: set[bytes] = set()
    for _ in range(_MOST_PAGES):
        if left == 0:
            return
        output = call(action, {**values, **page, **({} if cursor is None else {CURSOR: cursor})})
        items = output.get(ITEMS)
        if not isinstance(items, list):
            raise _errors.unexpected(action, "no list of items")
        marks = [_mark(item) for item in items]
        new = [item for item, mark in zip(items, marks, strict=True) if mark not in told][:left]
        # What stands twice on one page is there twice.
        told.update(marks)
        yield from new
        left = None if left is None else left - len(new)
        cursor = output.get("nextCursor")
        if not cursor or CURSOR not in fields:
            return
        if str(cursor) in followed:
            raise _errors.unexpected(action, "a cursor that it has given before, and so would never end")
        followed.add(str(cursor))
    if left != 0:
        more = f"{action} finds more than {_MOST_PAGES} pages: look for less, or give a limit."
        raise _errors.invalid_input(more)


def _count(limit: object) -> int | None:
    if limit is None or limit == "":
        return None
    count = int(limit) if isinstance(limit, str) and limit.strip().isdecimal() else limit
    if isinstance(count, bool) or not isinstance(count, int) or count < 0:
        message = f"limit has to be a whole number, not {str(limit)[:40]!r}"
        raise _errors.invalid_input(f"{message}.", [{"field": LIMIT, "message": message}])
    return count


def _mark(item: Any) -> bytes:
    return hashlib.sha256(json.dumps(item, sort_keys=True).encode()).digest()[:16]


def choices(
    bundle: Bundle, call: Call, action: str, field: str, search: str | None, values: Mapping[str, Any]
) -> Iterator[tuple[Any, str]]:
    """The choices of a field: what it takes, and what people call it.

    Raises:
        ActionError: it did not work, or the field has no choices that a read lists.
    """
    described = bundle.action(action)
    if described is None:
        raise _errors.invalid_input(bundle.unknown(action))
    options: Mapping[str, Any] = described.get("form", {}).get("options", {})
    if field not in options:
        listed = ", ".join(options) or "none"
        message = f"{field} of {action} has no choices that can be listed. Fields that have: {listed}."
        raise _errors.invalid_input(message, [{"field": field, "message": message}])
    rule = options[field]
    given = {name: values[of] for name, of in rule.get("arguments", {}).items() if values.get(of) is not None}
    if search is not None and rule.get("search"):
        given[rule["search"]] = search
    for item in found(bundle, call, rule["action"], given):
        value = pointed(item, rule["value"])
        if value is not None:
            title = pointed(item, rule["title"])
            yield value, str(value if title is None else title)


def pointed(document: Any, pointer: str, otherwise: Any = None) -> Any:
    """What a JSON pointer leads to; `otherwise` if it leads nowhere."""
    for step in pointer.split("/")[1:]:
        name = step.replace("~1", "/").replace("~0", "~")
        if isinstance(document, Mapping) and name in document:
            document = document[name]
        elif isinstance(document, list) and name.isdecimal() and int(name) < len(document):
            document = document[int(name)]
        else:
            return otherwise
    return document
