//! A service that is told by the command where to send.

use std::net::TcpListener;
use std::process::Command;

use serde_json::json;
use tempfile::TempDir;

use crate::common::subscribing::{Subscribing, TRIGGER};
use crate::support::{Listener, agent, run};

struct Told {
    service: Subscribing,
    folder: TempDir,
}

impl Told {
    fn command(&self, args: &[&str]) -> Command {
        let mut command = self.service.command(&self.folder);
        command.args(["listen", TRIGGER, "--state"]).arg(self.folder.path().join("state")).args(args);
        command
    }
}

#[test]
fn the_service_is_told_where_to_send_until_it_is_told_to_stop() {
    let told = Told { service: Subscribing::start(), folder: tempfile::tempdir().unwrap() };
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let args = ["--listen", &free, "--public-url", "https://hooks.example"];
    let mut listener = Listener::start(&mut told.command(&args));
    let address = listener.address(TRIGGER);
    listener.until("a subscription", |_| told.service.asked("subscribe").len() == 1);
    let asked = told.service.asked("subscribe")[0].clone();
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
    let mut listener = Listener::start(&mut told.command(&args));
    listener.address(TRIGGER);
    assert_eq!(send(asked["secret"].as_str().unwrap(), "three"), 204);
    listener.until_events(1);
    listener.kill();
    assert_eq!(told.service.order(), ["subscribe"]);
    told.service.fails(1);
    run(told.command(&["--unsubscribe"]), &[]).with_code(16).telling("out of order");
    run(told.command(&["--unsubscribe"]), &[]).with_code(0).telling("told: the service is told to stop");
    let ended = json!({ "input": {}, "subscription": "1" });
    assert_eq!(told.service.asked("unsubscribe"), [ended.clone(), ended]);
    run(told.command(&["--unsubscribe"]), &[]).with_code(0).telling("told: the service was not told to send here");
}

#[test]
fn what_another_account_has_is_not_ended_by_this_one() {
    let told = Told { service: Subscribing::start(), folder: tempfile::tempdir().unwrap() };
    let other = Told { service: Subscribing::start(), folder: told.folder };
    let args = ["--listen", "127.0.0.1:0", "--public-url", "https://hooks.example", "--log", "info"];
    for service in [&told.service, &other.service] {
        let mut command = service.command(&other.folder);
        command.args(["listen", TRIGGER, "--state"]).arg(other.folder.path().join("state")).args(args);
        let mut listener = Listener::start(&mut command);
        listener.until_it_says("the service is told where to send");
        listener.stop().with_code(0);
    }
    assert_eq!((told.service.order(), other.service.order()), (vec!["subscribe".into()], vec!["subscribe".into()]));
}

#[test]
fn without_an_address_that_services_reach_none_is_told() {
    let told = Told { service: Subscribing::start(), folder: tempfile::tempdir().unwrap() };
    let mut listener = Listener::start(&mut told.command(&["--listen", "127.0.0.1:0"]));
    let address = listener.address(TRIGGER);
    assert_eq!(agent().post(&address).header("signature", "x").send("one").unwrap().status(), 401);
    listener.stop().with_code(0);
    assert_eq!(told.service.order(), Vec::<String>::new());
}
