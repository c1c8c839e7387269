//! What is counted, in every server alike.

use std::process::{Command, Stdio};

use serde_json::json;

use crate::common::{connections, plugin_host};
use crate::support::{Process, call_tool, free_address, get, post, sandbox, until};

/// The value of a series.
fn value(text: &str, series: &str) -> f64 {
    let line = text.lines().find_map(|line| line.strip_prefix(series)?.strip_prefix(' '));
    line.unwrap_or_else(|| panic!("{series} is not in {text}")).parse().unwrap()
}

#[test]
fn calls_what_they_ask_of_the_service_and_what_they_compute_are_counted_for_each_connection() {
    let sandbox = sandbox();
    let file = connections(&[("berlin", &sandbox), ("paris", &sandbox), ("rome", &sandbox)]);
    let own = free_address();
    let mut command = plugin_host(&sandbox);
    command.args(["--connections", file.path().to_str().unwrap(), "serve", "--listen", "127.0.0.1:0"]);
    command.args(["--metrics-listen", &own, "--metrics-connections", "2"]);
    let server = Process::start(command.env("PLUGIN_HOST_TOKENS", "0123456789abcdef"));
    let bearer = [("authorization", "Bearer 0123456789abcdef")];
    for connection in ["berlin", "paris", "rome", "berlin"] {
        let path = format!("/v1/connections/{connection}/actions/update_order_status");
        assert_eq!(post(server.address(), &path, &bearer, &json!({ "bill_id": "100000", "status": "cancel" })).0, 200);
    }
    let path = "/v1/connections/berlin/actions/update_order_status";
    assert_eq!(post(server.address(), path, &bearer, &json!({ "bill_id": "999", "status": "cancel" })).0, 404);
    assert_eq!(get(server.address(), "/metrics").0, 401);
    let (status, text) = get(&own, "/metrics");
    assert_eq!(status, 200);
    let berlin = r#"{plugin="justclick",connection="berlin""#;
    for (series, expected) in [
        (format!(r#"plugin_host_calls_total{berlin},action="update_order_status",outcome="done"}}"#), 2.0),
        (format!(r#"plugin_host_calls_total{berlin},action="update_order_status",outcome="not_found"}}"#), 1.0),
        (format!(r#"plugin_host_attempts_total{berlin},outcome="done"}}"#), 2.0),
        (format!(r#"plugin_host_upstream_requests_total{berlin},outcome="2xx"}}"#), 3.0),
        (format!("plugin_host_upstream_request_duration_seconds_count{berlin}}}"), 3.0),
        (format!("plugin_host_idle_instances{berlin}}}"), 1.0),
        (format!("plugin_host_breaker_open{berlin}}}"), 0.0),
        ("plugin_host_last_reload_successful".to_owned(), 1.0),
        ("plugin_host_calls_in_flight".to_owned(), 0.0),
        // Those that are too many are counted together.
        (r#"plugin_host_attempts_total{plugin="justclick",connection="other",outcome="done"}"#.to_owned(), 1.0),
    ] {
        assert!((value(&text, &series) - expected).abs() < 0.1, "{series} should be {expected}: {text}");
    }
    assert!(value(&text, &format!("plugin_host_fuel_units_total{berlin}}}")) > 1000.0);
    assert!(value(&text, "plugin_host_start_time_seconds") > 1.7e9);
    assert!(!text.contains("rome") && text.ends_with("# EOF\n"), "{text}");
    assert_eq!((get(&own, "/healthz").0, get(&own, "/readyz")), (200, (200, "ready\n".to_owned())));
}

#[test]
fn a_tool_that_an_agent_calls_is_counted_as_a_call() {
    let sandbox = sandbox();
    let server = Process::start(plugin_host(&sandbox).args(["mcp", "--listen", "127.0.0.1:0"]));
    let (status, answer) =
        call_tool(server.address(), &[], &json!({ "bill_id": "100000", "status": "cancel" }), &json!({}));
    assert!(status == 200 && answer.contains(r#""isError":false"#), "{answer}");
    let (_, text) = get(server.address(), "/metrics");
    let series = r#"plugin_host_calls_total{plugin="justclick",connection="default",action="update_order_status",outcome="done"}"#;
    assert!((value(&text, series) - 1.0).abs() < 0.1);
    assert_eq!(get(server.address(), "/readyz"), (200, "ready\n".to_owned()));
}

#[test]
fn a_replica_for_restate_tells_its_counts_and_whether_it_is_ready_at_an_address_of_its_own() {
    let (sandbox, own) = (sandbox(), free_address());
    let _server =
        Process::start(plugin_host(&sandbox).args(["restate", "--listen", "127.0.0.1:0", "--metrics-listen", &own]));
    let (_, text) = get(&own, "/metrics");
    assert!(text.contains(r#"plugin_host_plugin_info{name="justclick""#), "{text}");
    assert_eq!(get(&own, "/readyz"), (200, "ready\n".to_owned()));
}

#[test]
fn a_command_that_listens_tells_how_often_it_asked_and_what_waits() {
    let (sandbox, own, state) = (sandbox(), free_address(), tempfile::tempdir().unwrap());
    let mut command: Command = plugin_host(&sandbox);
    command.env("STATE_DIRECTORY", state.path()).args(["listen", "paid_order", "--metrics-listen", &own]);
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    until(|| std::net::TcpStream::connect(&own).is_ok());
    let series = r#"plugin_host_attempts_total{plugin="justclick",connection="default",outcome="done"}"#;
    until(|| get(&own, "/metrics").1.contains(series));
    let (_, text) = get(&own, "/metrics");
    assert!(text.contains(r#"plugin_host_events_kept{state="dead"} 0"#), "{text}");
    assert_eq!(get(&own, "/readyz").0, 200);
    child.kill().unwrap();
    child.wait().unwrap();
}
