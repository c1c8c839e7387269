//! A linker for wasm, for toolchains that ship none: rust-lld of any rustup toolchain, or Debian's
//! `wasm-ld-NN`. Both are LLVM's linker; it has to be as new as the compiler's LLVM.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::version::major;
use crate::{environment, process};

/// The newest wasm linker on this machine that is not older than `llvm` (a major version); of two
/// equals rustup's, so that Debian's coming and going rebuilds nothing.
pub fn find(llvm: u32) -> Option<PathBuf> {
    candidates()
        .into_iter()
        .filter_map(|path| Some((lld_version(&path)?, path)))
        .filter(|(version, _)| *version >= llvm)
        .max_by_key(|(version, _)| *version)
        .map(|(_, path)| path)
}

fn candidates() -> Vec<PathBuf> {
    let mut found = entries(Path::new("/usr/bin"));
    found.retain(|path| is_wasm_ld(path));
    if let Some(home) = environment::home_of("RUSTUP_HOME", ".rustup") {
        for toolchain in entries(&home.join("toolchains")) {
            for target in entries(&toolchain.join("lib/rustlib")) {
                found.push(target.join("bin").join(format!("rust-lld{}", std::env::consts::EXE_SUFFIX)));
            }
        }
    }
    found.retain(|path| path.is_file());
    found
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    folder.read_dir().map(|entries| entries.flatten().map(|entry| entry.path()).collect()).unwrap_or_default()
}

/// `wasm-ld` or `wasm-ld-22`.
fn is_wasm_ld(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    match name.strip_prefix("wasm-ld") {
        Some("") => true,
        Some(rest) => rest.strip_prefix('-').is_some_and(|number| number.parse::<u32>().is_ok()),
        None => false,
    }
}

fn lld_version(path: &Path) -> Option<u32> {
    let mut command = Command::new(path);
    if path.file_stem().is_some_and(|name| name == "rust-lld") {
        command.args(["-flavor", "wasm"]);
    }
    printed_version(&process::ask(command.arg("--version"))?)
}

/// Reads `LLD 22.1.2 (…)` and `Debian LLD 22.1.2`.
fn printed_version(text: &str) -> Option<u32> {
    let mut words = text.split_whitespace();
    words.find(|word| *word == "LLD")?;
    major(words.next()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_linkers_version_is_read_as_each_build_of_it_prints_it() {
        assert_eq!(printed_version("LLD 22.1.2 (https://example.org abc)\n"), Some(22));
        assert_eq!(printed_version("Debian LLD 19.1.7\n"), Some(19));
        assert_eq!(printed_version("GNU ld 2.40"), None);
    }

    #[test]
    fn only_wasm_linkers_are_taken_from_the_system() {
        for name in ["wasm-ld", "wasm-ld-22"] {
            assert!(is_wasm_ld(Path::new("/usr/bin").join(name).as_path()), "{name}");
        }
        for name in ["wasm-ldx", "wasm-ld-", "wasm-ld-foo", "ld.lld-22"] {
            assert!(!is_wasm_ld(Path::new("/usr/bin").join(name).as_path()), "{name}");
        }
    }
}
