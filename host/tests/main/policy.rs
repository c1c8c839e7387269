//! What a plugin may reach, tried through the plugin.

use plugin_host_core::Connection;
use plugin_host_core::error::Effect;
use plugin_host_core::runner::Settings;

use crate::server::Step::Read;
use crate::server::{Server, Step};
use crate::support::*;
use crate::{stubborn, support};

/// What the stubborn plugin answers when the host does not let its request through.
const NOT_ALLOWED: &str = r#""not_allowed""#;

fn good_server() -> Server {
    Server::start([Read, Step::Send(good())])
}

#[test]
fn a_loopback_address_that_is_not_allowed_is_not_connected_to() {
    for way in Way::ALL {
        let server = good_server();
        let port = server.port();
        let runner = support::runner(&[]);
        for host in ["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "127.1", "0x7f000001"] {
            let connected = runner.connect(account(&format!("http://{host}:{port}")));
            let error = way.refused(&connected);
            // A host that the plugin itself takes for no loopback one is its own to refuse.
            if error.kind != "invalid_connection" {
                assert_nature(&error, NOT_SENT);
                assert_eq!(reason(&error), "not_allowed", "{host}");
            }
            assert_eq!(error.effect, Effect::None);
            let check = connected.check().unwrap_err();
            assert_eq!((&check.kind, check.effect), (&error.kind, Effect::None), "{host}");
        }
        assert_eq!(server.accepted(), 0);
    }
}

#[test]
fn an_allowed_loopback_address_allows_its_port_alone() {
    for way in Way::ALL {
        let (allowed, other) = (good_server(), good_server());
        let runner = support::runner(&[&allowed.origin()]);
        way.done(&runner.connect(account(&allowed.origin())));
        assert_nature(&way.refused(&runner.connect(account(&other.origin()))), NOT_SENT);
        assert_eq!((allowed.accepted(), other.accepted()), (1, 0));
    }
}

#[test]
fn a_name_that_has_no_address_changed_nothing() {
    for way in Way::ALL {
        let runner = support::runner(&[]);
        // RFC 6761: no name under .invalid has one.
        let error = way.refused(&runner.connect(account("https://shop.invalid")));
        assert_nature(&error, NOT_SENT);
        assert_eq!(reason(&error), "dns", "{error:?}");
    }
}

