//! Whether a folder can be written, and how much room its disk has.

use std::path::Path;

use super::finding::Findings;

/// With less room than this something will soon not be written, in bytes.
const LITTLE: u64 = 100 << 20;
/// The same, where it is too late.
const TOO_LITTLE: u64 = 10 << 20;

/// What is said of a place where something is written.
pub const WRITABLE: &str = "it can be written";

/// Whether a file can be made in a folder; it is gone at once.
pub fn writable(folder: &Path) -> std::io::Result<()> {
    tempfile::NamedTempFile::new_in(folder).map(drop)
}

/// Tells how much room there is on the disk of a place: a folder, or a file. What is looked at, and what can be done with
/// it, are said with that; `option` names another place.
pub fn room(check: &'static str, (shown, can): (String, &str), place: &Path, option: &str, findings: &mut Findings) {
    let Some(free) = free(place) else {
        findings.ok(check, shown, can);
        return;
    };
    let message = format!("{can}, and {} MiB are free", free >> 20);
    let next = format!("make room on its disk, or name a file on another with {option} FILE");
    match free {
        _ if free < TOO_LITTLE => findings.fail(check, shown, message, next),
        _ if free < LITTLE => findings.warn(check, shown, message, next),
        _ => findings.ok(check, shown, message),
    }
}

/// The bytes that are free on the disk of a place.
#[cfg(unix)]
fn free(place: &Path) -> Option<u64> {
    let disk = rustix::fs::statvfs(place).ok()?;
    Some(disk.f_bavail.saturating_mul(disk.f_frsize))
}

/// Where the system does not say how much room there is.
#[cfg(not(unix))]
fn free(_: &Path) -> Option<u64> {
    None
}
