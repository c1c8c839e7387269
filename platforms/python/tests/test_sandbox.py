"""Actions as people call them, against the JustClick stand-in."""

import copy
import datetime
import json
import pickle
from pathlib import Path
from typing import Any

import pytest
from sandbox import Sandbox

from justclick_plugin import ActionError, ConfigurationError, Connection, JustClick

ORDER = "100000"
SHARED = Path(__file__).resolve().parents[3] / "tests" / "sdk" / "cases.json"
# The cases that this package can reach: those of its exports, with an input as JSON.
CASES = [
    case
    for case in json.loads(SHARED.read_bytes())["cases"]
    if case["call"] in {"check_connection", "update_order_status"} and "raw" not in case
]


def differs(expected: Any, actual: Any) -> bool:
    """Whether `actual` lacks something of `expected`. None is what is not there."""
    if isinstance(expected, dict) and isinstance(actual, dict):
        return any(differs(value, actual.get(key)) for key, value in expected.items())
    if isinstance(expected, list) and isinstance(actual, list):
        return len(expected) != len(actual) or any(map(differs, expected, actual))
    return bool(expected != actual)


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["name"]))
def test_it_does_what_the_module_does_in_other_hosts(case: dict[str, Any], sandbox: Sandbox) -> None:
    sandbox.put_order(ORDER, case.get("misbehaviour"))
    before = sandbox.count()
    config = {key: value or "" for key, value in case.get("config", {}).items()}
    shop = sandbox.client(**config)
    output: Any
    try:
        output = (
            shop.check_connection() if case["call"] == "check_connection" else shop.call(case["call"], case["input"])
        )
    except ActionError as error:
        assert "error" in case, error.to_dict()
        assert not differs(case["error"], error.to_dict()), error.to_dict()
        assert "\n" not in str(error)
        for key in {sandbox.api_key, shop_key(shop)} - {"", " "}:
            assert key not in json.dumps(error.to_dict()) + repr(error)
    else:
        filled = json.loads(
            json.dumps(case["output"]).replace("$LOGIN", sandbox.login).replace("$SANDBOX", sandbox.url)
        )
        assert output == filled
    assert not differs(case.get("after", {}), sandbox.order(ORDER))
    if case.get("unsent"):
        assert sandbox.count() == before
    if "request" in case:
        assert sandbox.count() == before + 1
        assert not differs(case["request"], sandbox.last_request())


def shop_key(shop: JustClick) -> str:
    key: str = vars(shop._connection)["api_key"]
    return key


def test_typed_arguments_reach_the_order(sandbox: Sandbox) -> None:
    day = datetime.datetime(2013, 3, 3, tzinfo=datetime.timezone(datetime.timedelta(hours=4)))
    result = sandbox.client().update_order_status(bill_id=100000, status="sent", date=day, rpo="10000000000000")
    assert result == {
        "bill_id": "100000",
        "status": "sent",
        "date": 1362254400,
        "rpo": "10000000000000",
        "message": "order status changed",
    }
    assert sandbox.order(ORDER)["status"] == "sent"


@pytest.mark.parametrize(
    "date",
    ["25.11.2026 14:30", "2026-11-25 14:30", datetime.datetime(2026, 11, 25, 14, 30), 1795606200, "1795606200.0"],
)
def test_a_date_as_people_and_programs_write_it_reaches_the_order(date: Any, sandbox: Sandbox) -> None:
    moscow = JustClick(sandbox.connection(), timezone="Europe/Moscow")
    assert moscow.update_order_status(bill_id=ORDER, status="paid", date=date)["date"] == 1795606200
    assert sandbox.order(ORDER)["date"] == 1795606200
    # So it does by the name of the action.
    sandbox.put_order(ORDER)
    assert moscow.call("update_order_status", {"bill_id": ORDER, "status": "paid", "date": date})["date"] == 1795606200


def test_a_date_without_a_zone_is_refused_with_the_reason(sandbox: Sandbox) -> None:
    for date in (datetime.datetime(2013, 3, 3), datetime.date(2013, 3, 3), "2013-03-03 10:00"):
        with pytest.raises(ActionError, match=r"zone|offset") as caught:
            sandbox.client().update_order_status(bill_id=ORDER, status="paid", date=date)
        assert (caught.value.kind, caught.value.field) == ("invalid_input", "date")


def test_an_error_has_the_fields_of_the_contract(sandbox: Sandbox) -> None:
    with pytest.raises(ActionError) as caught:
        sandbox.client().update_order_status(bill_id="0", status="sent")
    error = caught.value
    assert (error.kind, error.retry, error.effect, error.field) == ("invalid_input", "never", "none", "bill_id")
    assert [problem["field"] for problem in error.problems] == ["bill_id", "date", "rpo"]
    assert (error.retry_after_s, error.upstream) == (None, None)
    assert str(error) == error.message


def test_the_wish_of_the_service_to_wait_is_in_the_error(sandbox: Sandbox) -> None:
    sandbox.put_order(ORDER, "http-429")
    with pytest.raises(ActionError) as caught:
        sandbox.client().update_order_status(bill_id=ORDER, status="cancel")
    assert (caught.value.kind, caught.value.retry, caught.value.retry_after_s) == ("throttled", "later", 7)


