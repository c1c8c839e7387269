//! Whether each call can have its line in the file of `--audit`: without it, none is made.

use std::fs::OpenOptions;
use std::path::Path;

use super::access::private;
use super::disk::{self, writable};
use super::finding::Findings;

const CHECK: &str = "audit";

/// Looks at the file, if one is named, and makes none.
pub fn look(file: Option<&Path>, findings: &mut Findings) {
    let Some(file) = file else { return };
    let shown = file.display().to_string();
    let next = "let the user who runs plugin-host append to it, or name another place with --audit FILE: without it no call is made";
    match file.metadata() {
        Ok(there) if there.is_dir() => findings.fail(CHECK, shown, "it is a folder", next),
        Ok(there) => match OpenOptions::new().append(true).open(file) {
            Err(why) => findings.fail(CHECK, shown, format!("it can't be written: {why}"), next),
            Ok(_) if there.is_file() => {
                disk::room(CHECK, (shown, disk::WRITABLE), file, "--audit", findings);
                private(file, "which says who called what", findings);
            }
            Ok(_) => findings.ok(CHECK, shown, "it can be written, and is no file that is kept"),
        },
        Err(_) => {
            let whole = std::path::absolute(file).unwrap_or_else(|_| file.to_owned());
            let folder = whole.parent().unwrap_or(&whole);
            match writable(folder) {
                Ok(()) => {
                    disk::room(CHECK, (shown, "it is not there yet, and can be made"), folder, "--audit", findings);
                }
                Err(why) => {
                    findings.fail(CHECK, shown, format!("it is not there, and can't be made: {why}"), next);
                }
            }
        }
    }
}
