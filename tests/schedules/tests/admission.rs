//! What holds of taking calls on, under any schedule: whoever is taken on comes to its end before the server does, and
//! gives its place back.

use std::sync::Arc;
use std::time::Duration;

use real_core::Connection;
use real_core::account::Account;
use real_core::description::Description;
use real_core::error::{ActionError, Effect};
use schedules::queue::{Queue, Queues};
use schedules::web::admission::{Admission, CallError, Refusal};
use schedules::{under_any_schedule, unless_cancelled};
use shuttle::future::{block_on, spawn, yield_now};
use shuttle::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use tokio::sync::CancellationToken;

const TIMES: usize = 1500;

/// A queue of an account of this name.
fn queue(name: &str) -> Queue {
    let text = r#"{"contract":1,"name":"a","title":"A","version":"1","connection":{"check":"c",
        "schema":{"type":"object","properties":{"name":{"type":"string"}}}},
        "actions":[{"name":"b","title":"B","description":"d","inputSchema":{}}]}"#;
    let description = Description::parse(text.to_owned()).unwrap();
    Queue::new(Account::of(&description, &Connection::new([("name", name)])), description)
}

fn queues(names: &[&str]) -> Queues {
    Queues(names.iter().map(|name| queue(name)).collect())
}

fn admission(capacity: usize) -> Arc<Admission> {
    Arc::new(Admission::new(capacity, Duration::from_secs(1), &queues(&["a", "b"])))
}

/// How many calls there were, and whether there may be more.
#[derive(Default)]
struct Calls {
    begun: AtomicUsize,
    ended: AtomicUsize,
    is_over: AtomicBool,
}

impl Calls {
    async fn make(&self) {
        assert!(!self.is_over.load(Ordering::SeqCst), "a call begins when the server has ended");
        self.begun.fetch_add(1, Ordering::SeqCst);
        yield_now().await;
        self.ended.fetch_add(1, Ordering::SeqCst);
    }

    fn check(&self) {
        let (begun, ended) = (self.begun.load(Ordering::SeqCst), self.ended.load(Ordering::SeqCst));
        assert_eq!(begun, ended, "a call has not come to its end");
    }
}

#[test]
fn whoever_is_taken_on_comes_to_its_end_before_the_server_does_and_nobody_is_taken_on_after_that() {
    under_any_schedule(TIMES, || {
        let (admission, calls) = (admission(4), Arc::new(Calls::default()));
        let callers: Vec<_> = (0..4)
            .map(|caller| {
                let (admission, calls) = (admission.clone(), calls.clone());
                spawn(async move {
                    let queue = queue(["a", "b"][caller % 2]);
                    let made = calls.clone();
                    let admitted = admission.admit(&queue, |_| async move {
                        made.make().await;
                        Ok::<_, CallError>(())
                    });
                    match unless_cancelled(admitted, true).await {
                        Some(Ok(())) | None => {}
                        Some(Err(error)) => {
                            assert!(matches!(error, CallError::Refused(Refusal::Draining)), "{error:?}")
                        }
                    }
                })
            })
            .collect();
        let changed = admission.clone();
        let reload = spawn(async move { changed.follow(&queues(&["b", "c"])) });
        let server = spawn(async move {
            admission.end().await;
            calls.is_over.store(true, Ordering::SeqCst);
            calls.check();
            assert_eq!(admission.admitted(), 0, "a place is not given back");
            let queue = queue("b");
            let late = admission.admit(&queue, |_| async { Ok::<_, CallError>(()) });
            assert!(matches!(late.await, Err(CallError::Refused(Refusal::Draining))));
        });
        for task in callers.into_iter().chain([reload, server]) {
            block_on(task).unwrap();
        }
    });
}

#[test]
fn no_more_are_taken_on_than_there_are_places_and_each_place_comes_back() {
    under_any_schedule(TIMES, || {
        // Who is alone has what there is.
        let admission = Arc::new(Admission::new(2, Duration::from_secs(1), &queues(&["a"])));
        let (here, made) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let callers: Vec<_> = (0..4)
            .map(|_| {
                let (admission, here, made) = (admission.clone(), here.clone(), made.clone());
                spawn(async move {
                    let queue = queue("a");
                    let admitted = admission.admit(&queue, |_| async move {
                        assert!(here.fetch_add(1, Ordering::SeqCst) < 2, "more than there are places");
                        yield_now().await;
                        here.fetch_sub(1, Ordering::SeqCst);
                        made.fetch_add(1, Ordering::SeqCst);
                        Ok::<_, CallError>(())
                    });
                    if let Some(Err(error)) = unless_cancelled(admitted, true).await {
                        assert!(matches!(error, CallError::Refused(Refusal::Overloaded)), "{error:?}");
                    }
                })
            })
            .collect();
        for caller in callers {
            block_on(caller).unwrap();
        }
        block_on(admission.end());
        assert!(made.load(Ordering::SeqCst) >= 2 && admission.admitted() == 0);
    });
}

#[test]
fn what_only_waits_is_given_up_with_its_caller_or_with_the_server() {
    under_any_schedule(TIMES, || {
        let admission = admission(8);
        let callers: Vec<_> = (0..3)
            .map(|_| {
                let admission = admission.clone();
                spawn(async move {
                    // It would wait for ever, and keep the server from its end.
                    let queue = queue("a");
                    let admitted = admission.admit(&queue, |cancel| async move {
                        cancel.cancelled().await;
                        Err::<(), _>(CallError::Action(Box::new(ActionError::cancelled())))
                    });
                    if let Some(outcome) = unless_cancelled(admitted, true).await {
                        assert!(outcome.is_err());
                    }
                })
            })
            .collect();
        let server = {
            let admission = admission.clone();
            spawn(async move {
                admission.drain(Duration::from_secs(1)).await;
            })
        };
        for task in callers.into_iter().chain([server]) {
            block_on(task).unwrap();
        }
        block_on(admission.end());
        assert_eq!(admission.admitted(), 0);
    });
}

#[test]
fn a_call_that_was_made_is_told_as_made_however_long_it_waited() {
    under_any_schedule(TIMES, || {
        let admission = admission(4);
        let made = Arc::new(AtomicBool::new(false));
        let caller = {
            let (admission, made) = (admission.clone(), made.clone());
            spawn(async move {
                let cancel = CancellationToken::new();
                let (noted, token) = (made.clone(), cancel.clone());
                let call = async move {
                    for _ in 0..2 {
                        yield_now().await;
                        // As an attempt that has not begun.
                        if token.is_cancelled() {
                            return Err(Box::new(ActionError::cancelled()));
                        }
                    }
                    noted.store(true, Ordering::SeqCst);
                    yield_now().await;
                    Ok(())
                };
                let outcome = admission.within_wait_limit(call, cancel).await;
                assert_eq!(outcome.is_ok(), made.load(Ordering::SeqCst), "{outcome:?}");
                if let Err(error) = outcome {
                    assert!(matches!(error, CallError::Refused(_)), "{error:?}");
                    assert_eq!(Box::<ActionError>::from(error).effect, Effect::None);
                }
            })
        };
        let server = spawn(async move {
            admission.end().await;
        });
        for task in [caller, server] {
            block_on(task).unwrap();
        }
    });
}
