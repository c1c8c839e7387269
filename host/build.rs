//! Puts the sources of the kit and of a new plugin into the command, which hands them to authors.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let own = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    let root = own.parent().unwrap_or(&own);
    let mut code = String::new();
    for (name, folder) in [("TEMPLATE", own.join("template")), ("KIT", root.join("kit/src"))] {
        let mut files = Vec::new();
        walk(&folder, &mut files)?;
        files.sort();
        writeln!(code, "pub const {name}: &[(&str, &str)] = &[").map_err(io::Error::other)?;
        for file in files {
            let inside = file.strip_prefix(&folder).unwrap_or(&file).to_string_lossy().replace('\\', "/");
            writeln!(code, "    ({inside:?}, include_str!({:?})),", file.display().to_string())
                .map_err(io::Error::other)?;
        }
        code.push_str("];\n");
        println!("cargo::rerun-if-changed={}", folder.display());
    }
    fs::write(PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default()).join("sources.rs"), code)
}

fn walk(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() { walk(&path, files)? } else { files.push(path) }
    }
    Ok(())
}
