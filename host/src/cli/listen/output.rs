//! Events on standard output.

use std::io::{self, Write};

use plugin_host_core::cloud_event::cloud_event;
use plugin_host_core::text;
use tokio::task::spawn_blocking;
use tokio_util::sync::CancellationToken;

use crate::cli::exit::UNWRITTEN;
use crate::cli::failure::Failure;
use crate::cli::terminal::say;
use crate::events::store::{Queued, Source, Stage, Store, StoreError};

/// How many events are taken at once; their order is that in which they came in.
const AT_ONCE: u32 = 64;

/// Whether somebody still reads.
#[derive(PartialEq, Eq)]
enum Reader {
    Reads,
    Gone,
}

/// Prints all that is due now.
///
/// # Errors
/// If events can't be printed, or what is printed can't be kept.
pub async fn print_due(store: &Store, stop: &CancellationToken) -> Result<(), Failure> {
    while !stop.is_cancelled() {
        let due = store.due(Stage::Deliver, AT_ONCE).await.map_err(unkept)?;
        if due.is_empty() || print(store, due, stop).await? == Reader::Gone {
            break;
        }
    }
    Ok(())
}

/// Prints what there is and what comes, until it is told to stop or nobody reads any more.
///
/// # Errors
/// If events can't be printed, or what is printed can't be kept.
pub async fn print_all(store: &Store, stop: &CancellationToken) -> Result<(), Failure> {
    loop {
        let due = tokio::select! {
            biased;
            () = stop.cancelled() => return Ok(()),
            () = reader_gone() => return Ok(()),
            due = store.next(Stage::Deliver, AT_ONCE) => due.map_err(unkept)?,
        };
        if print(store, due, stop).await? == Reader::Gone {
            return Ok(());
        }
    }
}

async fn print(store: &Store, due: Vec<Queued>, stop: &CancellationToken) -> Result<Reader, Failure> {
    for Queued { seq, source, event, .. } in due {
        if stop.is_cancelled() {
            break;
        }
        let Source { plugin, connection, trigger, .. } = &source;
        let line = cloud_event(plugin, connection, trigger, &event);
        let line = text::printable_json(&line).into_owned() + "\n";
        // A reader that is slow holds up nothing else; what is being written when it is to end comes again.
        let written = tokio::select! {
            biased;
            written = spawn_blocking(move || write(&line)) => written.unwrap_or_else(|_| Err(io::Error::other("it was broken off"))),
            () = stop.cancelled() => return Ok(Reader::Reads),
        };
        match written {
            Ok(()) => store.delivered(seq).await.map_err(unkept)?,
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => return Ok(Reader::Gone),
            Err(error) => {
                say(&format!("error: can't print events: {error}. They are kept, and come with the next start\n"));
                return Err(Failure::Told(UNWRITTEN));
            }
        }
    }
    Ok(Reader::Reads)
}

fn unkept(error: StoreError) -> Failure {
    Failure::Usage(error.to_string())
}

/// Writes a line whole, or not at all where that can be had.
fn write(line: &str) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    let before = file::length();
    let written = stdout.write_all(line.as_bytes()).and_then(|()| stdout.flush());
    if written.is_err() {
        file::cut(before);
    }
    written
}

/// When nobody reads what a pipe holds any more. Of other outputs that is not known.
#[cfg(unix)]
async fn reader_gone() {
    use std::os::fd::AsFd;

    use tokio::io::Interest;
    use tokio::net::unix::pipe::Sender;

    let gone = async {
        // A pipe stays as it is, one that waits, because it may be others' as well; nothing is written here.
        let pipe = Sender::from_owned_fd_unchecked(io::stdout().as_fd().try_clone_to_owned()?)?;
        pipe.ready(Interest::ERROR).await.map(drop)
    };
    if gone.await.is_err() {
        std::future::pending::<()>().await;
    }
}

/// Elsewhere the next line tells.
#[cfg(not(unix))]
async fn reader_gone() {
    std::future::pending::<()>().await;
}

/// Standard output, where it is a file: the half of a line that a full disk leaves is taken back.
#[cfg(unix)]
mod file {
    use std::fs::File;
    use std::io;
    use std::os::fd::AsFd;

    fn stdout() -> Option<File> {
        let file = File::from(io::stdout().as_fd().try_clone_to_owned().ok()?);
        file.metadata().is_ok_and(|metadata| metadata.is_file()).then_some(file)
    }

    pub fn length() -> Option<u64> {
        Some(stdout()?.metadata().ok()?.len())
    }

    pub fn cut(length: Option<u64>) {
        if let Some((file, length)) = stdout().zip(length) {
            let _ = file.set_len(length);
        }
    }
}

#[cfg(not(unix))]
mod file {
    pub fn length() -> Option<u64> {
        None
    }

    pub fn cut(_: Option<u64>) {}
}
