//! A line for each call, whoever asks for it and whatever becomes of it.

use std::fs;
use std::io::Write;
use std::net::TcpStream;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use justclick_sandbox::{Misbehaviour, SAMPLE_API_KEY, Sandbox};
use serde_json::{Value, json};

use crate::common::collector::{Collector, TRACE, TRACEPARENT};
use crate::common::plugin_host;
use crate::support::{Process, call_tool, get, post, sandbox, until};

const ACTION: &str = "/v1/connections/default/actions/update_order_status";
const TOKEN: &str = "0123456789abcdef";
const BEARER: (&str, &str) = ("authorization", "Bearer 0123456789abcdef");

fn cancel() -> Value {
    json!({ "bill_id": "100000", "status": "cancel" })
}

/// A command with this audit, in front of what it does.
fn audited(sandbox: &Sandbox, audit: &Path, args: &[&str]) -> Command {
    let mut command = plugin_host(sandbox);
    command.arg("--audit").arg(audit).args(args);
    command
}

fn lines(audit: &Path) -> Vec<Value> {
    let text = fs::read_to_string(audit).unwrap();
    assert!(text.is_empty() || text.ends_with('\n'), "{text}");
    text.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))).collect()
}

/// What some members of all lines are.
fn told<const N: usize>(audit: &Path, members: [&str; N]) -> Vec<[String; N]> {
    let of = |line: &Value| members.map(|member| line[member].as_str().unwrap_or("-").to_owned());
    lines(audit).iter().map(of).collect()
}

fn ran(command: &mut Command) -> Output {
    command.stdin(Stdio::null()).output().unwrap()
}

#[test]
fn each_call_over_http_has_a_line_with_its_caller_and_what_came_of_it_and_no_value() {
    let (sandbox, folder, collector) = (sandbox(), tempfile::tempdir().unwrap(), Collector::start());
    let audit = folder.path().join("audit");
    let mut command = audited(&sandbox, &audit, &["serve", "--listen", "127.0.0.1:0"]);
    let server = Process::start(collector.of(command.env("PLUGIN_HOST_TOKENS", format!("n8n:{TOKEN}"))));
    let ask = |path: &str, headers: &[(&str, &str)], input: &Value| post(server.address(), path, headers, input).0;
    let keyed = [BEARER, ("idempotency-key", "hunter2"), ("traceparent", TRACEPARENT)];
    let wrong = json!({ "bill_id": "hunter2" });
    let statuses = [
        ask(ACTION, &keyed, &cancel()),
        ask(ACTION, &keyed, &cancel()),
        ask(ACTION, &[BEARER], &wrong),
        ask(ACTION, &[("authorization", "Bearer hunter2hunter2hunter2")], &cancel()),
        ask("/v1/connections/hunter2/actions/hunter2", &[BEARER], &cancel()),
        ask("/v1/connections/default/actions/hunter2", &[BEARER], &cancel()),
        ask("/v1/connections/default/check", &[BEARER], &json!({})),
    ];
    assert_eq!(statuses, [200, 200, 422, 401, 404, 404, 200]);
    let all = told(&audit, ["via", "caller", "plugin", "connection", "action", "outcome"]);
    let all: Vec<_> = all.into_iter().map(Vec::from).collect();
    let update = ["serve", "n8n", "justclick", "default", "update_order_status"];
    let of = |outcome: &'static str| [&update[..], &[outcome]].concat();
    let expected = [
        of("done"),
        of("replayed"),
        of("invalid_input"),
        vec!["serve", "-", "-", "-", "-", "unauthorized"],
        vec!["serve", "n8n", "-", "-", "-", "unknown_connection"],
        vec!["serve", "n8n", "justclick", "default", "-", "unknown_action"],
        vec!["serve", "n8n", "justclick", "default", "check_connection", "done"],
    ];
    assert_eq!(all, expected);
    let lines = lines(&audit);
    assert_eq!(lines[0]["trace"], TRACE);
    assert!(lines.iter().all(|line| line["ms"].is_u64() && line["time"].as_str().unwrap().ends_with('Z')), "{lines:?}");
    // The same key is the same hash.
    assert_eq!((lines[0]["key"].as_str().unwrap().len(), &lines[0]["key"]), (16, &lines[1]["key"]));
    assert_eq!(lines[2].get("key"), None);
    let text = fs::read_to_string(&audit).unwrap();
    for value in ["hunter2", "100000", "cancel", TOKEN, SAMPLE_API_KEY] {
        assert!(!text.contains(value), "{value} is in {text}");
    }
    #[cfg(unix)]
    assert_eq!(std::os::unix::fs::PermissionsExt::mode(&fs::metadata(&audit).unwrap().permissions()) & 0o777, 0o600);
    let agent: ureq::Agent = ureq::Agent::new_with_defaults();
    let url = format!("http://{}/metrics", server.address());
    let metrics = agent.get(url).header(BEARER.0, BEARER.1).call().unwrap().body_mut().read_to_string().unwrap();
    for line in [
        r#"plugin_host_calls_by_caller_total{caller="n8n",outcome="done"} 2"#,
        r#"plugin_host_calls_by_caller_total{caller="nobody",outcome="unauthorized"} 1"#,
    ] {
        assert!(metrics.contains(line), "{line} is not in {metrics}");
    }
}

