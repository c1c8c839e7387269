//! What travels in the program: the modules of Python's shell, the kit's sources, and those of a new plugin.

use std::env;
use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// A list of files with their contents, by their paths in a folder.
struct List {
    name: &'static str,
    /// From this package's folder.
    folder: &'static str,
    is_listed: fn(&Path) -> bool,
}

const LISTS: [List; 3] = [
    // The modules, and the mark that they are typed.
    List {
        name: "python_shell",
        folder: "../platforms/python/src/plugin_shell",
        is_listed: |path| path.extension().is_some_and(|it| it == "py") || path.ends_with("py.typed"),
    },
    List { name: "template", folder: "template", is_listed: |_| true },
    List { name: "kit", folder: "../kit/src", is_listed: |_| true },
];

fn main() -> io::Result<()> {
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or_else(|| io::Error::other("cargo sets OUT_DIR"))?);
    for list in LISTS {
        println!("cargo::rerun-if-changed={}", list.folder);
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(list.folder);
        let mut files = Vec::new();
        collect(&folder, list.is_listed, &mut files)?;
        files.sort();
        let mut code = String::from("pub const FILES: &[(&str, &str)] = &[\n");
        for file in files {
            // Whoever gets them has `/` in their paths on every machine.
            let name = file.strip_prefix(&folder).map_err(io::Error::other)?.to_string_lossy().replace('\\', "/");
            let _ = writeln!(code, "    ({name:?}, include_str!({file:?})),");
        }
        code.push_str("];\n");
        fs::write(out.join(format!("{}.rs", list.name)), code)?;
    }
    Ok(())
}

fn collect(folder: &Path, is_listed: fn(&Path) -> bool, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, is_listed, files)?;
        } else if is_listed(&path) {
            files.push(path);
        }
    }
    Ok(())
}
