//! The service as tests and the program have it.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio::runtime::Runtime;

use crate::misbehaviour::Misbehaviour;
use crate::orders::Order;
use crate::record::Recorded;
use crate::state::State;
use crate::webhook::{Sent, Webhook};
use crate::{control, serve};

/// The token of the sample account: it opens nothing.
pub const SAMPLE_TOKEN: &str = "shop-token-1234";

/// A running service on this machine. It ends with this value.
pub struct Service {
    address: SocketAddr,
    state: Arc<State>,
    /// Taken when it ends.
    runtime: Option<Runtime>,
}

impl Service {
    /// A service on a free port, with the sample account's token.
    ///
    /// # Errors
    /// When no port can be opened.
    pub fn start() -> io::Result<Self> {
        Self::listen(0, SAMPLE_TOKEN)
    }

    /// A service on a port of 127.0.0.1, or on a free one where it is 0.
    ///
    /// # Errors
    /// When the port can't be opened.
    pub fn listen(port: u16, token: &str) -> io::Result<Self> {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
        let listener = runtime.block_on(TcpListener::bind((Ipv4Addr::LOCALHOST, port)))?;
        let address = listener.local_addr()?;
        let state = Arc::new(State::new(token.to_owned()));
        runtime.spawn(serve::accept_all(listener, state.clone()));
        Ok(Self { address, state, runtime: Some(runtime) })
    }

    /// Where it listens: `http://127.0.0.1:…`.
    pub fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Says what becomes of the next requests, one after the other; those after them are answered.
    pub fn misbehave(&self, next: impl IntoIterator<Item = Misbehaviour>) {
        self.state.lock().next = next.into_iter().collect();
    }

    /// What it was asked, oldest first.
    pub fn requests(&self) -> Vec<Recorded> {
        self.state.lock().requests.clone()
    }

    /// The orders, oldest first.
    pub fn orders(&self) -> Vec<Order> {
        self.state.lock().shop.orders.clone()
    }

    /// The notes, oldest first.
    pub fn notes(&self) -> Vec<String> {
        self.state.lock().shop.notes.clone()
    }

    /// Sends a webhook, and waits for what comes back.
    ///
    /// # Errors
    /// When the address is not one of this machine, or there is no such order.
    pub fn send_webhook(&self, webhook: &Webhook) -> Result<Vec<Sent>, String> {
        control::send(&self.state, webhook)
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            // Requests that are delayed are not waited for.
            runtime.shutdown_background();
        }
    }
}
