//! Puts a package where it is wanted.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use plugin_host_core::bundle::check_path;
use serde_json::{Map, Value};
use tempfile::{NamedTempFile, TempPath};

use super::record::{self, Record};
use super::{File, Made, PackageError, check};

/// Writes a package into a folder, which is made if need be, and tells the paths of its files. What an earlier package
/// left there is replaced; in a folder that is the package, what the earlier one had and this one has not is taken
/// away, unless somebody has changed it. What else stands there stays. All content is on the disk before the first
/// file takes its place, and each does that as a whole.
///
/// # Errors
/// If something else stands in the place of one of them and `force` is not given, or one can't be written.
pub fn write(folder: &Path, made: &Made, force: bool) -> Result<Vec<PathBuf>, PackageError> {
    let files = &made.files;
    let unwritten = |path: &Path, source| PackageError::Unwritten { path: path.to_owned(), source };
    check(files).map_err(|why| unwritten(folder, io::Error::other(why)))?;
    let mut record = Record::read(folder);
    let files: Vec<_> = files.iter().map(|file| shared(folder, file)).collect();
    let files = &files[..];
    for file in files.iter().filter(|_| !force) {
        refuse_foreign(folder, file, &record)?;
    }
    let mut staged = Vec::new();
    for file in files {
        let path = folder.join(&file.path);
        staged.push((stage(&path, file).map_err(|source| unwritten(&path, source))?, path));
        record.add(&file.path, &file.content);
    }
    // If this is broken off, what is already in its place is known for a package's the next time.
    note(folder, &record)?;
    let mut paths = Vec::new();
    for (staged, path) in staged {
        staged.persist(&path).map_err(|error| unwritten(&path, error.error))?;
        paths.push(path);
    }
    for path in superseded(made, &record) {
        take_away(folder, &path, &record).map_err(|source| unwritten(&folder.join(&path), source))?;
        record.remove(&path);
    }
    for file in files {
        record.set(&file.path, &file.content);
    }
    note(folder, &record)?;
    Ok(paths)
}

/// The files that an earlier package left in the folder that is this one.
fn superseded(made: &Made, record: &Record) -> Vec<String> {
    let Some(root) = &made.root else { return Vec::new() };
    let within = |path: &&str| path.strip_prefix(root.as_str()).is_some_and(|rest| rest.starts_with('/'));
    let is_new = |path: &&str| !made.files.iter().any(|file| file.path == *path);
    record.paths().filter(within).filter(is_new).map(str::to_owned).collect()
}

/// Removes a file that is as a package left it, and the folders that it was the last in.
fn take_away(folder: &Path, path: &str, record: &Record) -> io::Result<()> {
    let file = folder.join(path);
    // The record is a file that others could have written: nothing in it leads elsewhere.
    if check_path(path).is_err() || link_on(folder, path).is_some() {
        return Ok(());
    }
    match fs::read(&file) {
        Ok(content) if record.is_own(path, &content) => fs::remove_file(&file)?,
        _ => return Ok(()),
    }
    let within = |parent: &&Path| parent.starts_with(folder) && *parent != folder;
    for parent in file.ancestors().skip(1).take_while(within) {
        // One with something in it stays.
        if fs::remove_dir(parent).is_err() {
            break;
        }
    }
    Ok(())
}

/// A file with what others have written into it, if it is one that they do.
fn shared(folder: &Path, file: &File) -> File {
    let object = |bytes: &[u8]| serde_json::from_slice::<Map<String, Value>>(bytes).ok();
    let there = || fs::read(folder.join(&file.path)).ok();
    let merged = || {
        let mut members = object(&there()?)?;
        members.extend(object(&file.content)?);
        Some(format!("{:#}\n", Value::Object(members)))
    };
    match file.is_shared.then(merged).flatten() {
        Some(merged) => File { content: merged.into_bytes(), ..file.clone() },
        None => file.clone(),
    }
}

/// What is there already has to be a package's, and no link to elsewhere.
fn refuse_foreign(folder: &Path, file: &File, record: &Record) -> Result<(), PackageError> {
    let path = folder.join(&file.path);
    if let Some(link) = link_on(folder, &file.path) {
        return Err(PackageError::Foreign { path: link });
    }
    if path.symlink_metadata().is_err() {
        return Ok(());
    }
    match fs::read(&path) {
        Ok(content) if file.is_shared || content == file.content || record.is_own(&file.path, &content) => Ok(()),
        _ => Err(PackageError::Foreign { path }),
    }
}

/// The first link on the way to a file.
fn link_on(folder: &Path, path: &str) -> Option<PathBuf> {
    let mut place = folder.to_owned();
    path.split('/').find_map(|part| {
        place.push(part);
        place.is_symlink().then(|| place.clone())
    })
}

/// Writes a file beside its place.
fn stage(path: &Path, file: &File) -> io::Result<TempPath> {
    let beside = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(beside)?;
    let mut staged = tempfile::Builder::new().prefix(".package-").tempfile_in(beside)?;
    staged.write_all(&file.content)?;
    open_to_all(&staged, file.is_program)?;
    staged.as_file().sync_all()?;
    // Closed: a package may have more files than a process may have open.
    Ok(staged.into_temp_path())
}

