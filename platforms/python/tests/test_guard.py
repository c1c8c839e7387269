"""Which addresses are reached, and by which way."""

import base64
import ipaddress
import json
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import trustme
from calling import failures
from raw_server import RawServer, answering, read_request, serving
from sandbox import KEY, LOGIN

from justclick_plugin import ActionError, Connection
from justclick_plugin._guard import Guard, is_public
from justclick_plugin._http import _new_manager
from justclick_plugin._origin import Origin, origin_written
from justclick_plugin._proxy import Proxy, ProxyError, proxy_for

NO = b"HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n"
pytestmark = pytest.mark.usefixtures("each_way")
PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*PROXIES, *map(str.lower, PROXIES), "PLUGIN_ALLOW_PRIVATE", "JUSTCLICK_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    # A second is longer than a test.
    monkeypatch.setattr("justclick_plugin._request._PROXY_S", 0)


def failure(url: str, allow_private: bool = False) -> ActionError:
    (error,) = failures(Connection(LOGIN, KEY, url, allow_http=True), timeout_s=5, allow_private=allow_private)
    return error


def word(error: ActionError) -> object:
    return dict(error.upstream or {}).get("error_text")


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Callable[[dict[str, list[str]]], None]:
    """Makes names lead to addresses."""
    real = socket.getaddrinfo

    def use(addresses: dict[str, list[str]]) -> None:
        def resolve(host: str, port: int, *rest: object, **named: object) -> list[object]:
            if host not in addresses:
                return real(host, port, *rest, **named)  # type: ignore[arg-type, return-value]
            return [info for address in addresses[host] for info in real(address, port, type=socket.SOCK_STREAM)]

        monkeypatch.setattr(socket, "getaddrinfo", resolve)

    return use


@contextmanager
def local(answer: bytes = NO) -> Iterator[tuple[RawServer, int]]:
    with serving(answering(answer)) as server:
        yield server, int(server.url.rsplit(":", 1)[1])


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "2130706433", "127.1", "shop.example", "[::ffff:7f00:1]"])
def test_a_private_address_is_not_reached_by_whatever_name(
    host: str, names: Callable[[dict[str, list[str]]], None]
) -> None:
    names({"shop.example": ["127.0.0.1"]})
    with local() as (server, port):
        error = failure(f"http://{host}:{port}")
        assert server.connections == 0
    assert (error.kind, error.effect, word(error)) == ("unavailable", "none", "not_allowed")
    assert "PLUGIN_ALLOW_PRIVATE" in str(error)


