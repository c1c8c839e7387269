//! How much a request may, and how long.

use std::time::Duration;

/// How much, and how long: the defaults, changed one by one.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Time to resolve the name and connect, TLS included.
    pub connect: Duration,
    /// Time to send the request.
    pub send: Duration,
    /// Time from the request's end to the end of the response's headers.
    pub first_byte: Duration,
    /// Time for everything together.
    pub total: Duration,
    /// Largest request body in bytes.
    pub request_bytes: usize,
    /// Largest response body in bytes, after decompression.
    pub response_bytes: u64,
    /// Largest response head in bytes.
    pub header_bytes: usize,
    /// Idle connections kept for one origin, and for all.
    pub idle_connections: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            send: Duration::from_secs(10),
            first_byte: Duration::from_secs(20),
            total: Duration::from_secs(30),
            request_bytes: 1 << 20,
            response_bytes: 1 << 20,
            header_bytes: 64 << 10,
            idle_connections: 16 << 10,
        }
    }
}

impl Limits {
    setters! {
        connect: Duration,
        send: Duration,
        first_byte: Duration,
        total: Duration,
        request_bytes: usize,
        response_bytes: u64,
        header_bytes: usize,
        idle_connections: usize,
    }
}
