//! A body too large to be held in memory, by the server or by its client.

use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::Bytes;
use hyper::body::Frame;

/// The size of the `result` of a [`Misbehaviour::Huge`](crate::Misbehaviour::Huge) reply, in bytes.
pub const HUGE_BYTES: usize = 64 << 20;

/// A body with [`HUGE_BYTES`] of filler in it that are never in memory at once. Its size is not
/// announced.
pub(crate) struct Filled {
    before: Option<Bytes>,
    filler: Bytes,
    left: usize,
    after: Option<Bytes>,
}

impl Filled {
    pub(crate) fn new(before: Vec<u8>, after: Vec<u8>) -> Self {
        Self {
            before: Some(before.into()),
            filler: Bytes::from_static(&[b'x'; 1 << 16]),
            left: HUGE_BYTES,
            after: Some(after.into()),
        }
    }

    fn next(&mut self) -> Option<Bytes> {
        if let Some(before) = self.before.take() {
            return Some(before);
        }
        if self.left == 0 {
            return self.after.take();
        }
        let size = self.left.min(self.filler.len());
        self.left -= size;
        Some(self.filler.slice(..size))
    }
}

impl hyper::body::Body for Filled {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        Poll::Ready(self.next().map(|bytes| Ok(Frame::data(bytes))))
    }
}
