//! What is read again at SIGHUP, while calls are under way.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use serde_json::json;

use crate::host::{Folder, Server, sandbox, slow_sandbox, until};

const SERVE: [&str; 3] = ["serve", "--listen", "127.0.0.1:0"];
const READ: &str = "read again";
const KEPT: &str = "all stays as it was";

#[test]
fn connections_bundles_and_tokens_are_what_they_are_now() {
    let (folder, berlin, paris) = (Folder::of_two(), sandbox(), sandbox());
    const OLD: &str = "0123456789abcdef";
    const NEW: &str = "fedcba9876543210";
    folder.write("tokens", OLD);
    folder.connections(&[("berlin", Some("justclick"), &berlin), ("paris", Some("shop"), &paris)]);
    let server = Server::begin(folder.command(&[&SERVE[..], &["--token-file", "tokens"]].concat()));
    let listed = |token| server.get("/v1/connections", Some(token));
    assert_eq!(listed(OLD).1["connections"], json!(["berlin", "paris"]));

    folder.write("tokens", NEW);
    folder.connections(&[("berlin", Some("shop"), &berlin), ("rome", Some("shop"), &berlin)]);
    folder.plugin("shop", "Shop", "2.0.0");
    server.reload(READ);
    assert_eq!(listed(OLD).0, 401);
    let (_, now) = listed(NEW);
    assert_eq!(now["connections"], json!(["berlin", "rome"]));
    assert_eq!(
        now["plugins"],
        json!([{ "name": "shop", "title": "Shop", "version": "2.0.0", "connections": ["berlin", "rome"] }])
    );
    let (_, openapi) = server.get("/openapi.json", Some(NEW));
    assert_eq!(openapi["info"]["version"], "2.0.0");
    let (_, metrics) = server.get_text("/metrics", Some(NEW));
    assert!(metrics.contains(r#"version="2.0.0""#) && !metrics.contains(r#"version="1.0.0""#), "{metrics}");
}

#[test]
fn what_is_gone_is_not_found_and_what_is_new_is_there() {
    let (folder, berlin, paris) = (Folder::of_two(), sandbox(), sandbox());
    folder.connections(&[("berlin", Some("justclick"), &berlin)]);
    let server = Server::begin(folder.command(&SERVE));
    assert_eq!((server.call("berlin", "1", "cancel").0, server.call("paris", "1", "cancel").0), (200, 404));
    folder.connections(&[("paris", Some("shop"), &paris)]);
    server.reload(READ);
    assert_eq!((server.call("berlin", "2", "cancel").0, server.call("paris", "1", "cancel").0), (404, 200));
    assert_eq!((berlin.request_count(), paris.request_count()), (1, 1));
}

#[test]
fn what_is_wrong_leaves_all_as_it_was_and_is_told_in_the_log() {
    let (folder, sandbox) = (Folder::of_two(), sandbox());
    folder.write("tokens", "0123456789abcdef");
    let good = [("berlin", Some("justclick"), &sandbox), ("paris", Some("shop"), &sandbox)];
    folder.connections(&good);
    let server = Server::begin(folder.command(&[&SERVE[..], &["--token-file", "tokens"]].concat()));
    let listed = || server.get("/v1/connections", Some("0123456789abcdef")).1["connections"].clone();
    let manifest = std::fs::read(folder.path("plugins/shop/extism.json")).unwrap();
    let spoils: [(&dyn Fn(), &str); 4] = [
        (
            &|| folder.write("connections.toml", "[berlin]\nplugin = \"justclick\"\nlogin ="),
            "is not valid TOML: look at line 3",
        ),
        (
            &|| folder.connections(&[("berlin", Some("justclick"), &sandbox), ("rome", None, &sandbox)]),
            "connection rome does not say which plugin",
        ),
        (&|| folder.write("tokens", "short"), "is shorter than 16 characters"),
        (&|| folder.write("plugins/shop/extism.json", "{}"), "is not an Extism manifest"),
    ];
    for (spoil, told) in spoils {
        spoil();
        server.reload(KEPT);
        until(|| server.log().contains(told));
        assert_eq!(listed(), json!(["berlin", "paris"]));
        folder.connections(&good);
        folder.write("tokens", "0123456789abcdef");
        std::fs::write(folder.path("plugins/shop/extism.json"), &manifest).unwrap();
    }
    server.reload(READ);
}

#[test]
fn a_call_on_a_subject_waits_for_the_one_before_it_across_a_reload() {
    let (folder, slow) = (Folder::of_two(), slow_sandbox(Duration::from_secs(4)));
    folder.connections(&[("berlin", Some("justclick"), &slow)]);
    let server = Arc::new(Server::begin(folder.command(&SERVE)));
    let first = thread::spawn({
        let server = server.clone();
        move || server.call("berlin", "1", "paid")
    });
    let (_, metrics) = ((), || server.get_text("/metrics", None).1);
    until(|| metrics().contains("plugin_host_calls_in_flight 1"));
    // The plugin's new version, another name of the account, and another number of accounts.
    folder.plugin("justclick", "JustClick", "2.0.0");
    let other = sandbox();
    folder.connections(&[("hamburg", Some("justclick"), &slow), ("paris", Some("shop"), &other)]);
    server.reload(READ);
    let second = thread::spawn({
        let server = server.clone();
        move || server.call("hamburg", "1", "cancel")
    });
    until(|| metrics().contains("plugin_host_calls_waiting 1"));
    assert_eq!(server.call("paris", "1", "cancel").0, 200, "another account does not wait");
    assert!(
        !first.is_finished() && metrics().contains("plugin_host_calls_in_flight 1"),
        "the first is under way still"
    );
    assert_eq!((first.join().unwrap().0, second.join().unwrap().0), (200, 200));
    assert_eq!(slow.order("1").unwrap().status, "cancel", "the later one had the last word");
}

#[test]
fn no_call_is_lost_while_everything_is_read_again_and_again() {
    let (folder, berlin, paris) = (Folder::of_two(), sandbox(), sandbox());
    let (few, many) = (
        [("berlin", Some("justclick"), &berlin), ("paris", Some("shop"), &paris)],
        [("berlin", Some("justclick"), &berlin), ("paris", Some("shop"), &paris), ("rome", Some("shop"), &berlin)],
    );
    folder.connections(&few);
    let server = Arc::new(Server::begin(folder.command(&SERVE)));
    let (over, done) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let callers: Vec<_> = (0..6)
        .map(|caller| {
            let (server, over, done) = (server.clone(), over.clone(), done.clone());
            thread::spawn(move || {
                let connection = ["berlin", "paris"][caller % 2];
                while !over.load(Ordering::Relaxed) {
                    let (status, answer) = server.call(connection, &(caller + 1).to_string(), "cancel");
                    assert_eq!(status, 200, "{answer}");
                    done.fetch_add(1, Ordering::Relaxed);
                }
            })
        })
        .collect();
    for round in 0..10 {
        match round % 2 {
            0 => folder.connections(&many),
            _ => folder.connections(&few),
        }
        folder.plugin("shop", "Shop", &format!("1.0.{round}"));
        server.reload(READ);
        let (before, so_far) = (done.load(Ordering::Relaxed), || done.load(Ordering::Relaxed));
        until(|| so_far() >= before + 12);
    }
    over.store(true, Ordering::Relaxed);
    for caller in callers {
        caller.join().unwrap();
    }
    let counted = berlin.request_count() + paris.request_count();
    assert_eq!(counted, done.load(Ordering::Relaxed) as u64, "each call was made once");
    assert_eq!(Arc::into_inner(server).unwrap().end(), Some(0));
}

#[test]
fn tools_are_read_again_too_where_no_client_started_the_server() {
    let (folder, sandbox) = (Folder::of_two(), sandbox());
    folder.connections(&[("berlin", Some("justclick"), &sandbox)]);
    let server = Server::begin(folder.command(&["mcp", "--listen", "127.0.0.1:0"]));
    let tools = || {
        let message = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {} });
        let (_, answer) = server.post("/mcp", &message);
        let tools = answer["result"]["tools"].as_array().unwrap().clone();
        tools.iter().map(|tool| tool["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let before = tools();
    assert!(before.iter().any(|name| name == "update_order_status"), "{before:?}");
    folder.connections(&[("berlin", Some("justclick"), &sandbox), ("paris", Some("shop"), &sandbox)]);
    server.reload(READ);
    let of = |plugin: &str| before.iter().map(|name| format!("{plugin}-{name}")).collect::<Vec<_>>();
    assert_eq!(tools(), [of("justclick"), of("shop")].concat());
}
