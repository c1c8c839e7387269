//! An async HTTP client: hyper, and the pool of connections that comes with it.

use std::time::Duration;

use anyhow::{Context, Result, anyhow, ensure};
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Bytes;
use hyper::{Request, Uri};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};

use super::signed;
use crate::sample::DONE;

/// A client that keeps its connections.
pub type HttpClient = Client<HttpConnector, Full<Bytes>>;

/// One that keeps so many, with time limits like the blocking client's.
pub fn client(connections: usize) -> HttpClient {
    let mut connector = HttpConnector::new();
    connector.set_nodelay(true);
    connector.set_connect_timeout(Some(Duration::from_secs(10)));
    Client::builder(TokioExecutor::new())
        .pool_timer(TokioTimer::new())
        .pool_max_idle_per_host(connections)
        .build(connector)
}

/// Posts a form to the service, and checks its reply.
///
/// # Errors
/// When it is not done, or the service has not signed that it is.
pub async fn post(client: &HttpClient, url: Uri, form: String) -> Result<()> {
    let request = signed::HEADERS.iter().fold(Request::post(url), |to, (name, value)| to.header(*name, *value));
    let (status, body) = exchange(client, request.body(Full::from(form))?).await?;
    signed::check(status, &body)
}

/// Asks a server for the sample call with this input.
///
/// # Errors
/// When it is not done; with what the server says.
pub async fn ask(client: &HttpClient, url: Uri, input: String, key: Option<String>) -> Result<()> {
    let mut request = Request::post(url).header("content-type", "application/json");
    if let Some(key) = key {
        request = request.header("idempotency-key", key);
    }
    let (status, body) = exchange(client, request.body(Full::from(input))?).await?;
    let body = String::from_utf8_lossy(&body);
    ensure!(status == 200 && body.contains(DONE), "HTTP status {status}: {body}");
    Ok(())
}

async fn exchange(client: &HttpClient, request: Request<Full<Bytes>>) -> Result<(u16, Bytes)> {
    let within = Duration::from_secs(20);
    let response = tokio::time::timeout(within, client.request(request)).await.context("no answer in time")??;
    let status = response.status().as_u16();
    let most = usize::try_from(signed::MOST_BYTES)?;
    let body = Limited::new(response.into_body(), most).collect().await.map_err(|error| anyhow!(error))?;
    Ok((status, body.to_bytes()))
}
