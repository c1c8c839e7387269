//! What services tell by themselves.

use justclick_sandbox::{Misbehaviour, Sandbox};
use serde_json::{Value, json};
use shop_service::{Service, Webhook};
use std::path::Path;

use crate::support::{Listener, agent, control, justclick, order, pay, sandbox, shop, tell};

const RECEIVE: [&str; 2] = ["--listen", "127.0.0.1:0"];

/// Listens to what is told of paid orders, and lets the sandbox tell it.
fn listening(sandbox: &Sandbox, state: &Path, args: &[&str]) -> Listener {
    let mut listener = Listener::start(justclick(sandbox, state).arg("order_paid").args(RECEIVE).args(args));
    let address = listener.address("order_paid");
    tell(sandbox, "order_paid", &address);
    listener
}

/// What a webhook was answered, the last time that it was sent.
fn answered(sent: &Value) -> u64 {
    sent["attempts"].as_array().unwrap().last().unwrap()["status"].as_u64().unwrap()
}

fn post(url: &str, body: &[u8]) -> (u16, String) {
    let mut answer = agent().post(url).send(body).unwrap();
    (answer.status().as_u16(), answer.body_mut().read_to_string().unwrap())
}

#[test]
fn a_payment_is_told_once_though_the_service_tells_it_twice_and_a_poll_once_more() {
    let (sandbox, folder) = (sandbox(1..=2), tempfile::tempdir().unwrap());
    let state = folder.path().join("state.sqlite");
    // The poll begins with what is there, and asks again when the webhook has come.
    let mut listener = listening(&sandbox, &state, &["paid_order", "--every", "2s"]);
    listener.until_it_says("paid_order is asked for");
    let sent = pay(&sandbox, 1);
    listener.until_events(1);
    let again = control(&sandbox, &format!("deliveries/{}", sent[0]), json!({ "times": 2 }));
    assert_eq!(answered(&again), 200);
    let asked = sandbox.request_count();
    listener.until("another poll", |_| sandbox.request_count() >= asked + 2);
    // Its webhook is lost.
    tell(&sandbox, "order_paid", "http://127.0.0.1:1/");
    pay(&sandbox, 2);
    listener.until_events(2);
    let ended = listener.stop().with_code(0);
    let of = |index: usize| (ended.events[index]["subject"].clone(), ended.events[index]["type"].clone());
    assert_eq!(of(0), (json!("1"), json!("justclick.order_paid")));
    assert_eq!(of(1), (json!("2"), json!("justclick.paid_order")));
    assert_eq!(ended.events.len(), 2);
}

#[test]
fn what_is_forged_is_refused_and_what_is_replayed_under_another_status_is_dropped_and_told() {
    let (sandbox, folder) = (sandbox(1..=2), tempfile::tempdir().unwrap());
    let state = folder.path().join("state.sqlite");
    let mut listener = Listener::start(
        justclick(&sandbox, &state).args(["order_created", "order_paid", "order_cancelled"]).args(RECEIVE),
    );
    let cancelled = listener.address("order_cancelled");
    let paid = listener.address("order_paid");
    let created = listener.address("order_created");
    tell(&sandbox, "order_created", &created);
    let told = control(&sandbox, "events", json!({ "event": "order_created", "bill_id": "1" }));
    let delivery = format!("deliveries/{}", told["deliveries"][0]);
    listener.until_events(1);
    // The signature covers neither the status nor the sums.
    for forged in [json!({ "forge": "key" }), json!({ "forge": "missing" })] {
        assert_eq!(answered(&control(&sandbox, &delivery, forged)), 401);
    }
    let replayed = json!({ "as": "order_cancelled", "url": cancelled });
    assert_eq!(answered(&control(&sandbox, &delivery, replayed)), 200);
    listener.until_it_says("dropped, as it is not so: get_order tells otherwise at /pay_status");
    let cheaper = json!({ "fields": { "items[0][sum]": "0.01", "email": "a@shop.example" } });
    control(&sandbox, &delivery, cheaper);
    // One that nobody has, at an address where payments are told.
    control(&sandbox, &delivery, json!({ "url": paid }));
    assert_eq!(listener.stop().with_code(0).ids(), ["created:1"]);
}

