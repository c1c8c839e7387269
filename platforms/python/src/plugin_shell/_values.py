"""Values as Python programs have them, made into what JSON has."""

import datetime
import decimal
import json
import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from . import _errors
from ._errors import Problem
from ._moments import moment

# Deeper than any input of the contract.
_DEEPEST = 16

# How many bits of a whole number a floating-point one holds: NumPy's by their bytes, and Python's.
_BITS = {2: 11, 4: 24}
_DOUBLE = 53
# What most numbers are smaller than.
_SMALL = 1 << 31


# So many problems are told of one input: who has more has mistaken something as a whole.
_MOST_PROBLEMS = 20


class _UnfitError(Exception):
    """A value that has no form in JSON. The text says why, and what to give instead."""


class _TooDeepError(Exception):
    """A value that holds itself, or too many others within each other."""


@dataclass(frozen=True)
class Rule:
    """What of a field's schema decides on how a value is written."""

    is_moment: bool = False
    """It holds a date and a time."""
    is_measure: bool = False
    """It holds a number of any kind, which may be rounded."""
    takes_text: bool = False
    members: Mapping[str, "Rule"] = field(default_factory=dict)
    """Those of its members, or of those of its items, by their names."""


_ANY = Rule()


def rules(schema: Mapping[str, Any], moments: Collection[str] = ()) -> dict[str, Rule]:
    """The rules of an object's members. Those named by `moments` hold dates, and those whose format says so."""
    found: dict[str, Rule] = {}
    properties = schema.get("properties")
    for name, member in properties.items() if isinstance(properties, Mapping) else ():
        if not isinstance(member, Mapping):
            continue
        kinds = member.get("type", ())
        types = {kinds} if isinstance(kinds, str) else set(kinds)
        items = member.get("items")
        found[name] = Rule(
            is_moment=name in moments or member.get("format") == "date-time",
            is_measure="number" in types,
            takes_text="string" in types,
            members=rules(items if isinstance(items, Mapping) else member),
        )
    return found


def plain(values: Mapping[str, Any], fields: Mapping[str, Rule], zone: datetime.tzinfo | None) -> dict[str, Any]:
    """An input as JSON has it.

    Args:
        values: the input as a program has it.
        fields: the rules of its fields.
        zone: what dates without a time zone are meant in.

    Raises:
        ActionError: some of it can't be sent; all that is wrong is told.
    """
    if not isinstance(values, Mapping):
        raise _errors.invalid_input(f"The input has to be a dict of the action's fields, not {type(values).__name__}.")
    if not all(isinstance(name, str) for name in values):
        kind = next(type(name).__name__ for name in values if not isinstance(name, str))
        raise _errors.invalid_input(f"The input's names have to be texts, not {kind}.")
    reader = _Reader(zone)
    found = {name: reader.field(name, value, fields.get(name, _ANY)) for name, value in values.items()}
    if reader.problems:
        message = ". ".join(problem["message"] for problem in reader.problems)
        raise _errors.invalid_input(f"{message}.", reader.problems)
    return found


class _Reader:
    """Reads a whole input, and notes all that is wrong with it, each with its place: `goods[0].price`."""

    def __init__(self, zone: datetime.tzinfo | None) -> None:
        self._zone = zone
        self.problems: list[Problem] = []

    def field(self, name: str, value: Any, rule: Rule) -> Any:
        """The value of a field as JSON has it; None for one that can't be sent."""
        try:
            return self._read(value, rule, name, 0)
        except _TooDeepError:
            return self._note(name, "is nested too deeply: give it flat")

    def _read(self, value: Any, rule: Rule, place: str, depth: int) -> Any:
        if depth > _DEEPEST:
            raise _TooDeepError
        kind = type(value)
        if kind is str and not rule.is_moment and value.isascii():
            return value
        if kind is int and -_SMALL < value < _SMALL:
            seconds = moment(value, self._zone) if rule.is_moment else value
            if seconds is not None:
                return seconds
        try:
            if hasattr(value, "dtype") and getattr(value, "shape", ()) != ():
                value = value.tolist()  # NumPy's arrays, and pandas' columns
            if isinstance(value, Mapping):
                if not all(isinstance(name, str) for name in value):
                    raise _UnfitError("holds names that are no texts")
                return {
                    name: self._read(member, rule.members.get(name, _ANY), f"{place}.{name}", depth + 1)
                    for name, member in value.items()
                }
            if isinstance(value, list | tuple):
                # Each item is held to the rule of the list.
                return [self._read(item, rule, f"{place}[{number}]", depth + 1) for number, item in enumerate(value)]
            return _single(value, rule, self._zone)
        except _UnfitError as reason:
            return self._note(place, str(reason))

    def _note(self, place: str, reason: str) -> None:
        if len(self.problems) < _MOST_PROBLEMS:
            self.problems.append({"field": place, "message": f"{place} {reason}"})


