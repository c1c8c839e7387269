"""Dates and other values as Python programs have them."""

import dataclasses
import datetime
import decimal
import json
import math
import re
import zoneinfo
from pathlib import Path
from typing import Any

import pytest

from justclick_plugin import ActionError
from justclick_plugin._moments import moment
from justclick_plugin._subject import subject_of
from justclick_plugin._values import Rule, plain, rules

MOMENTS = json.loads((Path(__file__).resolve().parents[3] / "tests" / "vectors" / "moments.json").read_bytes())
MOSCOW = zoneinfo.ZoneInfo("Europe/Moscow")
NOON = 1795597200  # 2026-11-25 12:00 in Moscow
DATED = {"date": Rule(is_moment=True)}


@pytest.mark.parametrize("row", MOMENTS["moments"], ids=lambda row: f"{row['given']} {row['zone']}")
def test_a_date_as_people_and_programs_write_it_is_the_moment_of_the_table(row: dict[str, Any]) -> None:
    # What is refused is left to the plugin.
    given = plain({"date": row["given"]}, DATED, zoneinfo.ZoneInfo(row["zone"]))["date"]
    assert given == row.get("seconds", row["given"])


class Datetime64:
    """As NumPy's: without a time zone, its text as ISO 8601 has it, and NaT equal to nothing."""

    __qualname__ = "datetime64"

    def __init__(self, text: str) -> None:
        self.text = text

    def __str__(self) -> str:
        return self.text

    def __eq__(self, other: object) -> bool:
        return self.text != "NaT" and isinstance(other, Datetime64) and self.text == other.text

    def __hash__(self) -> int:
        return hash(self.text)


Datetime64.__name__ = "datetime64"


class Scalar:
    """As NumPy's integers and floats, and its arrays."""

    def __init__(self, value: Any, shape: tuple[int, ...] = ()) -> None:
        self.value, self.shape = value, shape
        self.dtype: Any = "some"

    def item(self) -> Any:
        """What it is to Python."""
        return self.value

    def tolist(self) -> Any:
        """The same of an array."""
        return self.value


class Whole:
    """As what is a whole number to Python."""

    def __index__(self) -> int:
        return 100010


class NotAvailable:
    """As pandas' NA: it is not even true that it is not equal to itself."""

    def __ne__(self, other: object) -> Any:
        return self

    def __bool__(self) -> bool:
        raise TypeError("boolean value of NA is ambiguous")

    def __str__(self) -> str:
        return "<NA>"

    __hash__ = None  # type: ignore[assignment]


@pytest.mark.parametrize(
    "date",
    [
        datetime.datetime(2026, 11, 25, 12),
        datetime.datetime(2026, 11, 25, 9, tzinfo=datetime.UTC),
        datetime.datetime(2026, 11, 25, 12, 0, 0, 999_999, tzinfo=MOSCOW),
        Datetime64("2026-11-25T12:00:00.000000000"),
        Datetime64("2026-11-25T12:00"),
        decimal.Decimal(NOON),
        decimal.Decimal(f"{NOON}.0"),
        Scalar(NOON),
        Scalar(float(NOON)),
        float(NOON),
    ],
    ids=repr,
)
def test_the_dates_of_python_and_numpy_are_moments(date: Any) -> None:
    assert plain({"date": date}, DATED, MOSCOW) == {"date": NOON}


def test_a_day_begins_in_the_persons_time_zone() -> None:
    assert plain({"date": datetime.date(2026, 11, 25)}, DATED, MOSCOW) == {"date": NOON - 12 * 3600}
    assert plain({"date": Datetime64("2026-11-25")}, DATED, MOSCOW) == {"date": NOON - 12 * 3600}


def test_without_a_time_zone_a_date_without_one_is_left_for_the_plugin_to_refuse() -> None:
    given = {"date": datetime.datetime(2026, 11, 25, 12)}
    assert plain(given, DATED, None) == {"date": "2026-11-25T12:00:00"}
    assert plain({"date": datetime.date(2026, 11, 25)}, DATED, None) == {"date": "2026-11-25"}
    assert plain({"date": "25.11.2026"}, DATED, None) == {"date": "25.11.2026"}
    # One with a time zone of its own needs no other.
    assert plain({"date": "2026-11-25 12:00:00+03:00"}, DATED, None) == {"date": NOON}


