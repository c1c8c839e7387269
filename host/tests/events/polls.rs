//! What is asked for.

use std::process::Command;

use serde_json::json;
use shop_service::{Misbehaviour, SAMPLE_TOKEN, Service};

use crate::support::{Listener, SHOP, order, run, shop};

#[test]
fn an_event_is_a_cloud_event_on_a_line_and_comes_once_however_often_it_is_asked_for() {
    let (service, folder) = (Service::start().unwrap(), tempfile::tempdir().unwrap());
    let state = folder.path().join("state.sqlite");
    let numbers = order(&service, ["r-1".to_owned(), "r-2".to_owned()]);
    let once = ["order_created", "--start", "beginning", "--once"];
    let ended = run(shop(&service, &state), &once).with_code(0);
    assert_eq!(ended.ids(), numbers.iter().map(|number| format!("created:{number}")).collect::<Vec<_>>());
    let event = &ended.events[0];
    assert_eq!(event["specversion"], "1.0");
    assert_eq!((&event["source"], &event["type"]), (&json!("/shop/default"), &json!("shop.order_created")));
    assert_eq!((&event["subject"], &event["data"]["request_id"]), (&json!(numbers[0]), &json!("r-1")));
    assert!(event["time"].as_str().unwrap().ends_with('Z') && event["datacontenttype"] == "application/json");
    assert!(run(shop(&service, &state), &once).with_code(0).events.is_empty());
    let third = order(&service, ["r-3".to_owned()]).remove(0);
    assert_eq!(run(shop(&service, &state), &once).with_code(0).ids(), [format!("created:{third}")]);
}

#[test]
fn the_connection_of_an_installed_plugin_is_called_as_servers_call_it() {
    let (service, folder) = (Service::start().unwrap(), tempfile::tempdir().unwrap());
    order(&service, ["r-1".to_owned()]);
    let list = folder.path().join("plugins.toml");
    std::fs::write(&list, format!("[shop]\nbundle = \"{SHOP}\"\nenv_prefix = \"SHOP\"\n")).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_plugin-host"));
    command.env_clear().env("SHOP_ADDRESS", service.base_url()).env("SHOP_TOKEN", SAMPLE_TOKEN);
    command.arg("--plugins").arg(list).arg("listen").arg("--state").arg(folder.path().join("state.sqlite"));
    let ended = run(command, &["order_created", "--start", "beginning", "--once"]).with_code(0);
    assert_eq!(ended.events[0]["source"], "/shop/shop");
}

#[test]
fn what_is_there_is_passed_over_and_what_happens_from_now_on_is_told() {
    let (service, folder) = (Service::start().unwrap(), tempfile::tempdir().unwrap());
    let state = folder.path().join("state.sqlite");
    order(&service, ["old".to_owned()]);
    let mut listener =
        Listener::start(shop(&service, &state).args(["order_created", "--start", "4102444800", "--every", "1s"]));
    listener.until_it_says("is asked for events every 1 s");
    let number = order(&service, ["new".to_owned()]).remove(0);
    listener.until_events(1);
    assert_eq!(listener.stop().with_code(0).ids(), [format!("created:{number}")]);
}

#[test]
fn more_events_than_a_page_has_come_all_and_in_their_order() {
    let (service, folder) = (Service::start().unwrap(), tempfile::tempdir().unwrap());
    let numbers = order(&service, (0..250).map(|number| format!("r-{number}")));
    let state = folder.path().join("state.sqlite");
    let ended = run(shop(&service, &state), &["order_created", "--start", "beginning", "--once"]).with_code(0);
    assert_eq!(ended.ids(), numbers.iter().map(|number| format!("created:{number}")).collect::<Vec<_>>());
}

#[test]
fn another_input_begins_for_itself_and_what_was_told_before_is_not_told_again() {
    let (service, folder) = (Service::start().unwrap(), tempfile::tempdir().unwrap());
    let state = folder.path().join("state.sqlite");
    order(&service, ["r-1".to_owned()]);
    let narrow = |customer: &str| {
        let field = format!("customer={customer}");
        run(shop(&service, &state), &["order_created", "--field", &field, "--start", "beginning", "--once"])
    };
    assert_eq!(narrow("7").with_code(0).events.len(), 1);
    order(&service, ["r-2".to_owned()]);
    assert!(narrow("8").with_code(0).events.is_empty());
    let all = run(shop(&service, &state), &["order_created", "--start", "beginning", "--once"]).with_code(0);
    assert_eq!(all.events[0]["data"]["request_id"], "r-2");
    assert_eq!(all.events.len(), 1);
}

#[test]
fn a_service_that_fails_for_a_while_is_asked_again_and_loses_nothing() {
    let (service, folder) = (Service::start().unwrap(), tempfile::tempdir().unwrap());
    let state = folder.path().join("state.sqlite");
    let numbers = order(&service, (0..150).map(|number| format!("r-{number}")));
    service.misbehave([
        Misbehaviour::Busy,
        Misbehaviour::Throttle(1),
        Misbehaviour::Ok,
        Misbehaviour::LoseAnswer,
        Misbehaviour::Drop,
        Misbehaviour::Busy,
    ]);
    let mut listener =
        Listener::start(shop(&service, &state).args(["order_created", "--start", "beginning", "--every", "1s"]));
    listener.until_events(150);
    let ended = listener.stop().with_code(0).telling("WARN").telling("unavailable").telling("throttled");
    assert_eq!(ended.ids(), numbers.iter().map(|number| format!("created:{number}")).collect::<Vec<_>>());
}

#[test]
fn asked_once_a_failure_is_told_by_its_exit_code_and_what_came_before_it_is_printed() {
    let (service, folder) = (Service::start().unwrap(), tempfile::tempdir().unwrap());
    let state = folder.path().join("state.sqlite");
    order(&service, (0..150).map(|number| format!("r-{number}")));
    let once = ["order_created", "--start", "beginning", "--once"];
    service.misbehave([Misbehaviour::Ok, Misbehaviour::Busy]);
    assert_eq!(run(shop(&service, &state), &once).with_code(16).events.len(), 100);
    assert_eq!(run(shop(&service, &state), &once).with_code(0).events.len(), 50);
}

#[test]
fn whoever_begins_with_a_wrong_connection_hears_of_it_at_once() {
    let (service, folder) = (Service::start().unwrap(), tempfile::tempdir().unwrap());
    let state = folder.path().join("state.sqlite");
    let mut command = shop(&service, &state);
    command.env("SHOP_TOKEN", "another-token");
    run(command, &["order_created"]).with_code(12).telling("error");
}
