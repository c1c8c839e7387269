//! A service that is told by the command where to send.

use std::net::TcpListener;
use std::process::Command;

use serde_json::json;
use tempfile::TempDir;

use crate::common::subscribing::{Subscribing, TRIGGER};
use crate::support::{Listener, agent, run};

/// The command that listens to a service, with what it keeps in this folder.
fn listen(service: &Subscribing, folder: &TempDir, args: &[&str]) -> Command {
    let mut command = service.command(folder);
    command.args(["listen", TRIGGER, "--state"]).arg(folder.path().join("state")).args(args);
    command
}

#[test]
fn the_service_is_told_where_to_send_until_it_is_told_to_stop() {
    let (service, folder) = (Subscribing::start(), tempfile::tempdir().unwrap());
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let args = ["--listen", &free, "--public-url", "https://hooks.example"];
    let mut listener = Listener::start(&mut listen(&service, &folder, &args));
    let address = listener.address(TRIGGER);
    listener.until("a subscription", |_| service.asked("subscribe").len() == 1);
    let asked = service.asked("subscribe")[0].clone();
    assert_eq!(asked["url"].as_str(), Some(address.as_str()));
    let send = |signature: &str, id: &str| {
        let url = address.replace("https://hooks.example", &format!("http://{free}"));
        agent().post(&url).header("signature", signature).send(id).unwrap().status().as_u16()
    };
    assert_eq!(send("guessed", "one"), 401);
    assert_eq!(send(asked["secret"].as_str().unwrap(), "two"), 204);
    listener.until_events(1);
    let ended = listener.stop().with_code(0);
    assert_eq!(ended.ids(), ["two"]);
    // It goes on where it was, and the service knows already.
    let mut listener = Listener::start(&mut listen(&service, &folder, &args));
    listener.address(TRIGGER);
    assert_eq!(send(asked["secret"].as_str().unwrap(), "three"), 204);
    listener.until_events(1);
    listener.kill();
    assert_eq!(service.order(), ["subscribe"]);
    service.fails(1);
    run(listen(&service, &folder, &["--unsubscribe"]), &[]).with_code(16).telling("out of order");
    run(listen(&service, &folder, &["--unsubscribe"]), &[]).with_code(0).telling("told: the service is told to stop");
    let ended = json!({ "input": {}, "subscription": "1" });
    assert_eq!(service.asked("unsubscribe"), [ended.clone(), ended]);
    run(listen(&service, &folder, &["--unsubscribe"]), &[])
        .with_code(0)
        .telling("told: the service was not told to send here");
}

#[test]
fn what_another_account_has_is_not_ended_by_this_one() {
    let (services, folder) = ([Subscribing::start(), Subscribing::start()], tempfile::tempdir().unwrap());
    let args = ["--listen", "127.0.0.1:0", "--public-url", "https://hooks.example", "--log", "info"];
    for service in &services {
        let mut listener = Listener::start(&mut listen(service, &folder, &args));
        listener.until_it_says("the service is told where to send");
        listener.stop().with_code(0);
    }
    for service in services {
        assert_eq!(service.order(), ["subscribe"]);
    }
}

#[test]
fn without_an_address_that_services_reach_none_is_told() {
    let (service, folder) = (Subscribing::start(), tempfile::tempdir().unwrap());
    let mut listener = Listener::start(&mut listen(&service, &folder, &["--listen", "127.0.0.1:0"]));
    let address = listener.address(TRIGGER);
    assert_eq!(agent().post(&address).header("signature", "x").send("one").unwrap().status(), 401);
    listener.stop().with_code(0);
    assert_eq!(service.order(), Vec::<String>::new());
}
