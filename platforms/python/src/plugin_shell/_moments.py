"""Dates as people and programs write them, made into UNIX seconds. `tests/vectors/moments.json` says what is what.

What is not recognised, or has no time zone where there is none to read it in, is None: then it goes to the plugin as
it is, which takes it or refuses it with the reason.
"""

import datetime
import re

from ._text import trimmed

# No shop has an order from before, or from after.
_FIRST = int(datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC).timestamp())
_AFTER = int(datetime.datetime(2050, 1, 1, tzinfo=datetime.UTC).timestamp())

_NUMBER = re.compile(r"(\d+)(?:\.0*)?", re.ASCII)
_TIME = r"(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,]\d+)?)?"
_OFFSET = r"(?P<offset>[Zz]|UTC|GMT|[+-]\d{2}(?::?\d{2})?)"
_YEAR_FIRST = re.compile(
    r"(?P<year>\d{4})(?P<mark>[-/])(?P<month>\d{1,2})(?P=mark)(?P<day>\d{1,2})"
    rf"(?:(?:[Tt]| +){_TIME}(?: ?{_OFFSET})?)?",
    re.ASCII,
)
_YEAR_LAST = re.compile(
    rf"(?P<first>\d{{1,2}})(?P<mark>[./])(?P<second_one>\d{{1,2}})(?P=mark)(?P<year>\d{{4}})(?:,? +{_TIME})?", re.ASCII
)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_NAMES = "|".join(_MONTHS)
_WEEKDAYS = "(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)"
# JavaScript's `Date.toString`; then its `toUTCString`, which is that of mail and of HTTP.
_WRITTEN = (
    re.compile(
        rf"{_WEEKDAYS} (?P<month>{_NAMES}) (?P<day>\d{{2}}) (?P<year>\d{{4}}) {_TIME} "
        r"GMT(?P<offset>[+-]\d{4})(?: \(.*\))?",
        re.ASCII,
    ),
    re.compile(
        rf"(?:{_WEEKDAYS}, )?(?P<day>\d{{1,2}}) (?P<month>{_NAMES}) (?P<year>\d{{4}}) {_TIME} {_OFFSET}", re.ASCII
    ),
)


def moment(value: object, zone: datetime.tzinfo | None) -> int | None:
    """The UNIX seconds of a date; its day and time are meant in `zone` where it says no other."""
    if isinstance(value, datetime.date):
        if not isinstance(value, datetime.datetime):
            value = datetime.datetime(value.year, value.month, value.day)
        return _instant(value, None, zone)
    if isinstance(value, str):
        return _read(trimmed(value), zone)
    if isinstance(value, int | float) and not isinstance(value, bool) and value == value // 1:
        return _counted(int(value))
    return None


def _counted(number: int) -> int | None:
    """Seconds; or JavaScript's milliseconds, which can't be taken for them."""
    if _FIRST <= number < _AFTER:
        return number
    seconds = number // 1000
    return seconds if _FIRST <= seconds < _AFTER else None


def _read(text: str, zone: datetime.tzinfo | None) -> int | None:
    if number := _NUMBER.fullmatch(text):
        # No moment has more digits; and Python refuses to count thousands of them.
        return _counted(int(number[1])) if len(number[1]) < 20 else None  # noqa: PLR2004
    if found := _YEAR_FIRST.fullmatch(text):
        return _of(found, int(found["month"]), int(found["day"]), zone)
    if found := _YEAR_LAST.fullmatch(text):
        first, second = int(found["first"]), int(found["second_one"])
        day, month = (first, second) if found["mark"] == "." or second <= 12 else (second, first)  # noqa: PLR2004
        if found["mark"] == "/" and first != second and max(first, second) <= 12:  # noqa: PLR2004
            return None  # Day or month first: that depends on who wrote it.
        return _of(found, month, day, zone)
    for form in _WRITTEN:
        if found := form.fullmatch(text):
            return _of(found, _MONTHS.index(found["month"]) + 1, int(found["day"]), zone)
    return None


def _of(found: re.Match[str], month: int, day: int, zone: datetime.tzinfo | None) -> int | None:
    parts = found.groupdict()
    hour, minute, second = (int(parts.get(name) or 0) for name in ("hour", "minute", "second"))
    try:
        when = datetime.datetime(int(parts["year"]), month, day, hour, minute, second)
        return _instant(when, parts.get("offset"), zone)
    except ValueError:
        return None  # There is no such day, time or offset.


def _instant(when: datetime.datetime, offset: str | None, zone: datetime.tzinfo | None) -> int | None:
    if offset is not None:
        when = when.replace(tzinfo=_zone_of(offset))
    elif when.utcoffset() is None:
        if zone is None:
            return None
        # `fold` stays 0: of a time that clocks show twice the first, and one that they skip is counted on.
        when = when.replace(tzinfo=zone)
    try:
        seconds = int(when.timestamp() // 1)
    except (OverflowError, ValueError):
        return None
    return seconds if _FIRST <= seconds < _AFTER else None


def _zone_of(offset: str) -> datetime.timezone:
    """The time zone of `Z`, `+03`, `+0300` or `+03:00`.

    Raises:
        ValueError: there is no such offset.
    """
    if not offset.startswith(("+", "-")):
        return datetime.UTC
    digits = offset[1:].replace(":", "").ljust(4, "0")
    hours, minutes = int(digits[:2]), int(digits[2:])
    if minutes > 59:  # noqa: PLR2004
        raise ValueError(offset)
    away = datetime.timedelta(hours=hours, minutes=minutes)
    return datetime.timezone(-away if offset.startswith("-") else away)