#[test]
fn an_event_that_can_not_be_made_sure_of_waits_until_the_service_answers_also_for_the_next_process() {
    let (sandbox, folder) = (sandbox(1..=3), tempfile::tempdir().unwrap());
    let state = folder.path().join("state.sqlite");
    let mut listener = listening(&sandbox, &state, &[]);
    let first = listener.address("order_paid");
    sandbox.set_misbehaviour(Some(Misbehaviour::Http503));
    for number in 1..=3 {
        let sent = pay(&sandbox, number);
        let told = control(&sandbox, &format!("deliveries/{}", sent[0]), json!({ "times": 1 }));
        assert_eq!(answered(&told), 200, "it is on the disk, and that is what the service is told");
    }
    listener.until_it_says("unavailable");
    assert!(listener.kill().events.is_empty());
    let port = first.split('/').nth(2).unwrap().to_owned();
    let mut listener = Listener::start(justclick(&sandbox, &state).args(["order_paid", "--listen", &port]));
    assert_eq!(listener.address("order_paid"), first, "an address stays what it is");
    listener.until_it_says("unavailable");
    sandbox.set_misbehaviour(None);
    listener.until_events(3);
    let mut subjects: Vec<_> = listener.stop().events.iter().map(|event| event["subject"].to_string()).collect();
    subjects.sort();
    assert_eq!(subjects, ["\"1\"", "\"2\"", "\"3\""]);
}

#[test]
fn nobody_gets_in_who_does_not_know_the_address_and_nobody_is_told_why() {
    let (service, folder) = (Service::start().unwrap(), tempfile::tempdir().unwrap());
    let state = folder.path().join("state.sqlite");
    let number = order(&service, ["r-1".to_owned()]).remove(0);
    let mut listener =
        Listener::start(shop(&service, &state).args(["order_paid", "--largest-webhook", "5000"]).args(RECEIVE));
    let address = listener.address("order_paid");
    let (path, secret) = address.rsplit_once('/').unwrap();
    assert_eq!(secret.len(), 40);
    let other = secret.replace(|c: char| c.is_ascii_digit(), "0");
    for url in
        [format!("{path}/{other}"), format!("{path}/"), path.to_owned(), address.replace("order_paid", "order_created")]
    {
        assert_eq!(post(&url, b"{}"), (404, String::new()), "{url}");
    }
    assert_eq!(post(&address, &[b' '; 5001]), (413, String::new()));
    assert_eq!(post(&address, b"{}"), (401, String::new()));
    let mut webhook = Webhook { url: address, order: number.clone(), twice: true, ..Webhook::default() };
    webhook.forged = true;
    assert_eq!(service.send_webhook(&webhook).unwrap()[0].status, 401);
    webhook.forged = false;
    let sent = service.send_webhook(&webhook).unwrap();
    assert_eq!(sent.iter().map(|sent| sent.status).collect::<Vec<_>>(), [200, 200]);
    listener.until_events(1);
    let ended = listener.stop().with_code(0);
    assert_eq!(ended.ids(), [format!("paid:{number}")]);
    assert!(!ended.said.contains(shop_service::SAMPLE_TOKEN));
}

#[test]
fn whatever_bytes_come_in_are_answered_and_the_next_event_is_received() {
    let (sandbox, folder) = (sandbox(1..=1), tempfile::tempdir().unwrap());
    let state = folder.path().join("state.sqlite");
    let mut listener = listening(&sandbox, &state, &[]);
    let address = listener.address("order_paid");
    let (agent, mut random) = (agent(), fastrand::Rng::with_seed(7));
    let pieces: [&[u8]; 8] =
        [b"hash=", b"id=1&", b"&items[0][sum]=", b"%zz", b"\xff\xfe", b"[][]=&", b"{\"a\":", b"\0"];
    for _ in 0..200 {
        let mut body = Vec::new();
        for _ in 0..random.usize(..12) {
            match random.bool() {
                true => body.extend_from_slice(pieces[random.usize(..pieces.len())]),
                false => body.extend((0..random.usize(..20)).map(|_| random.u8(..))),
            }
        }
        let url = format!("{address}?{}", random.alphanumeric());
        let method = ["POST", "PUT", "GET", "DELETE"][random.usize(..4)];
        let request = ureq::http::Request::builder().method(method).uri(url).header("x-odd", "ÿ".as_bytes());
        let answer = agent.run(request.body(body.clone()).unwrap()).unwrap();
        assert!([400, 401].contains(&answer.status().as_u16()), "{}: {body:?}", answer.status());
    }
    pay(&sandbox, 1);
    listener.until_events(1);
    assert_eq!(listener.stop().with_code(0).events.len(), 1);
}
