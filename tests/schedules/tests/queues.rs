//! What holds of the queues under any schedule: Shuttle tries some thousand of each, by chance and by few
//! changes of priority, and fails where a schedule lets everybody wait for ever.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::FutureExt;
use real_core::account::Account;
use real_core::description::Description;
use real_core::error::{ActionError, Effect, ErrorKind};
use real_core::{Connection, Subject};
use schedules::queue::breaker::CircuitBreaker;
use schedules::queue::bulkhead::{Bulkhead, Slots};
use schedules::queue::rate::RateLimiter;
use schedules::queue::subjects::{Guard, Subjects};
use schedules::shares::FairShares;
use schedules::unless_cancelled;
use shuttle::future::{block_on, spawn, yield_now};
use shuttle::rand::{Rng, thread_rng};
use shuttle::sync::Mutex;
use shuttle::sync::atomic::{AtomicUsize, Ordering};
use shuttle::thread;

/// Runs something under many schedules.
fn under_any_schedule(work: fn()) {
    schedules::under_any_schedule(1500, work);
}

fn subject(value: &str) -> Subject {
    let value = serde_json::value::to_raw_value(value).unwrap();
    Subject::of_field("id", &value).unwrap()
}

/// Only one may be here at a time.
#[derive(Default)]
struct Room(AtomicUsize);

impl Room {
    async fn visit(&self) {
        assert_eq!(self.0.fetch_add(1, Ordering::SeqCst), 0, "two calls on one subject at once");
        yield_now().await;
        assert_eq!(self.0.fetch_sub(1, Ordering::SeqCst), 1);
    }
}

#[test]
fn calls_on_one_subject_come_one_after_the_other_in_the_order_in_which_they_were_made() {
    under_any_schedule(|| {
        let subjects = Arc::new(Subjects::default());
        let rooms = Arc::new([Room::default(), Room::default()]);
        // The order is noted while a turn is given out, which nothing else does meanwhile.
        let given = Arc::new(Mutex::new([VecDeque::new(), VecDeque::new()]));
        let calls: Vec<_> = (0..5)
            .map(|call| {
                let (subjects, rooms, given) = (subjects.clone(), rooms.clone(), given.clone());
                spawn(async move {
                    let which = call % 2;
                    let turn = {
                        let mut given = given.lock().unwrap();
                        given[which].push_back(call);
                        subjects.turn(&subject(["a", "b"][which]))
                    };
                    // Forgotten before the subject is free, so that the next one finds itself first.
                    let forget = || given.lock().unwrap()[which].retain(|other| *other != call);
                    let mut waiting = Box::pin(turn.taken());
                    if thread_rng().gen_bool(0.4) {
                        // It is asked for once or twice at most, and then goes away, also if its turn has come.
                        let mut held = None;
                        for _ in 0..thread_rng().gen_range(0..3) {
                            held = (&mut waiting).now_or_never();
                            if held.is_some() {
                                break;
                            }
                            yield_now().await;
                        }
                        forget();
                        return drop((held, waiting));
                    }
                    let taken: Guard = waiting.await;
                    let order = given.lock().unwrap()[which].clone();
                    assert_eq!(order.front(), Some(&call), "call {call} overtook another: {order:?}");
                    rooms[which].visit().await;
                    forget();
                    drop(taken);
                })
            })
            .collect();
        for call in calls {
            block_on(call).unwrap();
        }
        // Nobody has it any more: whoever comes next does not wait.
        assert!(subjects.turn(&subject("a")).taken().now_or_never().is_some());
    });
}

#[test]
fn slots_are_never_more_than_there_are_and_all_come_back() {
    under_any_schedule(|| {
        let shares = FairShares::new(4, 2, 1);
        let parts = [shares.share(), shares.share()];
        let held = Arc::new(AtomicUsize::new(0));
        let calls: Vec<_> = (0..6)
            .map(|call| {
                let (part, shares, held) = (parts[call % 2].clone(), shares.clone(), held.clone());
                spawn(async move {
                    // Some do not wait, as who wants a place in a server's queue.
                    let permit = match call {
                        4.. => part.try_acquire(),
                        _ => unless_cancelled(part.acquire(), true).await,
                    };
                    let Some(permit) = permit else { return };
                    assert!(held.fetch_add(1, Ordering::SeqCst) < shares.total(), "more than there are");
                    assert!(shares.in_use() <= shares.total());
                    yield_now().await;
                    held.fetch_sub(1, Ordering::SeqCst);
                    drop(permit);
                })
            })
            .collect();
        for call in calls {
            block_on(call).unwrap();
        }
        assert_eq!(shares.in_use(), 0);
        let all: Vec<_> = std::iter::from_fn(|| parts[0].try_acquire()).collect();
        assert_eq!(all.len(), 3, "a slot was lost");
    });
}

