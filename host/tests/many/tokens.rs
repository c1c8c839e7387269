//! What a token is for: what its caller may call, and what it sees.

use serde_json::{Value, json};

use crate::host::{ACTION, Folder, Server, run, sandbox};

const SERVE: [&str; 5] = ["serve", "--listen", "127.0.0.1:0", "--tokens", "tokens.toml"];
const MCP: [&str; 5] = ["mcp", "--listen", "127.0.0.1:0", "--tokens", "tokens.toml"];
const INSUFFICIENT: &str = "Bearer realm=\"plugin-host\", error=\"insufficient_scope\"";

/// Makes tokens, each for what stands in its table, writes their file, and tells them in order.
fn tokens(folder: &Folder, tables: &[(&str, &str)]) -> Vec<String> {
    let mut text = String::new();
    let made = tables.iter().map(|(name, scope)| {
        let (code, out, _) = run(&mut folder.bare(&["token", name, "--json"]));
        assert_eq!(code, 0);
        let made: Value = serde_json::from_str(&out).unwrap();
        text += &format!("{}{scope}\n", made["lines"].as_str().unwrap());
        made["token"].as_str().unwrap().to_owned()
    });
    let made = made.collect();
    folder.write("tokens.toml", &text);
    made
}

/// A call that changes an order, and how it is answered: the status, the challenge, and what is said.
fn call(server: &Server, token: &str, connection: &str, action: &str, key: &str) -> (u16, String, Value) {
    let path = format!("/v1/connections/{connection}/actions/{action}");
    let (bearer, input) = (format!("Bearer {token}"), json!({ "bill_id": "1", "status": "cancel" }));
    let (status, challenge, text) =
        server.post_as(&path, &input, &[("authorization", &bearer), ("idempotency-key", key)]);
    (status, challenge, serde_json::from_str(&text).unwrap())
}

#[test]
fn a_token_calls_what_it_is_for_and_is_told_by_name_what_it_lacks() {
    let (folder, berlin, paris) = (Folder::of_two(), sandbox(), sandbox());
    folder.connections(&[("berlin", Some("justclick"), &berlin), ("paris", Some("shop"), &paris)]);
    let made = tokens(
        &folder,
        &[
            ("n8n", "connections = [\"ber*\"]\nactions = [\"update_order_status\", \"get_order\"]"),
            ("reader", "kinds = [\"read\"]"),
            ("all", ""),
        ],
    );
    let server = Server::begin(folder.command(&SERVE));
    let [n8n, reader, all] = &made[..] else { panic!() };
    assert_eq!(call(&server, n8n, "berlin", ACTION, "a").0, 200);
    assert_eq!(call(&server, all, "paris", ACTION, "a").0, 200);
    for (token, connection, action, told) in [
        (n8n, "paris", ACTION, "The token \"n8n\" is not for the connection \"paris\": "),
        // Nobody learns by asking whether it is there.
        (n8n, "made_up", ACTION, "The token \"n8n\" is not for the connection \"made_up\": "),
        (n8n, "berlin", "delete_order", "The token \"n8n\" is not for the action \"delete_order\": "),
        (reader, "berlin", ACTION, "The token \"reader\" is not for the kind destructive: "),
    ] {
        let (status, challenge, problem) = call(&server, token, connection, action, "b");
        assert_eq!((status, challenge.as_str()), (403, INSUFFICIENT), "{problem}");
        assert_eq!(problem["type"], "urn:problem-type:plugin-host:insufficient_scope");
        let detail = problem["detail"].as_str().unwrap();
        assert!(detail.starts_with(told) && detail.contains("take another token, or ask the operator"), "{detail}");
    }
    assert_eq!((berlin.request_count(), paris.request_count()), (1, 1));
    let check = |token: &str, connection: &str| {
        let path = format!("/v1/connections/{connection}/check");
        server.post_as(&path, &json!({}), &[("authorization", &format!("Bearer {token}"))]).0
    };
    assert_eq!([check(n8n, "berlin"), check(n8n, "paris"), check(reader, "paris")], [200, 403, 200]);
    // One that is not there is told with the actions that the token is for.
    let (status, _, unknown) = call(&server, n8n, "berlin", "made_up", "a");
    assert_eq!(
        (status, &unknown["detail"]),
        (404, &json!("There is no action \"made_up\". The actions: update_order_status, get_order."))
    );
    let (_, metrics) = server.get_text("/metrics", Some(all));
    assert!(metrics.contains("plugin_host_refused_requests_total{reason=\"scope\"} 5\n"), "{metrics}");
}

