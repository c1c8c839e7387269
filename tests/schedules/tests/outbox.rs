//! What holds of events under any schedule: what was taken in is kept before anybody is told of it, comes once however
//! often it was told, in the order of what it is of, and nobody waits who could go on. The store is the real one, with
//! the real SQLite: only its locks are Shuttle's.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use real_core::trigger::Event;
use schedules::events::deliver::Deliverer;
use schedules::events::patience::Patience;
use schedules::events::receiver::{CLIENT, Outcome, Receiver};
use schedules::events::store::{Depth, Moved, Source, Stage, Store};
use schedules::under_any_schedule;
use serde_json::Value;
use shuttle::future::{JoinHandle, block_on, spawn, yield_now};
use shuttle::rand::{Rng, thread_rng};
use shuttle::sync::Mutex;
use tempfile::TempDir;
use tokio::sync::{CancellationToken, Notify};

const TIMES: usize = 150;

/// Events by their number, whose subject is the number's last digit but one: `[11, 12, 21]` are of two subjects.
fn events(numbers: &[u32]) -> Vec<Event> {
    let event = |number: &u32| {
        let text = format!(r#"{{"id":"{number}","subject":"s{}","data":{{}}}}"#, number / 10);
        Event::read(&serde_json::value::RawValue::from_string(text).unwrap()).unwrap()
    };
    numbers.iter().map(event).collect()
}

fn source(trigger: &str) -> Source {
    let [account, plugin, connection, trigger] = ["a", "shop", "berlin", trigger].map(str::to_owned);
    Source { account, plugin, connection, trigger }
}

fn number(event: &str) -> u32 {
    let event: Value = serde_json::from_str(event).unwrap();
    event["id"].as_str().unwrap().parse().unwrap()
}

/// A file in memory, where there is such a place, and what somebody has who takes its events.
struct World {
    folder: TempDir,
    store: Store,
    /// The numbers of the events that were sent, and of those that were taken.
    sent: Mutex<Vec<u32>>,
    taken: Mutex<Vec<u32>>,
    /// Is told when all were taken.
    all_taken: Notify,
}

impl World {
    fn new() -> Arc<Self> {
        // Waits are spread by a chance of their own, which is to be the same when a schedule is run again.
        fastrand::seed(7);
        let memory = Path::new("/dev/shm");
        let folder = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() }.unwrap();
        let store = Store::open(&folder.path().join("events.sqlite")).unwrap();
        Arc::new(Self { folder, store, sent: Mutex::default(), taken: Mutex::default(), all_taken: Notify::new() })
    }

    /// What a process finds that begins after this one was killed now.
    fn killed(&self) -> (TempDir, PathBuf) {
        let folder = tempfile::tempdir_in(self.folder.path()).unwrap();
        for name in ["events.sqlite", "events.sqlite-wal"] {
            let from = self.folder.path().join(name);
            if from.exists() {
                std::fs::copy(from, folder.path().join(name)).unwrap();
            }
        }
        let file = folder.path().join("events.sqlite");
        (folder, file)
    }

    /// The events that are in the outbox on the disk.
    fn kept(&self) -> BTreeSet<u32> {
        let (_folder, file) = self.killed();
        let file = rusqlite::Connection::open(file).unwrap();
        let mut read = file.prepare("select id from outbox").unwrap();
        let ids = read.query_map([], |row| row.get::<_, String>(0)).unwrap();
        ids.map(|id| id.unwrap().parse().unwrap()).collect()
    }

    /// Takes what is told, and tells how many were new. What has been told of is kept from then on.
    async fn take_in(&self, trigger: &str, numbers: &[u32], moved: Option<Moved>) -> usize {
        let new = self.store.take_in(&source(trigger), events(numbers), false, moved).await.unwrap();
        let (kept, sent) = (self.kept(), self.sent.lock().unwrap().clone());
        for number in numbers {
            assert!(kept.contains(number) || sent.contains(number), "{number} was taken in and is nowhere");
        }
        new
    }

    /// Hands on until it is told to stop. Of those that are sent, some fail.
    fn deliverer(self: &Arc<Self>, fails: bool) -> Deliverer {
        let world = self.clone();
        let receiver = Arc::new(Receiver::new(move |event| world.receive(number(event), fails)));
        let receivers = Arc::new(move |_: &Source| Some((receiver.clone(), CLIENT)));
        let patience = Patience { total: Duration::from_secs(1 << 40) };
        Deliverer::new(self.store.clone(), patience, receivers, Arc::new(|_, _| {}))
    }

    fn receive(&self, number: u32, fails: bool) -> Outcome {
        assert!(self.kept().contains(&number), "{number} was handed on before it was kept");
        self.sent.lock().unwrap().push(number);
        let mut taken = self.taken.lock().unwrap();
        let before: Vec<u32> = taken.iter().copied().filter(|other| other / 10 == number / 10).collect();
        assert!(!before.contains(&number), "{number} was taken, and is sent again");
        // Of one subject they were told in the order of their numbers.
        assert!(before.iter().all(|other| *other < number), "{number} comes after {before:?}");
        assert_eq!(before.len() as u32, number % 10 - 1, "{number} comes before one that was told earlier");
        if fails && thread_rng().gen_bool(0.3) {
            return Outcome::Failed { why: "It does not want to.".to_owned(), retry_after_s: None };
        }
        taken.push(number);
        if taken.len() == ALL.len() {
            self.all_taken.notify_one();
        }
        Outcome::Delivered
    }

    /// Ends who hands on when everything was taken. Nothing is left then.
    fn end(&self, stop: &CancellationToken, delivering: JoinHandle<()>) {
        block_on(self.all_taken.notified());
        stop.cancel();
        block_on(delivering).unwrap();
        assert_eq!(block_on(self.store.depth()).unwrap(), Depth::default());
        let mut taken = self.taken.lock().unwrap().clone();
        taken.sort_unstable();
        assert_eq!(taken, ALL);
    }
}

