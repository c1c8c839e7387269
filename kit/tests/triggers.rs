//! A made-up plugin that tells of events: by poll; by a webhook whose signature is a hash of some fields
//! of its form; and by one that signs as Standard Webhooks do and is subscribed to.

use std::cell::RefCell;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use md5::{Digest, Md5};
use plugin_kit::types::{Digits, Lines, Money, Text, Token, Url};
use plugin_kit::{
    Action, Call, Condition, Confirm, Connection, Error, Event, Example, Field, Object, Page, Plugin, Poll, Received,
    Request, Response, Secret, StandardWebhooks, Subscribe, Subscription, Transport, Trigger, Unsubscribe, Webhook,
    describe, json, signature, testing,
};
use proptest::prelude::*;
use serde_json::{Value, json};

const CONNECTION: Connection = Connection::new(
    "Store account",
    "An account of the made-up store.",
    &[
        Field::required("address", &Url::new("https://store.example.com"))
            .title("Address")
            .about("The store's address."),
        Field::required("key", &Token::secret()).title("Key").about("The account's key."),
        Field::optional("signing_secret", &Token::secret()).title("Signing secret").about("The webhooks' secret."),
    ],
);

const ORDER: Field = Field::required("order", &Digits::new(20)).title("Order").about("The order's number.");
const EMAIL: Field = Field::required("email", &Text::new(200)).title("E-mail").about("The buyer's address.");
const GOODS: &[Field] = &[
    Field::required("title", &Text::new(200)).title("Title").about("What was bought."),
    Field::required("sum", &Money).title("Sum").about("What was paid for it."),
];

