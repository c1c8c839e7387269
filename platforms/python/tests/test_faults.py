"""A network that fails in every way ends in the right error, in time, and the next call works."""

import gzip
import itertools
import json
import resource
import socket
import time
import zlib

import pytest
from calling import failures, sent
from raw_server import Handler, answering, closed_port, read_request, reset, serving
from sandbox import Sandbox

from justclick_plugin import ActionError, Connection, JustClick
from justclick_plugin._guard import Guard
from justclick_plugin._http import Client
from justclick_plugin._request import Failure, Limits, NoResponseError, Request, Response, Rules

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
PATIENCE_S = 1.0
pytestmark = pytest.mark.usefixtures("sandbox", "each_way")


def client(url: str) -> JustClick:
    return JustClick(Connection("username", "X" * 40, url, allow_http=True), timeout_s=PATIENCE_S)


def send(url: str, request: Request, limits: Limits | None = None) -> Response:
    """What the client behind the plugin makes of a request, for a connection whose own address is the URL."""
    return sent(Rules([url], limits, Guard(everything=True)), request, PATIENCE_S)


def failure(url: str) -> ActionError:
    """The error of a call, which has to end in time."""
    begun = time.monotonic()
    (error,) = failures(Connection("username", "X" * 40, url, allow_http=True), timeout_s=PATIENCE_S)
    assert time.monotonic() - begun < PATIENCE_S + 10
    return error


def hang(connection: socket.socket) -> None:
    read_request(connection)
    connection.recv(1)


def trickle(beginning: bytes) -> Handler:
    def handler(connection: socket.socket) -> None:
        read_request(connection)
        connection.sendall(beginning)
        while True:
            connection.sendall(b"a")
            time.sleep(0.05)

    return handler


def endless(beginning: bytes, again: bytes) -> Handler:
    def handler(connection: socket.socket) -> None:
        read_request(connection)
        connection.sendall(beginning)
        while True:
            connection.sendall(again)

    return handler


def reset_after_request(connection: socket.socket) -> None:
    read_request(connection)
    reset(connection)