@pytest.mark.parametrize(
    ("misbehaviour", "kind", "retry", "effect", "changed"),
    [
        ("drop-before", "unavailable", "later", "unknown", False),
        ("drop-after", "unavailable", "later", "unknown", True),
        ("huge", "unexpected_reply", "never", "unknown", True),
        ("redirect", "unexpected_reply", "never", "unknown", False),
        ("truncated-json", "unexpected_reply", "never", "unknown", True),
    ],
)
def test_a_misbehaving_service_is_told(
    misbehaviour: str, kind: str, retry: str, effect: str, changed: bool, sandbox: Sandbox
) -> None:
    sandbox.put_order(ORDER, misbehaviour)
    with pytest.raises(ActionError) as caught:
        sandbox.client().update_order_status(bill_id=ORDER, status="cancel")
    assert (caught.value.kind, caught.value.retry, caught.value.effect) == (kind, retry, effect)
    assert (sandbox.order(ORDER)["status"] == "cancel") is changed


def test_an_action_that_is_not_there_is_an_error_that_names_those_that_are(sandbox: Sandbox) -> None:
    with pytest.raises(ActionError, match=r"no action refund\. Its actions: update_order_status") as caught:
        sandbox.client().call("refund", {})
    assert (caught.value.kind, caught.value.effect) == ("invalid_input", "none")


def test_no_repr_shows_the_key(sandbox: Sandbox) -> None:
    connection = Connection(login="a", api_key="hunter2", base_url="https://a.example/hunter2")
    for shown in (repr(connection), str(connection), f"{connection}", repr(JustClick(connection))):
        assert "hunter2" not in shown
        assert "a.example" in shown
    assert sandbox.api_key not in repr(vars(sandbox.client()))


def test_a_connection_of_something_else_than_texts_is_refused_without_showing_it() -> None:
    wrong: list[tuple[str, Any, str]] = [
        ("api_key", b"hunter2", "api_key has to be a text, not bytes"),
        ("api_key", "hunter2\udcff", "api_key is not UTF-8"),
        ("allow_http", 1, "allow_http has to be True or False, not int"),
    ]
    for field, value, message in wrong:
        good = {"login": "a", "api_key": "b", "base_url": "https://a.example"}
        with pytest.raises(ConfigurationError, match=message) as caught:
            Connection(**{**good, field: value})
        assert (caught.value.kind, caught.value.field, caught.value.effect) == ("invalid_connection", field, "none")
        assert "hunter2" not in repr(caught.value.to_dict())


def test_a_connection_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LOGIN", "API_KEY", "BASE_URL", "ALLOW_HTTP"):
        monkeypatch.delenv(f"JUSTCLICK_{name}", raising=False)
    monkeypatch.setenv("JUSTCLICK_LOGIN", "a")
    with pytest.raises(ConfigurationError, match=r"Set JUSTCLICK_API_KEY, JUSTCLICK_BASE_URL in the environment."):
        Connection.from_env()
    monkeypatch.setenv("JUSTCLICK_API_KEY", "b")
    monkeypatch.setenv("JUSTCLICK_BASE_URL", "http://c")
    assert Connection.from_env() == Connection("a", "b", "http://c")


def test_whether_plain_http_is_allowed_is_said_by_the_plugin_as_in_every_host(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("LOGIN", "a"), ("API_KEY", "b" * 40), ("BASE_URL", "http://no-such-host.invalid")):
        monkeypatch.setenv(f"JUSTCLICK_{name}", value)
    monkeypatch.setenv("JUSTCLICK_ALLOW_HTTP", "maybe")
    with pytest.raises(ActionError, match="allow_http") as caught:
        JustClick(Connection.from_env()).check_connection()
    assert (caught.value.kind, caught.value.field) == ("invalid_connection", "allow_http")
    monkeypatch.setenv("JUSTCLICK_ALLOW_HTTP", "true")
    with pytest.raises(ActionError, match="name") as caught:
        JustClick(Connection.from_env()).check_connection()
    assert caught.value.kind == "unavailable"


def test_an_error_survives_the_way_between_processes(sandbox: Sandbox) -> None:
    with pytest.raises(ActionError) as caught:
        sandbox.client().update_order_status(bill_id="999999", status="cancel")
    for copied in (pickle.loads(pickle.dumps(caught.value)), copy.copy(caught.value)):  # noqa: S301
        assert copied.to_dict() == caught.value.to_dict()
        assert str(copied) == str(caught.value)


def test_nothing_that_holds_a_key_is_pickled(sandbox: Sandbox) -> None:
    for holder in (sandbox.client(), sandbox.connection()):
        with pytest.raises(TypeError, match="Make it where it is used"):
            pickle.dumps(holder)
    # Within a process a copy is the same.
    assert copy.deepcopy(sandbox.connection()) == copy.copy(sandbox.connection()) == sandbox.connection()


@pytest.mark.parametrize("seconds", [0, -1, float("inf"), float("nan"), 1e9, True, "soon", None, 10**400])
def test_a_timeout_that_is_none_is_refused(seconds: Any, sandbox: Sandbox) -> None:
    with pytest.raises(ConfigurationError, match="timeout_s") as caught:
        JustClick(sandbox.connection(), timeout_s=seconds)
    assert isinstance(caught.value, ActionError)


@pytest.mark.parametrize("name", ["Europe/Moskva", "", "../../etc/passwd", "Europe", "a\0b", 3])
def test_a_time_zone_that_is_none_is_refused(name: Any, sandbox: Sandbox) -> None:
    with pytest.raises(ConfigurationError, match=r"time ?zone") as caught:
        JustClick(sandbox.connection(), timezone=name)
    assert caught.value.field == "timezone"
