//! The same with another plugin: a signed JSON webhook, and a poll.

use std::process::Command;
use std::sync::Arc;

use serde_json::{Value, json};
use shop_service::{SAMPLE_TOKEN, Service, Webhook};

use crate::receiver::Receiver;
use crate::server::{Server, triggers, until};

const BUNDLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../dist/plugins/shop/extism.json");

pub fn service() -> Service {
    std::thread::spawn(Service::start).join().unwrap().unwrap()
}

pub fn command(service: &Service) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_plugin-host"));
    command.env_clear().env("SHOP_ADDRESS", service.base_url()).env("SHOP_TOKEN", SAMPLE_TOKEN);
    command.args(["--bundle", BUNDLE, "--env-prefix", "SHOP"]);
    command
}

/// Makes an order; its number.
fn order(server: &Server, request: &str) -> String {
    let goods = json!([{ "sku": "A-101", "count": 1, "price": "5" }]);
    let input = json!({ "request_id": request, "customer": 7, "goods": goods, "tags": ["new", "spring"] });
    let url = server.url("/v1/connections/default/actions/create_order");
    let mut response = ureq::post(&url).header("content-type", "application/json").send(input.to_string()).unwrap();
    let made: Value = serde_json::from_str(&response.body_mut().read_to_string().unwrap()).unwrap();
    made["id"].as_str().unwrap().to_owned()
}

#[test]
fn a_signed_webhook_and_a_poll_of_another_plugin_are_handed_on_with_what_they_know() {
    let (service, receiver) = (service(), Receiver::start());
    let file = triggers(&format!(
        "deliver = \"{}\"\n[default.order_paid]\n[default.order_created]\nevery = \"1s\"\nstart = \"beginning\"\n",
        receiver.url
    ));
    let args = ["--triggers", file.path().to_str().unwrap()];
    let server = Server::begin(command(&service), &args, Arc::new(tempfile::tempdir().unwrap()));
    let number = order(&server, "r-1");
    let created = receiver.wait(1)[0].event();
    assert_eq!((&created["type"], &created["subject"]), (&json!("shop.order_created"), &json!(number)));
    let url = server.address("order_paid");
    let webhook = Webhook { url, order: number.clone(), ..Webhook::default() };
    let statuses = |webhook: &Webhook| -> Vec<u16> {
        service.send_webhook(webhook).unwrap().iter().map(|sent| sent.status).collect()
    };
    assert_eq!(statuses(&Webhook { forged: true, ..webhook.clone() }), [401]);
    assert_eq!(statuses(&Webhook { twice: true, ..webhook.clone() }), [200, 200]);
    let paid = receiver.wait(2)[1].event();
    assert_eq!((&paid["type"], &paid["id"]), (&json!("shop.order_paid"), &json!(format!("paid:{number}"))));
    assert_eq!(statuses(&webhook), [200]);
    until(|| server.count("plugin_host_events_kept", "") == 0);
    assert_eq!(receiver.told().len(), 2);
}