def _single(value: Any, rule: Rule, zone: datetime.tzinfo | None) -> Any:
    if value is None or isinstance(value, bool):
        return value
    _refuse_nothing(value)
    # NumPy's dates have no time zone, and their text is the one of ISO 8601.
    given = str(value) if type(value).__name__ == "datetime64" else value
    found = _written(given, rule, zone)
    if not rule.is_measure and _is_rounded(value, found, rule.is_moment):
        raise _UnfitError(f"is a number so large that programs round it: give it as a text (got {value})")
    return found


def _written(value: Any, rule: Rule, zone: datetime.tzinfo | None) -> Any:
    number = _number(value)
    if rule.is_moment:
        seconds = moment(value if number is None else number, zone)
        if seconds is not None:
            return seconds
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    if isinstance(value, str):
        return _text(value)
    if number is None:
        raise _UnfitError(f"is of the type {type(value).__name__}, which can't be sent: give a text or a number")
    if isinstance(number, float) and isinstance(value, decimal.Decimal) and rule.takes_text:
        # Money: every digit of it.
        return format(value, "f")
    return number


def _refuse_nothing(value: Any) -> None:
    """NaN, NaT, NA: what stands for a value that is not there is equal to nothing, not even to itself."""
    if isinstance(value, str | list | tuple | Mapping):
        return
    try:
        nothing = bool(value != value)  # noqa: PLR0124
    except (TypeError, ValueError, ArithmeticError):
        nothing = True
    if nothing:
        raise _UnfitError(f"is {' '.join(str(value).split())[:40]}: leave it out, or give a value")


def _text(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise _UnfitError("has a character that is none: half of a pair") from None
    return str(text)


def _is_rounded(given: Any, number: Any, is_moment: bool) -> bool:
    """Whether a whole number has lost digits: it may be another order's by now."""
    if getattr(getattr(given, "dtype", None), "kind", "") == "f":
        bits = _BITS.get(given.dtype.itemsize, _DOUBLE)
    elif isinstance(given, float) or (isinstance(given, decimal.Decimal) and isinstance(number, float)):
        bits = _DOUBLE
    else:
        return False
    # Of such a moment the plugin knows better what it is.
    if is_moment and bits == _DOUBLE:
        return False
    return isinstance(number, int | float) and abs(number) >= 1 << bits


def _number(value: Any) -> int | float | bool | None:
    """The number that a value is, exactly: also NumPy's, and `decimal`'s. None if it is none."""
    if isinstance(value, str | bytes | bytearray | datetime.date):
        return None
    if isinstance(value, decimal.Decimal):
        if not value.is_finite():
            raise _UnfitError(f"is {value}, not a number")
        if value.adjusted() > 400:  # noqa: PLR2004
            raise _UnfitError("is too large")
        return int(value) if value == value.to_integral_value() else float(value)
    if not isinstance(value, float) and hasattr(value, "dtype") and getattr(value, "shape", None) == ():
        # One of NumPy's scalars.
        value = value.item()
    if isinstance(value, bool):
        return value
    if hasattr(value, "__index__"):
        return _whole(value.__index__())
    if isinstance(value, float):
        if not math.isfinite(value):
            raise _UnfitError(f"is {value}, not a number")
        return float(value)
    return None


def _whole(number: int) -> int:
    try:
        json.dumps(number)
    except ValueError:
        raise _UnfitError("is too large") from None
    return int(number)
