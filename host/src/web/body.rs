//! Bodies of requests, from clients that may send too much, or too slowly.

use std::time::Duration;

use axum::body::Body;
use axum::http::header::{ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_LENGTH, HeaderMap, HeaderName};
use axum::http::{HeaderValue, StatusCode};
use futures_util::StreamExt;
use tokio::time::timeout;

/// Why a body can't be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BodyError {
    /// It is compressed, or packed in another way.
    #[error("The body has a Content-Encoding, and this server unpacks none: send it plain.")]
    Encoded,
    /// It is larger than this many bytes.
    #[error("The body is larger than {limit} bytes, which is all that this server takes.")]
    TooLarge {
        /// All that is taken.
        limit: usize,
    },
    /// It did not come whole.
    #[error("The body did not come whole. Send it again.")]
    Broken,
    /// It did not come in time.
    #[error("The body did not come in time. Send the request again.")]
    Slow,
}

/// How much room is made before anything has come. What a client announces may never come.
const ROOM: usize = 64 << 10;

/// Before a text it says that this is UTF-8. Nothing is lost with it (RFC 8259, 8.1).
const BOM: &[u8] = b"\xef\xbb\xbf";

/// Reads a body of JSON, of at most `limit` bytes, that comes in the time of the client's patience.
///
/// # Errors
/// If it is not like that.
pub async fn read(headers: &HeaderMap, body: Body, limit: usize, patience: Duration) -> Result<Vec<u8>, BodyError> {
    if !headers.get_all(CONTENT_ENCODING).iter().all(is_plain) {
        return Err(BodyError::Encoded);
    }
    let mut bytes = read_bytes(headers, body, limit, patience).await?;
    if bytes.starts_with(BOM) {
        bytes.drain(..BOM.len());
    }
    Ok(bytes)
}

/// Reads a body as it came, packed or not: somebody may have signed these bytes.
///
/// # Errors
/// If it is larger than `limit`, or does not come in time.
pub async fn read_bytes(
    headers: &HeaderMap,
    body: Body,
    limit: usize,
    patience: Duration,
) -> Result<Vec<u8>, BodyError> {
    let announced = headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|length| length > limit) {
        return Err(BodyError::TooLarge { limit });
    }
    let read = async {
        let room = announced.unwrap_or(0).min(ROOM);
        let (mut parts, mut bytes) = (body.into_data_stream(), Vec::with_capacity(room));
        while let Some(part) = parts.next().await {
            bytes.extend_from_slice(&part.map_err(|_| BodyError::Broken)?);
            if bytes.len() > limit {
                return Err(BodyError::TooLarge { limit });
            }
        }
        Ok(bytes)
    };
    timeout(patience, read).await.unwrap_or(Err(BodyError::Slow))
}

/// Whether a `Content-Encoding` leaves the bytes as they are.
fn is_plain(value: &HeaderValue) -> bool {
    let plain = |coding: &str| coding.trim().is_empty() || coding.trim().eq_ignore_ascii_case("identity");
    value.to_str().is_ok_and(|codings| codings.split(',').all(plain))
}

impl BodyError {
    /// What the answer's head tells beside the status.
    pub fn header(self) -> Option<(HeaderName, HeaderValue)> {
        // What would be taken (RFC 9110, 15.5.16).
        (self == Self::Encoded).then(|| (ACCEPT_ENCODING, HeaderValue::from_static("identity")))
    }

    /// The status of the answer.
    pub fn status(self) -> StatusCode {
        match self {
            Self::Encoded => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::TooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Broken => StatusCode::BAD_REQUEST,
            Self::Slow => StatusCode::REQUEST_TIMEOUT,
        }
    }
}
