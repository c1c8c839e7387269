//! Connections: accepted here and not by axum's own server, because a service that closes a
//! connection without an answer is one of the things to test against.

use std::io;
use std::time::Duration;

use axum::Router;
use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};

use crate::answer::CloseConnection;

/// Serves every connection on a task of its own. Does not end by itself.
pub(crate) async fn accept_all(listener: TcpListener, router: Router) {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => drop(tokio::spawn(serve(stream, router.clone()))),
            // A connection that was given up, or no file handle left: neither is a reason to stop,
            // and the second takes a moment to pass.
            Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
        }
    }
}

async fn serve(stream: TcpStream, router: Router) {
    // Without it, small answers on a kept connection can wait for the client's acknowledgement.
    let _ = stream.set_nodelay(true);
    let router = TowerToHyperService::new(router);
    let service = service_fn(|request: Request<Incoming>| {
        let response = router.call(request);
        async move {
            let Ok(response) = response.await;
            match response.extensions().get::<CloseConnection>() {
                // hyper drops the connection when its service fails.
                Some(CloseConnection) => Err(io::Error::other("told to close the connection")),
                None => Ok(response),
            }
        }
    });
    // An error is a client that went away or spoke no HTTP: its own business.
    let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
}
