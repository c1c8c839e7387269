//! Whether a folder can be written, and how much room its disk has.

use std::path::Path;

use super::finding::Findings;

/// With less room than this something will soon not be written, in bytes.
const LITTLE: u64 = 100 << 20;
/// The same, where it is too late.
const TOO_LITTLE: u64 = 10 << 20;

/// Whether a file can be made in a folder; it is gone at once.
pub fn writable(folder: &Path) -> std::io::Result<()> {
    tempfile::NamedTempFile::new_in(folder).map(drop)
}

/// Tells how much room there is where something can be written: a folder, or a file. `option` names another place.
#[cfg(unix)]
pub fn room(check: &'static str, place: &Path, option: &str, findings: &mut Findings) {
    let shown = place.display().to_string();
    let Ok(disk) = rustix::fs::statvfs(place) else {
        findings.ok(check, shown, "it can be written");
        return;
    };
    let free = disk.f_bavail.saturating_mul(disk.f_frsize);
    let message = format!("it can be written, and {} MiB are free", free >> 20);
    let next = format!("make room on its disk, or name a file on another with {option} FILE");
    match free {
        _ if free < TOO_LITTLE => findings.fail(check, shown, message, next),
        _ if free < LITTLE => findings.warn(check, shown, message, next),
        _ => findings.ok(check, shown, message),
    }
}

/// Where the system does not say how much room there is.
#[cfg(not(unix))]
pub fn room(check: &'static str, place: &Path, _: &str, findings: &mut Findings) {
    findings.ok(check, place.display().to_string(), "it can be written");
}
