"""Triggers of a made-up plugin: what its exports are given, and what becomes of what they answer."""

import base64
import pickle
import time
from pathlib import Path
from typing import Any

import pytest
from made_up import Answer, action, description, package, search, trigger

ASKED = {"type": "object", "properties": {"group": {"type": "string"}, "since": {"type": "integer"}}}
DESCRIBED = description(
    [
        action("look", {"id": {"type": "string"}}, hints={"readOnlyHint": True}),
        search("list_things", {}),
    ],
    triggers=[
        trigger("made", "poll", inputSchema=ASKED, form={"moments": ["since"]}),
        trigger(
            "sure",
            "poll",
            confirm={"action": "look", "arguments": {"id": "number"}, "holds": [{"pointer": "/is", "value": True}]},
        ),
        trigger(
            "told",
            "webhook",
            subscribe="begin",
            unsubscribe="end",
            confirm={
                "action": "look",
                "arguments": {"id": "number"},
                "holds": [{"pointer": "/colour", "field": "colour"}, {"pointer": "/gone", "value": False}],
            },
        ),
    ],
)


SIGNED_WITH = "a-secret-of-the-subscription"


class Service:
    """Answers what a test wants, and keeps what it was asked."""

    def __init__(self) -> None:
        self.answers: dict[str, Any] = {}
        self.asked: list[tuple[str, dict[str, Any]]] = []

    def __call__(self, name: str, given: dict[str, Any]) -> Answer:
        """Answers an export."""
        self.asked.append((name, given))
        answer = self.answers.get(name, {})
        if isinstance(answer, list):
            answer = answer.pop(0)
        return (500, answer) if "kind" in answer else (200, answer)


def failure(kind: str, retry: str = "never") -> dict[str, Any]:
    return {"kind": kind, "message": f"It is {kind}.", "retry": retry, "effect": "unknown"}


def event(number: str, **more: Any) -> dict[str, Any]:
    return {"id": f"made:{number}", "data": {"number": number}, **more}


def page(*numbers: str, cursor: str, more: bool = False) -> dict[str, Any]:
    return {"events": [event(number) for number in numbers], "nextCursor": cursor, "hasMore": more}


@pytest.fixture
def made(tmp_path: Path) -> Any:
    service = Service()
    with package(tmp_path, DESCRIBED, service) as (module, client):
        yield module, client, service


def test_a_poll_is_given_what_the_contract_says(made: Any) -> None:
    _, client, service = made
    service.answers["made"] = {
        "events": [event("1", time="2026-11-25T14:30:00Z", subject="1")],
        "nextCursor": "c1",
        "hasMore": False,
    }
    found = client.poll("made", input={"group": 7, "since": "2026-11-25T14:30:00Z"}, start="2026-11-25T00:00:00Z")
    assert (found.next_cursor, found.has_more) == ("c1", False)
    (one,) = found.events
    assert (one.id, one.data, one.subject, one.type) == ("made:1", {"number": "1"}, "1", "made-up.made")
    given = service.asked[-1][1]
    assert abs(given.pop("now") - time.time()) < 60
    wanted = {"group": 7, "since": 1795617000}
    assert given == {"input": wanted, "cursor": None, "start": 1795564800, "limit": 100}
    client.poll_made(cursor="c1", limit=3, group="g")
    given = service.asked[-1][1]
    assert (given["cursor"], given["start"], given["limit"], given["input"]) == ("c1", "now", 3, {"group": "g"})


def test_an_event_is_a_cloud_event_in_its_envelope(made: Any) -> None:
    _, client, service = made
    service.answers["made"] = page("1", cursor="c")
    (one,) = client.poll("made").events
    source = one.source
    assert one.cloud_event() == {
        "specversion": "1.0",
        "id": "made:1",
        "source": source,
        "type": "made-up.made",
        "datacontenttype": "application/json",
        "data": {"number": "1"},
    }
    # It names plugin and account, shows neither address nor key, and is the same for another client of the account.
    assert source.startswith("/made-up/")
    assert "127.0.0.1" not in source
    other = type(client)(client._connection, allow_private=True, timeout_s=5)
    assert other.poll("made").events[0] == one


