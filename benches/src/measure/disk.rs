//! What this disk gives: what waits for it can be no faster, unless several wait together.

use std::fs::File;
use std::io::Write;
use std::time::{Duration, Instant};

use anyhow::Result;

use crate::listening::folder;
use crate::programs::Programs;
use crate::units::number;

/// How often in a second a small write lasts, one after the other.
///
/// # Errors
/// When nothing can be written.
pub fn syncs_per_s(programs: &Programs, length: Duration) -> Result<f64> {
    let folder = folder(programs)?;
    let mut file = File::create(folder.path().join("writes"))?;
    let (begun, mut syncs) = (Instant::now(), 0);
    while syncs == 0 || begun.elapsed() < length {
        file.write_all(&[0; 512])?;
        file.sync_data()?;
        syncs += 1;
    }
    Ok(number(syncs) / begun.elapsed().as_secs_f64())
}
