//! Lists the files of Python's shell, so that they travel in the program.

use std::env;
use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The shell, from this package's folder.
const SHELL: &str = "../platforms/python/src/plugin_shell";

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed={SHELL}");
    let shell = Path::new(env!("CARGO_MANIFEST_DIR")).join(SHELL);
    let mut files = Vec::new();
    collect(&shell, &mut files)?;
    files.sort();
    let mut list = String::from("pub const FILES: &[(&str, &[u8])] = &[\n");
    for file in files {
        // The paths in a package have `/` on every machine.
        let name = file.strip_prefix(&shell).map_err(io::Error::other)?.to_string_lossy().replace('\\', "/");
        let _ = writeln!(list, "    ({name:?}, include_bytes!({file:?})),");
    }
    list.push_str("];\n");
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or_else(|| io::Error::other("cargo sets OUT_DIR"))?);
    fs::write(out.join("python_shell.rs"), list)
}

/// The modules in a folder, and the mark that they are typed.
fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else if path.extension().is_some_and(|it| it == "py") || path.ends_with("py.typed") {
            files.push(path);
        }
    }
    Ok(())
}
