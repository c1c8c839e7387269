//! Requests through a proxy. The server here is proxy and service in one: what follows the answer to
//! CONNECT is the tunnel.

use plugin_host_core::Connection;
use plugin_host_core::error::Effect;
use plugin_host_core::http::Proxies;
use plugin_host_core::runner::Connected;

use crate::server::Step::{Read, Reset};
use crate::server::{Server, Step, send};
use crate::stubborn;
use crate::support::*;

const TUNNEL: &str = "HTTP/1.1 200 Connection established\r\n\r\n";

/// A name that is in no DNS, as many are where only a proxy looks names up: RFC 6761.
const SHOP: &str = "http://shop.invalid";

fn connected(proxy: &Server, base_url: &str, allowed: &[&str]) -> Connected {
    let proxies = Proxies::given(&proxy.origin(), |_| None).unwrap();
    let runner = stubborn::runner_with(settings(limits(), allowed, Default::default()).proxies(proxies));
    runner.connect(Connection::new([("base_url", base_url)]))
}

fn fetch(way: Way, connected: &Connected, url: &str) -> String {
    way.call(connected, "fetch", &format!(r#"{{"url":"{url}","method":"POST"}}"#)).unwrap()
}

#[test]
fn a_request_goes_through_the_tunnel_that_the_proxy_makes() {
    for way in Way::ALL {
        let proxy = Server::start([Read, send(TUNNEL), Read, Step::Send(good_and_stay()), Read, Step::Send(good())]);
        let connected = connected(&proxy, SHOP, &[]);
        assert_eq!((fetch(way, &connected, SHOP), fetch(way, &connected, SHOP)), (success(), success()));
        let requests = proxy.requests();
        assert!(requests[0].starts_with("CONNECT shop.invalid:80 HTTP/1.1\r\n"), "{requests:?}");
        assert!(requests[1].starts_with("POST / HTTP/1.1\r\n"), "{requests:?}");
        assert_eq!((requests.len(), proxy.accepted()), (3, 1));
    }
}

#[test]
fn a_password_goes_to_the_proxy_and_nowhere_else() {
    for way in Way::ALL {
        let proxy = Server::start([Read, send(TUNNEL), Read, Step::Send(good())]);
        let address = proxy.origin().replace("://", "://user:hunter2hunter2@");
        let proxies = Proxies::given(&address, |_| None).unwrap();
        let runner = stubborn::runner_with(settings(limits(), &[], Default::default()).proxies(proxies));
        assert_eq!(fetch(way, &runner.connect(Connection::new([("base_url", SHOP)])), SHOP), success());
        let requests = proxy.requests();
        assert!(requests[0].contains("Basic dXNlcjpodW50ZXIyaHVudGVyMg=="), "{requests:?}");
        assert!(!requests[1].to_lowercase().contains("proxy-"), "{requests:?}");
    }
}

#[test]
fn a_proxy_that_wants_a_password_is_told_for_what_it_is_and_nothing_was_sent() {
    for way in Way::ALL {
        for (answer, told) in [
            ("HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n", "(407)"),
            ("HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n", "refused to connect (403)"),
        ] {
            let proxy = Server::start([Read, send(answer)]);
            let proxies = Proxies::given(&proxy.origin(), |_| None).unwrap();
            let settings = settings(limits(), &[], Default::default()).proxies(proxies);
            let runner = plugin_host_core::Runner::load(bundle(), settings).unwrap();
            let error = way.refused(&runner.connect(account("https://shop.invalid")));
            assert_nature(&error, NOT_SENT);
            assert_eq!(reason(&error), "connect");
            assert!(error.message.contains(told) && error.message.contains("The proxy 127.0.0.1"), "{}", error.message);
            assert_eq!(proxy.requests().len(), 1);
        }
    }
}

#[test]
fn a_proxy_that_is_not_there_is_named() {
    for way in Way::ALL {
        let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let proxies = Proxies::given(&closed.to_string(), |_| None).unwrap();
        let settings = settings(limits(), &[], Default::default()).proxies(proxies);
        let runner = plugin_host_core::Runner::load(bundle(), settings).unwrap();
        let error = way.refused(&runner.connect(account("https://shop.invalid")));
        assert_nature(&error, NOT_SENT);
        assert!(error.message.contains(&format!("proxy {closed}")), "{}", error.message);
    }
}

#[test]
fn what_breaks_after_the_request_went_through_the_tunnel_leaves_the_effect_open() {
    for way in Way::ALL {
        let proxy = Server::start([Read, send(TUNNEL), Read, Reset]);
        let connected = connected(&proxy, SHOP, &[]);
        assert_eq!(fetch(way, &connected, SHOP), r#""reset""#);
        let error =
            way.call(&connected, "fetch_and_trap", &format!(r#"{{"url":"{SHOP}","method":"POST"}}"#)).unwrap_err();
        assert_eq!(error.effect, Effect::Unknown);
    }
}

#[test]
fn no_proxy_is_asked_for_what_is_refused_without_one() {
    for way in Way::ALL {
        let proxy = Server::start([Read, send(TUNNEL), Read, Step::Send(good())]);
        for private in
            ["http://10.0.0.1", "http://169.254.169.254", "http://127.0.0.1:1", "http://localhost", "http://[::1]"]
        {
            assert_eq!(fetch(way, &connected(&proxy, private, &[]), private), r#""not_allowed""#, "{private}");
        }
        assert_eq!(proxy.accepted(), 0);
        let allowed = "http://10.0.0.1";
        assert_eq!(fetch(way, &connected(&proxy, allowed, &[allowed]), allowed), success());
    }
}