#[test]
fn a_call_that_its_caller_does_not_wait_for_has_its_line_when_it_has_ended() {
    let slow = Duration::from_millis(800);
    let sandbox = Sandbox::builder().sample_orders().misbehaviour(Misbehaviour::Slow).slow(slow).start().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let audit = folder.path().join("audit");
    let server = Process::start(&mut audited(&sandbox, &audit, &["serve", "--listen", "127.0.0.1:0"]));
    let (address, body) = (server.address(), cancel().to_string());
    let head = format!(
        "POST {ACTION} HTTP/1.1\r\nhost: {address}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    let mut gone = TcpStream::connect(address).unwrap();
    gone.write_all((head + &body).as_bytes()).unwrap();
    until(|| sandbox.request_count() == 1);
    drop(gone);
    until(|| !lines(&audit).is_empty());
    assert_eq!(told(&audit, ["caller", "outcome"]), [["serve", "done"]]);
}

#[test]
#[cfg(target_os = "linux")]
fn as_long_as_no_line_can_be_written_no_call_is_made_and_none_is_without_a_line_in_the_end() {
    let (sandbox, folder) = (sandbox(), tempfile::tempdir().unwrap());
    let audit = folder.path().join("audit");
    std::os::unix::fs::symlink("/dev/full", &audit).unwrap();
    let server = Process::start(&mut audited(&sandbox, &audit, &["serve", "--listen", "127.0.0.1:0"]));
    let call = || post(server.address(), ACTION, &[], &cancel());
    // Nobody knew yet.
    assert_eq!(call().0, 200);
    let (status, problem) = call();
    assert!(status == 503 && problem.contains("problem-type:plugin-host:no_audit"), "{problem}");
    let (status, why) = get(server.address(), "/readyz");
    assert!(status == 503 && why.contains("the audit can't be written: No space left"), "{why}");
    until(|| server.log().contains("no call is made until the audit can be written"));
    assert_eq!(sandbox.request_count(), 1);
    // As a program that rotates files does it.
    fs::remove_file(&audit).unwrap();
    server.signal("-HUP");
    until(|| server.log().contains("read again"));
    until(|| get(server.address(), "/readyz").0 == 200);
    assert_eq!((call().0, sandbox.request_count()), (200, 2));
    assert_eq!(told(&audit, ["outcome"]), [["done"], ["no_audit"], ["done"]]);
}

#[test]
fn tools_that_agents_call_have_lines_too() {
    let (sandbox, folder) = (sandbox(), tempfile::tempdir().unwrap());
    let audit = folder.path().join("audit");
    let mut command = audited(&sandbox, &audit, &["mcp", "--listen", "127.0.0.1:0"]);
    let server = Process::start(command.env("PLUGIN_HOST_TOKENS", format!("agent:{TOKEN}")));
    let call =
        |headers: &[(&str, &str)], arguments: &Value| call_tool(server.address(), headers, arguments, &json!({})).0;
    assert_eq!(
        [call(&[BEARER], &cancel()), call(&[BEARER], &json!({ "bill_id": "x" })), call(&[], &cancel())],
        [200, 200, 401]
    );
    let unknown = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": { "name": "hunter2" } });
    let usual = [("accept", "application/json, text/event-stream"), ("mcp-protocol-version", "2025-11-25"), BEARER];
    post(server.address(), "/mcp", &usual, &unknown);
    let expected = [
        ["mcp", "agent", "update_order_status", "done"],
        ["mcp", "agent", "update_order_status", "invalid_input"],
        ["mcp", "-", "-", "unauthorized"],
        ["mcp", "agent", "-", "unknown_tool"],
    ];
    assert_eq!(told(&audit, ["via", "caller", "action", "outcome"]), expected);
}

#[test]
fn commands_have_a_line_for_each_call_and_rows_one_each() {
    let (sandbox, folder) = (sandbox(), tempfile::tempdir().unwrap());
    let audit = folder.path().join("audit");
    let input = cancel().to_string();
    let run = |args: &[&str]| ran(audited(&sandbox, &audit, args).current_dir(folder.path())).status.code();
    fs::write(folder.path().join("orders.csv"), "bill_id,status\n100000,cancel\nhunter2,cancel\n").unwrap();
    let codes = [
        run(&["call", "update_order_status", "--input", &input]),
        run(&["call", "update_order_status", "--input", &input, "--dry-run"]),
        run(&["call", "get_order", "--field", "bill_id=7"]),
        run(&["check"]),
        run(&["batch", "update_order_status", "orders.csv"]),
    ];
    assert_eq!(codes, [Some(0), Some(0), Some(13), Some(0), Some(20)]);
    let mut all = told(&audit, ["via", "caller", "action", "outcome"]);
    all[3..].sort();
    let update = |outcome: &'static str| ["cli", "cli", "update_order_status", outcome];
    let expected = [
        update("done"),
        ["cli", "cli", "get_order", "not_found"],
        ["cli", "cli", "check_connection", "done"],
        update("done"),
        update("invalid_input"),
    ];
    assert_eq!(all, expected);
}

#[test]
#[cfg(target_os = "linux")]
fn a_command_whose_line_can_not_be_written_says_so_and_fails() {
    let (sandbox, folder) = (sandbox(), tempfile::tempdir().unwrap());
    let input = cancel().to_string();
    let call = ["call", "update_order_status", "--input", &input];
    let output = ran(&mut audited(&sandbox, "/dev/full".as_ref(), &call));
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(
        output.status.code() == Some(22) && error.contains("No space left") && error.lines().count() == 1,
        "{error}"
    );
    let output = ran(&mut audited(&sandbox, &folder.path().join("nowhere/audit"), &call));
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.code() == Some(2) && error.contains("--audit FILE") && error.lines().count() == 1, "{error}");
    assert_eq!(sandbox.request_count(), 1);
}

