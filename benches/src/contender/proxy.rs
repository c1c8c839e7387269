//! A proxy that does by hand what `plugin-host serve` does for this one call, on the same server library: it reads the
//! JSON, signs the form, posts it, checks that the service signed its reply, and answers JSON.

use std::io::Write;
use std::net::Ipv4Addr;

use anyhow::Result;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use hyper::Uri;
use serde::{Deserialize, Serialize};
use serde_json::json;
use tokio::net::TcpListener;
use tokio::runtime::Builder;

use super::client::{self, HttpClient};
use super::signed;
use crate::sample::DONE;
use crate::service::Service;

/// Where it takes calls.
pub const PATH: &str = "/update_order_status";

/// Connections to the service that it keeps.
const CONNECTIONS: usize = 64;

/// What it takes; the service gets the fields in this order.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Input {
    bill_id: String,
    status: String,
    date: u64,
    rpo: String,
}

#[derive(Serialize)]
struct Output {
    bill_id: String,
    status: String,
    message: &'static str,
}

#[derive(Clone)]
struct Proxy {
    client: HttpClient,
    url: Uri,
}

/// Serves until the process is killed, and prints its address first.
///
/// # Errors
/// When it can't listen.
pub fn run(service: &Service) -> Result<()> {
    Builder::new_multi_thread().enable_all().build()?.block_on(async {
        let proxy = Proxy { client: client::client(CONNECTIONS), url: service.url().parse()? };
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        println!("the proxy is on http://{}", listener.local_addr()?);
        std::io::stdout().flush()?;
        let listener = axum::serve::ListenerExt::tap_io(listener, |stream| drop(stream.set_nodelay(true)));
        axum::serve(listener, Router::new().route(PATH, post(update)).with_state(proxy)).await?;
        Ok(())
    })
}

async fn update(State(proxy): State<Proxy>, Json(input): Json<Input>) -> Response {
    match proxy.call(input).await {
        Ok(output) => Json(output).into_response(),
        Err(error) => (StatusCode::BAD_GATEWAY, Json(json!({ "detail": format!("{error:#}") }))).into_response(),
    }
}

impl Proxy {
    async fn call(self, input: Input) -> Result<Output> {
        client::post(&self.client, self.url, signed::form_of(&input)?).await?;
        let Input { bill_id, status, .. } = input;
        Ok(Output { bill_id, status, message: DONE })
    }
}
