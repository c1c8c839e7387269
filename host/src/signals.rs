//! Ctrl-C and SIGTERM: the first one asks a process to end, the second one means it. SIGHUP asks a server
//! to read its files again.

use std::io;

#[cfg(unix)]
use tokio::signal::unix::{Signal, SignalKind, signal};

/// The signals that ask a process to end. They no longer end it by themselves from the moment on in
/// which this is made.
#[cfg(unix)]
pub struct Signals {
    interrupt: Signal,
    terminate: Signal,
}

#[cfg(unix)]
impl Signals {
    /// Listens for them from now on, within a Tokio runtime.
    ///
    /// # Errors
    /// If the system does not let us: one line.
    pub fn new() -> Result<Self, String> {
        let listen = |kind| signal(kind).map_err(|error| refusal(&error));
        Ok(Self { interrupt: listen(SignalKind::interrupt())?, terminate: listen(SignalKind::terminate())? })
    }

    /// The next one.
    pub async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

/// SIGHUP, which asks a server to read its files again. It no longer ends the process from the moment on
/// in which this is made.
#[cfg(unix)]
pub struct Hangups(Signal);

#[cfg(unix)]
impl Hangups {
    /// Listens for it from now on, within a Tokio runtime.
    ///
    /// # Errors
    /// If the system does not let us: one line.
    pub fn new() -> Result<Self, String> {
        signal(SignalKind::hangup()).map(Self).map_err(|error| refusal(&error))
    }

    /// The next one. Several that come at once are one.
    pub async fn next(&mut self) {
        if self.0.recv().await.is_none() {
            std::future::pending::<()>().await;
        }
    }
}

/// Where there is no SIGHUP, none ever comes.
#[cfg(not(unix))]
pub struct Hangups;

#[cfg(not(unix))]
impl Hangups {
    /// Nothing to listen for.
    ///
    /// # Errors
    /// Never.
    pub fn new() -> Result<Self, String> {
        Ok(Self)
    }

    /// Never.
    pub async fn next(&mut self) {
        std::future::pending::<()>().await;
    }
}

/// Where there is no SIGTERM, the process is ended from outside.
#[cfg(not(unix))]
pub struct Signals;

#[cfg(not(unix))]
impl Signals {
    /// Nothing to be done before Ctrl-C is waited for.
    ///
    /// # Errors
    /// Never.
    pub fn new() -> Result<Self, String> {
        Ok(Self)
    }

    /// The next one.
    pub async fn next(&mut self) {
        if let Err(error) = tokio::signal::ctrl_c().await {
            tracing::warn!("{}", refusal(&error));
            std::future::pending::<()>().await;
        }
    }
}

fn refusal(error: &io::Error) -> String {
    format!("can't listen for signals: {error}")
}
