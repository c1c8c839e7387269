"""Reads that find things: all pages of one, and the choices of a field."""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from . import _errors
from ._bundle import Bundle
from ._model import CURSOR, ITEMS, LIMIT

Call = Callable[[str, Mapping[str, Any]], dict[str, Any]]
"""Runs an action."""

MISSING = object()
"""Stands for what a pointer does not find."""

_MOST_PAGES = 1000


class Search:
    """All that a search finds, page by page as it is asked for.

    Where a list changes while it is read, a service tells an item again on a later page: one that is the same in all of
    its members is left out.
    """

    def __init__(self, bundle: Bundle, action: str, values: Mapping[str, Any], limit: object = None) -> None:
        """Asks for nothing.

        Args:
            bundle: what describes the action.
            action: its name.
            values: its input, without cursor.
            limit: how many at most, as a whole number or its text.

        Raises:
            ActionError: the limit is none.
        """
        fields = (bundle.action(action) or {}).get("inputSchema", {}).get("properties", {})
        self.action = action
        self._left = _count(limit)
        # All pages have one size: there are services that count their pages.
        size = min(self._left, fields[LIMIT].get("maximum", self._left)) if self._left and LIMIT in fields else None
        self._values = {**values, **({} if size is None else {LIMIT: size})}
        self._has_cursor = CURSOR in fields
        self._pages = 0
        self._followed: set[str] = set()
        self._told: set[bytes] = set()
        self._next: Mapping[str, Any] | None = None if self._left == 0 else self._values

    def items(self, output: Mapping[str, Any]) -> list[Any]:
        """Those of a page that are new.

        Raises:
            ActionError: it is none, or the pages have no end.
        """
        items, self._next = output.get(ITEMS), None
        if not isinstance(items, list):
            raise _errors.unexpected(self.action, "no list of items")
        marks = [_mark(item) for item in items]
        new = [item for item, mark in zip(items, marks, strict=True) if mark not in self._told][: self._left]
        # What stands twice on one page is there twice.
        self._told.update(marks)
        self._left = None if self._left is None else self._left - len(new)
        self._pages += 1
        cursor = output.get("nextCursor")
        if cursor and self._has_cursor:
            self._next = {**self._values, CURSOR: cursor}
        return new

    def go_on(self) -> Mapping[str, Any] | None:
        """The input for the next page, once all of the last one has been told; None where there is none.

        Raises:
            ActionError: the pages have no end.
        """
        if self._next is None or not self._pages:
            return self._next
        cursor = str(self._next[CURSOR])
        if cursor in self._followed:
            raise _errors.unexpected(self.action, "a cursor that it has given before, and so would never end")
        self._followed.add(cursor)
        if self._left == 0:
            return None
        if self._pages >= _MOST_PAGES:
            more = f"{self.action} finds more than {_MOST_PAGES} pages: look for less, or give a limit."
            raise _errors.invalid_input(more)
        return self._next


def found(search: Search, call: Call) -> Iterator[Any]:
    """All that a search finds, for a program that blocks.

    Raises:
        ActionError: it did not work, or the pages have no end.
    """
    while (asked := search.go_on()) is not None:
        yield from search.items(call(search.action, asked))


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


class Choices:
    """The choices of a field, which a search lists."""

    def __init__(self, bundle: Bundle, action: str, field: str, search: str | None, values: Mapping[str, Any]) -> None:
        """Asks for nothing.

        Raises:
            ActionError: the field has no choices that a read lists.
        """
        described = bundle.action(action)
        if described is None:
            raise _errors.invalid_input(bundle.unknown(action))
        options: Mapping[str, Any] = described.get("form", {}).get("options", {})
        if field not in options:
            listed = ", ".join(options) or "none"
            message = f"{field} of {action} has no choices that can be listed. Fields that have: {listed}."
            raise _errors.invalid_input(message, [{"field": field, "message": message}])
        self._rule = options[field]
        taken = self._rule.get("arguments", {}).items()
        given = {name: values[of] for name, of in taken if values.get(of) is not None}
        if search is not None and self._rule.get("search"):
            given[self._rule["search"]] = search
        self.search = Search(bundle, self._rule["action"], given)
        """What lists them."""

    def among(self, items: Iterable[Any]) -> Iterator[tuple[Any, str]]:
        """Those that items of the search stand for: what the field takes, and what people call it."""
        for item in items:
            value = pointed(item, self._rule["value"])
            if value is not None:
                title = pointed(item, self._rule["title"])
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