#[test]
fn what_a_token_is_not_for_it_does_not_see() {
    let (folder, berlin, paris) = (Folder::of_two(), sandbox(), sandbox());
    folder.connections(&[
        ("berlin", Some("justclick"), &berlin),
        ("paris", Some("shop"), &paris),
        ("rome", Some("shop"), &paris),
    ]);
    let made = tokens(
        &folder,
        &[
            ("shop", "connections = [\"paris\"]\nkinds = [\"read\"]"),
            ("prometheus", "kinds = [\"metrics\"]"),
            ("events", "kinds = [\"events\"]"),
            ("nothing", "connections = [\"oslo\"]"),
        ],
    );
    let server = Server::begin(folder.command(&[&SERVE[..], &["--deliver", "http://127.0.0.1:9/x"]].concat()));
    let [shop, prometheus, events, nothing] = &made[..] else { panic!() };
    let (_, listed) = server.get("/v1/connections", Some(shop));
    assert_eq!(listed["connections"], json!(["paris"]));
    assert_eq!(
        listed["plugins"],
        json!([{ "name": "shop", "title": "Shop", "version": "1.0.0", "connections": ["paris"] }])
    );
    let (_, openapi) = server.get("/openapi.json", Some(shop));
    assert_eq!(openapi["info"]["title"], "Shop");
    let paths: Vec<_> = openapi["paths"].as_object().unwrap().keys().map(String::as_str).collect();
    assert!(paths.contains(&"/v1/connections/{connection}/actions/get_order"), "{paths:?}");
    assert!(
        !paths.iter().any(|path| ["update_", "triggers", "dead-letters"].iter().any(|it| path.contains(it))),
        "{paths:?}"
    );
    let text = openapi.to_string();
    assert!(!["berlin", "rome", "JustClick\""].iter().any(|name| text.contains(name)), "{text}");
    let statuses = |token: &str| {
        ["/metrics", "/asyncapi.json", "/v1/dead-letters", "/v1/connections/paris/triggers"]
            .map(|path| server.get_text(path, Some(token)).0)
    };
    assert_eq!(statuses(shop), [403, 403, 403, 403]);
    assert_eq!(statuses(prometheus), [200, 403, 403, 403]);
    assert_eq!(statuses(events), [403, 200, 200, 200]);
    assert_eq!(server.get("/v1/connections", Some(prometheus)).1["connections"], json!([]));
    let (_, empty) = server.get("/openapi.json", Some(nothing));
    assert_eq!(empty["paths"].as_object().unwrap().keys().collect::<Vec<_>>(), ["/v1/connections"]);
    assert!(
        server.log().contains("the token nothing is for the connection oslo, and none is called so"),
        "{}",
        server.log()
    );
}

#[test]
fn an_agent_sees_the_tools_that_its_token_is_for_and_calls_no_others() {
    let (folder, berlin, paris) = (Folder::of_two(), sandbox(), sandbox());
    folder.connections(&[
        ("berlin", Some("justclick"), &berlin),
        ("paris", Some("shop"), &paris),
        ("rome", Some("shop"), &paris),
    ]);
    let scope = "connections = [\"paris\"]\nactions = [\"get_order\", \"update_order_status\"]";
    let made = tokens(&folder, &[("agent", scope), ("all", "")]);
    let server = Server::begin(folder.command(&MCP));
    let ask = |token: &str, method: &str, params: Value| {
        let message = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
        let (status, challenge, text) =
            server.post_as("/mcp", &message, &[("authorization", &format!("Bearer {token}"))]);
        (status, challenge, serde_json::from_str::<Value>(&text).unwrap())
    };
    let listed = ask(&made[0], "tools/list", json!({})).2["result"]["tools"].clone();
    let names: Vec<_> = listed.as_array().unwrap().iter().map(|tool| tool["name"].clone()).collect();
    assert_eq!(names, ["shop-update_order_status", "shop-get_order"]);
    assert_eq!(listed[0]["inputSchema"]["properties"]["connection"]["enum"], json!(["paris"]));
    let client =
        json!({ "protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": { "name": "t", "version": "1" } });
    let greeting = ask(&made[0], "initialize", client.clone()).2["result"].clone();
    assert_eq!(greeting["serverInfo"]["name"], "shop", "{greeting}");
    assert_eq!(ask(&made[1], "initialize", client).2["result"]["serverInfo"]["name"], "plugin-host");
    let call = |tool: &str, connection: &str| {
        let arguments = json!({ "connection": connection, "bill_id": "1", "status": "cancel" });
        ask(&made[0], "tools/call", json!({ "name": tool, "arguments": arguments }))
    };
    let (status, _, answer) = call("shop-update_order_status", "paris");
    assert_eq!((status, &answer["result"]["isError"]), (200, &json!(false)), "{answer}");
    for (tool, connection, told) in [
        ("shop-update_order_status", "rome", "The token \"agent\" is not for the connection \"rome\": "),
        ("shop-delete_order", "paris", "The token \"agent\" is not for the action \"delete_order\": "),
        ("justclick-get_order", "paris", "The token \"agent\" is not for the connection \"berlin\": "),
    ] {
        let (status, challenge, answer) = call(tool, connection);
        assert_eq!((status, challenge.as_str(), &answer["id"]), (403, INSUFFICIENT, &json!(1)), "{answer}");
        assert!(answer["error"]["message"].as_str().unwrap().starts_with(told), "{answer}");
    }
    let (_, _, unknown) = call("shop-made_up", "paris");
    let told = "There is no tool of this name. The tools: shop-update_order_status, shop-get_order.";
    assert_eq!(unknown["error"]["message"], told);
    assert_eq!((berlin.request_count(), paris.request_count()), (0, 1));
    assert_eq!(server.get_text("/metrics", Some(&made[0])).0, 403);
    let (_, metrics) = server.get_text("/metrics", Some(&made[1]));
    assert!(metrics.contains("plugin_host_refused_requests_total{reason=\"scope\"} 4\n"), "{metrics}");
}

