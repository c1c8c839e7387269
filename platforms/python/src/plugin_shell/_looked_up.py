"""Whether a call has happened whose effect is not known, by the read that its action names for that."""

import decimal
from collections.abc import Mapping, Sequence
from typing import Any

from ._searches import MISSING, pointed

Object = Mapping[str, Any]


def arguments(rule: Object, values: Object) -> dict[str, Any]:
    """The input of the read: each of its fields with what the call's input has in another."""
    given: Mapping[str, str] = rule.get("arguments", {})
    return {name: values[field] for name, field in given.items() if values.get(field) is not None}


def has_happened(rule: Object, values: Object, found: Object) -> bool | None:
    """Whether the call has happened; None if what was found tells neither, or both.

    Args:
        rule: the action's `verify`.
        values: the call's input.
        found: the read's output.
    """
    done, undone = (hold(rule.get(name, ()), values, found) for name in ("done", "undone"))
    return None if done is undone else done


def places(rule: Object) -> str:
    """Where in the read's output is looked, for people."""
    conditions = [*rule.get("done", ()), *rule.get("undone", ())]
    return ", ".join(dict.fromkeys(condition["pointer"] for condition in conditions))


def output(action: Object, values: Object, found: Object) -> dict[str, Any]:
    """What is known of a call that has happened, and whose answer is lost."""
    fields = action.get("inputSchema", {}).get("properties", {})
    members = action.get("outputSchema", {}).get("properties", {})
    known = {name: _spelled(values[name], members[name]) for name in members if name in fields and name in values}
    return {**known, "verified": True, "found": dict(found)}


def hold(conditions: Sequence[Object], values: Object, found: Object) -> bool:
    """Whether all of the conditions do. None of them never holds, and neither does what is not there.

    Args:
        conditions: a pointer into what was found, and a value, or the field of `values` that has it.
        values: the call's input, or an event's data.
        found: the read's output.
    """
    return bool(conditions) and all(_holds(condition, values, found) for condition in conditions)


def _holds(condition: Object, values: Object, found: Object) -> bool:
    wanted = condition["value"] if "value" in condition else values.get(condition["field"], MISSING)
    there = pointed(found, condition["pointer"], MISSING)
    return there is not MISSING and wanted is not MISSING and _same(there, wanted)


def _same(one: Any, other: Any) -> bool:
    """Whether two values are the same; a number and its text are."""
    if isinstance(one, bool) or isinstance(other, bool) or isinstance(one, str) is isinstance(other, str):
        return bool(one == other) and isinstance(one, bool) is isinstance(other, bool)
    try:
        return decimal.Decimal(str(one)) == decimal.Decimal(str(other))
    except decimal.InvalidOperation:
        return False


def _spelled(value: Any, schema: Object) -> Any:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return str(value) if number and schema.get("type") == "string" else value