#[test]
fn a_plugin_reaches_the_origin_of_its_connection_and_nothing_else() {
    let (own, foreign) = (good_server(), good_server());
    // Both are allowed to the host: another connection may well use them.
    let runner = stubborn::runner(&[&own.origin(), &foreign.origin()]);
    let connected = runner.connect(Connection::new([("base_url", own.origin())]));
    let fetch = |url: &str| connected.call("fetch", &format!(r#"{{"url":"{url}","method":"POST"}}"#)).unwrap();
    assert_eq!(fetch(&format!("{}/any/path?and=query", own.origin())), success());
    let (port, own_port) = (foreign.port(), own.port());
    for url in [
        format!("http://127.0.0.1:{port}/"),
        format!("http://127.0.0.1:{own_port}@127.0.0.1:{port}/"),
        format!("http://127.0.0.1:{own_port}\\\\@127.0.0.1:{port}/"),
        format!("http://user:password@127.0.0.1:{own_port}/"),
        format!("http://localhost:{own_port}/"),
        format!("https://127.0.0.1:{own_port}/"),
        format!("ftp://127.0.0.1:{own_port}/"),
        "http://127.0.0.1/".to_owned(),
        "file:///etc/hostname".to_owned(),
        "/relative".to_owned(),
        String::new(),
    ] {
        assert_eq!(fetch(&url), NOT_ALLOWED, "{url}");
    }
    assert_eq!((own.accepted(), foreign.accepted()), (1, 0));
}

#[test]
fn a_connection_without_an_origin_reaches_nothing() {
    let server = good_server();
    let runner = stubborn::runner(&[&server.origin()]);
    for connection in [Connection::default(), Connection::new([("base_url", "not an address")])] {
        let request = format!(r#"{{"url":"{}"}}"#, server.origin());
        assert_eq!(runner.connect(connection).call("fetch", &request).unwrap(), NOT_ALLOWED);
    }
    assert_eq!(server.accepted(), 0);
}

#[test]
fn what_the_operator_allows_is_reached_by_every_connection() {
    let (allowed, other) = (good_server(), good_server());
    let allow = vec![allowed.origin().parse().unwrap()];
    let runner = stubborn::runner_with(Settings::default().allow(allow));
    let fetch = |url: String| {
        runner.connect(Connection::default()).call("fetch", &format!(r#"{{"url":"{url}","method":"POST"}}"#)).unwrap()
    };
    assert_eq!(fetch(allowed.origin()), success());
    assert_eq!(fetch(other.origin()), NOT_ALLOWED);
    assert_eq!((allowed.accepted(), other.accepted()), (1, 0));
}

#[test]
fn a_request_that_is_none_is_not_sent() {
    let server = good_server();
    let runner = stubborn::runner(&[&server.origin()]);
    let connected = runner.connect(Connection::new([("base_url", server.origin())]));
    let origin = server.origin();
    for request in [
        "{".to_owned(),
        "null".to_owned(),
        r#"{"method":"POST"}"#.to_owned(),
        format!(r#"{{"url":"{origin}","method":"PO ST"}}"#),
        format!(r#"{{"url":"{origin}","headers":{{"x":"a\r\nhost: evil.example"}}}}"#),
        format!(r#"{{"url":"{origin}","headers":{{"a b":"c"}}}}"#),
    ] {
        assert_eq!(connected.call("fetch", &request).unwrap(), NOT_ALLOWED, "{request}");
    }
    assert_eq!(server.accepted(), 0);
}

#[test]
fn headers_of_the_connection_and_methods_of_a_proxy_are_not_the_plugins() {
    let server = good_server();
    let runner = stubborn::runner(&[&server.origin()]);
    let connected = runner.connect(Connection::new([("base_url", server.origin())]));
    let origin = server.origin();
    for name in [
        "Host",
        "host",
        "Connection",
        "Keep-Alive",
        "Proxy-Authorization",
        "proxy-connection",
        "TE",
        "Trailer",
        "Transfer-Encoding",
        "Upgrade",
        "HTTP2-Settings",
        "Content-Length",
        "Expect",
    ] {
        let request = format!(r#"{{"url":"{origin}","method":"POST","headers":{{"{name}":"chunked"}}}}"#);
        assert_eq!(connected.call("fetch", &request).unwrap(), NOT_ALLOWED, "{name}");
    }
    for method in ["CONNECT", "connect", "TRACE"] {
        let request = format!(r#"{{"url":"{origin}","method":"{method}"}}"#);
        assert_eq!(connected.call("fetch", &request).unwrap(), NOT_ALLOWED, "{method}");
    }
    assert_eq!(server.accepted(), 0);
    let request = format!(r#"{{"url":"{origin}","method":"POST","headers":{{"X-Host":"a","Authorization":"b"}}}}"#);
    assert_eq!(connected.call("fetch", &request).unwrap(), success());
    assert!(server.requests()[0].to_lowercase().contains("x-host: a"), "{:?}", server.requests());
}

#[test]
fn a_redirect_leads_nowhere_for_any_plugin() {
    let foreign = good_server();
    let location = format!("location: {}\r\n", foreign.origin());
    let own = Server::start([Read, Step::Send(response(302, &location, r#""moved""#))]);
    let runner = stubborn::runner(&[&own.origin(), &foreign.origin()]);
    let connected = runner.connect(Connection::new([("base_url", own.origin())]));
    assert_eq!(connected.call("fetch", &format!(r#"{{"url":"{}"}}"#, own.origin())).unwrap(), r#""moved""#);
    assert_eq!(foreign.accepted(), 0);
}