#[test]
fn what_a_token_is_for_is_read_again_and_one_that_is_replaced_keeps_its_callers_keys() {
    let (folder, sandbox) = (Folder::of_two(), sandbox());
    folder.connections(&[("berlin", Some("justclick"), &sandbox), ("paris", Some("shop"), &sandbox)]);
    let old = tokens(&folder, &[("n8n", "connections = [\"berlin\"]"), ("other", "")]);
    let server = Server::begin(folder.command(&SERVE));
    assert_eq!(call(&server, &old[0], "berlin", ACTION, "k").0, 200);
    // The same key of another caller is another call.
    assert_eq!(call(&server, &old[1], "berlin", ACTION, "k").0, 200);
    assert_eq!(sandbox.request_count(), 2);
    assert_eq!(server.get("/v1/connections", Some(&old[0])).1["connections"], json!(["berlin"]));
    let new = tokens(&folder, &[("n8n", "connections = [\"*\"]")]);
    server.reload("read again");
    assert_eq!(
        [call(&server, &old[0], "berlin", ACTION, "k").0, call(&server, &old[1], "berlin", ACTION, "k").0],
        [401, 401]
    );
    assert_eq!(server.get("/v1/connections", Some(&new[0])).1["connections"], json!(["berlin", "paris"]));
    assert_eq!(call(&server, &new[0], "berlin", ACTION, "k").0, 200);
    assert_eq!(sandbox.request_count(), 2, "it is answered from what is kept");
    folder.write("tokens.toml", "[tokens.n8n]\nsha256 = \"x\"\n");
    server.reload("all stays as it was");
    assert_eq!(call(&server, &new[0], "berlin", ACTION, "k").0, 200);
    tokens(&folder, &[("n8n", "connections = [\"paris\"]\nexpires = 2020-01-01T00:00:00Z"), ("o", "")]);
    server.reload("the token n8n has expired");
}

#[test]
fn a_token_that_has_expired_is_told_so_with_its_name() {
    let (folder, sandbox) = (Folder::of_two(), sandbox());
    folder.connections(&[("berlin", Some("justclick"), &sandbox)]);
    let made = tokens(&folder, &[("old", "expires = 2020-01-01T00:00:00Z")]);
    let server = Server::begin(folder.command(&SERVE));
    let (status, challenge, problem) = call(&server, &made[0], "berlin", ACTION, "k");
    assert_eq!((status, challenge.as_str()), (401, "Bearer realm=\"plugin-host\", error=\"invalid_token\""));
    let told = "The token \"old\" expired at 2020-01-01T00:00:00Z. Ask the operator of this server for another.";
    assert_eq!(problem["detail"], told);
    assert_eq!(sandbox.request_count(), 0);
    // On standard input there is one caller, who shows none.
    let (code, _, refusal) = run(&mut folder.command(&["mcp", "--tokens", "tokens.toml"]));
    assert!(code == 2 && refusal.contains("--tokens is for --listen ADDRESS:PORT"), "{refusal}");
}

#[test]
fn a_token_is_shown_once_and_its_lines_hold_its_hash_alone() {
    let folder = Folder::new();
    let (code, out, _) = run(&mut folder.bare(&["token", "n8n"]));
    let token = out.lines().find(|line| line.starts_with("pht_")).unwrap();
    assert_eq!((code, token.len(), out.matches(token).count()), (0, 68, 1), "{out}");
    assert!(out.contains("[tokens.n8n]\nsha256 = \""), "{out}");
    let (code, _, refusal) = run(&mut folder.bare(&["token", "my n8n"]));
    assert!(code == 2 && refusal.contains("1 to 64 letters, digits or ._-"), "{refusal}");
}
