//! The command, and all that it answers, over real sockets.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

/// A running command, killed with the test.
struct Running {
    child: Child,
    base: String,
}

impl Running {
    fn start() -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_shop-service"));
        let mut child = command.env("SHOP_TOKEN", "a-token").stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        let base =
            line.trim().strip_prefix("Shop service on ").unwrap_or_else(|| panic!("printed {line:?}")).to_owned();
        Self { child, base }
    }

    /// Status, `Retry-After` and body; nothing where the connection was closed.
    fn ask(&self, method: &str, path: &str, token: &str, body: &Value) -> Option<(u16, Option<String>, Value)> {
        let config = ureq::Agent::config_builder().http_status_as_error(false).proxy(None).build();
        let agent = ureq::Agent::new_with_config(config);
        let url = format!("{}{path}", self.base);
        let answer = match method {
            "GET" => agent.get(url).header("authorization", token).call(),
            _ => agent.post(url).header("authorization", token).send(body.to_string()),
        };
        let mut answer = answer.ok()?;
        let after = answer.headers().get("retry-after").map(|value| value.to_str().unwrap().to_owned());
        let body = serde_json::from_str(&answer.body_mut().read_to_string().unwrap()).unwrap();
        Some((answer.status().as_u16(), after, body))
    }

    fn get(&self, path: &str) -> (u16, Value) {
        let (status, _, body) = self.ask("GET", path, "a-token", &Value::Null).unwrap();
        (status, body)
    }

    fn post(&self, path: &str, body: Value) -> (u16, Value) {
        let (status, _, body) = self.ask("POST", path, "a-token", &body).unwrap();
        (status, body)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn order(request_id: &str) -> Value {
    json!({ "request_id": request_id, "customer": "7", "goods": [{ "sku": "A-101", "count": 2, "price": "0.5" }] })
}

#[test]
fn each_error_has_its_status_and_says_what_is_wrong() {
    let shop = Running::start();
    let (status, _, body) = shop.ask("GET", "/me", "another", &Value::Null).unwrap();
    assert!(status == 401 && body["error"].as_str().unwrap().contains("token"), "{body}");
    assert_eq!(shop.get("/me"), (200, json!({ "name": "Sample shop" })));
    assert_eq!((shop.get("/no/such").0, shop.post("/orders/7/paid", json!({})).0), (404, 404));
    for (change, words) in [
        (json!({ "customer": "999" }), "no customer 999"),
        (json!({ "goods": [] }), "at least one line"),
        (json!({ "goods": [{ "sku": "B", "count": 1 }] }), "no article B"),
        (json!({ "goods": [{ "sku": "A-101", "count": 1, "price": "1.005" }] }), "is no sum"),
        (json!({ "colour": "red" }), "unknown field `colour`"),
    ] {
        let mut order = order("r-1");
        order.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        let (status, body) = shop.post("/orders", order);
        assert!(status == 422 && body["error"].as_str().unwrap().contains(words), "{body}");
    }
    for path in ["/orders?page=0", "/customers?per_page=101", "/orders?colour=red", "/events?after=x"] {
        assert_eq!(shop.get(path).0, 422, "{path}");
    }
    assert_eq!(shop.get("/control/orders"), (200, json!({ "orders": [] })));
}

#[test]
fn an_order_is_made_once_for_a_request_and_all_that_happens_is_an_event() {
    let shop = Running::start();
    assert_eq!(shop.post("/orders", order("r-1")), (201, json!({ "id": "1", "repeated": false })));
    assert_eq!(shop.post("/orders", order("r-1")), (200, json!({ "id": "1", "repeated": true })));
    for _ in 0..2 {
        assert_eq!(shop.post("/orders/1/paid", json!({})), (200, json!({ "id": "1", "paid": true })));
    }
    let summary = json!({ "id": "1", "customer": "7", "request_id": "r-1", "total": "1.00", "paid": true });
    assert_eq!(shop.get("/orders?customer=7").1, json!({ "items": [summary], "page": 1, "total": 1 }));
    let (_, all) = shop.get("/events?limit=9");
    let kinds: Vec<_> = all["events"].as_array().unwrap().iter().map(|event| (&event["id"], &event["type"])).collect();
    assert_eq!(kinds, [(&json!(1), &json!("order_created")), (&json!(2), &json!("order_paid"))]);
    assert_eq!(shop.get("/events?after=1&limit=9").1["events"], json!([all["events"][1]]));
    assert_eq!(shop.get("/events?limit=0").1, json!({ "events": [], "last": 2 }));
}

#[test]
fn it_misbehaves_as_it_is_told_and_records_what_it_got() {
    let shop = Running::start();
    let next = json!(["drop", "lose_answer", "busy", { "throttle": 7 }, { "delay_ms": 1 }, "ok"]);
    assert_eq!(shop.post("/control/next", next).0, 200);
    let ask = |request_id| shop.ask("POST", "/orders", "a-token", &order(request_id));
    assert_eq!(ask("r-1"), None);
    assert_eq!(ask("r-2"), None);
    assert_eq!(ask("r-3").unwrap().0, 503);
    let (status, after, _) = ask("r-4").unwrap();
    assert_eq!((status, after.as_deref()), (429, Some("7")));
    assert_eq!((ask("r-5").unwrap().0, ask("r-6").unwrap().0), (201, 201));
    let (_, orders) = shop.get("/control/orders");
    let made: Vec<_> = orders["orders"].as_array().unwrap().iter().map(|order| &order["request_id"]).collect();
    assert_eq!(made, ["r-2", "r-5", "r-6"]);
    let (_, requests) = shop.get("/control/requests");
    let statuses: Vec<_> = requests["requests"].as_array().unwrap().iter().map(|it| it["status"].as_u64()).collect();
    assert_eq!(statuses, [None, None, Some(503), Some(429), Some(201), Some(201)]);
    let first = &requests["requests"][0];
    assert!(first["headers"].as_array().unwrap().contains(&json!("authorization")), "{first}");
    assert!(!requests.to_string().contains("a-token"));
    let (status, body) = shop.post("/control/next", json!(["explode"]));
    assert!(status == 422 && body["error"].as_str().unwrap().contains("lose_answer"), "{body}");
}

#[test]
fn the_webhook_is_signed_and_sent_to_this_machine_alone() {
    let shop = Running::start();
    shop.post("/orders", order("r-1"));
    let receiver = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/hook", receiver.local_addr().unwrap());
    let received = std::thread::spawn(move || {
        let mut received = Vec::new();
        for _ in 0..2 {
            let (mut stream, _) = receiver.accept().unwrap();
            let mut request = String::new();
            let mut part = [0; 4096];
            while !request.ends_with("}}") {
                let length = stream.read(&mut part).unwrap();
                request.push_str(std::str::from_utf8(&part[..length]).unwrap());
            }
            stream.write_all(b"HTTP/1.1 202 Accepted\r\nconnection: close\r\ncontent-length: 2\r\n\r\nok").unwrap();
            received.push(request);
        }
        received
    });
    let (status, body) = shop.post("/control/webhook", json!({ "url": url, "order": "1", "twice": true }));
    let sent = json!({ "status": 202, "body": "ok" });
    assert_eq!((status, body), (200, json!({ "sent": [sent, sent] })));
    let received = received.join().unwrap();
    assert_eq!(received[0], received[1]);
    let (head, body) = received[0].split_once("\r\n\r\n").unwrap();
    assert_eq!(serde_json::from_str::<Value>(body).unwrap(), shop.get("/events?after=1").1["events"][0]);
    assert!(head.contains("x-shop-signature: ") && head.starts_with("POST /hook "), "{head}");
    for (url, order) in [("http://shop.example.com", "1"), (url.as_str(), "2")] {
        assert_eq!(shop.post("/control/webhook", json!({ "url": url, "order": order })).0, 422);
    }
}
