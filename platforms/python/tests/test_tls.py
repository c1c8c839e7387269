"""Over TLS a server has to prove who it is; where it can't, nothing was sent."""

import contextlib
import datetime
import socket
import ssl
from collections.abc import Callable
from pathlib import Path

import pytest
import trustme
from calling import failures
from raw_server import Handler, read_request, serving

from justclick_plugin import ActionError, Connection

PATIENCE_S = 1.0
pytestmark = pytest.mark.usefixtures("sandbox", "each_way")


@pytest.fixture
def authority(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> trustme.CA:
    """A certificate authority that this process trusts."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    return authority


def over_tls(certificate: trustme.LeafCert) -> Handler:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)

    def handler(connection: socket.socket) -> None:
        with contextlib.suppress(OSError), context.wrap_socket(connection, server_side=True) as secure:
            while read_request(secure):
                secure.sendall(b"HTTP/1.1 503 Out of order\r\nContent-Length: 0\r\n\r\n")

    return handler


def failure(handler: Handler, calls: int = 1) -> tuple[ActionError, int]:
    with serving(handler) as server:
        connection = Connection("username", "X" * 40, server.url.replace("http:", "https:"))
        return failures(connection, calls, timeout_s=PATIENCE_S)[-1], server.connections


def test_a_server_that_proves_who_it_is_is_talked_to_over_one_connection(authority: trustme.CA) -> None:
    error, connections = failure(over_tls(authority.issue_cert("127.0.0.1")), calls=3)
    assert error.upstream is not None
    assert (error.upstream["http_status"], connections) == (503, 1)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ("name", "is that of another host"),
        ("authority", "in SSL_CERT_FILE"),
        ("date", "has expired"),
        ("no TLS at all", "is it an address of plain http"),
    ],
)
def test_a_server_that_can_not_prove_who_it_is_gets_nothing(wrong: str, told: str, authority: trustme.CA) -> None:
    long_ago = datetime.datetime(2001, 1, 1, tzinfo=datetime.UTC)
    handlers: dict[str, Callable[[], Handler]] = {
        "name": lambda: over_tls(authority.issue_cert("shop.example")),
        "authority": lambda: over_tls(trustme.CA().issue_cert("127.0.0.1")),
        "date": lambda: over_tls(
            authority.issue_cert("127.0.0.1", not_before=long_ago, not_after=long_ago + datetime.timedelta(days=1))
        ),
        "no TLS at all": lambda: lambda connection: connection.sendall(b"HTTP/1.1 400 What?\r\n\r\n"),
    }
    error, _ = failure(handlers[wrong]())
    assert told in error.message
    assert "\n" not in error.message
    assert (error.kind, error.retry, error.effect) == ("unavailable", "later", "none")
    assert error.upstream == {"http_status": 0, "error_text": "tls", "verified": False}


def test_a_handshake_without_an_end_is_no_connection(authority: trustme.CA) -> None:
    del authority

    def handler(connection: socket.socket) -> None:
        while connection.recv(4096):
            pass

    error, _ = failure(handler)
    assert (error.kind, error.retry, error.effect) == ("unavailable", "later", "none")
    assert error.upstream == {"http_status": 0, "error_text": "connect", "verified": False}
