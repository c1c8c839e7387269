"""What an action changes, named alike however it is written."""

import re
from collections.abc import Mapping
from typing import Any

from ._text import trimmed

_NUMBER = re.compile(r"([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,14}))?", re.ASCII)
# Whole numbers are written out up to so many zeros at their end.
_MOST_ZEROS = 40


def subject_of(field: str, values: Mapping[str, Any]) -> str | None:
    """The subject of an input in which everything is as JSON has it. None if it names none.

    7, 7.0, "7", " 007 " and "7.0" are one order. Where they are not, one waits in vain, which does less harm than two
    at once.
    """
    value = values.get(field)
    if value is None:
        return None
    if isinstance(value, float) and value.is_integer():
        # Never by way of its text: that of 1e20 has an exponent.
        value = int(value)
    text = str(value)
    # As most are: nothing is to be done about it.
    is_plain = text.isascii() and text.isdigit() and text[0] != "0" and len(text) <= _MOST_ZEROS
    text = text if is_plain else _canonical(trimmed(text))
    return f"{field} {text}" if text else None


def _canonical(text: str) -> str:
    """A number without needless zeros, point or exponent. Any other text is as it is."""
    found = _NUMBER.fullmatch(text)
    whole, fraction = (found[2], found[3] or "") if found else ("", "")
    if found is None or not whole + fraction:
        return text
    digits = (whole + fraction).rstrip("0")
    zeros = int(found[4] or 0) - len(fraction) + len(whole + fraction) - len(digits)
    digits = digits.lstrip("0")
    if not digits:
        return "0"
    minus = "-" if found[1] == "-" else ""
    return f"{minus}{digits}{'0' * zeros}" if 0 <= zeros <= _MOST_ZEROS else f"{minus}{digits}e{zeros}"