@pytest.mark.parametrize(
    ("handler", "reason"),
    [
        (hang, "timeout"),
        (trickle(b"HTTP/1.1 200 OK\r\nX: "), "timeout"),
        (trickle(HEAD + b"Content-Length: 100000\r\n\r\n"), "timeout"),
        (endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n"), "timeout"),
        (reset_after_request, "reset"),
        (answering(b""), "reset"),
        (answering(b"SSH-2.0-OpenSSH_9.2\r\n"), "reset"),
        (answering(HEAD + b"Content-Length: 100\r\n\r\n{"), "reset"),
        (answering(HEAD + b"Transfer-Encoding: chunked\r\n\r\nno number\r\n"), "reset"),
        (answering(HEAD + b"Content-Encoding: gzip\r\nContent-Length: 8\r\n\r\nno gzip!"), "reset"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_request_without_an_answer_may_have_had_its_effect(handler: Handler, reason: str) -> None:
    with serving(handler) as server:
        error = failure(server.url)
    assert (error.kind, error.retry, error.effect) == ("unavailable", "later", "unknown")
    assert error.upstream == {"http_status": 0, "error_text": reason, "verified": False}


@pytest.mark.parametrize(
    "handler",
    [
        endless(HEAD + b"\r\n", b"{" * 65536),
        endless(HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"10000\r\n" + b"{" * 65536 + b"\r\n"),
        endless(HEAD, b"X-Header: value\r\n"),
        endless(HEAD + b"X-Header: ", b"a" * 65536),
    ],
    ids=["body", "chunks", "headers", "header"],
)
def test_an_answer_without_an_end_is_too_large(handler: Handler) -> None:
    with serving(handler) as server:
        error = failure(server.url)
    assert (error.kind, error.retry, error.effect) == ("unexpected_reply", "never", "unknown")
    assert error.upstream == {"http_status": 0, "error_text": "too_large", "verified": False}


@pytest.mark.parametrize("chunked", [False, True])
def test_a_gzip_bomb_does_not_go_off(chunked: bool) -> None:
    # In small parts: what the test itself holds at once must not hide what the client does.
    packer = zlib.compressobj(9, wbits=31)
    bomb = b"".join(packer.compress(bytes(1 << 20)) for _ in range(256)) + packer.flush()
    head = HEAD + b"Content-Encoding: gzip\r\n"
    if chunked:
        answer = head + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%b\r\n0\r\n\r\n" % (len(bomb), bomb)
    else:
        answer = head + b"Content-Length: %d\r\n\r\n%b" % (len(bomb), bomb)
    with serving(answering(answer)) as server:
        # Linux counts in KiB, and what was the most so far.
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        error = failure(server.url)
        grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert error.upstream == {"http_status": 0, "error_text": "too_large", "verified": False}
    assert grown < 32 << 10


def test_nobody_there_means_that_nothing_was_sent() -> None:
    error = failure(f"http://127.0.0.1:{closed_port()}")
    assert (error.kind, error.retry, error.effect) == ("unavailable", "later", "none")
    assert error.upstream == {"http_status": 0, "error_text": "connect", "verified": False}


def test_a_name_without_an_address_means_that_nothing_was_sent() -> None:
    error = failure("http://no-such-host.invalid")
    assert (error.kind, error.retry, error.effect) == ("unavailable", "later", "none")
    assert error.upstream == {"http_status": 0, "error_text": "dns", "verified": False}


def test_a_name_that_can_not_be_one_has_no_address() -> None:
    url = f"http://{'a' * 64}.example/"
    with pytest.raises(NoResponseError) as caught:
        send(url, Request("POST", url, {}))
    assert caught.value.failure is Failure.DNS


def test_a_redirect_is_not_followed() -> None:
    with serving(answering(HEAD + b"\r\n{}")) as elsewhere:
        answer = f"HTTP/1.1 307 There\r\nLocation: {elsewhere.url}/\r\nContent-Length: 0\r\n\r\n"
        with serving(answering(answer.encode())) as server:
            error = failure(server.url)
        assert elsewhere.connections == 0
    assert (error.kind, error.retry, error.effect) == ("unexpected_reply", "never", "unknown")
    assert error.upstream == {"http_status": 307, "verified": False}


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("12", 12),
        (" 0012 ", 12),
        ("1000000", 86_400),
        ("9" * 5000, 86_400),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 86_400),
        ("Sun, 06 Nov 1994 08:49:37 GMT", 0),
        ("soon", None),
        ("-1", None),
    ],
)
def test_retry_after_is_seconds_or_a_date_and_at_most_a_day(header: str, seconds: int | None) -> None:
    answer = f"HTTP/1.1 503 Out of order\r\nRetry-After: {header}\r\nContent-Length: 0\r\n\r\n"
    with serving(answering(answer.encode())) as server:
        error = failure(server.url)
    assert (error.kind, error.retry, error.retry_after_s) == ("unavailable", "later", seconds)


def test_connections_are_kept_also_after_errors(sandbox: Sandbox) -> None:
    def handler(connection: socket.socket) -> None:
        for number in itertools.count():
            if not read_request(connection):
                return
            # One with a body, one without, one that is compressed.
            body = (b"{}", b"", gzip.compress(b"{}"))[number % 3]
            encoding = b"Content-Encoding: gzip\r\n" if number % 3 == 2 else b""
            connection.sendall(b"HTTP/1.1 503 No\r\n%bContent-Length: %d\r\n\r\n%b" % (encoding, len(body), body))

    with serving(handler) as server:
        shop = client(server.url)
        for _ in range(9):
            with pytest.raises(ActionError, match="503"):
                shop.update_order_status(bill_id="100000", status="cancel")
        assert server.connections == 1
    # Its connection has died meanwhile, and the client has to notice.
    with pytest.raises(ActionError, match="No connection") as caught:
        shop.update_order_status(bill_id="100000", status="cancel")
    assert caught.value.effect == "none"
    assert sandbox.client().update_order_status(bill_id="100000", status="cancel")["status"] == "cancel"


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1:{port}/",
        "http://localhost:{port}/",
        "http://127.0.0.1:1/",
        "http://127.0.0.1/",
        "http://user@127.0.0.1:{port}/",
        "http://127.0.0.1:{port}@elsewhere.example/",
        "http://elsewhere.example\\@127.0.0.1:{port}/",
        "ftp://127.0.0.1:{port}/",
        " http://127.0.0.1:{port}/",
        "//127.0.0.1:{port}/",
        "http://127.0.0.1:{port}0/",
        "",
    ],
)
def test_nothing_but_the_connections_own_origin_is_reached(url: str) -> None:
    with serving(answering(HEAD + b"Content-Length: 2\r\n\r\n{}")) as server:
        with pytest.raises(NoResponseError) as caught:
            send(server.url, Request("POST", url.format(port=server.url.rsplit(":", 1)[1]), {}))
        assert (caught.value.failure, server.connections) == (Failure.NOT_ALLOWED, 0)
        # What came along when a connection's address was copied does not matter.
        for own in (f" {server.url.upper()}/shop ", f"\ufeff{server.url}\u00a0\u200b\n"):
            assert send(own, Request("POST", f"{server.url}/api", {})).body == b"{}"


def test_a_request_over_its_cap_is_not_sent() -> None:
    with serving(hang) as server, pytest.raises(NoResponseError) as caught:
        send(server.url, Request("POST", server.url, {}, b"a" * 11), Limits(request_bytes=10))
    assert (caught.value.failure, server.connections) == (Failure.NOT_ALLOWED, 0)


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"no JSON",
        b"[]",
        b"{}",
        b'{"url": 1}',
        b'{"url": "u", "headers": [1]}',
        b'{"url": "u", "headers": {"a": 1}}',
        b'{"url": "u", "method": "connect"}',
        b'{"url": "u", "method": "TRACE"}',
    ],
)
def test_what_is_no_request_is_not_sent(document: bytes) -> None:
    with pytest.raises(NoResponseError) as caught:
        Request.parse(document)
    assert caught.value.failure is Failure.NOT_ALLOWED