def test_of_several_addresses_the_private_ones_are_left_out(
    names: Callable[[dict[str, list[str]]], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    connected: list[object] = []

    def connect(_socket: socket.socket, address: object) -> None:
        connected.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket.socket, "connect", connect)
    names({"shop.example": ["127.0.0.1", "93.184.216.34"]})
    assert word(failure("https://shop.example")) == "connect"
    assert connected == [("93.184.216.34", 443)]


def test_the_operator_allows_a_private_address(
    names: Callable[[dict[str, list[str]]], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    names({"shop.example": ["127.0.0.1"]})
    with local() as (_, port):
        by_name, by_address = f"http://shop.example:{port}", f"http://127.0.0.1:{port}"
        below = f"http://*.example:{port}"
        for allowed in (by_name, f"https://a.example, {by_name}", below, "*"):
            monkeypatch.setenv("PLUGIN_ALLOW_PRIVATE", allowed)
            assert "503" in str(failure(by_name))
        for other in (
            f"https://*.example:{port}",
            "http://*.example",
            "http://*.shop.example:1",
            "http://shop.example:1",
        ):
            monkeypatch.setenv("PLUGIN_ALLOW_PRIVATE", other)
            assert word(failure(by_name)) == "not_allowed"
        monkeypatch.setenv("PLUGIN_ALLOW_PRIVATE", by_name)
        assert word(failure(by_address)) == "not_allowed"
        monkeypatch.delenv("PLUGIN_ALLOW_PRIVATE")
        assert "503" in str(failure(by_name, allow_private=True))
        # What the environment has as its base URL is the operator's word, if it is an address as it is.
        monkeypatch.setenv("JUSTCLICK_BASE_URL", by_address)
        assert "503" in str(failure(by_address))
        assert word(failure(by_name)) == "not_allowed"
        monkeypatch.setenv("JUSTCLICK_BASE_URL", by_name)
        assert word(failure(by_name)) == "not_allowed"


def carrying(address: object) -> list[str]:
    """An IPv4 address, and the IPv6 addresses that lead to it."""
    if not isinstance(address, ipaddress.IPv4Address):
        return [str(address)]
    digits = address.packed.hex()
    others = [f"2002:{digits[:4]}:{digits[4:]}::1", f"2a00:1450::5efe:{address}", f"2a00:1450::200:5efe:{address}"]
    return [str(address), f"::ffff:{address}", f"64:ff9b::{address}", f"::{address}", *others]


def test_the_addresses_of_all_hosts_table_are_judged_as_it_says() -> None:
    table = json.loads((Path(__file__).resolve().parents[3] / "tests/vectors/special-addresses.json").read_bytes())
    blocks = [ipaddress.ip_network(row["block"]) for row in table["blocks"]]
    ends = [address for block in blocks for end in (block[0], block[-1]) for address in carrying(end)]
    special = [*ends, *table["not_public"], "fe80::1%eth0", "shop.example"]
    assert [address for address in special if is_public(address)] == []
    assert [address for address in table["public"] if not is_public(address)] == []


def test_a_guard_without_an_environment_allows_public_addresses_alone() -> None:
    assert Guard.of_environment() == Guard()


def origin(url: str) -> Origin:
    found = origin_written(url)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("variables", "url", "proxy"),
    [
        ({"HTTPS_PROXY": "http://p:1"}, "http://a.example", None),
        ({"HTTP_PROXY": "http://p:1"}, "https://a.example", None),
        ({"HTTP_PROXY": "http://p:1"}, "http://a.example", "http://p:1"),
        ({"HTTPS_PROXY": "10.0.0.5:3128"}, "https://a.example", "http://10.0.0.5:3128"),
        ({"ALL_PROXY": "http://p:1"}, "https://a.example", "http://p:1"),
        ({"ALL_PROXY": "http://p:1", "HTTPS_PROXY": "http://q:2"}, "https://a.example", "http://q:2"),
        ({"HTTPS_PROXY": "http://p:1", "https_proxy": "http://q:2"}, "https://a.example", "http://q:2"),
        ({"HTTPS_PROXY": "http://p:1", "https_proxy": ""}, "https://a.example", None),
        ({"HTTP_PROXY": "http://p:1", "REQUEST_METHOD": "GET"}, "http://a.example", None),
        ({"HTTPS_PROXY": "http://u:p%40s@p:1/"}, "https://a.example", "http://p:1/"),
        ({"HTTPS_PROXY": "http://p:1", "NO_PROXY": "*"}, "https://a.example", None),
        ({"HTTPS_PROXY": "http://p:1", "NO_PROXY": "example"}, "https://a.example", None),
        ({"HTTPS_PROXY": "http://p:1", "NO_PROXY": "b.example, .A.example"}, "https://x.a.example", None),
        ({"HTTPS_PROXY": "http://p:1", "NO_PROXY": ".a.example"}, "https://a.example", None),
        ({"HTTPS_PROXY": "http://p:1", "NO_PROXY": "a.example"}, "https://ba.example", "http://p:1"),
        ({"HTTPS_PROXY": "http://p:1", "NO_PROXY": "a.example:8443"}, "https://a.example", "http://p:1"),
        ({"HTTPS_PROXY": "http://p:1", "NO_PROXY": "a.example:8443"}, "https://a.example:8443", None),
        ({"HTTPS_PROXY": "http://p:1", "NO_PROXY": "10.0.0.0/8"}, "https://10.1.2.3", None),
        ({"HTTPS_PROXY": "http://p:1", "NO_PROXY": "10.0.0.0/8"}, "https://11.1.2.3", "http://p:1"),
        ({"HTTPS_PROXY": "http://p:1", "NO_PROXY": "::1"}, "https://[::1]", None),
        ({"HTTPS_PROXY": "http://p:1", "NO_PROXY": ""}, "https://a.example", "http://p:1"),
    ],
)
def test_a_proxy_is_chosen_as_curl_chooses_it(
    variables: dict[str, str], url: str, proxy: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    found = proxy_for(origin(url))
    assert (found and found.url) == proxy


@pytest.mark.parametrize(
    "text",
    [
        "socks5://u:secret@p:1",
        "socks5h://p",
        "ftp://p:1",
        "http://[secret",
        "http://p:port",
        "http://",
        "http://p:99999",
    ],
)
def test_a_proxy_that_can_not_be_used_is_an_error_that_names_its_variable_alone(
    text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", text)
    with pytest.raises(ProxyError, match="HTTPS_PROXY"):
        proxy_for(origin("https://a.example"))
    error = failure("https://a.example")
    assert (error.kind, error.retry, error.effect) == ("invalid_connection", "never", "none")
    assert "HTTPS_PROXY" in str(error)
    assert "secret" not in str(error.to_dict())


def test_plain_http_goes_to_the_proxy_with_its_login(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[bytes] = []

    def handler(connection: socket.socket) -> None:
        seen.append(read_request(connection))
        connection.sendall(NO)

    with serving(handler) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url.replace("://", "://user:p%40ss@"))
        error = failure("http://shop.example")
    assert error.upstream is not None
    assert error.upstream["http_status"] == 503
    assert seen[0].startswith(b"POST http://shop.example/api/UpdateOrderStatus HTTP/1.1\r\n")
    assert base64.b64encode(b"user:p@ss") in seen[0]


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_body_does_not_wait_until_the_proxy_has_acknowledged_the_head(scheme: str) -> None:
    manager = _new_manager(origin(f"{scheme}://shop.example"), Proxy("HTTP_PROXY", "http://p:1", None), Guard())
    connection = manager.connection_from_url(f"{scheme}://shop.example")._new_conn()
    assert (socket.IPPROTO_TCP, socket.TCP_NODELAY, 1) in (connection.socket_options or ())


def test_the_guard_holds_behind_a_proxy_too(
    names: Callable[[dict[str, list[str]]], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    names({"shop.example": ["10.0.0.5"]})
    with local() as (proxy, _):
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        for url in ("http://shop.example", "https://shop.example", "http://169.254.169.254"):
            assert word(failure(url)) == "not_allowed"
        assert proxy.connections == 0


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_proxy_that_wants_a_login_says_so(scheme: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with local(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n") as (proxy, _):
        monkeypatch.setenv(f"{scheme.upper()}_PROXY", proxy.url)
        error = failure(f"{scheme}://shop.example")
    assert (error.kind, error.retry, error.effect) == ("invalid_connection", "never", "none")
    assert f"{scheme.upper()}_PROXY asks for a login (HTTP 407)" in str(error)


def test_a_proxy_that_refuses_says_with_what(monkeypatch: pytest.MonkeyPatch) -> None:
    with local(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n") as (proxy, _):
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        error = failure("https://shop.example")
    assert (error.kind, error.effect, word(error)) == ("unavailable", "none", "connect")
    assert "refused the connection (HTTP 403)" in str(error)


def test_tls_goes_through_the_proxys_tunnel(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(f"{tmp_path}/ca.pem")
    monkeypatch.setenv("SSL_CERT_FILE", f"{tmp_path}/ca.pem")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("shop.example").configure_cert(context)
    asked: list[bytes] = []

    def handler(connection: socket.socket) -> None:
        asked.append(read_request(connection))
        # Interim answers come from proxies, too.
        connection.sendall(b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\n\r\n")
        with context.wrap_socket(connection, server_side=True) as secure:
            asked.append(read_request(secure))
            secure.sendall(NO)

    with serving(handler) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        assert "503" in str(failure("https://shop.example"))
    assert asked[0].startswith(b"CONNECT shop.example:443 ")
    assert asked[1].startswith(b"POST /api/UpdateOrderStatus ")
