//! Whether what is to be kept can be kept.

use std::path::{Path, PathBuf};

use super::disk::{self, writable};
use super::finding::Findings;
use crate::events::store;
use crate::serve::answers;
use crate::state::{self, Found, Layout};

const CHECK: &str = "state";
/// Events that wait for longer than this, in seconds, wait for somebody.
const LONG: u64 = 600;

/// Looks at the folder of state files and at those that are there.
pub fn look(named: Option<&Path>, findings: &mut Findings) {
    let file = match named.map_or_else(|| state::usual("serve.sqlite"), |path| Ok(path.to_owned())) {
        Ok(file) => file,
        Err(why) => {
            findings.warn(CHECK, "folder", why, "set STATE_DIRECTORY, or give servers --state FILE");
            return;
        }
    };
    let folder = std::path::absolute(&file).ok().and_then(|file| file.parent().map(Path::to_owned)).unwrap_or_default();
    let shown = folder.display().to_string();
    if !folder.exists() {
        let there = folder.ancestors().find(|folder| folder.exists()).map(Path::to_owned).unwrap_or_default();
        match writable(&there) {
            Ok(()) => disk::room(CHECK, (shown, "it is not there yet, and can be made"), &there, "--state", findings),
            Err(why) => {
                let next = "make it, for the user who runs plugin-host, or name a file elsewhere with --state FILE";
                findings.fail(
                    CHECK,
                    shown,
                    format!("it is not there, and can't be made in {}: {why}", there.display()),
                    next,
                );
            }
        }
        return;
    }
    match writable(&folder) {
        Ok(()) => disk::room(CHECK, (shown, disk::WRITABLE), &folder, "--state", findings),
        Err(why) => {
            let next = "let the user who runs plugin-host write there, or name a file elsewhere with --state FILE";
            findings.fail(CHECK, shown, format!("nothing can be written there: {why}"), next);
        }
    }
    for (path, layout) in files(&file, &folder, named.is_some()) {
        told(&path, layout, findings);
    }
}

/// The files that may be there, and what is in them.
fn files(file: &Path, folder: &Path, is_named: bool) -> Vec<(PathBuf, &'static Layout)> {
    let is_listen = |path: &Path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        name.starts_with("listen-") && name.ends_with(".sqlite")
    };
    if is_named && is_listen(file) {
        return vec![(file.to_owned(), &store::LAYOUT)];
    }
    let mut files = vec![(file.to_owned(), &answers::LAYOUT), (folder.join("events.sqlite"), &store::LAYOUT)];
    if !is_named {
        let there = folder.read_dir().into_iter().flatten().flatten().map(|entry| entry.path());
        let mut listened: Vec<_> = there.filter(|path| is_listen(path)).collect();
        listened.sort();
        files.extend(listened.into_iter().map(|path| (path, &store::LAYOUT)));
    }
    files
}

fn told(path: &Path, layout: &Layout, findings: &mut Findings) {
    let (shown, keeps) = (path.display().to_string(), layout.keeps);
    match state::look(path, layout) {
        Ok(Found::Nothing) => {}
        Ok(Found::Empty) => findings.ok(CHECK, shown, format!("it is empty, and is begun when {keeps} are to be kept")),
        Ok(Found::InUse) => findings.ok(CHECK, shown, format!("a running process keeps its {keeps} there")),
        Ok(Found::Sound(file)) if layout.version == store::LAYOUT.version => events(&file, shown, findings),
        Ok(Found::Sound(_)) => findings.ok(CHECK, shown, format!("it is sound, and holds {keeps}")),
        Err(why) => findings.fail(
            CHECK,
            shown,
            format!("it should hold {keeps}: {why}"),
            "put it aside, and it begins anew; or let who runs plugin-host write it; or name another with --state FILE",
        ),
    }
}

fn events(file: &rusqlite::Connection, shown: String, findings: &mut Findings) {
    let sql = "select count(*) filter (where dead = 0), count(*) filter (where dead = 1),
        min(taken_in) filter (where dead = 0) from outbox";
    let counts = file
        .query_row(sql, [], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?, row.get::<_, Option<i64>>(2)?)));
    let age = |since: i64| u64::try_from(state::now() - since).unwrap_or(0);
    match counts {
        Ok((waiting, 0, oldest)) => match oldest.map(age) {
            None => findings.ok(CHECK, shown, "it is sound, and no event waits in it"),
            Some(age) if age < LONG => {
                findings.ok(
                    CHECK,
                    shown,
                    format!("it is sound, and {waiting} events wait in it, the oldest for {}", time(age)),
                );
            }
            // No process has it open, or it would not be read.
            Some(age) => {
                let next = "start the server or listen, which hands them on; if it runs elsewhere, see what its log says of them";
                findings.warn(CHECK, shown, format!("{waiting} events wait in it, the oldest for {}", time(age)), next);
            }
        },
        Ok((waiting, dead, oldest)) => {
            let next = "mend the receiver, and send them again: GET /v1/dead-letters of serve lists them";
            let oldest = oldest.map(|at| format!(", the oldest for {}", time(age(at)))).unwrap_or_default();
            findings.warn(CHECK, shown, format!("{dead} events were given up, and {waiting} wait{oldest}"), next);
        }
        Err(why) => findings.fail(CHECK, shown, state::told(&why), "put it aside, and events begin anew"),
    }
}

/// A time in its largest unit.
fn time(seconds: u64) -> String {
    const UNITS: [(u64, &str); 3] = [(86_400, "days"), (3_600, "hours"), (60, "minutes")];
    let unit = UNITS.into_iter().find(|(unit, _)| seconds >= 2 * unit);
    unit.map_or_else(|| format!("{seconds} seconds"), |(unit, name)| format!("{} {name}", seconds / unit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_told_in_its_largest_unit() {
        let told = [5, 119, 120, 7_199, 7_200, 172_800].map(time);
        assert_eq!(told, ["5 seconds", "119 seconds", "2 minutes", "119 minutes", "2 hours", "2 days"]);
    }
}
