//! A file that is written anew for each input.

use std::cell::RefCell;
use std::fs;
use std::path::PathBuf;

use tempfile::TempDir;

thread_local! {
    static FOLDER: RefCell<Option<TempDir>> = const { RefCell::new(None) };
}

/// A file of this name with this content, in a folder that goes when its thread ends.
pub fn file(name: &str, content: &[u8]) -> PathBuf {
    FOLDER.with_borrow_mut(|folder| {
        let folder = folder.get_or_insert_with(|| tempfile::tempdir().expect("a folder for temporary files"));
        let path = folder.path().join(name);
        fs::write(&path, content).expect("a temporary file");
        path
    })
}
