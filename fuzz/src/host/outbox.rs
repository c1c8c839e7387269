//! Events on the disk: whatever is done with them in whatever order, and wherever the process ends, each one
//! that was taken in is handed on until somebody has it, then never again, and no later one of its subject goes
//! before it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::time::Duration;

use plugin_host::events::store::{Queued, Source, Stage, Store};
use plugin_host_core::trigger::Event;
use serde_json::value::RawValue;
use tempfile::TempDir;
use tokio::runtime::{Builder, Runtime};

use crate::seeds::Seeds;
use crate::target::Target;

pub const TARGET: Target = Target { name: "outbox", seeds, run };

/// Steps of one run.
const MOST: usize = 48;

/// What is taken at once for an account.
const OF_ACCOUNT: u32 = 2;

fn seeds(seeds: &mut Seeds) {
    for steps in [
        &[0, 0, 1, 1, 0, 2, 16, 0, 48, 0, 112, 0][..],
        &[0, 8, 0, 9, 32, 0, 64, 0, 16, 0, 48, 0, 0, 8],
        &[0, 0, 16, 0, 112, 0, 16, 0, 80, 0, 16, 0, 96, 0, 0, 0],
        &[0, 12, 0, 13, 32, 0, 72, 0, 65, 0, 16, 0, 112, 0],
    ] {
        seeds.add(steps);
    }
}

/// A store and what is known of it.
struct World {
    runtime: Runtime,
    _folder: TempDir,
    path: PathBuf,
    store: Option<Store>,
    /// Taken, and not settled.
    held: Vec<(Stage, Queued)>,
    /// What waits to be handed on or made sure of, by its place: whose it is, its id and its subject.
    waiting: BTreeMap<i64, (String, String, Option<String>)>,
    /// What was taken in, whose places are not known yet.
    taken_in: usize,
    /// What is known to have happened, by account and id.
    seen: BTreeSet<(String, String)>,
    /// What somebody has.
    had: BTreeSet<(String, String)>,
}

fn run(data: &[u8]) {
    let mut world = World::new();
    for step in data.chunks(2).take(MOST) {
        let (what, which) = (step[0], usize::from(step.get(1).copied().unwrap_or_default()));
        match what >> 4 {
            0 => world.take_in(which),
            1 => world.due(Stage::Deliver),
            2 => world.due(Stage::Confirm),
            7 => world.crash(),
            what => world.settle(what, which),
        }
    }
    // Whatever is left is handed on in the end, also by another process.
    world.crash();
    for _ in 0..2 * MOST {
        world.due(Stage::Confirm);
        world.due(Stage::Deliver);
        if world.held.is_empty() {
            break;
        }
        while !world.held.is_empty() {
            world.settle(3, 0);
        }
    }
    let depth = world.runtime.block_on(world.store().depth()).expect("a file");
    assert_eq!((depth.to_confirm, depth.to_deliver), (0, 0), "events are left that are never due");
    assert!(
        world.waiting.is_empty() && world.taken_in == 0,
        "{:?} and {} more are lost",
        world.waiting,
        world.taken_in
    );
}

fn source(account: usize) -> Source {
    let text = str::to_owned;
    Source { account: format!("account {account}"), plugin: text("p"), connection: text("c"), trigger: text("t") }
}

impl World {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("state");
        let runtime = Builder::new_current_thread().build().expect("a runtime");
        let store = Some(Store::open(&path).expect("a new file"));
        let (waiting, seen, had) = (BTreeMap::new(), BTreeSet::new(), BTreeSet::new());
        Self { runtime, _folder: folder, path, store, held: Vec::new(), waiting, taken_in: 0, seen, had }
    }

    fn store(&self) -> &Store {
        self.store.as_ref().expect("it is open")
    }

    /// An event of one of two accounts, with one of four ids, of one of two subjects or none.
    fn take_in(&mut self, which: usize) {
        let (account, id, confirm) = (which & 1, which >> 1 & 3, which & 8 == 0);
        let subject = [None, Some("s"), Some("S "), Some("t")][which >> 4 & 3];
        let event = format!(r#"{{"id":"{id}","subject":{},"data":{{}}}}"#, serde_json::json!(subject));
        let event = Event::read(&RawValue::from_string(event).expect("JSON")).expect("an event");
        let source = source(account);
        let key = (source.account.clone(), id.to_string());
        let new = self.runtime.block_on(self.store().take_in(&source, vec![event], confirm, None)).expect("a file");
        if self.had.contains(&key) {
            assert_eq!(new, 0, "{key:?} was taken in, and somebody has it");
        }
        assert!(new == 1 || confirm || self.seen.contains(&key), "{key:?} was not taken in");
        if !confirm {
            self.seen.insert(key);
        }
        self.taken_in += new;
    }

    fn due(&mut self, stage: Stage) {
        let due = self.runtime.block_on(self.store().due(stage, OF_ACCOUNT)).expect("a file");
        for queued in due {
            let key = (queued.source.account.clone(), queued.event.id.clone());
            assert!(self.held.iter().all(|(_, held)| held.seq != queued.seq), "{} is given twice", queued.seq);
            assert!(stage == Stage::Confirm || !self.had.contains(&key), "{key:?} is handed on again");
            let subject =
                queued.event.subject.as_deref().map(|it| plugin_host_core::Subject::canonical(it).into_owned());
            if !self.waiting.contains_key(&queued.seq) {
                self.taken_in = self.taken_in.checked_sub(1).expect("it was taken in once");
                self.waiting.insert(queued.seq, (key.0.clone(), key.1.clone(), subject.clone()));
            }
            let earlier = self
                .waiting
                .range(..queued.seq)
                .find(|(_, (account, _, other))| *account == key.0 && subject.is_some() && *other == subject);
            assert!(earlier.is_none(), "{} goes before {earlier:?}", queued.seq);
            self.held.push((stage, queued));
        }
    }

    fn settle(&mut self, what: u8, which: usize) {
        if self.held.is_empty() {
            return;
        }
        let (stage, queued) = self.held.remove(which % self.held.len());
        let (store, seq) = (self.store.clone().expect("it is open"), queued.seq);
        let key = (queued.source.account.clone(), queued.event.id.clone());
        let mut ended = true;
        let result = self.runtime.block_on(async {
            match (what, stage) {
                (3, Stage::Deliver) => store.delivered(seq).await.map(|()| true),
                (3 | 4, Stage::Confirm) => store.confirmed(seq).await,
                (4, Stage::Deliver) => store.dead(seq, "no").await.map(|()| false),
                (5, _) => store.failed(seq, "later", Duration::ZERO).await.map(|()| false),
                (6, Stage::Confirm) => store.refuted(seq).await.map(|()| false),
                (8.., _) => store.postpone(seq, Duration::ZERO).await.map(|()| false),
                (_, _) => store.give_back(seq).await.map(|()| false),
            }
        });
        let is_so = result.expect("a file");
        match (what, stage) {
            (3, Stage::Deliver) => assert!(self.had.insert(key), "it was handed on twice"),
            // One that is refused as seen has been confirmed before.
            (3 | 4, Stage::Confirm) => {
                self.seen.insert(key);
                ended = !is_so;
            }
            (4, Stage::Deliver) | (6, Stage::Confirm) => {}
            _ => ended = false,
        }
        if ended {
            self.waiting.remove(&seq);
        }
    }

    /// The process ends, and another one goes on.
    fn crash(&mut self) {
        self.store = None;
        self.held.clear();
        self.store = Some(Store::open(&self.path).expect("what it wrote itself"));
    }
}
