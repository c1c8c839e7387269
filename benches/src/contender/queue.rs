//! `plugin-host` through its async queue, as its server and its batches call it.

use std::path::Path;
use std::time::Duration;

use anyhow::{Result, ensure};
use plugin_host_core::Queue;
use plugin_host_core::queue::Slots;
use plugin_host_core::retry::Backoff;
use tokio::runtime::{Builder, Runtime};
use tokio_util::sync::CancellationToken;

use super::host;
use super::ready::{Ready, tasks};
use crate::round::Round;
use crate::sample::{ACTION, DONE, input_for};
use crate::service::Service;

/// A queue with a task for each call in flight. Each has an order of its own: calls on the same one
/// would wait for each other.
pub struct Queued {
    runtime: Runtime,
    queue: Queue,
    in_flight: usize,
}

impl Queued {
    /// With a slot for each call.
    ///
    /// # Errors
    /// When the plugin can't be loaded.
    pub fn new(service: &Service, bundle: &Path, in_flight: usize) -> Result<Self> {
        let runtime = Builder::new_multi_thread().enable_all().build()?;
        let connected = host::connected(service, bundle)?;
        let queue = Queue::new(connected, Slots::new(in_flight), None, Backoff::default());
        Ok(Self { runtime, queue, in_flight })
    }
}

impl Ready for Queued {
    fn round(&mut self, length: Duration) -> Result<Round> {
        let queue = self.queue.clone();
        tasks(&self.runtime, self.in_flight, length, move |number| {
            let (queue, input) = (queue.clone(), input_for(number));
            move || call(queue.clone(), input.clone())
        })
    }
}

async fn call(queue: Queue, input: String) -> Result<()> {
    let output = queue.call(ACTION, input, CancellationToken::new()).await?;
    ensure!(output.contains(DONE), "{output}");
    Ok(())
}
