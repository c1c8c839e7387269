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
        (&["--listen", "0.0.0.0:0"][..], "give --token-file FILE or PLUGIN_HOST_TOKENS"),
        (&["--token-file", short.to_str().unwrap()], "line 1"),
        (&[], "give --state FILE"),
    ] {
        let output = command(&sandbox, args).stdin(Stdio::null()).output().unwrap();
        let error = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{error}");
        assert!(error.contains(part) && !error.contains("hunter2"), "{error}");
    }
}