#[test]
#[cfg(target_os = "linux")]
fn a_batch_sends_no_row_after_the_first_whose_line_could_not_be_written() {
    let (sandbox, folder) = (sandbox(), tempfile::tempdir().unwrap());
    fs::write(folder.path().join("orders.csv"), format!("bill_id,status\n{}", "100000,cancel\n".repeat(30))).unwrap();
    let batch = ["batch", "update_order_status", "orders.csv", "--rate", "50/s", "--in-flight", "1"];
    // It keeps no room before, so that the first line tells.
    let output = ran(audited(&sandbox, "/dev/full".as_ref(), &batch).current_dir(folder.path()));
    let told = String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap();
    assert_eq!((output.status.code(), sandbox.request_count()), (Some(22), 1), "{told}");
    assert!(told.contains("Stopped: the audit can't be written") && told.contains("1 of 30 rows are done"), "{told}");
    let audit = folder.path().join("audit");
    let resumed = [&batch[..3], &["--resume"]].concat();
    assert!(ran(audited(&sandbox, &audit, &resumed).current_dir(folder.path())).status.success());
    assert_eq!((sandbox.request_count(), lines(&audit).len()), (30, 29));
}

#[test]
fn without_a_file_the_lines_are_in_the_log_of_servers() {
    let sandbox = sandbox();
    let server =
        Process::start(plugin_host(&sandbox).args(["--log-format", "json", "serve", "--listen", "127.0.0.1:0"]));
    assert_eq!(post(server.address(), ACTION, &[], &cancel()).0, 200);
    let line = || server.log().lines().find(|line| line.contains(r#""target":"audit""#)).map(str::to_owned);
    until(|| line().is_some());
    let line: Value = serde_json::from_str(&line().unwrap()).unwrap();
    let told = ["via", "caller", "connection", "outcome"].map(|member| line[member].as_str().unwrap().to_owned());
    assert_eq!(told, ["serve", "serve", "default", "done"], "{line}");
}
