//! The plugins of this project side by side in one host, each with its own service.

use justclick_sandbox::{SAMPLE_API_KEY, Sandbox};
use serde_json::{Value, json};
use shop_service::{SAMPLE_TOKEN, Service};

use crate::common::BUNDLE;
use crate::host::{Folder, Server, run};

const SHOP: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../dist/plugins/shop/extism.json");

/// A folder with a list of both, and a connection for each.
fn pair() -> (Folder, Sandbox, Service) {
    let (folder, sandbox, service) =
        (Folder::new(), Sandbox::builder().sample_orders().start().unwrap(), Service::start().unwrap());
    folder.write("plugins.toml", &format!("[justclick]\nbundle = \"{BUNDLE}\"\n[shop]\nbundle = \"{SHOP}\"\n"));
    let (base, address) = (sandbox.base_url(), service.base_url());
    folder.write(
        "connections.toml",
        &format!(
            "[berlin]\nplugin = \"justclick\"\nlogin = \"username\"\napi_key = \"{SAMPLE_API_KEY}\"\nbase_url = \"{base}\"\n\
             [corner]\nplugin = \"shop\"\naddress = \"{address}\"\ntoken = \"{SAMPLE_TOKEN}\"\n"
        ),
    );
    (folder, sandbox, service)
}

const BOTH: [&str; 4] = ["--plugins", "plugins.toml", "--connections", "connections.toml"];

fn order() -> Value {
    json!({ "request_id": "r-1", "customer": 7, "goods": [{ "sku": "A-101", "count": 2 }] })
}

#[test]
fn each_is_called_and_checked_by_its_connection() {
    let (folder, sandbox, service) = pair();
    let command = |args: &[&str]| run(folder.bare(&BOTH).args(args));
    for connection in ["berlin", "corner"] {
        let (code, _, stderr) = command(&["--connection", connection, "check"]);
        assert_eq!(code, 0, "{stderr}");
    }
    let input = order().to_string();
    let (code, stdout, stderr) =
        command(&["--connection", "corner", "--json", "call", "create_order", "--input", &input]);
    assert_eq!((code, stdout.trim()), (0, r#"{"id":"1","repeated":false}"#), "{stderr}");
    folder.write("orders.csv", "bill_id,status\n100000,cancel\n");
    let (code, _, stderr) = command(&["--connection", "berlin", "batch", "update_order_status", "orders.csv"]);
    assert_eq!((code, sandbox.order("100000").unwrap().status.as_str()), (0, "cancel"), "{stderr}");
    assert_eq!(service.orders().len(), 1);
    // An action that both have is that of the connection's plugin.
    let other = ["--field", "goods[0].product_id=sales", "--field", "email=user4@email.com"];
    let (code, _, stderr) = command(&[&["--connection", "berlin", "call", "create_order"], &other[..]].concat());
    assert_eq!((code, sandbox.requests().last().unwrap().function.as_str()), (0, "CreateOrder"), "{stderr}");
    assert_eq!(service.orders().len(), 1);
    // Neither has the other's own.
    let (code, _, stderr) = command(&["--connection", "berlin", "call", "mark_paid", "--field", "order_id=1"]);
    assert!(code == 10 && stderr.contains("JustClick has no action mark_paid"), "{stderr}");
    let (_, stdout, _) = command(&["--plugin", "shop", "describe"]);
    assert!(stdout.contains("Input of create_order") && !stdout.contains("update_order_status"), "{stdout}");
}

#[test]
fn both_are_served_over_http_and_told_apart() {
    let (folder, sandbox, service) = pair();
    let server = Server::begin(folder.bare(&[&BOTH[..], &["serve", "--listen", "127.0.0.1:0"]].concat()));
    assert_eq!(server.call("berlin", "100000", "cancel").0, 200);
    let (status, created) = server.post("/v1/connections/corner/actions/create_order", &order());
    assert_eq!((status, created), (200, json!({ "id": "1", "repeated": false })));
    assert_eq!((sandbox.request_count(), service.orders().len()), (1, 1));
    let (status, problem) = server.post("/v1/connections/berlin/actions/mark_paid", &json!({ "order_id": "1" }));
    assert!(
        status == 404 && problem["detail"].as_str().unwrap().contains("The actions: update_order_status"),
        "{problem}"
    );
    let (_, openapi) = server.get("/openapi.json", None);
    let of = |action: &str| openapi["paths"][format!("/v1/connections/{{connection}}/actions/{action}")].clone();
    assert_eq!(of("mark_paid")["post"]["tags"], json!(["shop"]));
    assert_eq!(of("mark_paid")["post"]["operationId"], "shop-mark_paid");
    assert_eq!(of("mark_paid")["parameters"][0]["schema"]["enum"], json!(["corner"]));
    assert_eq!(of("create_order")["post"]["tags"], json!(["justclick", "shop"]));
    assert_eq!(of("create_order")["parameters"][0]["schema"]["enum"], json!(["berlin", "corner"]));
    assert_eq!(of("update_order_status")["post"]["tags"], json!(["justclick"]));
    let (_, metrics) = server.get_text("/metrics", None);
    assert!(
        metrics.contains(r#"plugin="shop",connection="corner",action="create_order",outcome="done"} 1"#),
        "{metrics}"
    );
}

#[test]
fn all_their_tools_are_what_every_provider_takes() {
    let (folder, _sandbox, service) = pair();
    let begin =
        |args: &[&str]| Server::begin(folder.bare(&[&BOTH[..], &["mcp", "--listen", "127.0.0.1:0"], args].concat()));
    let ask = |server: &Server, method: &str, params: Value| {
        let message = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
        server.post("/mcp", &message).1["result"].clone()
    };
    let server = begin(&[]);
    let tools = ask(&server, "tools/list", json!({}))["tools"].as_array().unwrap().clone();
    for tool in &tools {
        // An action that only adds says so, as MCP means it.
        let faults: Vec<_> =
            projection::faults(tool).into_iter().filter(|fault| !fault.contains("destructiveHint")).collect();
        assert_eq!(faults, Vec::<String>::new());
        assert!(tool["name"].as_str().unwrap().len() <= 48);
    }
    let arguments = order();
    let result = ask(&server, "tools/call", json!({ "name": "shop-create_order", "arguments": arguments }));
    assert_eq!((&result["isError"], service.orders().len()), (&json!(false), 1), "{result}");
    let reads = begin(&["--read-only", "--tools", "shop-find_*,justclick-*order*"]);
    let names: Vec<_> = ask(&reads, "tools/list", json!({}))["tools"]
        .as_array()
        .unwrap()
        .iter()
        .map(|tool| tool["name"].as_str().unwrap().to_owned())
        .collect();
    let own = ["justclick-get_order", "justclick-list_orders", "justclick-find_orders"];
    assert_eq!(names, [&own[..], &["shop-find_orders", "shop-find_customers"]].concat());
}
