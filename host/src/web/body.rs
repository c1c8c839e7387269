//! Bodies of requests, from clients that may send too much, or too slowly.

use std::fmt;
use std::time::Duration;

use axum::body::Body;
use axum::http::StatusCode;
use axum::http::header::{CONTENT_LENGTH, HeaderMap};
use futures_util::StreamExt;
use tokio::time::timeout;

/// Why a body can't be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unread {
    /// It is larger than this many bytes.
    TooLarge {
        /// All that is taken.
        limit: usize,
    },
    /// It did not come whole.
    Broken,
    /// It did not come in time.
    Slow,
}

/// Reads a body of at most `limit` bytes that comes in the time of the client's patience.
///
/// # Errors
/// If it is not like that.
pub async fn read(headers: &HeaderMap, body: Body, limit: usize, patience: Duration) -> Result<Vec<u8>, Unread> {
    let announced = headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|length| length > limit) {
        return Err(Unread::TooLarge { limit });
    }
    let read = async {
        let (mut parts, mut bytes) = (body.into_data_stream(), Vec::with_capacity(announced.unwrap_or(0)));
        while let Some(part) = parts.next().await {
            bytes.extend_from_slice(&part.map_err(|_| Unread::Broken)?);
            if bytes.len() > limit {
                return Err(Unread::TooLarge { limit });
            }
        }
        Ok(bytes)
    };
    timeout(patience, read).await.unwrap_or(Err(Unread::Slow))
}

impl Unread {
    /// The status of the answer.
    pub fn status(self) -> StatusCode {
        match self {
            Self::TooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Broken => StatusCode::BAD_REQUEST,
            Self::Slow => StatusCode::REQUEST_TIMEOUT,
        }
    }
}

impl fmt::Display for Unread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLarge { limit } => {
                write!(f, "The body is larger than {limit} bytes, which is all that this server takes.")
            }
            Self::Broken => f.write_str("The body did not come whole. Send it again."),
            Self::Slow => f.write_str("The body did not come in time. Send the request again."),
        }
    }
}
