"""Values as Python programs have them, made into what JSON has."""

import datetime
import decimal
import json
import math
from collections.abc import Collection, Mapping
from typing import Any

from justclick_plugin import _errors
from justclick_plugin._errors import Problem
from justclick_plugin._moments import moment

# Deeper than any input of the contract.
_DEEPEST = 16

# How many bits of a whole number a floating-point one holds: NumPy's by their bytes, and Python's.
_BITS = {2: 11, 4: 24}
_DOUBLE = 53


class _UnfitError(Exception):
    """A value that has no form in JSON. The text says why, and what to give instead."""


def plain(
    values: Mapping[str, Any],
    moments: Collection[str],
    zone: datetime.tzinfo | None,
    measures: Collection[str] = (),
) -> dict[str, Any]:
    """An input as JSON has it. The fields named by `moments` hold dates, and those of `measures` numbers of any kind.

    Raises:
        ActionError: some of it can't be sent; all that is wrong is told.
    """
    if not isinstance(values, Mapping):
        raise _errors.invalid_input(f"The input has to be a dict of the action's fields, not {type(values).__name__}.")
    found: dict[str, Any] = {}
    problems: list[Problem] = []
    for field, value in values.items():
        if not isinstance(field, str):
            raise _errors.invalid_input(f"The input's names have to be texts, not {type(field).__name__}.")
        try:
            found[field] = _plain(value, zone if field in moments else None, field in moments)
            if field not in measures and _is_rounded(value, found[field], field in moments):
                raise _UnfitError(f"is a number so large that programs round it: give it as a text (got {value})")
        except _UnfitError as reason:
            problems.append({"field": field, "message": f"{field} {reason}"})
    if problems:
        raise _errors.invalid_input(". ".join(problem["message"] for problem in problems) + ".", problems)
    return found


def _plain(value: Any, zone: datetime.tzinfo | None, is_moment: bool = False, depth: int = 0) -> Any:
    if depth > _DEEPEST:
        raise _UnfitError("is nested too deeply: give it flat")
    if value is None or isinstance(value, bool):
        return value
    if hasattr(value, "dtype") and getattr(value, "shape", ()) != ():
        value = value.tolist()  # NumPy's arrays, and pandas' columns
    _refuse_nothing(value)
    # NumPy's dates have no time zone, and their text is the one of ISO 8601.
    given = str(value) if type(value).__name__ == "datetime64" else value
    if is_moment:
        number = _number(given)
        seconds = moment(given if number is None else number, zone)
        if seconds is not None:
            return seconds
    return _as_it_is(given, depth)


def _as_it_is(value: Any, depth: int) -> Any:
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, Mapping):
        if not all(isinstance(name, str) for name in value):
            raise _UnfitError("holds names that are no texts")
        return {name: _plain(member, None, depth=depth + 1) for name, member in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(member, None, depth=depth + 1) for member in value]
    number = _number(value)
    if number is None:
        raise _UnfitError(f"is of the type {type(value).__name__}, which can't be sent: give a text or a number")
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
