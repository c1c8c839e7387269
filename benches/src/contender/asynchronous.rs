//! A Rust program made for this call on an async client.

use std::time::Duration;

use anyhow::{Result, ensure};
use hyper::Uri;
use tokio::runtime::{Builder, Runtime};

use super::client::{HttpClient, client, post};
use super::ready::{Ready, tasks};
use super::signed;
use crate::round::Round;
use crate::service::Service;

/// A client with a task for each call in flight.
pub struct Asynchronous {
    runtime: Runtime,
    client: HttpClient,
    url: Uri,
    in_flight: usize,
}

impl Asynchronous {
    /// With time limits like the blocking client's.
    ///
    /// # Errors
    /// When there is no runtime for it, or the service speaks TLS.
    pub fn new(service: &Service, in_flight: usize) -> Result<Self> {
        ensure!(service.authority.is_none(), "the async client is measured without TLS");
        let runtime = Builder::new_multi_thread().enable_all().build()?;
        Ok(Self { runtime, client: client(in_flight), url: service.url().parse()?, in_flight })
    }
}

impl Ready for Asynchronous {
    fn round(&mut self, length: Duration) -> Result<Round> {
        let (client, url) = (self.client.clone(), self.url.clone());
        tasks(&self.runtime, self.in_flight, length, move |_| {
            let (client, url) = (client.clone(), url.clone());
            move || call(client.clone(), url.clone())
        })
    }
}

async fn call(client: HttpClient, url: Uri) -> Result<()> {
    post(&client, url, signed::form()?).await
}