def test_a_header_that_can_not_be_one_is_not_sent() -> None:
    with serving(hang) as server, pytest.raises(NoResponseError) as caught:
        send(server.url, Request("POST", server.url, {"a": "b\r\nc: d"}))
    assert caught.value.failure is Failure.NOT_ALLOWED


def reset_while_reading(connection: socket.socket) -> None:
    connection.recv(10)
    time.sleep(0.2)
    reset(connection)


def never_read(connection: socket.socket) -> None:
    time.sleep(5)
    del connection


@pytest.mark.parametrize("handler", [reset_while_reading, never_read])
def test_a_request_that_was_not_sent_whole_had_no_effect(handler: Handler) -> None:
    large = 64 << 20
    with serving(handler) as server, pytest.raises(NoResponseError) as caught:
        send(server.url, Request("POST", server.url, {}, bytes(large)), Limits(request_bytes=large))
    assert caught.value.failure is Failure.NOT_SENT


def test_an_error_that_the_caller_is_handling_is_not_taken_for_the_connections() -> None:
    with serving(reset_after_request) as server:
        try:
            raise TimeoutError
        except TimeoutError:
            error = failure(server.url)
    assert error.upstream is not None
    assert error.upstream["error_text"] == "reset"


EARLY = b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n"


@pytest.mark.parametrize(
    "interim", [EARLY, b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 102 Processing\r\n\r\n", EARLY * 3, b""]
)
def test_interim_answers_are_passed_over_and_never_shift_the_next_one(interim: bytes) -> None:
    statuses = iter((503, 500, 502, 429))

    def handler(connection: socket.socket) -> None:
        while read_request(connection):
            # In two parts, as they come when the answer itself takes a while.
            connection.sendall(interim)
            time.sleep(0.05)
            connection.sendall(b"HTTP/1.1 %d No\r\nContent-Length: 0\r\n\r\n" % next(statuses))

    with serving(handler) as server:
        shop = client(server.url)
        for status in (503, 500, 502, 429):
            with pytest.raises(ActionError) as caught:
                shop.update_order_status(bill_id="100000", status="cancel")
            assert dict(caught.value.upstream or {}).get("http_status") == status
        assert server.connections == 1


@pytest.mark.parametrize(
    "beginning",
    [endless(b"", EARLY), endless(EARLY, b"X: y\r\n"), answering(b"HTTP/1.1 101 Switching Protocols\r\n\r\n")],
    ids=["endless", "endless headers", "another protocol"],
)
def test_interim_answers_without_an_answer_end_in_time(beginning: Handler) -> None:
    with serving(beginning) as server:
        error = failure(server.url)
    assert (error.kind, error.effect) in {("unavailable", "unknown"), ("unexpected_reply", "unknown")}


def test_a_compressed_answer_that_nobody_asked_for_is_understood() -> None:
    content = gzip.compress(b'{"a": 1}')
    answer = HEAD + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n%b" % (len(content), content)
    with serving(answering(answer)) as server:
        assert send(server.url, Request("POST", server.url, {})).body == b'{"a": 1}'


def test_a_redirects_target_is_told_without_its_path() -> None:
    answer = b"HTTP/1.1 301 There\r\nLocation: https://www.shop.example/a?key=secret\r\nContent-Length: 0\r\n\r\n"
    with serving(answering(answer)) as server:
        error = failure(server.url)
    assert str(error).endswith("It was sent to https://www.shop.example.")
    with serving(answering(answer.replace(b"https://www.shop.example", b""))) as server:
        assert "It was sent to" not in str(failure(server.url))


@pytest.mark.parametrize(
    "header",
    [
        "Host",
        "connection",
        "KEEP-ALIVE",
        "Transfer-Encoding",
        "content-length",
        "Expect",
        "TE",
        "Trailer",
        "Upgrade",
        "HTTP2-Settings",
        "Proxy-Authorization",
        "proxy-anything",
        " Host ",
    ],
)
def test_a_header_that_belongs_to_the_connection_is_not_the_plugins_to_set(header: str) -> None:
    document = json.dumps({"url": "https://a.example", "headers": {"Accept": "*/*", header: "a"}}).encode()
    with pytest.raises(NoResponseError) as caught:
        Request.parse(document)
    assert caught.value.failure is Failure.NOT_ALLOWED


def test_a_service_that_closes_its_kept_connections_is_asked_over_new_ones() -> None:
    # It says nothing of closing, and closes at once.
    with serving(answering(b"HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n")) as server:
        shop = client(server.url)
        for _ in range(20):
            with pytest.raises(ActionError, match="503"):
                shop.update_order_status(bill_id="100000", status="cancel")
            time.sleep(0.01)
        assert server.connections == 20


def test_no_time_left_means_that_nothing_was_sent() -> None:
    with serving(hang) as server:
        own = Client(Rules([server.url], guard=Guard(everything=True)))
        with pytest.raises(NoResponseError) as caught:
            own.send(Request("POST", server.url, {}), time.monotonic() - 1)
    assert (caught.value.failure, server.connections) == (Failure.NOT_SENT, 0)
