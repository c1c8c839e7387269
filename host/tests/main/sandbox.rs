//! Every misbehaviour of the sandbox.

use std::time::Duration;

use justclick_sandbox::Misbehaviour::{self, *};
use justclick_sandbox::{Order, Sandbox};
use plugin_host_core::error::{Effect, Retry};

use crate::support::*;

const FORGED: Nature = ("forged_reply", Retry::Never, Effect::Unknown);
const THROTTLED: Nature = ("throttled", Retry::Later, Effect::None);

fn kind(kind: &'static str) -> Option<Nature> {
    Some((kind, Retry::Never, Effect::None))
}

/// What the host tells of a misbehaviour; nothing where the call succeeds all the same.
fn expected(misbehaviour: Misbehaviour) -> Option<Nature> {
    match misbehaviour {
        CodeAsString | Bom | Code(0) => None,
        ForgedHash | MissingHash => Some(FORGED),
        Code(4..=7) => kind("auth"),
        Code(8) | Http429 => Some(THROTTLED),
        Code(200 | 302 | 400) => kind("not_found"),
        Code(_) => kind("rejected"),
        Html | PhpNotice | TruncatedJson | Empty | NotUtf8 | Redirect | Huge => Some(NO_REPLY),
        Http503 | Slow | DropBefore | DropAfter => Some(LOST),
        other => panic!("{other} is new: say what is expected of it"),
    }
}

fn sandbox() -> Sandbox {
    Sandbox::builder().order(Order::new("100000")).slow(Duration::from_secs(30)).start().unwrap()
}

fn every_misbehaviour() -> impl Iterator<Item = Misbehaviour> {
    Misbehaviour::NAMED.into_iter().chain([0, 1, 3, 4, 5, 6, 7, 8, 100, 200, 201, 302, 400].map(Code))
}

#[test]
fn every_misbehaviour_on_an_order_is_told_and_the_next_call_works() {
    let sandbox = sandbox();
    let runner = runner(&[&sandbox.base_url()]);
    let connected = runner.connect(account(&sandbox.base_url()));
    for misbehaviour in every_misbehaviour() {
        sandbox.put_order(Order::new("100000").misbehaviour(misbehaviour));
        match expected(misbehaviour) {
            None => done(&connected),
            Some(nature) => {
                let error = refused(&connected);
                assert_nature(&error, nature);
                let changed = !sandbox.order("100000").unwrap().changes.is_empty();
                assert!(!changed || error.effect == Effect::Unknown, "{misbehaviour}: it was changed, {error:?}");
            }
        }
        sandbox.put_order(Order::new("100000"));
        done(&connected);
        assert_eq!(sandbox.order("100000").unwrap().status, "sent", "after {misbehaviour}");
    }
    // A redirect that was followed would be among them.
    assert!(sandbox.requests().iter().all(|request| request.function == "UpdateOrderStatus" && request.signature_ok));
}

#[test]
fn every_misbehaviour_of_the_service_is_told_by_the_check_too() {
    let sandbox = sandbox();
    let runner = runner(&[&sandbox.base_url()]);
    let connected = runner.connect(account(&sandbox.base_url()));
    for misbehaviour in every_misbehaviour() {
        sandbox.set_misbehaviour(Some(misbehaviour));
        match (expected(misbehaviour), connected.check()) {
            (None, Ok(_)) => {}
            (Some((kind, retry, _)), Err(error)) => {
                assert_eq!((error.kind.as_str(), error.retry), (kind, retry), "{misbehaviour}: {error:?}");
            }
            (_, outcome) => panic!("{misbehaviour}: {outcome:?}"),
        }
        sandbox.set_misbehaviour(None);
        connected.check().unwrap();
    }
}

#[test]
fn a_throttled_call_tells_when_to_try_again() {
    let sandbox = sandbox();
    sandbox.put_order(Order::new("100000").misbehaviour(Http429));
    let runner = runner(&[&sandbox.base_url()]);
    let error = refused(&runner.connect(account(&sandbox.base_url())));
    assert_eq!((error.kind.as_str(), error.retry_after_s), ("throttled", Some(7)));
}

#[test]
fn many_calls_at_once_with_faults_among_them_each_get_their_own_answer() {
    let sandbox = Sandbox::builder().start().unwrap();
    let faults = [None, Some(Http503), None, Some(DropAfter), None, Some(ForgedHash), None, Some(Html)];
    for (number, fault) in faults.into_iter().enumerate() {
        let order = Order::new((number + 1).to_string());
        sandbox.put_order(if let Some(fault) = fault { order.misbehaviour(fault) } else { order });
    }
    let runner = runner(&[&sandbox.base_url()]);
    let connected = &runner.connect(account(&sandbox.base_url()));
    std::thread::scope(|scope| {
        for (number, fault) in faults.into_iter().enumerate() {
            scope.spawn(move || {
                let input = format!(r#"{{"bill_id":"{}","status":"cancel"}}"#, number + 1);
                for _ in 0..30 {
                    match (fault.and_then(expected), connected.call(ACTION, &input)) {
                        (None, Ok(output)) => {
                            assert!(output.contains(&format!(r#""bill_id":"{}""#, number + 1)), "{output}");
                        }
                        (Some(nature), Err(error)) => assert_nature(&error, nature),
                        (_, outcome) => panic!("{fault:?}: {outcome:?}"),
                    }
                }
            });
        }
    });
}