#[test]
fn an_account_that_holds_all_it_can_keeps_no_other_waiting() {
    under_any_schedule(|| {
        let shares = FairShares::new(4, 2, 1);
        let (greedy, other) = (shares.share(), shares.share());
        // They wait until the other account is through; if it waited for them, nobody would go on.
        let through = Arc::new(shuttle::future::batch_semaphore::BatchSemaphore::new(
            0,
            shuttle::future::batch_semaphore::Fairness::StrictlyFair,
        ));
        let hogs: Vec<_> = (0..4)
            .map(|_| {
                let (greedy, through) = (greedy.clone(), through.clone());
                spawn(async move {
                    let _permit = greedy.acquire().await;
                    through.acquire(1).await.unwrap();
                })
            })
            .collect();
        let calls: Vec<_> = (0..2)
            .map(|_| {
                let (other, through) = (other.clone(), through.clone());
                spawn(async move {
                    drop(other.acquire().await);
                    through.release(2);
                })
            })
            .collect();
        for call in calls.into_iter().chain(hogs) {
            block_on(call).unwrap();
        }
        assert_eq!(shares.in_use(), 0);
    });
}

#[test]
fn calls_never_come_closer_than_the_rate_has_it_and_who_goes_away_takes_no_time_along() {
    under_any_schedule(|| {
        const PERIOD: Duration = Duration::from_millis(100);
        let limiter = Arc::new(RateLimiter::new("10/s".parse().unwrap()));
        let shares = FairShares::new(2, 1, 1);
        let share = shares.share();
        let times = Arc::new(Mutex::new(Vec::new()));
        let calls: Vec<_> = (0..5)
            .map(|call| {
                let (limiter, share, times) = (limiter.clone(), share.clone(), times.clone());
                spawn(async move {
                    let slot = async {
                        let slot = share.acquire().await;
                        times.lock().unwrap().push(tokio::time::Instant::now());
                        slot
                    };
                    // The last one stays, so that somebody comes after those who go away.
                    let slot = unless_cancelled(limiter.acquire_with(slot), call < 4).await;
                    yield_now().await;
                    drop(slot);
                })
            })
            .collect();
        for call in calls {
            block_on(call).unwrap();
        }
        let times = times.lock().unwrap();
        for pair in times.windows(2) {
            assert!(pair[1] - pair[0] >= PERIOD, "{:?} after the one before", pair[1] - pair[0]);
        }
        assert_eq!(shares.in_use(), 0);
    });
}

fn description() -> Description {
    let text = r#"{"contract":1,"name":"a","title":"A","version":"1","connection":{"schema":{},"check":"c"},
        "limits":[{"requests":100,"perS":1}],"actions":[
        {"name":"slow","title":"S","description":"d","inputSchema":{},"limits":[{"requests":20,"perS":1}]},
        {"name":"quick","title":"Q","description":"d","inputSchema":{}}]}"#;
    Description::parse(text.to_owned()).unwrap()
}

#[test]
fn with_turns_rates_and_slots_together_everybody_comes_to_an_end() {
    under_any_schedule(|| {
        let (description, slots) = (description(), Slots::new(1));
        let account = Account::of(&description, &Connection::default());
        let bulkhead = Arc::new(Bulkhead::new(account, &slots, None, &description));
        let room = Arc::new(Room::default());
        let calls: Vec<_> = (0..5)
            .map(|call| {
                let (bulkhead, room, slots) = (bulkhead.clone(), room.clone(), slots.clone());
                let turn = bulkhead.subjects.turn(&subject("a"));
                spawn(async move {
                    // As a call does it: first its turn, then the time, and last a slot.
                    let Some(guard) = unless_cancelled(turn.taken(), true).await else { return };
                    let action = [Some("slow"), Some("quick"), None][call % 3];
                    let slot = unless_cancelled(bulkhead.slot(action, call != 4), true).await;
                    if slot.is_some() {
                        assert!(slots.in_use() <= slots.total());
                        room.visit().await;
                    }
                    drop((guard, slot));
                })
            })
            .collect();
        for call in calls {
            block_on(call).unwrap();
        }
        assert_eq!(slots.in_use(), 0);
    });
}

fn unanswered() -> ActionError {
    ActionError { kind: ErrorKind::Unavailable, ..ActionError::internal("m", Effect::Unknown) }
}

#[test]
fn after_a_pause_one_call_asks_whether_the_service_is_back() {
    under_any_schedule(|| {
        let (breaker, begun) = (Arc::new(CircuitBreaker::default()), Instant::now());
        let attempts: Vec<_> = (0..4)
            .map(|_| {
                let breaker = breaker.clone();
                thread::spawn(move || (0..2).for_each(|_| breaker.note(Some(&unanswered()), begun)))
            })
            .collect();
        attempts.into_iter().for_each(|attempt| attempt.join().unwrap());
        assert!(breaker.is_open(begun), "none of eight is lost");
        let later = begun + Duration::from_secs(1);
        let calls: Vec<_> = (0..3)
            .map(|_| {
                let breaker = breaker.clone();
                thread::spawn(move || breaker.admit(later).is_ok())
            })
            .collect();
        let admitted = calls.into_iter().filter(|_| true).map(|call| call.join().unwrap()).filter(|is| *is).count();
        assert_eq!(admitted, 1, "more than one asked");
        breaker.note(None, later);
        assert!(breaker.admit(later).is_ok());
    });
}
