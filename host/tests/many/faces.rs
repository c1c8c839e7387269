//! Two plugins side by side: over HTTP, and as objects of Restate.

use serde_json::json;

use crate::host::{Folder, Server, sandbox};

const SERVE: [&str; 3] = ["serve", "--listen", "127.0.0.1:0"];

#[test]
fn each_connection_has_the_actions_of_its_plugin_and_they_are_counted_apart() {
    let (folder, berlin, paris) = (Folder::of_two(), sandbox(), sandbox());
    folder.connections(&[("berlin", Some("justclick"), &berlin), ("paris", Some("shop"), &paris)]);
    let server = Server::begin(folder.command(&SERVE));
    assert!(server.greeting.starts_with("JustClick, Shop on http://"), "{}", server.greeting);
    assert_eq!(server.call("berlin", "1", "cancel").0, 200);
    assert_eq!(server.call("paris", "2", "cancel").0, 200);
    assert_eq!((berlin.request_count(), paris.request_count()), (1, 1));
    let (_, listed) = server.get("/v1/connections", None);
    assert_eq!(listed["connections"], json!(["berlin", "paris"]));
    let shop = json!({ "name": "shop", "title": "Shop", "version": "1.0.0", "connections": ["paris"] });
    assert_eq!(listed["plugins"][1], shop);
    let (_, metrics) = server.get_text("/metrics", None);
    for line in [
        r#"plugin_host_plugin_info{name="justclick",version="1.0.0"} 1"#,
        r#"plugin_host_calls_total{plugin="justclick",connection="berlin",action="update_order_status",outcome="done"} 1"#,
        r#"plugin_host_calls_total{plugin="shop",connection="paris",action="update_order_status",outcome="done"} 1"#,
    ] {
        assert!(metrics.contains(line), "{line} is not in {metrics}");
    }
    let (_, openapi) = server.get("/openapi.json", None);
    assert_eq!(openapi["tags"][1]["name"], "shop");
    let path = &openapi["paths"]["/v1/connections/{connection}/actions/update_order_status"];
    assert_eq!(path["post"]["tags"], json!(["justclick", "shop"]));
    assert_eq!(path["parameters"][0]["schema"]["enum"], json!(["berlin", "paris"]));
}

#[test]
fn a_server_of_one_plugin_leaves_the_connections_of_others_out() {
    let (folder, sandbox) = (Folder::of_two(), sandbox());
    folder.connections(&[("berlin", Some("justclick"), &sandbox), ("paris", Some("shop"), &sandbox)]);
    let server = Server::begin(folder.command(&[&["--plugin", "shop"], &SERVE[..]].concat()));
    assert_eq!(server.get("/v1/connections", None).1["connections"], json!(["paris"]));
    assert_eq!(server.call("berlin", "1", "cancel").0, 404);
    let (_, openapi) = server.get("/openapi.json", None);
    assert_eq!(openapi["info"]["title"], "Shop");
}
