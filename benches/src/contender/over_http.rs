//! `plugin-host serve`, and a proxy that does the same by hand: servers that take the call as JSON over HTTP.

use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use anyhow::Result;
use hyper::Uri;
use tempfile::TempDir;
use tokio::runtime::{Builder, Runtime};

use super::client::{HttpClient, ask, client};
use super::ready::{Ready, tasks_of};
use crate::listening::{Listening, folder, warm_plugin_host};
use crate::programs::Programs;
use crate::round::{Round, Stopwatch};
use crate::sample::{ACTION, input_for};
use crate::service::Service;

/// A server with a client that has so many calls in flight. The client's time is not the server's.
pub struct OverHttp {
    server: Listening,
    runtime: Runtime,
    asking: Asking,
    in_flight: usize,
    _home: TempDir,
}

impl OverHttp {
    /// `plugin-host serve`; with `keyed` each call has an `Idempotency-Key` of its own.
    ///
    /// # Errors
    /// When it does not start.
    pub fn serve(programs: &Programs, service: &Service, in_flight: usize, keyed: bool) -> Result<Self> {
        let home = folder(programs)?;
        let mut command = warm_plugin_host(programs, service, home.path())?;
        // The proxy writes no line for each call either.
        command.args(["--log", "warn", "serve", "--listen", "127.0.0.1:0"]);
        command.args(["--in-flight", &in_flight.max(32).to_string()]);
        let path = format!("/v1/connections/default/actions/{ACTION}");
        Self::new("plugin-host serve", command, home, &path, in_flight, keyed)
    }

    /// The [proxy](super::proxy).
    ///
    /// # Errors
    /// When it does not start.
    pub fn proxy(programs: &Programs, service: &Service, in_flight: usize) -> Result<Self> {
        let mut command = Command::new(&programs.benches);
        command.arg("proxy").arg(&service.base_url);
        Self::new("the proxy", command, folder(programs)?, super::proxy::PATH, in_flight, false)
    }

    fn new(name: &str, command: Command, home: TempDir, path: &str, in_flight: usize, keyed: bool) -> Result<Self> {
        let runtime = Builder::new_multi_thread().enable_all().build()?;
        let server = Listening::start(name, command)?;
        let url = format!("http://{}{path}", server.address).parse()?;
        let asking = Asking { client: client(in_flight), url, keys: keyed.then(Arc::default) };
        Ok(Self { runtime, server, asking, in_flight, _home: home })
    }
}

impl Ready for OverHttp {
    fn round(&mut self, length: Duration) -> Result<Round> {
        let watch = Stopwatch::of(Some(self.server.process()), length);
        tasks_of(&self.runtime, self.in_flight, watch, |number| {
            let (asking, input) = (self.asking.clone(), input_for(number));
            move || asking.clone().ask(input.clone())
        })
    }
}

#[derive(Clone)]
struct Asking {
    client: HttpClient,
    url: Uri,
    /// How many keys there were, if calls have any.
    keys: Option<Arc<AtomicU64>>,
}

impl Asking {
    async fn ask(self, input: String) -> Result<()> {
        let key = self.keys.map(|keys| format!("call-{}", keys.fetch_add(1, Ordering::Relaxed)));
        ask(&self.client, self.url, input, key).await
    }
}