@pytest.mark.parametrize(
    ("answer", "what"),
    [
        ({"nextCursor": "c", "hasMore": False}, "no list of events"),
        ({"events": {}, "nextCursor": "c", "hasMore": False}, "no list of events"),
        ({"events": [], "hasMore": False}, "no nextCursor"),
        ({"events": [], "nextCursor": None, "hasMore": False}, "no nextCursor"),
        ({"events": [], "nextCursor": "c"}, "hasMore"),
        ({"events": [], "nextCursor": "c", "hasMore": 1}, "hasMore"),
        ({"events": [], "nextCursor": "same", "hasMore": True}, "the cursor that it got"),
        ({"events": [7], "nextCursor": "c", "hasMore": False}, "an event that is no object"),
        ({"events": [{"data": {}}], "nextCursor": "c", "hasMore": False}, "an event without an id"),
        ({"events": [{"id": " ", "data": {}}], "nextCursor": "c", "hasMore": False}, "an event without an id"),
        ({"events": [{"id": 7, "data": {}}], "nextCursor": "c", "hasMore": False}, "an event without an id"),
        ({"events": [{"id": "a"}], "nextCursor": "c", "hasMore": False}, "without data (a)"),
        ({"events": [event("1", time="today")], "nextCursor": "c", "hasMore": False}, "RFC 3339 (made:1)"),
        ({"events": [event("1", time="2026-13-45T25:00:00Z")], "nextCursor": "c", "hasMore": False}, "RFC 3339"),
        ({"events": [event("1", time=7)], "nextCursor": "c", "hasMore": False}, "RFC 3339 (made:1)"),
        ({"events": [event("1", subject=7)], "nextCursor": "c", "hasMore": False}, "subject is no text (made:1)"),
    ],
)
def test_an_output_that_is_none_of_the_contract_is_refused(made: Any, answer: Any, what: str) -> None:
    module, client, service = made
    service.answers["made"] = answer
    with pytest.raises(module.ActionError) as raised:
        client.poll("made", cursor="same")
    assert (raised.value.kind, raised.value.retry, raised.value.effect) == ("internal", "never", "none")
    assert what in str(raised.value)


@pytest.mark.parametrize(
    ("given", "what"),
    [
        ({"limit": 0}, "limit"),
        ({"limit": True}, "limit"),
        ({"start": "yesterday"}, "start"),
        ({"start": "2026-11-25"}, "start"),
        ({"input": {"group": float("nan")}}, "group"),
    ],
)
def test_what_can_not_be_asked_is_refused_by_its_name(made: Any, given: Any, what: str) -> None:
    module, client, service = made
    with pytest.raises(module.ActionError) as raised:
        client.poll("made", **given)
    assert (raised.value.kind, raised.value.field) == ("invalid_input", what)
    assert not service.asked


def test_a_trigger_that_is_not_there_is_told_with_those_that_are(made: Any) -> None:
    module, client, _ = made
    for name in ("sold", "told"):
        with pytest.raises(
            module.ActionError, match=rf"no trigger '{name}' that can be polled\. Those that are: made, sure\."
        ):
            client.poll(name)
    with pytest.raises(module.WebhookError, match=r"that comes by a webhook\. Those that are: told\.") as raised:
        client.webhook("made", "POST", {}, "", b"")
    assert raised.value.status == 404


def test_a_poll_that_fails_changes_nothing(made: Any) -> None:
    module, client, service = made
    service.answers["made"] = failure("unavailable", "later")
    with pytest.raises(module.ActionError) as raised:
        client.poll("made")
    assert (raised.value.kind, raised.value.retry, raised.value.effect) == ("unavailable", "later", "none")


def test_a_webhook_is_given_the_request_as_it_came(made: Any) -> None:
    _, client, service = made
    service.answers["told"] = {"events": [event("1")], "response": {"status": 202, "headers": {"x": "y"}, "body": "ok"}}
    pairs = [(b"X-Twice", b"a"), (b"x-twice", b"b"), ("Content-Type", "text/plain"), (b"x-odd", b"\xe9")]
    found = client.webhook_told("post", pairs, b"?a=%20&b", b"\x00\xff", secret=SIGNED_WITH)
    assert [one.id for one in found.events] == ["made:1"]
    assert (found.response.status, found.response.headers, found.response.body) == (202, {"x": "y"}, "ok")
    given = service.asked[-1][1]
    assert given["method"] == "POST"
    assert given["headers"] == {"x-twice": "a, b", "content-type": "text/plain", "x-odd": "é"}
    assert given["query"] == "a=%20&b"
    assert base64.b64decode(given["body"]) == b"\x00\xff"
    assert given["secret"] == SIGNED_WITH
    client.webhook("told", "GET", {"A": "b"}, "", b"")
    assert "secret" not in service.asked[-1][1]


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("forged_event", 401),
        ("unexpected_reply", 400),
        ("throttled", 503),
        ("unavailable", 503),
        ("auth", 500),
        ("invalid_connection", 500),
        ("internal", 500),
    ],
)
def test_a_webhook_that_counts_for_nothing_says_what_the_service_is_answered(made: Any, kind: str, status: int) -> None:
    module, client, service = made
    service.answers["told"] = failure(kind)
    with pytest.raises(module.WebhookError) as raised:
        client.webhook("told", "POST", {}, "", b"")
    assert (raised.value.kind, raised.value.status, raised.value.effect) == (kind, status, "none")
    assert isinstance(raised.value, module.ForgedEventError) is (kind == "forged_event")
    again = pickle.loads(pickle.dumps(raised.value))  # noqa: S301 - made here
    assert (type(again), again.status, str(again)) == (type(raised.value), status, str(raised.value))


