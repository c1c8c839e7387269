//! The tools of several plugins.

use serde_json::{Value, json};

use crate::host::{Folder, Server, run, sandbox};

fn ask(server: &Server, method: &str, params: Value) -> Value {
    let message = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
    let (status, answer) = server.post("/mcp", &message);
    assert_eq!(status, 200, "{answer}");
    answer["result"].clone()
}

fn tools(server: &Server) -> Vec<Value> {
    ask(server, "tools/list", json!({}))["tools"].as_array().unwrap().clone()
}

fn names(server: &Server) -> Vec<String> {
    tools(server).iter().map(|tool| tool["name"].as_str().unwrap().to_owned()).collect()
}

const MCP: [&str; 3] = ["mcp", "--listen", "127.0.0.1:0"];

#[test]
fn tools_are_called_after_their_plugin_and_choose_among_its_connections() {
    let (folder, berlin, paris) = (Folder::of_two(), sandbox(), sandbox());
    let long = format!("{}-last", "p".repeat(35));
    folder.plugin(&long, "A long name", "1.0.0");
    folder.connections(&[
        ("berlin", Some("justclick"), &berlin),
        ("paris", Some("shop"), &paris),
        ("rome", Some("shop"), &berlin),
        ("oslo", Some(&long), &berlin),
    ]);
    let server = Server::begin(folder.command(&MCP));
    let tools = tools(&server);
    for tool in &tools {
        assert_eq!(projection::faults(tool), Vec::<String>::new());
    }
    let offered = names(&server);
    let named = |name: &str| tools.iter().find(|tool| tool["name"] == name).unwrap_or_else(|| panic!("{offered:?}"));
    let (justclick, shop) = ("justclick-update_order_status", "shop-update_order_status");
    let each = offered.len() / 3;
    assert_eq!((offered[0].as_str(), offered[2 * each].as_str()), (justclick, shop));
    let of_long = &offered[each..2 * each];
    assert!(of_long[0].len() == 48, "{offered:?}");
    assert!(of_long.iter().all(|name| name.starts_with(&long[..30]) && name.len() <= 48), "{offered:?}");
    assert_eq!(named(justclick)["inputSchema"]["properties"].get("connection"), None);
    assert_eq!(named(shop)["inputSchema"]["properties"]["connection"]["enum"], json!(["paris", "rome"]));
    let arguments = json!({ "connection": "paris", "bill_id": "1", "status": "cancel" });
    let result = ask(&server, "tools/call", json!({ "name": shop, "arguments": arguments }));
    assert_eq!((&result["isError"], berlin.request_count(), paris.request_count()), (&json!(false), 0, 1), "{result}");
    // A connection of another plugin is none of this one's.
    let arguments = json!({ "connection": "berlin", "bill_id": "1", "status": "cancel" });
    let result = ask(&server, "tools/call", json!({ "name": shop, "arguments": arguments }));
    assert_eq!(result["isError"], true);
    // Another server names them the same.
    drop(server);
    assert_eq!(names(&Server::begin(folder.command(&MCP))), offered);
}

#[test]
fn only_the_tools_that_are_asked_for_are_offered() {
    let (folder, sandbox) = (Folder::of_two(), sandbox());
    folder.connections(&[("berlin", Some("justclick"), &sandbox), ("paris", Some("shop"), &sandbox)]);
    let all = names(&Server::begin(folder.command(&MCP)));
    let server = Server::begin(folder.command(&[&MCP[..], &["--tools", "shop-*"]].concat()));
    assert_eq!(names(&server), all[all.len() / 2..]);
    assert!(names(&server).iter().all(|name| name.starts_with("shop-")));
    let message = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": { "name": "justclick-update_order_status", "arguments": {} } });
    let (_, answer) = server.post("/mcp", &message);
    assert!(answer["error"]["message"].as_str().unwrap().contains("There is no tool of this name"), "{answer}");
    for (args, told) in [
        (
            ["--tools", "pay-*"].as_slice(),
            "--tools pay-* is the name of no tool. The tools: justclick-update_order_status, justclick-create_order",
        ),
        (&["--read-only", "--tools", "shop-update_*"], "no tool is left"),
    ] {
        let (code, _, stderr) = run(folder.command(&MCP).args(args));
        assert!(code == 2 && stderr.contains(told), "{stderr}");
    }
}
