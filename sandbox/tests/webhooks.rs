//! What scripts are told, over real sockets: at once, twice, late, forged, and under another status.

mod common;

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use common::*;
use justclick_sandbox::{Form, Sandbox};
use serde_json::Value;

/// Somebody's script: it gives the forms that it is told, and answers `ok`.
struct Script {
    url: String,
    told: Receiver<String>,
}

impl Script {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/hook?a=make", listener.local_addr().unwrap());
        let (tell, told) = channel();
        thread::spawn(move || {
            for stream in listener.incoming() {
                let Ok(body) = stream.and_then(read) else { continue };
                if tell.send(body).is_err() {
                    return;
                }
            }
        });
        Self { url, told }
    }

    fn next(&self) -> Form {
        Form::parse(self.told.recv_timeout(Duration::from_secs(20)).expect("a webhook").as_bytes())
    }

    fn has_more(&self) -> bool {
        self.told.try_recv().is_ok()
    }
}

fn read(mut stream: TcpStream) -> std::io::Result<String> {
    let mut all = Vec::new();
    loop {
        let mut some = [0; 4096];
        let count = stream.read(&mut some)?;
        all.extend_from_slice(&some[..count]);
        let text = String::from_utf8_lossy(&all);
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        assert!(head.starts_with("POST /hook?a=make HTTP/1.1\r\n"), "{head}");
        let length = head.lines().find_map(|line| line.strip_prefix("Content-Length: ")).unwrap();
        if body.len() == length.parse::<usize>().unwrap() {
            stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")?;
            return Ok(body.to_owned());
        }
    }
}