@pytest.mark.parametrize(
    "response",
    [
        None,
        {"status": 199},
        {"status": 600},
        {"status": True},
        {"status": "200"},
        {"status": 200, "headers": {"a": 1}},
        {"status": 200, "headers": {"a": "b\r\nSet-Cookie: c"}},
        {"status": 200, "body": {}},
    ],
)
def test_a_response_that_can_not_be_given_is_the_plugins_fault(made: Any, response: Any) -> None:
    module, client, service = made
    service.answers["told"] = {"events": [], "response": response}
    with pytest.raises(module.WebhookError) as raised:
        client.webhook("told", "POST", {}, "", b"")
    assert (raised.value.kind, raised.value.status) == ("internal", 500)


def test_a_body_that_is_too_large_never_reaches_the_plugin(made: Any) -> None:
    module, client, service = made
    with pytest.raises(module.WebhookError) as raised:
        client.webhook("told", "POST", {}, "", bytes((1 << 20) + 1))
    assert raised.value.status == 413
    assert not service.asked


def test_the_secret_of_a_subscription_is_hidden(made: Any) -> None:
    module, client, service = made
    service.answers["told"] = {"events": [{"id": "a", "data": {"number": SIGNED_WITH}}], "response": {"status": 200}}
    (one,) = client.webhook("told", "POST", {}, "", b"", secret=SIGNED_WITH).events
    assert one.data == {"number": "***"}
    service.answers["told"] = {**failure("forged_event"), "message": f"It is not {SIGNED_WITH}."}
    with pytest.raises(module.ForgedEventError, match=r"It is not \*\*\*\."):
        client.webhook("told", "POST", {}, "", b"", secret=SIGNED_WITH)


def told(client: Any, service: Service, **data: Any) -> Any:
    service.answers["told"] = {"events": [{"id": "a", "data": data}], "response": {"status": 200}}
    (one,) = client.webhook("told", "POST", {}, "", b"").events
    return one


def test_an_event_is_confirmed_by_what_the_service_itself_says(made: Any) -> None:
    module, client, service = made
    one = told(client, service, number="7", colour=1)
    service.answers["look"] = {"colour": "1", "gone": False}
    assert client.confirmed("told", one) is True
    assert service.asked[-1] == ("look", {"id": "7"})
    for found in ({"colour": "2", "gone": False}, {"colour": "1", "gone": True}, {"colour": "1"}, {}):
        service.answers["look"] = found
        assert client.confirmed("told", one) is False, found
    service.answers["look"] = failure("not_found")
    assert client.confirmed("told", one) is False
    service.answers["look"] = failure("unavailable", "later")
    with pytest.raises(module.ActionError):
        client.confirmed("told", one)


def test_what_neither_event_nor_service_has_confirms_nothing(made: Any) -> None:
    _, client, service = made
    one = told(client, service, number="7")
    service.answers["look"] = {"gone": False}
    assert client.confirmed("told", one) is False


def test_an_event_of_a_trigger_that_needs_no_confirmation_is_so(made: Any) -> None:
    _, client, service = made
    service.answers["made"] = page("1", cursor="c")
    (one,) = client.poll("made").events
    assert client.confirmed("made", one) is True


def test_a_subscription_is_begun_with_a_secret_and_ended_by_its_id(made: Any) -> None:
    module, client, service = made
    service.answers["begin"] = {"subscription": "s1", "expires": 1795606200}
    begun = client.subscribe("told", "https://host.example/hooks/7f0c")
    given = service.asked[-1][1]
    assert (given["url"], given["input"]) == ("https://host.example/hooks/7f0c", {})
    assert (begun.id, begun.secret, begun.expires) == ("s1", given["secret"], 1795606200)
    assert len(begun.secret) > 40
    assert begun.secret not in repr(begun)
    service.answers["begin"] = {"subscription": "s2", "secret": SIGNED_WITH}
    mine = "mine-and-long-enough"
    assert client.subscribe("told", "https://host.example", secret=mine).secret == SIGNED_WITH
    service.answers["begin"] = {"subscription": "s2", "secret": mine}
    assert client.subscribe("told", "https://host.example", secret=mine).secret == mine
    client.unsubscribe("told", "s2")
    assert service.asked[-1] == ("end", {"input": {}, "subscription": "s2"})
    service.answers["end"] = failure("not_found")
    client.unsubscribe("told", "s2")
    service.answers["end"] = failure("auth")
    with pytest.raises(module.ActionError):
        client.unsubscribe("told", "s2")
    service.answers["begin"] = {"subscription": ""}
    with pytest.raises(module.ActionError, match="no subscription"):
        client.subscribe("told", "https://host.example")
    with pytest.raises(module.ActionError, match="its docs say"):
        client.subscribe("made", "https://host.example")