const ORDER_CREATED: Trigger =
    Trigger::poll("order_created", "Order created", "Triggers when an order is created.", created)
        .input(&[Field::optional("group", &Text::new(40)).title("Group").about("The group that is looked at.")])
        .event("New order", &[ORDER, EMAIL], r#"{"order":"100000","email":"ann@example.com"}"#);

const ORDER_PAID: Trigger = Trigger::webhook("order_paid", "Order paid", "Triggers when an order is paid.", paid)
    .event(
        "Paid order",
        &[ORDER, EMAIL, Field::optional("goods", &Lines::new(GOODS, 100)).title("Goods").about("What was bought.")],
        r#"{"order":"100000","email":"ann@example.com","goods":[{"title":"A book","sum":"12.50"}]}"#,
    )
    .docs("Put the address into the product's settings, under Integration.")
    .confirm(Confirm {
        action: "get_order",
        arguments: &[("order", "order")],
        holds: &[Condition::Is("/status", "\"paid\""), Condition::IsField("/email", "email")],
    });

const ORDER_SENT: Trigger = Trigger::webhook("order_sent", "Order sent", "Triggers when an order is sent.", sent)
    .event("Sent order", &[ORDER], r#"{"order":"100000"}"#)
    .signed(&StandardWebhooks::new("signing_secret"))
    .subscribe(subscribe, unsubscribe);

const GET_ORDER: Action = Action::read("get_order", "Get an order", "Gets an order.", get)
    .input(&[ORDER])
    .output("Order", &[EMAIL, Field::required("status", &Text::new(20)).title("Status").about("The order's status.")])
    .examples(&[Example {
        title: "A paid one",
        input: r#"{"order":1}"#,
        output: r#"{"email":"a@b.c","status":"paid"}"#,
    }]);

fn get(call: &Call) -> Result<Object, Error> {
    let reply = call.get(&["/orders/", call.input().text("order")].concat()).send()?;
    Ok(Object::new().json("email", call.members(&reply)?.get("email").unwrap_or("\"\"")).text("status", "paid"))
}

fn check(call: &Call) -> Result<Object, Error> {
    call.get("/me").send()?;
    Ok(Object::new())
}

fn created(poll: &Poll) -> Result<Page, Error> {
    let since = poll.since().map(|seconds| seconds.to_string());
    let after = poll.cursor().or(since.as_deref()).unwrap_or("0");
    let mut request = poll.get("/orders").query("after", after).query("limit", &poll.limit().to_string());
    if let Some(group) = poll.input().get("group") {
        request = request.query("group", group.as_str());
    }
    let reply = request.send()?;
    let members = poll.members(&reply)?;
    let mut events = Vec::new();
    let mut cursor = after.to_owned();
    for order in json::items(members.get("orders").unwrap_or("[]")) {
        let order = json::Members::parse(order).map_err(|_| poll.unexpected(&reply, "An order is no object"))?;
        let text = |name: &str| order.get(name).and_then(json::string).unwrap_or_default().into_owned();
        cursor = text("created");
        let data = Object::new().text("order", &text("id")).text("email", &text("email"));
        let event = Event::new(&["created", &text("id"), &cursor], data).subject(&text("id"));
        events.push(cursor.parse().map_or(event.clone(), |seconds| event.time(seconds)));
    }
    Ok(Page::new(events, cursor).and_more(members.get("more") == Some("true")))
}

fn paid(webhook: &Webhook) -> Result<Received, Error> {
    let form = webhook.form()?;
    let [id, email, paid] = ["id", "email", "paid"].map(|name| form.text(name));
    let mut hash = Md5::new();
    for part in [id, email, paid, webhook.secret("key").expose()] {
        hash.update(part);
    }
    webhook.check(form.get("hash"), &signature::hex(&hash.finalize()))?;
    if paid.is_empty() {
        return Ok(Received::nothing());
    }
    let mut goods = json::Array::new();
    for item in form.list("items") {
        goods.json(&Object::new().text("title", item.text("title")).text("sum", item.text("sum")).finish());
    }
    let data = Object::new().text("order", id).text("email", email).json("goods", &goods.finish());
    let event = Event::new(&["paid", id, paid], data).subject(id);
    Ok(Received::events(vec![paid.parse().map_or(event.clone(), |seconds| event.time(seconds))]))
}

fn sent(webhook: &Webhook) -> Result<Received, Error> {
    let body = webhook.json()?;
    if let Some(challenge) = body.get("challenge").and_then(json::string) {
        return Ok(Received::nothing().status(202).body("text/plain", challenge.into_owned()));
    }
    let order = body.get("order").and_then(json::string).unwrap_or_default();
    Ok(Received::events(vec![Event::new(&["sent", &order], Object::new().text("order", &order))]))
}

fn subscribe(wish: &Subscribe) -> Result<Subscription, Error> {
    let reply = wish.post("/webhooks").json(Object::new().text("url", wish.url())).send()?;
    let members = wish.members(&reply)?;
    let text = |name: &str| members.get(name).and_then(json::string).unwrap_or_default().into_owned();
    Ok(Subscription::new(text("id")).secret(Secret::new(text("secret"))).expires(wish.now() + 86_400))
}

fn unsubscribe(end: &Unsubscribe) -> Result<(), Error> {
    end.request("DELETE", &["/webhooks/", end.id()].concat()).send()?;
    Ok(())
}

plugin_kit::plugin! {
    /// The made-up store.
    static STORE: Plugin = Plugin::new("store", "Store", "1.0.0", "A made-up store.", CONNECTION);
    check check_connection = check;
    actions { get_order = GET_ORDER }
    triggers {
        order_created = ORDER_CREATED,
        order_paid = ORDER_PAID,
        order_sent(subscribe_order_sent, unsubscribe_order_sent) = ORDER_SENT,
    }
}

const KEY: &str = "XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX";

fn config(key: &str) -> Option<Vec<u8>> {
    Some(match key {
        "address" => b"https://store.example.com".to_vec(),
        "key" => KEY.into(),
        "signing_secret" => b"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".to_vec(),
        _ => return None,
    })
}

struct Service(u16, String, RefCell<Vec<Request>>);

impl Service {
    fn new(status: u16, body: &str) -> Self {
        Self(status, body.to_owned(), RefCell::default())
    }
}

impl Transport for Service {
    fn send(&self, request: &Request) -> Response {
        self.2.borrow_mut().push(request.clone());
        Response { status: self.0, body: self.1.clone().into_bytes() }
    }
}

fn outcome(outcome: Option<Result<String, Error>>) -> Result<Value, Value> {
    let read = |json: String| serde_json::from_str(&json).expect("one line of JSON");
    outcome.expect("the trigger").map(read).map_err(|error| read(error.to_json()))
}

fn deliver(trigger: &str, given: &Value, service: &Service) -> Result<Value, Value> {
    outcome(STORE.deliver(trigger, given.to_string().as_bytes(), &config, service))
}

fn webhook(trigger: &str, given: &Value) -> Result<Value, Value> {
    deliver(trigger, given, &Service::new(500, ""))
}

/// A POST with this body.
fn post(body: &[u8]) -> Value {
    let headers = json!({ "Content-Type": "application/x-www-form-urlencoded" });
    json!({ "input": {}, "method": "POST", "headers": headers, "query": "", "body": STANDARD.encode(body), "now": 1_362_340_900 })
}

/// The parts of a payment's form, with the hash that other programs make of it.
const PAID: &str = "id=123&email=client%40email.com&paid=1362340800&items%5B0%5D%5Btitle%5D=%D0%9A%D0%BD%D0%B8%D0%B3%D0%B0+1&items%5B0%5D%5Bsum%5D=1500.00&hash=4b1ef3a3cccfcc28451f8941bb592e53";

#[test]
fn the_plugin_is_what_it_says_of_itself() {
    assert_eq!(testing::faults(&STORE), [""; 0]);
    assert_eq!(
        testing::event_faults(
            &STORE,
            "order_paid",
            &post(PAID.as_bytes()).to_string(),
            &config,
            &Service::new(500, "")
        ),
        [""; 0]
    );
}

#[test]
fn a_form_whose_hash_is_right_is_an_event() {
    let answer = webhook("order_paid", &post(PAID.as_bytes())).unwrap();
    assert_eq!(
        answer,
        json!({
            "events": [{
                "id": "paid:123:1362340800", "time": "2013-03-03T20:00:00Z", "subject": "123",
                "data": { "order": "123", "email": "client@email.com", "goods": [{ "title": "Книга 1", "sum": "1500.00" }] },
            }],
            "response": { "status": 200 },
        })
    );
    let schema = &description()["triggers"][1]["eventSchema"];
    assert!(jsonschema::validator_for(schema).unwrap().is_valid(&answer["events"][0]["data"]));
    let later = json!({ "now": 1_500_000_000 });
    let again = webhook("order_paid", &with(post(PAID.to_uppercase().replace("ID=", "id=").as_bytes()), &later));
    assert_eq!(again.unwrap_err()["kind"], "forged_event");
    assert_eq!(webhook("order_paid", &with(post(PAID.as_bytes()), &later)).unwrap(), answer);
}

#[test]
fn what_is_signed_wrongly_or_not_at_all_is_forged() {
    for (from, to) in [
        ("id=123", "id=124"),
        ("4b1ef3a3", "4b1ef3a4"),
        ("hash=4b1ef3a3cccfcc28451f8941bb592e53", "hash="),
        ("&hash=4b1ef3a3cccfcc28451f8941bb592e53", ""),
        ("&paid=1362340800", ""),
        (PAID, ""),
        (PAID, "nonsense"),
    ] {
        let error = webhook("order_paid", &post(PAID.replace(from, to).as_bytes())).unwrap_err();
        let told = (error["kind"].as_str(), error["retry"].as_str(), error["effect"].as_str());
        assert_eq!(told, (Some("forged_event"), Some("never"), Some("none")), "{to}");
        assert!(error["message"].as_str().unwrap().contains("it may not come from Store"), "{error}");
    }
    let upper = PAID.replace("4b1ef3a3cccfcc28451f8941bb592e53", "4B1EF3A3CCCFCC28451F8941BB592E53");
    assert!(webhook("order_paid", &post(upper.as_bytes())).is_ok());
}

#[test]
fn another_event_at_the_same_address_is_none_of_this_trigger() {
    // Its hash covers an empty time.
    let form = b"id=123&email=client@email.com&hash=0d9602d6724387a9eba42334b67e406f";
    assert_eq!(webhook("order_paid", &post(form)).unwrap(), json!({ "events": [], "response": { "status": 200 } }));
}

#[test]
fn what_is_not_certain_in_a_form_is_no_event() {
    for (form, told) in [
        (format!("{PAID}&id=7"), "Its body names something twice"),
        (format!("{PAID}&x=%ff"), "Its body holds something that is not UTF-8 text"),
        ("a".repeat(9) + &"&a[]=1".repeat(1001), "Its body has more than 1000 fields"),
    ] {
        let error = webhook("order_paid", &post(form.as_bytes())).unwrap_err();
        assert_eq!(error["kind"], "unexpected_reply");
        assert!(error["message"].as_str().unwrap().contains(told), "{error}");
    }
    let twice = with(post(PAID.as_bytes()), &json!({ "headers": { "X-Hash": "1", "x-hash": "2" } }));
    assert!(
        webhook("order_paid", &twice).unwrap_err()["message"].as_str().unwrap().contains("header of it stands twice")
    );
}

#[test]
fn no_secret_comes_out_of_an_event_or_an_error() {
    let hash = signature::hex(&Md5::digest(["123", KEY, "1", KEY].concat()));
    let answer = webhook("order_paid", &post(format!("id=123&email={KEY}&paid=1&hash={hash}").as_bytes())).unwrap();
    assert_eq!(answer["events"][0]["data"]["email"], "***");
    let mut given = post(b"");
    given["input"][KEY] = json!(1);
    let error = webhook("order_paid", &given).unwrap_err();
    assert!(error["kind"] == "invalid_input" && !error.to_string().contains(KEY), "{error}");
}

/// The example of the specification's own libraries.
fn standard() -> Value {
    let headers = json!({
        "Webhook-Id": "msg_p5jXN8AQM9LWM0D4loKWxJek", "webhook-timestamp": "1614265330",
        "WEBHOOK-SIGNATURE": "v1,bm9uZQ== v1a,xx v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    });
    with(post(br#"{"test": 2432232314}"#), &json!({ "headers": headers, "now": 1_614_265_330 }))
}

#[test]
fn standard_webhooks_need_only_be_declared() {
    // It is let through, and then says what names no order.
    assert!(webhook("order_sent", &standard()).unwrap_err()["message"].as_str().unwrap().contains("names it"));
    for (change, told) in [
        (json!({ "now": 1_614_265_631 }), "more than 5 minutes"),
        (json!({ "now": 1_614_265_029 }), "more than 5 minutes"),
        (json!({ "body": STANDARD.encode(r#"{"test": 2432232315}"#) }), "its signature is wrong"),
        (json!({ "headers": {} }), "it is not signed"),
        (json!({ "secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSx" }), "its signature is wrong"),
    ] {
        let error = webhook("order_sent", &with(standard(), &change)).unwrap_err();
        assert!(
            error["kind"] == "forged_event" && error["message"].as_str().unwrap().contains(told),
            "{change}: {error}"
        );
    }
    let error = webhook("order_sent", &with(standard(), &json!({ "secret": "not base64" }))).unwrap_err();
    assert_eq!((error["kind"].as_str(), error["field"].as_str()), (Some("invalid_connection"), Some("signing_secret")));
    let mut none = standard();
    none["headers"]["webhook-signature"] = json!("v1,");
    assert!(webhook("order_sent", &none).is_err());
}

#[test]
fn a_service_that_tries_the_address_out_is_told_its_own_word() {
    let body = br#"{"challenge": "abc"}"#;
    let key = STANDARD.decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
    let hash = signature::hmac_sha256(&key, &[b"m.1362340900.", body]);
    let signature = format!("v1,{}", STANDARD.encode(hash));
    let headers = json!({ "webhook-id": "m", "webhook-timestamp": "1362340900", "webhook-signature": signature });
    let answer = webhook("order_sent", &with(post(body), &json!({ "headers": headers }))).unwrap();
    let response = json!({ "status": 202, "headers": { "content-type": "text/plain" }, "body": "abc" });
    assert_eq!(answer, json!({ "events": [], "response": response }));
}

#[test]
fn a_subscription_is_made_with_its_secret_and_ended() {
    let service = Service::new(201, r#"{"id":"hook-1","secret":"whsec_AAAA"}"#);
    let wish =
        json!({ "input": {}, "url": "https://host.example.com/hooks/1", "secret": "made by the host", "now": 100 });
    let made = outcome(STORE.subscribe("order_sent", wish.to_string().as_bytes(), &config, &service));
    assert_eq!(made, Ok(json!({ "subscription": "hook-1", "secret": "whsec_AAAA", "expires": 86_500 })));
    let end = json!({ "input": {}, "subscription": "hook-1" }).to_string();
    assert_eq!(outcome(STORE.unsubscribe("order_sent", end.as_bytes(), &config, &service)), Ok(json!({})));
    let sent = service.2.borrow();
    assert_eq!((sent[1].method, sent[1].url.as_str()), ("DELETE", "https://store.example.com/webhooks/hook-1"));
    // It may have been made, so that a host that tries again looks first.
    let broken = Service::new(503, "");
    let error = outcome(STORE.subscribe("order_sent", wish.to_string().as_bytes(), &config, &broken)).unwrap_err();
    assert_eq!((error["effect"].as_str(), error["kind"].as_str()), (Some("unknown"), Some("unavailable")));
    for (given, trigger) in [("{}", "order_sent"), (&end, "order_paid")] {
        assert!(outcome(STORE.subscribe(trigger, given.as_bytes(), &config, &service)).is_err());
    }
}

fn poll() -> Value {
    json!({ "input": { "group": "a b" }, "cursor": null, "start": "now", "now": 1000, "limit": 10 })
}

#[test]
fn a_poll_gives_events_and_where_the_next_one_begins() {
    let orders = r#"{"orders":[{"id":"1","email":"a@b.c","created":"1001"},{"id":"2","email":"d@e.f","created":"1002"}],"more":true}"#;
    let service = Service::new(200, orders);
    let page = deliver("order_created", &poll(), &service).unwrap();
    assert_eq!((&page["nextCursor"], &page["hasMore"]), (&json!("1002"), &json!(true)));
    assert_eq!(page["events"][1]["id"], "created:2:1002");
    assert_eq!(page["events"][1]["time"], "1970-01-01T00:16:42Z");
    let url = |place: usize| service.2.borrow()[place].url.clone();
    assert_eq!(url(0), "https://store.example.com/orders?after=1000&limit=10&group=a%20b");
    for (place, (change, after)) in [
        (json!({ "start": "beginning" }), "after=0&"),
        (json!({ "start": 77 }), "after=77&"),
        (json!({ "cursor": "1001" }), "after=1001&"),
    ]
    .into_iter()
    .enumerate()
    {
        deliver("order_created", &with(poll(), &change), &service).unwrap();
        assert!(url(place + 1).contains(after), "{}", url(place + 1));
    }
    // It would be asked for ever.
    let error = deliver("order_created", &with(poll(), &json!({ "cursor": "1002" })), &service).unwrap_err();
    assert_eq!(error["kind"], "internal");
    assert_eq!(testing::event_faults(&STORE, "order_created", &poll().to_string(), &config, &service), [""; 0]);
}

#[test]
fn a_poll_that_fails_has_no_effect_and_an_event_without_a_name_is_none() {
    let error = deliver("order_created", &poll(), &Service::new(503, "")).unwrap_err();
    assert_eq!((error["kind"].as_str(), error["effect"].as_str()), (Some("unavailable"), Some("none")));
    let nameless = Service::new(200, r#"{"orders":[{"email":"a@b.c","created":"1"}]}"#);
    assert_eq!(deliver("order_created", &poll(), &nameless).unwrap_err()["kind"], "unexpected_reply");
}

#[test]
fn what_a_host_gives_is_read_strictly() {
    for change in [
        json!({ "now": "1000" }),
        json!({ "now": null }),
        json!({ "limit": 0 }),
        json!({ "limit": -1 }),
        json!({ "cursor": 7 }),
        json!({ "start": "later" }),
        json!({ "start": 1.5 }),
        json!({ "input": [] }),
        json!({ "input": { "x": 1 } }),
    ] {
        let error = deliver("order_created", &with(poll(), &change), &Service::new(200, "{}")).unwrap_err();
        assert_eq!(error["kind"], "invalid_input", "{change}");
    }
    for change in
        [json!({ "body": "=" }), json!({ "body": 7 }), json!({ "headers": [] }), json!({ "headers": { "a": 1 } })]
    {
        let error = webhook("order_paid", &with(post(PAID.as_bytes()), &change)).unwrap_err();
        assert_eq!(error["kind"], "invalid_input", "{change}");
    }
    let twice = r#"{"input":{},"now":1,"now":2,"limit":1}"#;
    assert!(STORE.deliver("order_created", twice.as_bytes(), &config, &Service::new(200, "{}")).unwrap().is_err());
    assert!(STORE.deliver("no_such_trigger", b"{}", &config, &Service::new(200, "{}")).is_none());
}

#[test]
fn the_description_has_the_triggers() {
    let description = description();
    let triggers = &description["triggers"];
    assert_eq!(triggers[0]["delivery"], "poll");
    assert_eq!(triggers[0]["form"]["order"], json!(["group"]));
    assert_eq!(triggers[1]["delivery"], "webhook");
    assert!(triggers[1]["docs"].as_str().unwrap().starts_with("Put the address"));
    assert_eq!(
        triggers[1]["confirm"],
        json!({
            "action": "get_order", "arguments": { "order": "order" },
            "holds": [{ "pointer": "/status", "value": "paid" }, { "pointer": "/email", "field": "email" }],
        })
    );
    assert_eq!(triggers[2]["signature"], "standard-webhooks");
    let exports = (&triggers[2]["subscribe"], &triggers[2]["unsubscribe"]);
    assert_eq!(exports, (&json!("subscribe_order_sent"), &json!("unsubscribe_order_sent")));
    for trigger in triggers.as_array().unwrap() {
        for schema in ["inputSchema", "eventSchema"] {
            jsonschema::meta::validate(&trigger[schema]).unwrap();
        }
        assert!(jsonschema::validator_for(&trigger["eventSchema"]).unwrap().is_valid(&trigger["sample"]), "{trigger}");
    }
}

#[test]
fn faults_of_triggers_are_told() {
    const FAULTY: Trigger = Trigger::webhook("get_order", "Order", "An order.", sent)
        .event("Order", &[ORDER], r#"{"order":"None","other":1}"#)
        .confirm(Confirm { action: "create", arguments: &[], holds: &[] });
    const LOST: Trigger = Trigger::poll("lost", "Lost", "Triggers when something is lost.", created)
        .signed(&StandardWebhooks::new("key"))
        .confirm(Confirm { action: "get_order", arguments: &[("id", "no")], holds: &[] });
    let faults = testing::faults(&STORE.with_triggers(&[FAULTY, LOST], describe::triggers));
    for told in [
        "get_order: the name stands twice",
        "get_order: its description has to be \"Triggers when ….\"",
        "get_order: the sample has other, which is none of its members",
        "get_order: the sample's order is refused by its field: \"None\"",
        "get_order: nobody learns how it is set up: it has neither docs nor a subscription",
        "get_order: there is no read create to confirm it",
        "lost: nothing has to hold for it to be confirmed",
        "lost: a poll has neither a signature nor a subscription",
        "lost: it is confirmed by no, which is no member of its event",
        "lost: get_order has no field id",
    ] {
        assert!(faults.iter().any(|fault| fault == told), "{told} is not in {faults:#?}");
    }
}

proptest! {
    #[test]
    fn no_body_is_too_odd_for_a_webhook(body: Vec<u8>, query in ".{0,9}", name in ".{0,9}", value in ".{0,9}") {
        let mut given = with(post(&body), &json!({ "query": query }));
        given["headers"][name] = json!(value);
        for trigger in ["order_paid", "order_sent"] {
            prop_assert!(webhook(trigger, &given).is_err());
        }
    }

    #[test]
    fn nothing_that_a_host_gives_is_too_odd(given: Vec<u8>, text in ".{0,40}") {
        for given in [given.as_slice(), text.as_bytes()] {
            for trigger in ["order_paid", "order_created"] {
                prop_assert!(STORE.deliver(trigger, given, &config, &Service::new(200, &text)).unwrap().is_err());
            }
        }
    }
}

fn description() -> Value {
    serde_json::from_str(&describe::description(&STORE)).unwrap()
}

/// An object with other values for some members.
fn with(mut object: Value, change: &Value) -> Value {
    for (name, value) in change.as_object().unwrap() {
        object[name] = value.clone();
    }
    object
}
