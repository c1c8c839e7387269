//! Numbers as figures.

/// Millions of bytes.
#[expect(clippy::cast_precision_loss, reason = "no process has that much memory")]
pub fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}

/// Of what is counted.
#[expect(clippy::cast_precision_loss, reason = "what is counted here is small")]
pub fn number(of: usize) -> f64 {
    of as f64
}

/// Microseconds, of nanoseconds.
#[expect(clippy::cast_precision_loss, reason = "no call takes that many nanoseconds")]
pub fn micros(nanos: u64) -> f64 {
    nanos as f64 / 1e3
}
