//! The addresses of webhooks, and who gets to know them.

use std::fs;
use std::net::TcpListener;
use std::process::Command;
use std::sync::Arc;

use justclick_sandbox::{SAMPLE_API_KEY, Sandbox};

use crate::common::plugin_host;
use crate::receiver::Receiver;
use crate::server::{Server, happen, sandbox, subscribe};

/// The command with a connection of this name and with this note beside its key.
fn named(sandbox: &Sandbox, name: &str, folder: &tempfile::TempDir) -> Command {
    let (mut command, base) = (plugin_host(sandbox), sandbox.base_url());
    let table = format!("[\"{name}\"]\nlogin = \"username\"\napi_key = \"{SAMPLE_API_KEY}\"\nbase_url = \"{base}\"\n");
    let path = Server::write(folder, "connections.toml", &table);
    command.arg("--connections").arg(path);
    command
}

#[test]
fn an_address_stays_what_it_is_after_a_restart_and_for_a_connection_by_another_name() {
    let (sandbox, receiver) = (sandbox(&["1", "2"]), Receiver::start());
    let (state, args) = (Arc::new(tempfile::tempdir().unwrap()), ["--deliver", receiver.url.as_str()]);
    let secret = |address: &str| address.rsplit('/').next().unwrap().to_owned();
    let server = Server::begin(named(&sandbox, "berlin", &state), &args, state.clone());
    let first = server.address_of("berlin", "order_paid");
    assert!(secret(&first).len() >= 32, "128 bits at least");
    let server = server.restart(named(&sandbox, "north 1", &state), &args);
    let second = server.address_of("north%201", "order_paid");
    assert_eq!(secret(&first), secret(&second));
    assert!(second.contains("/v1/connections/north%201/triggers/order_paid/"), "{second}");
    // The service still has the old one.
    let old = format!("{}/{}", server.url("/v1/connections/berlin/triggers/order_paid"), secret(&first));
    subscribe(&sandbox, &[("order_paid", old)]);
    happen(&sandbox, "order_paid", "1");
    assert_eq!(receiver.wait(1)[0].event()["source"], "/justclick/north%201");
    let other = Server::begin(named(&sandbox, "berlin", &state), &args, Arc::new(tempfile::tempdir().unwrap()));
    assert_ne!(secret(&other.address_of("berlin", "order_paid")), secret(&first), "another server's is another");
    assert_ne!(secret(&server.address_of("north%201", "order_created")), secret(&first));
}

#[test]
fn addresses_are_for_those_whom_the_guard_lets_in_and_webhooks_for_those_who_have_one() {
    let (sandbox, receiver) = (sandbox(&["1"]), Receiver::start());
    let mut command = plugin_host(&sandbox);
    command.env("PLUGIN_HOST_TOKENS", "0123456789abcdef");
    let args = ["--deliver", &receiver.url, "--public-url", "https://hooks.example/shop/"];
    let server = Server::begin(command, &args, Arc::new(tempfile::tempdir().unwrap()));
    let asked = |path: &str, token: Option<&str>| {
        let mut request = ureq::get(server.url(path)).config().http_status_as_error(false).build();
        if let Some(token) = token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let mut response = request.call().unwrap();
        (response.status().as_u16(), response.body_mut().read_to_string().unwrap())
    };
    let path = "/v1/connections/default/triggers";
    for path in [path, "/v1/dead-letters", "/asyncapi.json", "/openapi.json"] {
        assert_eq!((asked(path, None).0, asked(path, Some("0123456789abcdeF")).0), (401, 401), "{path}");
    }
    let (status, listed) = asked(path, Some("0123456789abcdef"));
    let listed: serde_json::Value = serde_json::from_str(&listed).unwrap();
    let paid = listed["triggers"].as_array().unwrap().iter().find(|it| it["name"] == "order_paid").unwrap();
    let address = paid["address"].as_str().unwrap();
    let rest = address.strip_prefix("https://hooks.example/shop/v1/").unwrap();
    assert_eq!((status, &paid["receiver"]), (200, &receiver.url[..receiver.url.len() - "/take/s3cret".len()].into()));
    assert!(paid["docs"].as_str().is_some_and(|docs| !docs.is_empty()));
    subscribe(&sandbox, &[("order_paid", server.url(&format!("/v1/{rest}")))]);
    happen(&sandbox, "order_paid", "1");
    receiver.wait(1);
}

#[test]
fn no_secret_is_in_a_document_a_count_a_log_or_a_file_that_others_can_read() {
    let (sandbox, receiver) = (sandbox(&["1"]), Receiver::start());
    let args = ["--deliver", &receiver.url, "--deliver-secret", "env:SECRET", "--log", "trace"];
    let server = Server::start(&sandbox, &args);
    let address = server.address("order_paid");
    let secret = address.rsplit('/').next().unwrap();
    subscribe(&sandbox, &[("order_paid", address.clone())]);
    happen(&sandbox, "order_paid", "1");
    receiver.wait(1);
    server.send(&format!("{address}0"), b"id=1");
    server.send(&address, b"id=1");
    for path in ["/openapi.json", "/asyncapi.json", "/metrics", "/v1/connections", "/v1/dead-letters"] {
        let text = server.text(path);
        assert!(!text.contains(secret) && !text.contains("s3cret"), "{path}");
    }
    assert!(!server.log().contains(secret), "{}", server.log());
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(server.state.path().join("events.sqlite")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}

#[test]
fn webhooks_may_have_a_port_of_their_own_where_nothing_else_is() {
    let (sandbox, receiver) = (sandbox(&["1"]), Receiver::start());
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let server = Server::start(&sandbox, &["--deliver", &receiver.url, "--webhook-listen", &port.to_string()]);
    let address = server.address("order_paid");
    let path = address.strip_prefix(&format!("http://{port}")).unwrap();
    assert_eq!(server.send(&server.url(path), b"id=1").0, 404, "not where calls are made");
    for other in ["/v1/connections", "/openapi.json", "/metrics", "/healthz"] {
        let url = format!("http://{port}{other}");
        assert_eq!(ureq::get(&url).config().http_status_as_error(false).build().call().unwrap().status(), 404);
    }
    subscribe(&sandbox, &[("order_paid", address)]);
    happen(&sandbox, "order_paid", "1");
    receiver.wait(1);
    assert_eq!(server.end(), Some(0));
}
