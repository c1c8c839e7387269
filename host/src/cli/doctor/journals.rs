//! Whether batches have come to their end, by their journals.

use std::path::{Path, PathBuf};

use super::finding::Findings;
use crate::batch::journal::{Found, Header, Told, look as look_at};

const CHECK: &str = "journal";
/// What the name of a batch's journal ends with, if nobody says otherwise.
const ENDING: &str = ".journal";

/// Looks at these journals, and at those that stand in this folder.
pub fn look(named: &[PathBuf], findings: &mut Findings) {
    for path in named {
        told(path, true, findings);
    }
    let there = Path::new(".").read_dir().into_iter().flatten().flatten().map(|entry| entry.file_name());
    let mut here: Vec<_> = there.filter(|name| name.to_string_lossy().ends_with(ENDING)).map(PathBuf::from).collect();
    here.sort();
    for path in here.iter().filter(|path| !named.contains(path)) {
        told(path, false, findings);
    }
}

fn told(path: &Path, is_named: bool, findings: &mut Findings) {
    let shown = path.display().to_string();
    match look_at(path) {
        Err(error) => findings.fail(CHECK, shown, format!("it can't be read: {error}"), "let who runs batch read it"),
        Ok(Found::None) if is_named => {
            findings.fail(CHECK, shown, "it is no journal of a batch", "name another, with --journal FILE");
        }
        // Other programs have journals, too.
        Ok(Found::None) => {}
        Ok(Found::InUse) => findings.ok(CHECK, shown, "a batch is at work with it"),
        Ok(Found::Unbegun) => {
            let next = "begin with the same command, without --resume, or delete it";
            findings.warn(CHECK, shown, "its batch was broken off before it sent anything", next);
        }
        Ok(Found::OtherVersion(version)) => {
            let next = "go on with the plugin-host that began it, or put it aside";
            let what =
                format!("it is of version {version} of the format, and this plugin-host knows {}", Header::VERSION);
            findings.warn(CHECK, shown, what, next);
        }
        Ok(Found::Told(told)) => rows(&told, shown, findings),
    }
}

fn rows(told: &Told, shown: String, findings: &mut Findings) {
    let Told { header: Header { rows, input, action, plugin, .. }, done, failed, damage } = told;
    let what = format!("{done} of the {rows} rows of {input} are done ({action} of {plugin})");
    let open = rows.saturating_sub(done + failed);
    match (damage.lines, open, *failed) {
        (0, 0, 0) => findings.ok(CHECK, shown, what),
        (0, 0, _) => {
            let next = "mend the input of those, or send them again with --resume --retry-failed";
            findings.warn(CHECK, shown, format!("{what}, and {failed} failed"), next);
        }
        (0, ..) => {
            let next = match (done, failed) {
                // A journal belongs to an account: one that could not be reached has nothing to go on with.
                (0, 0) => {
                    "go on with the same command and --resume; or, if the connection is another by now, begin anew without --resume, with this journal and its results moved away"
                }
                _ => "go on with the same command and --resume",
            };
            findings.warn(CHECK, shown, format!("{what}, {failed} failed, and {open} are open"), next);
        }
        (lines, ..) => {
            let next =
                "go on with the same command and --resume: rows of which nothing else is known count as in doubt";
            findings.warn(CHECK, shown, format!("{what}, and {lines} of its lines can't be read"), next);
        }
    }
}
