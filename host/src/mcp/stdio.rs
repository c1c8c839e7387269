//! Messages on standard input and output, from the client that started this process.

use std::time::Duration;

use rmcp::RoleServer;
use rmcp::service::{RxJsonRpcMessage, ServerInitializeError, TxJsonRpcMessage, serve_server};
use rmcp::transport::Transport;
use rmcp::transport::async_rw::AsyncRwTransport;
use rmcp::transport::io::{StdioReader, StdioWriter, stdio_pipes};
use tokio_util::sync::CancellationToken;
use tracing::info;

use super::server::Server;
use crate::signals::Signals;
use crate::web::site;

/// Serves until the input ends or the process is asked to, and the calls under way have ended or
/// took longer than `drain`. Tells how many were cut off then.
///
/// # Errors
/// If it can't begin, or the client does not speak MCP.
pub async fn serve(server: Server, largest_message: usize, drain: Duration) -> Result<usize, String> {
    let mut signals = Signals::new()?;
    let (input, output) = stdio_pipes();
    let (input_ended, stop) = (CancellationToken::new(), CancellationToken::new());
    let lines = AsyncRwTransport::new_server(input, output).with_max_line_length(largest_message);
    let lines = Lines { lines, input_ended: input_ended.clone(), stop: stop.clone() };
    info!("serving on standard input and output");
    let mut session = tokio::spawn(session(server.clone(), lines));
    tokio::select! {
        () = signals.next() => info!("asked to end"),
        () = input_ended.cancelled() => info!("the client is gone"),
        ended = &mut session => return ended.unwrap_or_else(|_| Err("the server stopped in the middle".to_owned())),
    }
    let cut_off = site::drained(server.intake(), drain, &mut signals).await;
    stop.cancel();
    // Sends the answers that are left.
    tokio::select! {
        _ = session => {}
        () = signals.next() => {}
    }
    Ok(cut_off)
}

/// Answers until the lines end. As long as they do not, nothing is cut off.
async fn session(server: Server, lines: Lines) -> Result<usize, String> {
    match serve_server(server, lines).await {
        Ok(running) => drop(running.waiting().await),
        // They ended before it began.
        Err(ServerInitializeError::ConnectionClosed(_)) => {}
        // Without what the client sent: anything may stand there.
        Err(_) => return Err("the client does not begin as MCP has it, with the request initialize".to_owned()),
    }
    Ok(0)
}

/// Lines of JSON that end when this side is ready, and not with the input: answers may still be due.
struct Lines {
    lines: AsyncRwTransport<RoleServer, StdioReader, StdioWriter>,
    input_ended: CancellationToken,
    stop: CancellationToken,
}

impl Transport<RoleServer> for Lines {
    type Error = std::io::Error;

    fn send(
        &mut self,
        message: TxJsonRpcMessage<RoleServer>,
    ) -> impl Future<Output = Result<(), Self::Error>> + Send + 'static {
        self.lines.send(message)
    }

    async fn receive(&mut self) -> Option<RxJsonRpcMessage<RoleServer>> {
        if !self.input_ended.is_cancelled() {
            let message = tokio::select! {
                biased;
                () = self.stop.cancelled() => return None,
                message = self.lines.receive() => message,
            };
            if message.is_some() {
                return message;
            }
            self.input_ended.cancel();
        }
        self.stop.cancelled().await;
        None
    }

    async fn close(&mut self) -> Result<(), Self::Error> {
        self.lines.close().await
    }
}
