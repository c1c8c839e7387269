//! Messages on standard input and output, from the client that started this process.

use std::time::Duration;

use futures_util::StreamExt;
use rmcp::RoleServer;
use rmcp::model::{ErrorData, GetExtensions, JsonRpcMessage, RequestId};
use rmcp::service::{RxJsonRpcMessage, ServerInitializeError, TxJsonRpcMessage, serve_server};
use rmcp::transport::Transport;
use rmcp::transport::async_rw::AsyncRwTransport;
use rmcp::transport::io::{StdioReader, StdioWriter, stdio_pipes};
use tokio::io::{Empty, empty};
use tokio_util::codec::FramedRead;
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use super::lines::{Line, Lines};
use super::message::{Message, Unreadable};
use super::server::Server;
use crate::signals::Signals;
use crate::web::server;

/// Serves until the input ends or the process is asked to, and the calls under way have ended or
/// took longer than `drain`. Tells how many were cut off then.
///
/// # Errors
/// If it can't begin, or the client does not speak MCP.
pub async fn serve(server: Server, largest_message: usize, drain: Duration) -> Result<usize, String> {
    let mut signals = Signals::new()?;
    let (input, output) = stdio_pipes();
    let (input_ended, stop) = (CancellationToken::new(), CancellationToken::new());
    let messages = Messages {
        input: FramedRead::new(input, Lines::new(largest_message)),
        output: AsyncRwTransport::new_server(empty(), output),
        largest: largest_message,
        input_ended: input_ended.clone(),
        stop: stop.clone(),
    };
    info!("serving on standard input and output");
    let mut session = tokio::spawn(session(server.clone(), messages));
    tokio::select! {
        () = signals.next() => info!("asked to end"),
        () = input_ended.cancelled() => info!("the client is gone"),
        ended = &mut session => return ended.unwrap_or_else(|_| Err("the server stopped in the middle".to_owned())),
    }
    let cut_off = server::drain_calls(server.admission(), drain, &mut signals).await;
    stop.cancel();
    // Sends the answers that are left.
    tokio::select! {
        _ = session => {}
        () = signals.next() => {}
    }
    Ok(cut_off)
}

/// Answers until the lines end. As long as they do not, nothing is cut off.
async fn session(server: Server, messages: Messages) -> Result<usize, String> {
    match serve_server(server, messages).await {
        Ok(running) => drop(running.waiting().await),
        // They ended before it began.
        Err(ServerInitializeError::ConnectionClosed(_)) => {}
        // Without what the client sent: anything may stand there.
        Err(_) => return Err("the client does not begin as MCP has it, with the request initialize".to_owned()),
    }
    Ok(0)
}

/// Messages that end when this side is ready, and not with the input: answers may still be due.
struct Messages {
    input: FramedRead<StdioReader, Lines>,
    output: AsyncRwTransport<RoleServer, Empty, StdioWriter>,
    largest: usize,
    input_ended: CancellationToken,
    stop: CancellationToken,
}

impl Messages {
    /// What a line says; none if that is nothing that can be answered, or is answered already.
    fn read(&mut self, line: Line) -> Option<RxJsonRpcMessage<RoleServer>> {
        let Line::Whole(line) = line else {
            warn!("a message is longer than the {} bytes of --largest-message, and is passed over", self.largest);
            return None;
        };
        if line.trim_ascii().is_empty() {
            return None;
        }
        match Message::read(&line) {
            Ok(message) => self.understand(message),
            // Whoever writes no JSON may write back what it is answered, and that without end.
            Err(unreadable @ Unreadable::NotJson(_)) => {
                warn!("a line is passed over: {}", unreadable.detail());
                None
            }
            Err(unreadable) => {
                let error = ErrorData::new(unreadable.code(), unreadable.detail(), None);
                self.refuse(error, unreadable.id().cloned());
                None
            }
        }
    }

    fn understand(&mut self, message: Message) -> Option<RxJsonRpcMessage<RoleServer>> {
        let Ok(mut read) = serde_json::from_str::<RxJsonRpcMessage<RoleServer>>(&message.text) else {
            // A notification has no answer, whatever it is.
            if message.id.is_some() || message.method.is_empty() {
                self.refuse(ErrorData::invalid_request(Unreadable::NotAMessage.detail(), None), message.id);
            }
            return None;
        };
        if let (JsonRpcMessage::Request(request), Some(arguments)) = (&mut read, message.arguments) {
            request.request.extensions_mut().insert(arguments);
        }
        Some(read)
    }

    fn refuse(&mut self, error: ErrorData, id: Option<RequestId>) {
        tokio::spawn(self.output.send(TxJsonRpcMessage::<RoleServer>::error(error, id)));
    }
}

impl Transport<RoleServer> for Messages {
    type Error = std::io::Error;

    fn send(
        &mut self,
        message: TxJsonRpcMessage<RoleServer>,
    ) -> impl Future<Output = Result<(), Self::Error>> + Send + 'static {
        self.output.send(message)
    }

    async fn receive(&mut self) -> Option<RxJsonRpcMessage<RoleServer>> {
        while !self.input_ended.is_cancelled() {
            let line = tokio::select! {
                biased;
                () = self.stop.cancelled() => return None,
                line = self.input.next() => line,
            };
            match line {
                Some(Ok(line)) => {
                    if let Some(message) = self.read(line) {
                        return Some(message);
                    }
                }
                Some(Err(error)) => {
                    warn!("standard input can't be read: {error}");
                    self.input_ended.cancel();
                }
                None => self.input_ended.cancel(),
            }
        }
        self.stop.cancelled().await;
        None
    }

    async fn close(&mut self) -> Result<(), Self::Error> {
        self.output.close().await
    }
}
