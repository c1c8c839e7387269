//! Sockets on Tokio: whoever waits for one holds no thread.

use std::io;
use std::net::SocketAddr;
use std::time::Instant;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::runtime::{Handle, Id};
use tokio::time::timeout_at;

use super::{Net, Stream, timed_out};

/// Waits on the Tokio runtime in which it is polled.
#[derive(Debug)]
pub enum Tokio {}

/// A socket of a runtime, outside of which it never wakes anybody.
#[derive(Debug)]
pub struct TokioStream {
    tcp: TcpStream,
    runtime: Id,
}

impl Net for Tokio {
    type Stream = TokioStream;

    async fn lookup(host: String, port: u16, until: Instant) -> io::Result<Vec<SocketAddr>> {
        in_time(until, async { Ok(tokio::net::lookup_host((host, port)).await?.collect()) }).await
    }

    async fn connect(address: SocketAddr, until: Instant) -> io::Result<TokioStream> {
        let tcp = in_time(until, TcpStream::connect(address)).await?;
        tcp.set_nodelay(true)?;
        Ok(TokioStream { tcp, runtime: Handle::current().id() })
    }
}

impl Stream for TokioStream {
    async fn readable(&self, until: Instant) -> io::Result<()> {
        in_time(until, self.tcp.readable()).await
    }

    async fn read(&mut self, into: &mut [u8], until: Instant) -> io::Result<usize> {
        in_time(until, self.tcp.read(into)).await
    }

    async fn write(&mut self, bytes: &[u8], until: Instant) -> io::Result<usize> {
        in_time(until, self.tcp.write(bytes)).await
    }

    #[cfg(unix)]
    fn is_quiet(&self) -> bool {
        super::is_quiet(&self.tcp)
    }

    #[cfg(not(unix))]
    fn is_quiet(&self) -> bool {
        use futures_util::FutureExt;
        self.tcp.peek(&mut [0]).now_or_never().is_none()
    }

    fn is_at_home(&self) -> bool {
        Handle::current().id() == self.runtime
    }
}

/// Looks at the time first: where there always is something to read, nothing ever waits.
async fn in_time<T>(until: Instant, work: impl Future<Output = io::Result<T>>) -> io::Result<T> {
    if Instant::now() >= until {
        return Err(timed_out());
    }
    timeout_at(until.into(), work).await.unwrap_or_else(|_| Err(timed_out()))
}
