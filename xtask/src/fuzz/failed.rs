//! What made a target fail, as a line of the log: of a run whose files nobody keeps, that is all that is left.

use std::fs;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// The longest bytes that are shown.
const LONGEST: usize = 8 << 10;

/// What libFuzzer calls bytes that took long, and did not fail.
const SLOW: &str = "slow-unit-";

/// The bytes in a target's folder of those that failed: each as the command that keeps them for the tests.
pub fn told(target: &str, folder: &Path) -> Vec<String> {
    let entries = folder.read_dir().into_iter().flatten().flatten();
    let mut files: Vec<_> = entries.map(|entry| entry.path()).collect();
    files.retain(|file| !file.file_name().is_some_and(|name| name.to_string_lossy().starts_with(SLOW)));
    files.sort();
    files.iter().filter_map(|file| Some(line(target, file, &fs::read(file).ok()?))).collect()
}

fn line(target: &str, file: &Path, bytes: &[u8]) -> String {
    if bytes.len() > LONGEST {
        return format!("{} has {} bytes, too many to be shown here", file.display(), bytes.len());
    }
    let regressions = format!("fuzz/regressions/{target}");
    format!("mkdir -p {regressions} && echo '{}' | base64 -d > {regressions}/what-was-wrong", STANDARD.encode(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_that_failed_are_told_as_what_keeps_them_and_slow_ones_are_not() {
        let folder = std::env::temp_dir().join(format!("xtask-failed-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        for (name, bytes) in [("crash-2", &b"a'\n\0"[..]), ("slow-unit-1", b"x"), ("oom-3", &[0; LONGEST + 1])] {
            fs::write(folder.join(name), bytes).unwrap();
        }
        let told = told("form", &folder);
        fs::remove_dir_all(&folder).unwrap();
        assert_eq!(
            told[0],
            "mkdir -p fuzz/regressions/form && echo 'YScKAA==' | base64 -d > fuzz/regressions/form/what-was-wrong"
        );
        assert!(told.len() == 2 && told[1].ends_with("oom-3 has 8193 bytes, too many to be shown here"), "{told:?}");
    }
}