def test_what_is_no_date_is_left_as_it_is() -> None:
    values = {"rpo": "25.11.2026", "bill_id": f"{NOON}000", "note": datetime.date(2026, 11, 25), "on": True}
    assert plain(values, DATED, MOSCOW) == {**values, "note": "2026-11-25"}
    assert moment(True, MOSCOW) is None
    assert plain({"date": None}, DATED, MOSCOW) == {"date": None}


@pytest.mark.parametrize(
    ("value", "plainly"),
    [
        (Whole(), 100010),
        (Scalar(100010), 100010),
        (Scalar(True), True),
        (decimal.Decimal(100010), 100010),
        (decimal.Decimal("1E+2"), 100),
        (decimal.Decimal(12345678901234567890), 12345678901234567890),
        (decimal.Decimal("1.5"), 1.5),
        ((1, "a", None), [1, "a", None]),
        (Scalar([1, 2], (2,)), [1, 2]),
        ({"a": Whole()}, {"a": 100010}),
        (10**30, 10**30),
    ],
    ids=repr,
)
def test_everyday_values_are_what_json_has(value: Any, plainly: Any) -> None:
    assert plain({"bill_id": value}, {}, None) == {"bill_id": plainly}


@pytest.mark.parametrize(
    "value",
    [
        math.nan,
        math.inf,
        decimal.Decimal("NaN"),
        decimal.Decimal("sNaN"),
        decimal.Decimal("Infinity"),
        decimal.Decimal("1E+1000000"),
        Datetime64("NaT"),
        NotAvailable(),
        Scalar(math.nan),
        object(),
        b"100010",
        {1, 2},
        {"a": math.nan},
        {1: "a"},
        [[]] * 2 + [object()],
        "\ud800",
        10**5000,
    ],
    ids=lambda value: type(value).__name__,
)
@pytest.mark.parametrize("fields", [{}, {"bill_id": Rule(is_moment=True)}], ids=["plain", "moment"])
def test_what_can_not_be_sent_is_refused_by_its_field_in_one_line(value: Any, fields: dict[str, Rule]) -> None:
    with pytest.raises(ActionError, match="bill_id") as caught:
        plain({"status": "paid", "bill_id": value, "rpo": math.nan}, fields, MOSCOW)
    error = caught.value
    assert (error.kind, error.retry, error.effect) == ("invalid_input", "never", "none")
    places = [problem["field"] for problem in error.problems]
    assert [re.split(r"[.\[]", place)[0] for place in places] == ["bill_id", "rpo"]
    assert error.field == places[0]
    assert "\n" not in str(error)
    assert len(str(error)) < 300


@dataclasses.dataclass
class Kind:
    """NumPy's name of a type."""

    kind: str
    itemsize: int


class Float(Scalar):
    """As NumPy's floating-point numbers of so many bytes."""

    def __init__(self, value: float, itemsize: int) -> None:
        super().__init__(value)
        self.dtype = Kind("f", itemsize)


@pytest.mark.parametrize(
    "value",
    [
        2.0**53,
        1.2345678901234567e19,
        Float(2.0**53, 8),
        Float(2.0**24, 4),
        Float(2048.0, 2),
        decimal.Decimal(2**53) + decimal.Decimal("0.5"),
    ],
    ids=repr,
)
def test_a_number_that_has_lost_digits_is_no_order(value: Any) -> None:
    with pytest.raises(ActionError, match="bill_id is a number so large that programs round it") as caught:
        plain({"bill_id": value}, {}, None)
    assert (caught.value.kind, caught.value.field) == ("invalid_input", "bill_id")
    assert plain({"bill_id": value}, {"bill_id": Rule(is_measure=True)}, None)["bill_id"] == pytest.approx(
        float(getattr(value, "value", value))
    )


@pytest.mark.parametrize("value", [2**60, decimal.Decimal(2**60), 2.0**53 - 1, Float(2.0**24 - 1, 4), 100010.0])
def test_a_number_that_has_all_its_digits_is_sent(value: Any) -> None:
    assert plain({"bill_id": value}, {}, None) == {"bill_id": getattr(value, "value", value)}


