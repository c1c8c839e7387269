//! Instances: what becomes of one that fails, and who shares one.

use std::time::{Duration, Instant};

use plugin_host_core::Connection;
use plugin_host_core::error::{Effect, Retry};
use plugin_host_core::runner::Connected;

use crate::server::Step::{Hang, Read};
use crate::server::{Server, Step};
use crate::stubborn::{bundle_with_hash_of, runner};
use crate::support::good;

fn nobody() -> Connection {
    Connection::new([("base_url", "https://shop.example")])
}

#[track_caller]
fn assert_internal(connected: &Connected, action: &str, input: &str, effect: Effect) {
    let error = connected.call(action, input).unwrap_err();
    assert_eq!((error.kind.as_str(), error.retry, error.effect), ("internal", Retry::Never, effect), "{error:?}");
}

#[test]
fn an_instance_is_used_again_after_a_call_that_went_well() {
    let runner = runner(&[]);
    let connected = runner.connect(nobody());
    for count in ["1", "2", "3"] {
        assert_eq!(connected.call("count", "").unwrap(), count);
    }
}

#[test]
fn an_instance_that_stopped_in_the_middle_is_not_used_again() {
    let runner = runner(&[]);
    let connected = runner.connect(nobody());
    for action in ["trap", "hoard", "dive"] {
        assert_eq!(connected.call("count", "").unwrap(), "1");
        assert_internal(&connected, action, "", Effect::None);
    }
    assert_eq!(connected.call("count", "").unwrap(), "1");
}

#[test]
fn a_connection_that_rests_holds_no_instance() {
    let runner = runner(&[]);
    let connected = runner.connect(nobody());
    assert_eq!(connected.idle(), 0, "none is made before the first call");
    assert_eq!(connected.call("count", "").unwrap(), "1");
    connected.release_idle(Duration::from_secs(3600));
    assert_eq!((connected.idle(), connected.call("count", "").unwrap().as_str()), (1, "2"));
    connected.release_idle(Duration::ZERO);
    assert_eq!((connected.idle(), connected.call("count", "").unwrap().as_str()), (0, "1"));
}

#[test]
fn a_stop_in_the_middle_is_told_in_one_line() {
    let runner = runner(&[]);
    let connected = runner.connect(nobody());
    for action in ["trap", "dive", "spin"] {
        let error = connected.call(action, "").unwrap_err();
        assert!(!error.message.contains('\n'), "{}", error.message);
    }
}

#[test]
fn a_thousand_traps_use_nothing_up() {
    let runner = runner(&[]);
    let connected = runner.connect(nobody());
    for _ in 0..1000 {
        assert_internal(&connected, "trap", "", Effect::None);
    }
    assert_eq!(connected.call("count", "").unwrap(), "1");
}

#[test]
fn a_plugin_that_computes_for_ever_is_ended_and_the_others_are_not() {
    let runner = runner(&[]);
    let (spinning, counting) = (runner.connect(nobody()), runner.connect(nobody()));
    let begun = Instant::now();
    std::thread::scope(|scope| {
        let spin = scope.spawn(|| assert_internal(&spinning, "spin", "", Effect::None));
        for count in ["1", "2", "3", "4", "5", "6", "7", "8", "9"] {
            assert_eq!(counting.call("count", "").unwrap(), count);
            std::thread::sleep(Duration::from_millis(20));
        }
        spin.join().unwrap();
    });
    assert!(begun.elapsed() < Duration::from_secs(60), "{:?}", begun.elapsed());
    assert_eq!(spinning.call("count", "").unwrap(), "1");
}

#[test]
fn waiting_for_the_network_costs_no_fuel() {
    let server = Server::start([Read, Hang]);
    let runner = runner(&[&server.origin()]);
    let connected = runner.connect(Connection::new([("base_url", server.origin())]));
    let request = format!(r#"{{"url":"{}","method":"POST"}}"#, server.origin());
    assert_eq!(connected.call("fetch", &request).unwrap(), r#""timeout""#);
}

#[test]
fn a_stop_after_a_request_was_sent_leaves_the_effect_open() {
    let server = Server::start([Read, Step::Send(good())]);
    let runner = runner(&[&server.origin()]);
    let connected = runner.connect(Connection::new([("base_url", server.origin())]));
    let request = format!(r#"{{"url":"{}","method":"POST"}}"#, server.origin());
    assert_internal(&connected, "fetch_and_trap", &request, Effect::Unknown);
    assert_eq!(server.requests().len(), 1);
    assert_eq!(connected.call("count", "").unwrap(), "1");
}

#[test]
fn a_failure_without_an_error_document_is_the_plugins_fault_and_told_with_what_it_says() {
    let runner = runner(&[]);
    let connected = runner.connect(nobody());
    for (action, told) in [("mumble", r#"it says "{\"contrac""#), ("fail", "without a word")] {
        assert_internal(&connected, action, "", Effect::None);
        let error = connected.call(action, "").unwrap_err();
        assert!(error.message.contains(told), "{}", error.message);
    }
}

#[test]
fn connections_never_share_an_instance() {
    let runner = runner(&[]);
    let (one, other) = (runner.connect(nobody()), runner.connect(nobody()));
    for count in ["1", "2", "3"] {
        assert_eq!(one.call("count", "").unwrap(), count);
        assert_eq!(other.call("count", "").unwrap(), count);
    }
    // Nor does one that comes when others are gone.
    drop((one, other));
    assert_eq!(runner.connect(nobody()).call("count", "").unwrap(), "1");
}

#[test]
fn an_action_that_is_not_there_is_refused_with_those_that_are() {
    let runner = runner(&[]);
    let error = runner.connect(nobody()).call("describe", "").unwrap_err();
    assert_eq!((error.kind.as_str(), error.effect), ("invalid_input", Effect::None));
    assert!(error.message.contains("count, fetch"), "{}", error.message);
}

#[test]
fn a_bundle_whose_module_is_another_is_not_loaded() {
    let error = bundle_with_hash_of(b"another module").err().unwrap();
    assert!(
        error.to_string().contains("is not the module") && error.to_string().contains("get the bundle again"),
        "{error}"
    );
}
