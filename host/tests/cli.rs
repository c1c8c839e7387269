//! The command as a person or a script calls it, against the sandbox.

mod common;

use std::io::Write;
use std::process::{Command, Output, Stdio};

use common::{described_bundle, plugin_host};
use justclick_sandbox::{Misbehaviour, Order, SAMPLE_API_KEY, Sandbox};
use serde_json::{Value, json};

const INPUT: &str = r#"{"bill_id":"100000","status":"sent","date":1362254400,"rpo":"10000000000000"}"#;

fn sandbox() -> Sandbox {
    Sandbox::builder().order(Order::new("100000")).start().unwrap()
}

fn run(command: &mut Command, args: &[&str]) -> (i32, String, String) {
    finished(command.args(args).stdin(Stdio::null()).output().unwrap())
}

fn finished(output: Output) -> (i32, String, String) {
    let text = |bytes| String::from_utf8(bytes).unwrap();
    let (stdout, stderr) = (text(output.stdout), text(output.stderr));
    assert!(!stdout.contains(SAMPLE_API_KEY) && !stderr.contains(SAMPLE_API_KEY), "{stdout}{stderr}");
    (output.status.code().unwrap(), stdout, stderr)
}

fn json_of(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

#[test]
fn a_call_prints_what_was_done() {
    let sandbox = sandbox();
    let (code, stdout, _) = run(&mut plugin_host(&sandbox), &["call", "update_order_status", "--input", INPUT]);
    assert_eq!(code, 0);
    assert_eq!(
        stdout,
        "Done.\n  bill_id  100000\n  status   sent\n  date     1362254400\n  rpo      10000000000000\n  message  order status changed\n"
    );
    assert_eq!(sandbox.order("100000").unwrap().status, "sent");
}

#[test]
fn json_goes_in_by_argument_file_standard_input_or_fields_and_comes_out_for_machines() {
    let sandbox = sandbox();
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), INPUT).unwrap();
    let expected = json!({ "bill_id": "100000", "status": "sent", "date": 1_362_254_400, "rpo": "10000000000000", "message": "order status changed" });
    let from_file = format!("@{}", file.path().display());
    let fields =
        ["--field=bill_id=100000", "--field=status=sent", "--field=date=1362254400", "--field=rpo=10000000000000"];
    for input in [vec!["--input", INPUT], vec!["--input", &from_file], fields.to_vec()] {
        let args = [vec!["--json", "call", "update_order_status"], input].concat();
        let (code, stdout, _) = run(&mut plugin_host(&sandbox), &args);
        assert_eq!((code, json_of(&stdout)), (0, expected.clone()));
    }
    let mut child = plugin_host(&sandbox)
        .args(["--json", "call", "update_order_status", "--input", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(INPUT.as_bytes()).unwrap();
    let (code, stdout, _) = finished(child.wait_with_output().unwrap());
    assert_eq!((code, json_of(&stdout)), (0, expected));
}

#[test]
fn json_of_another_encoding_or_with_two_meanings_is_told_with_the_way_out_and_a_byte_order_mark_is_no_matter() {
    let sandbox = sandbox();
    sandbox.put_order(Order::new("12345678901234567890"));
    let file = tempfile::NamedTempFile::new().unwrap();
    let from_file = format!("@{}", file.path().display());
    let given = |bytes: &[u8]| {
        std::fs::write(file.path(), bytes).unwrap();
        let by_file = run(&mut plugin_host(&sandbox), &["call", "update_order_status", "--input", &from_file]);
        let piped = std::fs::File::open(file.path()).unwrap();
        let args = ["call", "update_order_status", "--input", "-"];
        let by_pipe = finished(plugin_host(&sandbox).args(args).stdin(piped).output().unwrap());
        assert_eq!(by_file, by_pipe);
        by_file
    };
    let utf16: Vec<u8> = format!("\u{feff}{INPUT}").encode_utf16().flat_map(u16::to_le_bytes).collect();
    for (bytes, told) in [
        (&*utf16, "is UTF-16, and JSON is UTF-8: save it as UTF-8"),
        (b"{\"bill_id\": \"\xe6\"}", "is not UTF-8 (line 1, column 14)"),
        (br#"{"bill_id":"7","status":"cancel","bill_id":"100000"}"#, "bill_id is given twice"),
        (br#"[{"bill_id":"7","status":"cancel"}]"#, "batch, which takes an array"),
        (b"", "is empty"),
    ] {
        let (code, _, stderr) = given(bytes);
        assert!(code == 10 && stderr.contains(told), "{told}: {stderr}");
    }
    assert_eq!(sandbox.request_count(), 0);
    assert_eq!(given(format!("\u{feff}{INPUT}\r\n").as_bytes()).0, 0);
    // A number keeps all its digits.
    let (code, stdout, _) = given(br#"{"bill_id": 12345678901234567890, "status": "cancel"}"#);
    assert!(code == 0 && stdout.contains("12345678901234567890"), "{stdout}");
}

#[test]
fn every_class_of_error_has_its_exit_code_and_its_document() {
    let sandbox = sandbox();
    sandbox.put_order(Order::new("1").misbehaviour(Misbehaviour::ForgedHash));
    sandbox.put_order(Order::new("2").misbehaviour("http-429".parse().unwrap()));
    sandbox.put_order(Order::new("3").misbehaviour("html".parse().unwrap()));
    sandbox.put_order(Order::new("4").misbehaviour("http-503".parse().unwrap()));
    sandbox.put_order(Order::new("5").misbehaviour("code-201".parse().unwrap()));
    sandbox.put_order(Order::new("6").misbehaviour("code-7".parse().unwrap()));
    for (bill_id, code, kind) in [
        ("x", 10, "invalid_input"),
        ("6", 12, "auth"),
        ("999", 13, "not_found"),
        ("5", 14, "rejected"),
        ("2", 15, "throttled"),
        ("4", 16, "unavailable"),
        ("3", 17, "unexpected_reply"),
        ("1", 18, "forged_reply"),
    ] {
        let field = format!("--field=bill_id={bill_id}");
        let args = ["--json", "call", "update_order_status", &field, "--field=status=cancel"];
        let (found, stdout, stderr) = run(&mut plugin_host(&sandbox), &args);
        assert_eq!((found, json_of(&stderr)["kind"].as_str(), stdout.as_str()), (code, Some(kind), ""));
    }
}

#[test]
fn a_server_that_asks_to_wait_is_quoted() {
    let sandbox = sandbox();
    sandbox.set_misbehaviour(Some("http-429".parse().unwrap()));
    let (_, _, stderr) = run(&mut plugin_host(&sandbox), &["--json", "check"]);
    assert_eq!(json_of(&stderr)["retry_after_s"], json!(7));
}

#[test]
fn a_call_is_repeated_as_often_as_asked_and_only_if_its_error_allows_it() {
    let sandbox = sandbox();
    // What looks a call up is none of its attempts.
    let attempts = || sandbox.requests().iter().filter(|request| request.function == "UpdateOrderStatus").count();
    for (misbehaviour, requests) in [("http-503", 2), ("forged-hash", 1)] {
        sandbox.set_misbehaviour(Some(misbehaviour.parse().unwrap()));
        let before = attempts();
        let args = ["--retries", "1", "call", "update_order_status", "--input", INPUT];
        assert_ne!(run(&mut plugin_host(&sandbox), &args).0, 0);
        assert_eq!(attempts() - before, requests, "{misbehaviour}");
    }
}

#[test]
fn a_dry_run_shows_the_signed_form_and_sends_nothing() {
    let sandbox = sandbox();
    let args = ["--json", "call", "update_order_status", "--input", INPUT, "--dry-run"];
    let (code, stdout, _) = run(&mut plugin_host(&sandbox), &args);
    let body = "bill_id=100000&status=sent&date=1362254400&rpo=10000000000000&hash=92cea5ba30b463b8c3b234e3d2945e65";
    assert_eq!((code, json_of(&stdout)["body"].as_str()), (0, Some(body)));
    assert_eq!(sandbox.request_count(), 0);
}

#[test]
fn a_connection_may_come_from_a_file_with_its_secret_elsewhere() {
    let sandbox = sandbox();
    let file = tempfile::NamedTempFile::new().unwrap();
    let toml =
        format!("[shop]\nlogin = \"username\"\napi_key = \"env:SHOP_KEY\"\nbase_url = \"{}\"\n", sandbox.base_url());
    std::fs::write(file.path(), toml).unwrap();
    let path = file.path().display().to_string();
    let with_key = || {
        let mut command = plugin_host(&sandbox);
        command.env_remove("JUSTCLICK_API_KEY").env("SHOP_KEY", SAMPLE_API_KEY);
        command
    };
    // Whichever of them stands before the command.
    let mut args = ["--connections", &path, "--connection", "shop", "check"];
    for _ in 0..args.len() {
        if !["shop", &path].contains(&args[0]) {
            assert_eq!(run(&mut with_key(), &args).0, 0, "{args:?}");
        }
        args.rotate_right(1);
    }
    let (code, _, stderr) = run(with_key().env_remove("SHOP_KEY"), &args);
    assert_eq!(code, 11);
    assert!(stderr.contains("the environment has no SHOP_KEY"), "{stderr}");
}

#[test]
fn a_connection_that_is_missing_or_malformed_is_invalid_wherever_it_comes_from() {
    let sandbox = sandbox();
    let invalid = |command: &mut Command, args: &[&str], field: Option<&str>| {
        let (code, stdout, stderr) = run(command, &[&["--json"], args, &["check"]].concat());
        assert_eq!((code, &*stdout), (11, ""), "{stderr}");
        let document = json_of(&stderr);
        assert_eq!((&document["kind"], &document["effect"]), (&json!("invalid_connection"), &json!("none")));
        assert_eq!(document["problems"][0]["field"].as_str(), field, "{document}");
    };
    let host = || plugin_host(&sandbox);
    invalid(host().env_remove("JUSTCLICK_API_KEY"), &[], Some("api_key"));
    let quoted = format!("\"{}\"", sandbox.base_url());
    for address in ["127.0.0.1:8791", &quoted] {
        invalid(host().env("JUSTCLICK_BASE_URL", address), &[], Some("base_url"));
    }
    // This one passes the schema, and the plugin says the same.
    invalid(host().env("JUSTCLICK_BASE_URL", format!("{}/api", sandbox.base_url())), &[], Some("base_url"));
    invalid(host().env_remove("PLUGIN_ENV_PREFIX"), &[], None);
    let file = tempfile::NamedTempFile::new().unwrap();
    let path = file.path().display().to_string();
    let shop = format!("login = \"l\"\napi_key = \"k\"\nbase_url = \"{}\"\n", sandbox.base_url());
    std::fs::write(file.path(), format!("[shop]\n{shop}lgoin = \"l\"\n")).unwrap();
    invalid(&mut host(), &["--connections", &path], Some("lgoin"));
    for unread in ["", "[shop", "login = 7\n"] {
        std::fs::write(file.path(), unread).unwrap();
        invalid(&mut host(), &["--connections", &path], None);
    }
    invalid(&mut host(), &["--connections", "nowhere.toml"], None);
    assert_eq!(sandbox.request_count(), 0);
}

#[test]
fn every_error_is_a_document_for_machines() {
    let sandbox = sandbox();
    for (args, code, kind) in [
        (&["call", "update_order_status"][..], 2, "invalid_input"),
        (&["--bundle", "nowhere.json", "check"], 3, "internal"),
    ] {
        let (ended, _, stderr) = run(&mut plugin_host(&sandbox), &[&["--json"], args].concat());
        assert_eq!((ended, &json_of(&stderr)["kind"]), (code, &json!(kind)));
    }
}

#[test]
fn wrong_usage_is_told_before_anything_is_sent() {
    let sandbox = sandbox();
    for args in [
        &["call", "update_order_status"][..],
        &["call", "update_order_status", "--field", "bill_id"],
        &["call", "update_order_status", "--field", "a=1", "--field", "a=2"],
        &["call", "update_order_status", "--input", "@nowhere.json"],
        &["--connection", "shop", "check"],
        &["fly"],
    ] {
        assert_eq!(run(&mut plugin_host(&sandbox), args).0, 2, "{args:?}");
    }
    assert_eq!(run(&mut plugin_host(&sandbox), &["call", "fly", "--input", "{}"]).0, 10);
    assert_eq!(run(&mut plugin_host(&sandbox), &["--bundle", "nowhere.json", "check"]).0, 3);
    assert_eq!(sandbox.request_count(), 0);
}

#[test]
#[cfg(target_os = "linux")]
fn a_change_whose_answer_can_not_be_printed_is_told_as_made() {
    let sandbox = sandbox();
    let full = |args: &[&str]| {
        let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
        let (code, _, stderr) = finished(plugin_host(&sandbox).args(args).stdout(full).output().unwrap());
        assert_eq!(code, 22, "{args:?}: {stderr}");
        stderr
    };
    let call = ["call", "update_order_status", "--input", INPUT];
    for format in [&[][..], &["--output-format", "csv"], &["--output-format", "ndjson"]] {
        let told = full(&[&call[..], format].concat());
        assert!(told.starts_with("error: the call has been made and has succeeded, but "), "{told}");
        assert!(told.contains("No space left") && told.contains("before doing it again\n"), "{told}");
    }
    assert_eq!(sandbox.order("100000").unwrap().status, "sent");
    let document = json_of(&full(&[&["--json"], &call[..]].concat()));
    assert_eq!((&document["effect"], &document["retry"]), (&json!("unknown"), &json!("never")));
    // What changes nothing may be asked for again.
    assert!(full(&["check"]).starts_with("error: what came of it can't be printed: "));
    assert_eq!(json_of(&full(&["--json", "check"]))["effect"], "none");
    full(&["completions", "bash"]);
}

#[test]
#[cfg(unix)]
fn a_reader_that_went_away_is_no_error() {
    let sandbox = sandbox();
    let mut child = plugin_host(&sandbox)
        .args(["call", "update_order_status", "--input", INPUT])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let (code, _, stderr) = finished(child.wait_with_output().unwrap());
    assert_eq!((code, &*stderr), (0, ""));
}

#[test]
fn completions_and_manual_pages_need_no_plugin_and_know_every_command() {
    let host = || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_plugin-host"));
        command.env_clear().env("PLUGIN_BUNDLE", "nowhere.json");
        command
    };
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let (code, stdout, _) = run(&mut host(), &["completions", shell]);
        assert!(code == 0 && stdout.contains("retry-failed") && stdout.contains("describe"), "{shell}");
    }
    let (code, stdout, _) = run(&mut host(), &["man"]);
    assert!(code == 0 && stdout.contains("\n.TH plugin-host-batch 1") && stdout.contains("130 stopped"), "{stdout}");
    let folder = tempfile::tempdir().unwrap();
    let (code, stdout, _) = run(&mut host(), &["man", "--dir", &folder.path().display().to_string()]);
    assert_eq!(code, 0);
    for page in ["plugin-host.1", "plugin-host-call.1", "plugin-host-batch.1", "plugin-host-man.1"] {
        assert!(stdout.contains(page) && folder.path().join(page).exists(), "{page} is not in {stdout}");
    }
}

#[test]
fn what_a_plugin_asks_for_is_told_before_it_is_trusted() {
    let (sandbox, folder) = (sandbox(), tempfile::tempdir().unwrap());
    let limits = json!([{ "requests": 90, "perS": 60, "scope": "connection" }]);
    let bundle = described_bundle(folder.path(), "/limits", limits);
    let (code, stdout, stderr) = run(plugin_host(&sandbox).env("PLUGIN_BUNDLE", bundle), &["describe", "--strict"]);
    assert_eq!((code, stderr.as_str()), (0, ""), "{stdout}");
    assert!(stdout.contains("At most 90/m for a connection, as the plugin says"), "{stdout}");

    let reason = json!({ "http": { "origins": ["base_url"], "reason": "To change orders." } });
    let bundle = described_bundle(folder.path(), "/permissions", reason);
    let (_, stdout, _) = run(plugin_host(&sandbox).env("PLUGIN_BUNDLE", bundle), &["describe"]);
    assert!(stdout.contains("It reaches the address of base_url, and no other: To change orders."), "{stdout}");
}
