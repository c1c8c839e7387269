"""What is given and what comes back, for programs that name it: the model's types as Python's own."""

import datetime
import decimal
import functools
from collections.abc import Mapping, Sequence
from typing import Any, Literal, NotRequired, SupportsIndex, TypedDict, Union

from ._model import Choice, Either, Kind, Many, Named, Shape

Text = str | SupportsIndex | datetime.date
"""A text. A whole number and a day have one way of being written, so that they may be given as they are."""
Whole = SupportsIndex
"""A whole number: Python's, or NumPy's."""
Number = float | SupportsIndex | decimal.Decimal
"""A number of any kind."""
Moment = datetime.date | int | str
"""A date and a time: UNIX seconds, a `datetime`, a `date`, or a text as people and programs write dates."""
Start = Literal["now", "beginning"] | Moment
"""From where on events are wanted: from now on, all that there are, or from a date on."""
Switch = bool
"""Yes or no."""

_NAMED: Mapping[str, Any] = {
    "Any": Any,
    "Moment": Moment,
    "None": None,
    "Number": Number,
    "Switch": Switch,
    "Text": Text,
    "Whole": Whole,
    "bool": bool,
    "float": float,
    "int": int,
    "str": str,
}


@functools.cache
def realized(kind: Kind) -> Any:
    """A type of the model as one of Python's: always the same one."""
    match kind:
        case Named(name):
            return _NAMED[name]
        case Choice(_, values):
            return Literal[values]
        case Many(item, given):
            found = realized(item)
            return Sequence[found] if given else list[found]  # type: ignore[valid-type]
        case Either(kinds):
            return Union[tuple(map(realized, kinds))]  # noqa: UP007 - of types that are only known now
        case Shape(name, members):
            held = {
                member.key: realized(member.kind) if member.required else NotRequired[realized(member.kind)]
                for member in members
            }
            make: Any = TypedDict
            made = make(name, held)
            made.__module__, made.__doc__ = str(__package__), kind.about or name
            return made