/// All that is told of.
const ALL: [u32; 5] = [11, 12, 13, 21, 22];

/// What a webhook tells, and a poll, of which each is slower than the other at times.
fn told(world: &Arc<World>) -> [JoinHandle<usize>; 2] {
    let [by_webhook, by_poll] = [world.clone(), world.clone()];
    [
        spawn(async move {
            by_webhook.take_in("paid", &[11], None).await
                + by_webhook.take_in("paid", &[11, 12], None).await
                + by_webhook.take_in("paid", &[21], None).await
        }),
        spawn(async move {
            let moved = |cursor: &str| Some(Moved { input: [7; 32], cursor: cursor.to_owned() });
            by_poll.take_in("polled", &[11, 12, 13], moved("one")).await
                + by_poll.take_in("polled", &[13, 21, 22], moved("two")).await
        }),
    ]
}

fn handed_on_once(fails: bool) {
    let world = World::new();
    let stop = CancellationToken::new();
    let delivering = spawn(world.deliverer(fails).run(stop.clone()));
    let new: usize = told(&world).into_iter().map(|told| block_on(told).unwrap()).sum();
    assert_eq!(new, 5, "each is new once");
    world.end(&stop, delivering);
    let cursor = block_on(world.store.cursor(&source("polled"), [7; 32])).unwrap();
    assert_eq!(cursor.as_deref(), Some("two"));
}

#[test]
fn what_webhooks_and_polls_tell_at_once_is_handed_on_once_in_order_and_not_before_it_is_kept() {
    under_any_schedule(TIMES, || {
        tokio::time::stop(true);
        handed_on_once(false);
    });
}

#[test]
fn what_its_receiver_does_not_take_comes_again_and_nothing_of_its_subject_overtakes_it() {
    under_any_schedule(TIMES, || {
        tokio::time::stop(false);
        handed_on_once(true);
    });
}

#[test]
fn whoever_waits_for_an_event_is_woken_by_it_and_not_by_the_clock() {
    under_any_schedule(TIMES, || {
        tokio::time::stop(true);
        let world = World::new();
        let takers: Vec<_> = (0..2)
            .map(|_| {
                let world = world.clone();
                spawn(async move {
                    // As who hands on: until there is one, and its end lets go of the next one.
                    for _ in 0..2 {
                        for queued in world.store.next(Stage::Deliver, 1).await.unwrap() {
                            world.taken.lock().unwrap().push(queued.event.id.parse().unwrap());
                            yield_now().await;
                            world.store.delivered(queued.seq).await.unwrap();
                        }
                    }
                })
            })
            .collect();
        let tellers: Vec<_> = [&[11, 12][..], &[21, 22]]
            .into_iter()
            .map(|numbers| {
                let world = world.clone();
                spawn(async move { world.take_in("paid", numbers, None).await })
            })
            .collect();
        let new: usize = tellers.into_iter().map(|teller| block_on(teller).unwrap()).sum();
        takers.into_iter().for_each(|taker| block_on(taker).unwrap());
        assert_eq!(new, 4);
        let mut taken = world.taken.lock().unwrap().clone();
        assert!(taken.windows(2).all(|pair| pair[0] / 10 != pair[1] / 10 || pair[0] < pair[1]), "{taken:?}");
        taken.sort_unstable();
        assert_eq!(taken, [11, 12, 21, 22]);
    });
}

#[test]
fn whenever_a_process_is_killed_the_next_one_has_all_that_was_taken_in_and_is_not_handed_on() {
    under_any_schedule(TIMES, || {
        tokio::time::stop(false);
        let world = World::new();
        let stop = CancellationToken::new();
        let delivering = spawn(world.deliverer(true).run(stop.clone()));
        let told = told(&world);
        let killed = {
            let world = world.clone();
            spawn(async move {
                for _ in 0..thread_rng().gen_range(0..40) {
                    yield_now().await;
                }
                // What is taken after this is not known to the next one.
                let seen: BTreeSet<u32> = world.taken.lock().unwrap().iter().copied().collect();
                (seen, world.killed())
            })
        };
        let (seen, (_folder, file)) = block_on(killed).unwrap();
        for told in told {
            block_on(told).unwrap();
        }
        world.end(&stop, delivering);
        let next = Store::open(&file).unwrap();
        // Both tell all of it again, as services do; nobody tells the new process of what was settled before.
        block_on(next.take_in(&source("paid"), events(&ALL), false, None)).unwrap();
        let mut come = BTreeSet::new();
        loop {
            let due = block_on(next.due(Stage::Deliver, 8)).unwrap();
            if due.is_empty() {
                break;
            }
            for queued in due {
                let number: u32 = queued.event.id.parse().unwrap();
                assert!(come.insert(number), "{number} comes twice");
                block_on(next.delivered(queued.seq)).unwrap();
            }
        }
        assert!(ALL.iter().all(|number| come.contains(number) || seen.contains(number)), "{come:?} {seen:?}");
    });
}