def test_a_moment_that_has_lost_seconds_is_none() -> None:
    with pytest.raises(ActionError, match="date is a number so large"):
        plain({"date": Float(float(NOON), 4)}, DATED, None)
    assert plain({"date": 1.7e18}, DATED, None) == {"date": 1.7e18}, "which the plugin tells as nanoseconds"


@pytest.mark.parametrize("values", [None, "x", [("bill_id", 1)], 7])
def test_an_input_that_is_no_dict_is_refused(values: Any) -> None:
    with pytest.raises(ActionError, match="The input has to be a dict of the action's fields") as caught:
        plain(values, {}, None)
    assert caught.value.kind == "invalid_input"


def test_a_value_within_itself_is_refused() -> None:
    endless: list[Any] = []
    endless.append(endless)
    for value in (endless, [endless, endless], {"a": [endless] * 9}):
        with pytest.raises(ActionError, match="bill_id is nested too deeply"):
            plain({"bill_id": value}, {}, None)


ORDER = rules(
    {
        "properties": {
            "goods": {
                "type": "array",
                "items": {
                    "properties": {
                        "sku": {"type": "string"},
                        "price": {"type": ["string", "number"]},
                        "until": {"type": "string", "format": "date-time"},
                    }
                },
            },
            "until": {"type": ["integer", "string"]},
        }
    },
    ["until"],
)


def test_line_items_are_written_as_fields_are() -> None:
    when = datetime.datetime(2026, 11, 25, 12)
    line = {"sku": Scalar(7), "price": decimal.Decimal("12345678901234.56"), "until": when}
    given = {"goods": ({**line, "note": when}, {"price": 1e20}), "until": "25.11.2026 12:00"}
    assert plain(given, ORDER, MOSCOW) == {
        "goods": [
            # Of a field that is not described nothing is known but its value.
            {"sku": 7, "price": "12345678901234.56", "until": NOON, "note": "2026-11-25T12:00:00"},
            {"price": 1e20},
        ],
        "until": NOON,
    }


def test_all_that_is_wrong_with_line_items_is_told_with_its_place() -> None:
    with pytest.raises(ActionError) as caught:
        plain({"goods": [{"sku": 1e17}, {"price": math.nan, "sku": object()}]}, ORDER, None)
    assert [problem["field"] for problem in caught.value.problems] == ["goods[0].sku", "goods[1].price", "goods[1].sku"]
    assert all(problem["message"].startswith(f"{problem['field']} ") for problem in caught.value.problems)
    with pytest.raises(ActionError) as caught:
        plain({"goods": [math.nan] * 1000}, ORDER, None)
    assert len(caught.value.problems) == 20


def test_an_order_is_the_same_however_its_number_is_written() -> None:
    ways: list[Any] = [7, 7.0, "7", "007", " 7 ", "7.0", "\ufeff7\u200b"]
    assert {subject_of("bill_id", {"bill_id": way}) for way in ways} == {"bill_id 7"}
    assert subject_of("bill_id", {"bill_id": 1e20}) == subject_of("bill_id", {"bill_id": "1" + "0" * 20})
    assert subject_of("bill_id", {"bill_id": "1e2"}) == subject_of("bill_id", {"bill_id": 100})
    assert subject_of("bill_id", {"bill_id": "1e99999999999999999999"}) != subject_of("bill_id", {"bill_id": "1"})
    assert subject_of("bill_id", {"bill_id": "0.5"}) == subject_of("bill_id", {"bill_id": ".50"})
    assert subject_of("bill_id", {"bill_id": "A7"}) == "bill_id A7"
    long = 12345678901234567891
    assert subject_of("bill_id", {"bill_id": long}) == subject_of("bill_id", {"bill_id": f"0{long}"})
    assert subject_of("bill_id", {"bill_id": long}) != subject_of("bill_id", {"bill_id": long + 1})
    assert subject_of("bill_id", {"bill_id": None}) is None
    assert subject_of("bill_id", {}) is None
