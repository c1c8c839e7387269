//! Who is let in.

use std::process::Stdio;

use serde_json::json;

use crate::server::{Server, cancel, command, sandbox};

const ONE: &str = "0123456789abcdef";
const OTHER: &str = "fedcba9876543210";

fn bearer(token: &str) -> String {
    format!("Bearer {token}")
}

#[test]
fn with_tokens_only_those_who_show_one_are_let_in() {
    let sandbox = sandbox();
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), format!("{ONE}\n")).unwrap();
    let mut command = command(&sandbox, &["--token-file", file.path().to_str().unwrap()]);
    command.env("PLUGIN_HOST_TOKENS", OTHER);
    let server = Server::begin(command, tempfile::tempdir().unwrap());
    for (authorization, challenge) in [
        (None, "Bearer realm=\"plugin-host\""),
        (Some("Basic MDEyMzQ1Njc4OWFiY2RlZg=="), "Bearer realm=\"plugin-host\""),
        (Some("Bearer 0123456789abcdeF"), "Bearer realm=\"plugin-host\", error=\"invalid_token\""),
    ] {
        let headers: Vec<_> = authorization.map(|value| ("authorization", value)).into_iter().collect();
        let mut replies =
            ["/v1/connections", "/openapi.json", "/metrics"].map(|path| server.get_with(path, &headers)).to_vec();
        replies.push(server.call_with(&cancel("100000"), &headers));
        for reply in replies {
            assert_eq!((reply.status, reply.problem().as_str()), (401, "unauthorized"));
            assert_eq!(reply.header("www-authenticate"), challenge);
        }
    }
    for token in [ONE, OTHER] {
        assert_eq!(server.call_with(&cancel("100000"), &[("authorization", &bearer(token))]).status, 200);
    }
    for probe in ["/healthz", "/readyz"] {
        assert_eq!(server.get(probe).status, 200);
    }
    let document = server.get_with("/openapi.json", &[("authorization", &bearer(ONE))]).json();
    assert_eq!(document["components"]["securitySchemes"]["token"], json!({ "type": "http", "scheme": "bearer" }));
    assert_eq!(sandbox.request_count(), 2);
}

#[test]
fn idempotency_keys_of_one_caller_are_not_those_of_another() {
    let sandbox = sandbox();
    let mut command = command(&sandbox, &[]);
    command.env("PLUGIN_HOST_TOKENS", format!("{ONE} {OTHER}"));
    let server = Server::begin(command, tempfile::tempdir().unwrap());
    for (token, bill_id) in [(ONE, "100000"), (OTHER, "100001"), (ONE, "100000")] {
        let headers = [("authorization", &*bearer(token)), ("idempotency-key", "k")];
        assert_eq!(server.call_with(&cancel(bill_id), &headers).json()["bill_id"], bill_id);
    }
    assert_eq!(sandbox.request_count(), 2);
}

#[test]
fn without_tokens_no_web_page_gets_in() {
    let sandbox = sandbox();
    let server = Server::start(&sandbox, &[]);
    for headers in [[("origin", "https://evil.example")], [("host", "evil.example")]] {
        let reply = server.call_with(&cancel("100000"), &headers);
        assert_eq!((reply.status, reply.problem().as_str()), (403, "forbidden"));
        // Its body stays unread, so the next request needs another connection.
        assert_eq!(reply.header("connection"), "close");
    }
    assert_eq!(server.get_with("/metrics", &[("host", "evil.example:80")]).status, 403);
    assert_eq!(sandbox.request_count(), 0);
    assert_eq!(server.call_with(&cancel("100000"), &[("host", "localhost:1")]).status, 200);
}

#[test]
fn a_server_that_could_be_misused_does_not_start_and_says_what_to_do() {
    let sandbox = sandbox();
    let folder = tempfile::tempdir().unwrap();
    let short = folder.path().join("tokens");
    std::fs::write(&short, "hunter2\n").unwrap();
    for (args, part) in [
        (&["--listen", "0.0.0.0:0"][..], "give --tokens FILE, --token-file FILE or PLUGIN_HOST_TOKENS"),
        (&["--token-file", short.to_str().unwrap()], "line 1"),
        (&[], "give --state FILE"),
    ] {
        let output = command(&sandbox, args).stdin(Stdio::null()).output().unwrap();
        let error = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{error}");
        assert!(error.contains(part) && !error.contains("hunter2"), "{error}");
    }
}

#[test]
fn who_is_meant_by_a_request_is_told_by_its_target_and_its_headers() {
    let sandbox = sandbox();
    let server = Server::start(&sandbox, &["--allow-host", "shop-gw"]);
    for (head, status) in [
        ("GET /v1/connections HTTP/1.1\r\nhost: localhost.", 200),
        ("GET /v1/connections HTTP/1.1\r\nhost: 127.0.0.1:1", 200),
        ("GET /v1/connections HTTP/1.1\r\nhost: SHOP-GW:8080", 200),
        ("GET /v1/connections HTTP/1.0", 200),
        ("GET http://localhost/v1/connections HTTP/1.1\r\nhost: localhost", 200),
        ("GET http://evil.example/v1/connections HTTP/1.1\r\nhost: localhost", 403),
        ("GET /v1/connections HTTP/1.1\r\nhost: localhost\r\nhost: evil.example", 403),
        ("GET /v1/connections HTTP/1.1\r\nhost: host.docker.internal:8088", 403),
        ("GET /v1/connections HTTP/1.1\r\nhost:", 403),
        ("GET /v1/connections HTTP/1.1", 403),
        ("GET /v1/connections HTTP/1.1\r\nhost: localhost\r\norigin: null", 403),
    ] {
        let reply = server.raw(&format!("{head}\r\nconnection: close\r\n\r\n"));
        assert!(reply.starts_with(&format!("HTTP/1.{} {status} ", head.contains("HTTP/1.1") as u8)), "{head}: {reply}");
        assert_eq!(reply.contains("--allow-host") && reply.contains("--token-file"), status == 403, "{head}: {reply}");
    }
}

#[test]
fn a_file_of_tokens_may_begin_with_a_byte_order_mark() {
    let sandbox = sandbox();
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), format!("\u{feff}{ONE}\r\n")).unwrap();
    let server = Server::start(&sandbox, &["--token-file", file.path().to_str().unwrap()]);
    assert_eq!(server.get_with("/v1/connections", &[("authorization", &bearer(ONE))]).status, 200);
}

#[test]
fn wherever_answers_can_not_be_kept_one_line_names_the_option() {
    let sandbox = sandbox();
    let folder = tempfile::tempdir().unwrap();
    let running = Server::start(&sandbox, &[]);
    let taken = running.state().join("serve.sqlite");
    let place = |path: &std::path::Path| vec!["--state".to_owned(), path.display().to_string()];
    for (home, args) in [
        (None, vec![]),
        (Some("/proc"), vec![]),
        (None, place(folder.path())),
        (None, place("/dev/null".as_ref())),
        (None, place("/proc/x".as_ref())),
        (None, place(&taken)),
    ] {
        let mut command = command(&sandbox, &args.iter().map(String::as_str).collect::<Vec<_>>());
        home.map(|home| command.env("HOME", home));
        let output = command.stdin(Stdio::null()).output().unwrap();
        let error = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{error}");
        assert!(error.contains("--state FILE") && error.lines().count() == 1, "{error}");
    }
}