/// A shop whose product `invoice` tells the script of new and paid orders.
fn sandbox(script: &Script) -> Sandbox {
    let sandbox = Sandbox::builder().sample_orders().start().unwrap();
    control(&sandbox, "clock", r#"{"now": 1362254400}"#);
    let urls = Form::parse(b"");
    let mut form = urls;
    form.set("good_name", "invoice");
    form.set("good_api_url_new_order", script.url.as_str());
    form.set("good_api_url_notif", script.url.as_str());
    result(&sandbox, "UpdateGood", &form.encode());
    sandbox
}

fn make(sandbox: &Sandbox) -> u64 {
    let form = "goods[0][good_name]=invoice&bill_email=client@email.com&utm[utm_medium]=cpc";
    result(sandbox, "CreateOrder", form)["bill_id"].as_u64().unwrap()
}

fn hash_of(form: &Form, time: &str) -> String {
    sample_account().webhook_hash(&[&form.text("id"), &form.text("email"), time].concat())
}

#[test]
fn a_new_order_and_its_payment_are_told_at_once_and_signed() {
    let script = Script::start();
    let sandbox = sandbox(&script);
    let number = make(&sandbox);
    let created = script.next();
    assert_eq!((created.text("id"), created.text("status")), (number.to_string(), "new_order".into()));
    assert_eq!((created.text("items[0][id]"), created.text("utm[medium]")), ("invoice".into(), "cpc".into()));
    assert_eq!(created.text("hash"), hash_of(&created, "1362254400"));
    call(&sandbox, "UpdateOrderStatus", &format!("bill_id={number}&status=paid&date=1362340800"));
    let paid = script.next();
    assert_eq!((paid.text("paid"), paid.text("last_payment_sum")), ("1362340800".into(), "1500.00".into()));
    assert!(!paid.has("status"));
    assert_eq!(paid.text("hash"), hash_of(&paid, "1362340800"));
    call(&sandbox, "UpdateOrderStatus", &format!("bill_id={number}&status=paid&date=1362340800"));
    assert!(!script.has_more());
}

#[test]
fn what_no_function_does_can_happen_all_the_same() {
    let script = Script::start();
    let sandbox = sandbox(&script);
    let number = make(&sandbox);
    script.next();
    let url = serde_json::to_string(&script.url).unwrap();
    let all =
        ["order_cancelled", "order_paid", "order_prepaid", "order_refunded"].map(|name| format!("\"{name}\": [{url}]"));
    let contacts =
        ["contact_subscribed", "contact_activated", "contact_unsubscribed"].map(|n| format!("\"{n}\": [{url}]"));
    control(&sandbox, "shop", &format!("{{\"webhooks\": {{{}, {}}}}}", all.join(", "), contacts.join(", ")));
    for (event, status) in [("order_prepaid", ""), ("order_cancelled", "cancel_order"), ("order_refunded", "moneyback")]
    {
        control(&sandbox, "events", &format!(r#"{{"event": "{event}", "bill_id": "{number}", "sum": "100"}}"#));
        let told = script.next();
        assert_eq!(told.text("status"), status, "{event}");
        assert_eq!(told.text("hash"), hash_of(&told, "1362254400"), "{event}");
        assert_eq!(told.text("prepayment_sum"), if status.is_empty() { "100.00" } else { "" });
    }
    call(&sandbox, "AddLeadToGroup", "rid[0]=news&lead_email=new@email.com&activation=1");
    let subscribed = script.next();
    assert_eq!((subscribed.text("status"), subscribed.text("id_group")), ("2".into(), "news".into()));
    assert!(!subscribed.has("hash"));
    for (event, status) in [("contact_activated", "1"), ("contact_unsubscribed", "0")] {
        let event = format!(r#"{{"event": "{event}", "email": "new@email.com", "group": "news"}}"#);
        control(&sandbox, "events", &event);
        assert_eq!(script.next().text("status"), status);
    }
}

#[test]
fn webhooks_can_be_held_and_sent_late_twice_and_out_of_order() {
    let script = Script::start();
    let sandbox = sandbox(&script);
    control(&sandbox, "deliveries", r#"{"hold": true}"#);
    let number = make(&sandbox);
    control(&sandbox, "events", &format!(r#"{{"event": "order_paid", "bill_id": "{number}"}}"#));
    assert!(!script.has_more());
    let held = request(&sandbox, "GET", "/control/deliveries", "").json();
    let events: Vec<_> = held["deliveries"].as_array().unwrap().iter().map(|one| &one["event"]).collect();
    assert_eq!(events, ["order_created", "order_paid"]);
    let sent = control(&sandbox, "deliveries/2", r#"{"times": 2}"#);
    let statuses: Vec<_> = sent["attempts"].as_array().unwrap().iter().map(|attempt| &attempt["status"]).collect();
    assert_eq!((statuses, &sent["attempts"][0]["reply"]), (vec![&Value::from(200); 2], &Value::from("ok")));
    control(&sandbox, "deliveries/1", "");
    let order: Vec<_> = (0..3).map(|_| script.next().text("status")).collect();
    assert_eq!(order, ["", "", "new_order"]);
}

#[test]
fn webhooks_can_be_forged_and_replayed_under_another_status() {
    let script = Script::start();
    let sandbox = sandbox(&script);
    let number = make(&sandbox);
    script.next();
    let sent = |altered: &str| {
        control(&sandbox, "deliveries/1", altered);
        script.next()
    };
    let forged = sent(r#"{"forge": "key"}"#);
    assert_ne!(forged.text("hash"), hash_of(&forged, "1362254400"));
    assert!(!sent(r#"{"forge": "missing"}"#).has("hash"));
    let replayed = sent(r#"{"as": "order_cancelled"}"#);
    assert_eq!(
        (replayed.text("status"), replayed.text("hash")),
        ("cancel_order".into(), hash_of(&replayed, "1362254400"))
    );
    let other = sent(r#"{"fields": {"items[0][sum]": "0.01", "comment": null}}"#);
    assert_eq!((other.text("items[0][sum]").as_str(), other.has("comment")), ("0.01", false));
    assert_eq!(other.text("id"), number.to_string());
}

#[test]
fn an_address_that_does_not_answer_is_told_in_its_attempts() {
    let script = Script::start();
    let sandbox = sandbox(&script);
    make(&sandbox);
    script.next();
    for (url, named) in [("https://shop.example/hook", "http:// only"), ("http://127.0.0.1:1/hook", "refused")] {
        let sent = control(&sandbox, "deliveries/1", &format!(r#"{{"url": "{url}"}}"#));
        let attempt = sent["attempts"].as_array().unwrap().last().unwrap();
        assert!(attempt["error"].as_str().unwrap().contains(named), "{attempt}");
    }
}
