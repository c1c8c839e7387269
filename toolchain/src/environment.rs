//! What rustup and cargo put into the environment of the programs they run, and how to take it out
//! again: another toolchain's cargo must not be steered by the one that started this program.
//!
//! Only what was injected goes. `CARGO_HOME`, `CARGO_TARGET_DIR`, `RUSTFLAGS`, proxies and all other
//! settings of the user stay.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Variables that hold the search path for shared libraries; cargo puts its own folders in front.
const LIBRARY_PATHS: [&str; 2] = ["LD_LIBRARY_PATH", "DYLD_FALLBACK_LIBRARY_PATH"];

/// Takes what rustup and cargo injected out of the environment `command` will see.
pub fn clean(command: &mut Command) {
    for (name, _) in std::env::vars_os() {
        if name.to_str().is_some_and(is_injected) {
            command.env_remove(&name);
        }
    }
    let injected = injected_library_folders();
    for variable in LIBRARY_PATHS {
        let Some(value) = std::env::var_os(variable) else {
            continue;
        };
        match without_folders(&value, &injected) {
            Some(rest) => command.env(variable, rest),
            None => command.env_remove(variable),
        };
    }
}

/// Lets `command` reach servers on this machine where a proxy is set for all others.
pub fn reach_loopback(command: &mut Command) {
    for variable in ["NO_PROXY", "no_proxy"] {
        let mut value = std::env::var(variable).unwrap_or_default();
        if !value.is_empty() {
            value.push(',');
        }
        value.push_str("127.0.0.1,localhost");
        command.env(variable, value);
    }
}

/// True for the variables that say which cargo, toolchain and package started this program.
fn is_injected(name: &str) -> bool {
    matches!(
        name,
        "CARGO" | "RUSTC" | "RUSTDOC" | "RUSTUP_TOOLCHAIN" | "RUSTUP_TOOLCHAIN_SOURCE" | "RUST_RECURSION_COUNT"
    ) || name.starts_with("CARGO_MANIFEST_")
        || name.starts_with("CARGO_PKG_")
}

/// The folders cargo puts on the library path: the build's output and the toolchain's libraries.
fn injected_library_folders() -> Vec<PathBuf> {
    let output = std::env::current_exe().ok();
    let cargo = std::env::var_os("CARGO").map(PathBuf::from);
    let output = output.as_deref().and_then(Path::parent);
    let toolchain = cargo.as_deref().and_then(Path::parent).and_then(Path::parent);
    output.map(Path::to_owned).into_iter().chain(toolchain.map(|sysroot| sysroot.join("lib"))).collect()
}

/// The search path without the entries at or below `folders`; `None` when nothing is left.
fn without_folders(value: &OsStr, folders: &[PathBuf]) -> Option<OsString> {
    let kept: Vec<_> =
        std::env::split_paths(value).filter(|entry| !folders.iter().any(|folder| entry.starts_with(folder))).collect();
    if kept.is_empty() {
        return None;
    }
    std::env::join_paths(kept).ok()
}

/// Where a tool keeps its things: what the variable names, or else the folder in the user's own.
pub fn home_of(variable: &str, folder: &str) -> Option<PathBuf> {
    std::env::var_os(variable).map(PathBuf::from).or_else(|| Some(std::env::home_dir()?.join(folder)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cargo_and_rustup_inject_is_taken_out() {
        for name in ["CARGO", "RUSTC", "RUSTUP_TOOLCHAIN", "CARGO_MANIFEST_DIR", "CARGO_PKG_NAME"] {
            assert!(is_injected(name), "{name}");
        }
    }

    #[test]
    fn what_the_user_set_stays() {
        for name in [
            "CARGO_TARGET_DIR",
            "CARGO_HOME",
            "RUSTFLAGS",
            "HTTPS_PROXY",
            "CARGO_NET_OFFLINE",
            "RUSTUP_HOME",
            "RUSTC_WRAPPER",
        ] {
            assert!(!is_injected(name), "{name}");
        }
    }

    #[test]
    fn only_injected_library_folders_leave_the_search_path() {
        let folders = [PathBuf::from("/p/target/debug"), PathBuf::from("/toolchain/lib")];
        let value = std::env::join_paths(["/p/target/debug/deps", "/opt/mine", "/toolchain/lib"]).unwrap();
        assert_eq!(without_folders(&value, &folders), Some(OsString::from("/opt/mine")));
        let value = std::env::join_paths(["/p/target/debug", "/toolchain/lib/rustlib"]).unwrap();
        assert_eq!(without_folders(&value, &folders), None);
    }
}
