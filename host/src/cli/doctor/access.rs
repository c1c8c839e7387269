//! Who else can read or write a file.

use std::path::Path;

use super::finding::Findings;

/// What is said of a file itself.
pub const FILE: &str = "file";

/// A file that nobody else should read.
pub fn private(path: &Path, what: &str, findings: &mut Findings) {
    look(path, what, true, findings);
}

/// A file that nobody else should write, and that others may read.
pub fn guarded(path: &Path, what: &str, findings: &mut Findings) {
    look(path, what, false, findings);
}

#[cfg(unix)]
fn look(path: &Path, what: &str, is_secret: bool, findings: &mut Findings) {
    use std::os::unix::fs::PermissionsExt;
    let shown = path.display().to_string();
    let Ok(there) = path.metadata() else { return };
    let mode = there.permissions().mode() & 0o777;
    match mode {
        _ if mode & 0o022 != 0 => {
            let next = format!("chmod {} {shown}", if is_secret { "600" } else { "go-w" });
            findings.fail(FILE, shown, format!("others can write it, {what} (mode {mode:o})"), next);
        }
        _ if is_secret && mode & 0o044 != 0 => {
            let next = format!("chmod 600 {shown}");
            findings.warn(FILE, shown, format!("others can read it, {what} (mode {mode:o})"), next);
        }
        _ if is_secret => findings.ok(FILE, shown, format!("nobody else can read it, {what}")),
        _ => findings.ok(FILE, shown, format!("nobody else can write it, {what}")),
    }
}

/// Other systems have other ways to say who may read a file.
#[cfg(not(unix))]
fn look(path: &Path, what: &str, is_secret: bool, findings: &mut Findings) {
    let does = if is_secret { "read" } else { "write" };
    let next = format!("look who can {does} it");
    findings.warn(FILE, path.display().to_string(), format!("who can {does} it, {what}, can't be told here"), next);
}
