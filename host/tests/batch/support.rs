//! A folder with orders, a sandbox that has them, and the command.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use justclick_sandbox::{Order, Recorded, SAMPLE_API_KEY, Sandbox};
use serde_json::Value;
use tempfile::TempDir;

use crate::common::plugin_host;

/// How long to wait for what should happen in moments.
const PATIENCE: Duration = Duration::from_secs(60);

/// A merchant's day.
pub struct Day {
    pub sandbox: Sandbox,
    pub folder: TempDir,
}

/// How a run ended.
#[derive(Debug)]
pub struct Ended {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Day {
    /// With these orders at the service.
    pub fn with(orders: impl IntoIterator<Item = Order>) -> Self {
        let sandbox = orders.into_iter().fold(Sandbox::builder(), |sandbox, order| sandbox.order(order));
        Self { sandbox: sandbox.start().unwrap(), folder: tempfile::tempdir().unwrap() }
    }

    /// With orders of these numbers.
    pub fn new(numbers: impl IntoIterator<Item = u32>) -> Self {
        Self::with(numbers.into_iter().map(|number| Order::new(number.to_string())))
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) -> &Self {
        fs::write(self.path(name), content).unwrap();
        self
    }

    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// The names in the folder.
    pub fn files(&self) -> Vec<String> {
        let names = fs::read_dir(self.folder.path()).unwrap();
        let mut names: Vec<_> = names.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    /// A batch in the folder.
    pub fn command(&self, args: &[&str]) -> Command {
        self.host(&[&["batch", "update_order_status"], args].concat())
    }

    /// The command in the folder, with nothing in its environment but a connection to the sandbox.
    pub fn host(&self, args: &[&str]) -> Command {
        let mut command = plugin_host(&self.sandbox);
        command.args(args).current_dir(self.folder.path());
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    pub fn run(&self, args: &[&str]) -> Ended {
        ended(self.command(args).output().unwrap())
    }

    pub fn spawn(&self, args: &[&str]) -> Child {
        self.command(args).spawn().unwrap()
    }

    /// The requests that were to change an order; one that looks it up is none of them.
    pub fn sent(&self) -> Vec<Recorded> {
        let requests = self.sandbox.requests().into_iter();
        requests.filter(|request| request.function == "UpdateOrderStatus").collect()
    }

    /// How often the order was changed.
    pub fn changes(&self, number: u32) -> usize {
        self.order(number).changes.len()
    }

    pub fn order(&self, number: u32) -> Order {
        self.sandbox.order(&number.to_string()).unwrap()
    }

    /// The results of `orders.csv`, by line of the input: each row's cells by column.
    pub fn results(&self) -> BTreeMap<u64, BTreeMap<String, String>> {
        let mut reader = csv::Reader::from_path(self.path("orders.results.csv")).unwrap();
        let rows: Vec<BTreeMap<String, String>> = reader.deserialize().map(Result::unwrap).collect();
        let count = rows.len();
        let rows: BTreeMap<_, _> = rows.into_iter().map(|row| (row["line"].parse().unwrap(), row)).collect();
        assert_eq!(rows.len(), count, "a row is told twice");
        rows
    }

    /// The lines of the input that the journal says are done.
    pub fn done(&self) -> Vec<u64> {
        let journal = fs::read_to_string(self.path("orders.csv.journal")).unwrap_or_default();
        let lines = journal.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        lines.filter_map(|line| line["done"].as_u64()).collect()
    }
}

/// Waits for a run's end.
pub fn wait(child: Child) -> Ended {
    ended(child.wait_with_output().unwrap())
}

/// What a run said. Whatever it did, it did not tell the key.
pub fn ended(output: Output) -> Ended {
    let text = |bytes| String::from_utf8(bytes).unwrap();
    let (stdout, stderr) = (text(output.stdout), text(output.stderr));
    assert!(!stdout.contains(SAMPLE_API_KEY) && !stderr.contains(SAMPLE_API_KEY), "{stdout}{stderr}");
    Ended { code: output.status.code(), stdout, stderr }
}

impl Ended {
    /// Checks how it ended.
    #[track_caller]
    pub fn with_code(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{}{}", self.stdout, self.stderr);
        self
    }

    /// Checks what it told.
    #[track_caller]
    pub fn telling(self, what: &str) -> Self {
        assert!(self.stderr.contains(what) || self.stdout.contains(what), "{what:?} in {}{}", self.stdout, self.stderr);
        self
    }
}

/// Waits until something is so.
#[track_caller]
pub fn until(what: &str, so: impl Fn() -> bool) {
    let begun = Instant::now();
    while !so() {
        assert!(begun.elapsed() < PATIENCE, "{what} did not come");
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// A file that asks for status `cancel` for each of these orders.
pub fn cancelling(numbers: impl IntoIterator<Item = u32>) -> String {
    let rows = numbers.into_iter().map(|number| format!("{number},cancel\n"));
    format!("bill_id,status\n{}", rows.collect::<String>())
}