fn note(folder: &Path, record: &Record) -> Result<(), PackageError> {
    let path = folder.join(record::FILE);
    let staged = stage(&path, &File::new(record::FILE, record.text()));
    let placed = staged.and_then(|staged| staged.persist(&path).map_err(|error| error.error));
    placed.map_err(|source| PackageError::Unwritten { path, source })
}

/// What is made in secret is for everybody once it is whole.
#[cfg(unix)]
fn open_to_all(staged: &NamedTempFile, is_program: bool) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = if is_program { 0o755 } else { 0o644 };
    staged.as_file().set_permissions(fs::Permissions::from_mode(mode))
}

#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "as on Unix")]
fn open_to_all(_: &NamedTempFile, _: bool) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package(content: &str) -> Made {
        Made::new(vec![File::new("a/one.txt", content), File::new("two.txt", content)], "")
    }

    fn one(file: File) -> Made {
        Made::new(vec![file], "")
    }

    #[test]
    fn a_folder_that_is_the_package_keeps_nothing_of_an_older_one_but_what_was_changed() {
        let out = tempfile::tempdir().unwrap();
        let unpacked = |paths: &[&str]| {
            let files = paths.iter().map(|path| File::new(*path, "made")).collect();
            Made { root: Some("shop".to_owned()), ..Made::new(files, "") }
        };
        let old = ["shop/a", "shop/old/gone", "shop/old/changed", "shop/b/gone", "shop.tgz"];
        write(out.path(), &unpacked(&old), false).unwrap();
        fs::write(out.path().join("shop/old/changed"), "mine").unwrap();
        fs::write(out.path().join("shop/own"), "mine").unwrap();
        write(out.path(), &unpacked(&["shop/a", "shop/new"]), false).unwrap();
        let is_there = |path: &&&str| out.path().join(path).exists();
        let names = [&old[..], &["shop/own", "shop/new", "shop/b"]].concat();
        let left: Vec<_> = names.iter().filter(is_there).copied().collect();
        assert_eq!(left, ["shop/a", "shop/old/changed", "shop.tgz", "shop/own", "shop/new"]);
        assert!(!Record::read(out.path()).is_own("shop/b/gone", b"made"));
    }

    #[test]
    fn a_package_takes_the_place_of_an_older_one_and_of_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("x/out");
        for content in ["old", "new"] {
            let paths = write(&out, &package(content), false).unwrap();
            assert_eq!(paths, [out.join("a/one.txt"), out.join("two.txt")]);
            assert_eq!(fs::read_to_string(&paths[0]).unwrap(), content);
        }
        fs::write(out.join("two.txt"), "mine").unwrap();
        fs::write(out.join("three.txt"), "mine").unwrap();
        let refusal = write(&out, &package("newer"), false).unwrap_err();
        assert!(matches!(&refusal, PackageError::Foreign { path } if *path == out.join("two.txt")), "{refusal}");
        assert_eq!(fs::read_to_string(out.join("a/one.txt")).unwrap(), "new");
        write(&out, &package("newer"), true).unwrap();
        assert_eq!(fs::read_to_string(out.join("two.txt")).unwrap(), "newer");
        let mut left: Vec<_> = fs::read_dir(&out).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        left.sort();
        assert_eq!(left, [record::FILE, "a", "three.txt", "two.txt"]);
    }

    #[test]
    fn what_others_note_in_a_file_that_is_theirs_too_stays() {
        let folder = tempfile::tempdir().unwrap();
        let ours = |text: &str| one(File { is_shared: true, ..File::new("app", text) });
        write(folder.path(), &ours(r#"{"ours":1}"#), false).unwrap();
        fs::write(folder.path().join("app"), r#"{"id":7,"ours":1}"#).unwrap();
        write(folder.path(), &ours(r#"{"ours":2}"#), false).unwrap();
        let text = fs::read_to_string(folder.path().join("app")).unwrap();
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), serde_json::json!({ "id": 7, "ours": 2 }));
    }

    #[test]
    fn what_can_not_be_written_leaves_nothing_behind() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("a"), "no folder").unwrap();
        let refusal = write(folder.path(), &package("1"), true).unwrap_err().to_string();
        assert!(refusal.starts_with("can't write"), "{refusal}");
        let outside = write(folder.path(), &one(File::new("../b", "")), true).unwrap_err().to_string();
        assert!(outside.contains("is no path within a package"), "{outside}");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_run_that_was_broken_off_is_repeated_without_force() {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), &package("old"), false).unwrap();
        let mut record = Record::read(folder.path());
        record.add("two.txt", b"new");
        note(folder.path(), &record).unwrap();
        fs::write(folder.path().join("two.txt"), "new").unwrap();
        write(folder.path(), &package("newest"), false).unwrap();
    }

    #[cfg(unix)]
    #[test]
    fn no_link_is_followed_to_elsewhere() {
        let (folder, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        std::os::unix::fs::symlink(elsewhere.path(), folder.path().join("a")).unwrap();
        assert!(matches!(write(folder.path(), &package("1"), false), Err(PackageError::Foreign { .. })));
        assert_eq!(fs::read_dir(elsewhere.path()).unwrap().count(), 0);
    }
}
