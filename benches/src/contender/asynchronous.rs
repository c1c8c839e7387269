//! A Rust program made for this call on an async client: hyper, and the pool of connections that comes with it.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use http_body_util::{BodyExt, Full, Limited};
use hyper::{Request, Uri};
use tokio::runtime::{Builder, Runtime};

use super::over_http::{HttpClient, client};
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

/// Posts a form to the service, and checks its reply.
///
/// # Errors
/// When it is not done, or the service has not signed that it is.
pub async fn post(client: &HttpClient, url: Uri, form: String) -> Result<()> {
    let request = signed::HEADERS.iter().fold(Request::post(url), |to, (name, value)| to.header(*name, *value));
    let request = request.body(Full::from(form))?;
    let within = Duration::from_secs(20);
    let response = tokio::time::timeout(within, client.request(request)).await.context("no answer in time")??;
    let status = response.status().as_u16();
    let most = usize::try_from(signed::MOST_BYTES)?;
    let body = Limited::new(response.into_body(), most).collect().await.map_err(|error| anyhow::anyhow!(error))?;
    signed::check(status, &body.to_bytes())
}
