//! Writing the journal from many tasks at once.
//!
//! One thread writes, and syncs the file once for all that came together: with many rows under way
//! the wait for the disk is shared.

use std::fmt;
use std::fs::File;
use std::io::{self, BufReader, Seek, Write};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use tokio::sync::oneshot;

use super::entry::{Entry, Line, Mark};
use super::ledger::{Ledger, Past};
use super::sum::Seal;

/// The journal can't be written any more; why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken(pub Arc<str>);

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The journal while rows are under way.
pub struct Writer {
    sender: Sender<Pending>,
    thread: JoinHandle<File>,
    ledger: Arc<Mutex<Ledger>>,
    seal: Seal,
}

struct Pending {
    text: String,
    mark: Option<(u64, Mark)>,
    written: oneshot::Sender<Result<(), Broken>>,
}

impl Writer {
    pub(super) fn start(mut file: File, ledger: Ledger, seal: Seal, durable: bool) -> io::Result<Self> {
        let place = file.stream_position()?;
        let (sender, receiver) = mpsc::channel();
        let ledger = Arc::new(Mutex::new(ledger));
        let shared = ledger.clone();
        let write = move || write_all(file, place, durable, &receiver, &shared);
        let thread = std::thread::Builder::new().name("journal".to_owned()).spawn(write)?;
        Ok(Self { sender, thread, ledger, seal })
    }

    /// Writes down what is to be known of a row. Entries get into the file in the order of these
    /// calls; the future ends when this one, and so all before it, can't get lost any more.
    ///
    /// # Errors
    /// If the journal can't be written, now or since an earlier time.
    pub fn record(&self, row: u64, entry: &Entry) -> impl Future<Output = Result<(), Broken>> + use<> {
        let line = Line::new(row, entry);
        let text = serde_json::to_string(&line).expect("a line has nothing but texts, numbers and JSON");
        let text = self.seal.line(&text);
        let (written, outcome) = oneshot::channel();
        let sent = self.sender.send(Pending { text, mark: line.mark(), written });
        async move {
            let gone = || Broken("its thread has ended".into());
            sent.map_err(|_| gone())?;
            outcome.await.map_err(|_| gone())?
        }
    }

    /// How a row stands.
    pub fn mark(&self, row: u64) -> Mark {
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner).mark(row)
    }

    /// The end of writing: what there is to read.
    pub fn finish(self) -> Finished {
        drop(self.sender);
        let file = self.thread.join().expect("the thread has nothing in it that panics");
        let ledger = std::mem::take(&mut *self.ledger.lock().unwrap_or_else(PoisonError::into_inner));
        Finished { file, ledger, seal: self.seal }
    }
}

/// A journal that is read, and still locked.
pub struct Finished {
    file: File,
    /// What is known of the rows.
    pub ledger: Ledger,
    seal: Seal,
}

impl Finished {
    /// For [`Finished::past`].
    pub fn reader(&self) -> BufReader<&File> {
        BufReader::with_capacity(64 << 10, &self.file)
    }

    /// What became of a row.
    ///
    /// # Errors
    /// If the journal can't be read.
    pub fn past(&self, row: u64, reader: &mut BufReader<&File>) -> io::Result<Past> {
        self.ledger.past(row, reader)
    }

    /// Writes down, for good, that results with this hash are about to be written.
    ///
    /// # Errors
    /// If the journal can't be written.
    pub fn record_results(&mut self, sha256: &str) -> io::Result<()> {
        let line = Line { results: Some(sha256.to_owned()), ..Line::default() };
        self.file.seek(io::SeekFrom::End(0))?;
        self.file.write_all(self.seal.line(&serde_json::to_string(&line)?).as_bytes())?;
        self.file.sync_data()
    }
}

fn write_all(
    mut file: File,
    mut place: u64,
    durable: bool,
    receiver: &Receiver<Pending>,
    ledger: &Mutex<Ledger>,
) -> File {
    let mut broken = None;
    while let Ok(first) = receiver.recv() {
        let together: Vec<_> = std::iter::once(first).chain(receiver.try_iter()).collect();
        if broken.is_none() {
            let text: String = together.iter().map(|pending| pending.text.as_str()).collect();
            let written = file.write_all(text.as_bytes());
            // After a sync that failed nobody knows what is on the disk: it is not tried again.
            broken = written
                .and_then(|()| if durable { file.sync_data() } else { Ok(()) })
                .err()
                .map(|error| Broken(error.to_string().into()));
        }
        let mut ledger = ledger.lock().unwrap_or_else(PoisonError::into_inner);
        for pending in together {
            if let (None, Some((row, mark))) = (&broken, pending.mark) {
                ledger.set(row, mark, place);
            }
            place += pending.text.len() as u64;
            // Who has gone does not want to know.
            let _ = pending.written.send(broken.clone().map_or(Ok(()), Err));
        }
    }
    file
}
