//! What a target begins with: the files of other tests, and what once made it fail.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

/// The folders of the calls that were recorded.
const CASES: [&str; 3] = ["tests/cases", "plugins/shop/cases", "plugins/redmine/cases"];

/// Bytes to begin with.
#[derive(Debug, Default)]
pub struct Seeds(Vec<Vec<u8>>);

impl Seeds {
    /// All of them.
    pub fn into_all(self) -> Vec<Vec<u8>> {
        self.0
    }

    /// Adds one.
    pub fn add(&mut self, bytes: impl AsRef<[u8]>) {
        self.0.push(bytes.as_ref().to_vec());
    }

    /// Adds one that is chosen by its first byte.
    pub fn choosing(&mut self, choice: usize, bytes: impl AsRef<[u8]>) {
        let choice = u8::try_from(choice).expect("no more than 256 to choose from");
        self.0.push([&[choice], bytes.as_ref()].concat());
    }

    /// Adds the files in a folder, whose names are taken.
    pub fn files(&mut self, folder: &str, is_one: fn(&str) -> bool) {
        for file in files(folder).filter(|file| is_one(&file.to_string_lossy())) {
            self.add(fs::read(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display())));
        }
    }
}

/// Every call that was recorded, by whichever plugin.
pub fn cases() -> impl Iterator<Item = Value> {
    CASES.into_iter().flat_map(files).filter(|file| file.extension().is_some_and(|it| it == "json")).map(|file| {
        let text = fs::read(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        serde_json::from_slice(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
    })
}

/// The text of a file of this repository.
pub fn text(file: &str) -> String {
    let path = root().join(file);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The files of a folder of this repository, if there is one, by their names.
fn files(folder: &str) -> impl Iterator<Item = PathBuf> + use<> {
    let entries = fs::read_dir(root().join(folder)).into_iter().flatten();
    let mut files: Vec<_> =
        entries.filter_map(|entry| Some(entry.ok()?.path())).filter(|path| path.is_file()).collect();
    files.sort();
    files.into_iter()
}

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}
