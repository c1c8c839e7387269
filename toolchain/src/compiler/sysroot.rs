//! One toolchain's folder: which compiler is in it, and what it can build.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::version::{Version, field, major};
use crate::process;

/// A toolchain's folder and what its compiler says of itself.
#[derive(Clone, Debug)]
pub struct Sysroot {
    pub path: PathBuf,
    pub version: Version,
    /// The major version of the LLVM inside: a linker must not be older.
    pub llvm: u32,
}

impl Sysroot {
    /// The toolchain that runs now: what `rustc` means here.
    pub fn current() -> Option<Self> {
        let path = process::ask(Command::new("rustc").args(["--print", "sysroot"]))?;
        Self::at(Path::new(path.trim()))
    }

    /// The toolchain in this folder, if its compiler runs.
    pub fn at(path: &Path) -> Option<Self> {
        let rustc = tool_in(path, "rustc");
        if !rustc.is_file() || !tool_in(path, "cargo").is_file() {
            return None;
        }
        let mut command = Command::new(rustc);
        crate::environment::clean(&mut command);
        let about = process::ask(command.arg("-vV"))?;
        Some(Self {
            path: path.to_owned(),
            version: Version::parse(field(&about, "release")?)?,
            llvm: field(&about, "LLVM version").and_then(major)?,
        })
    }

    /// Where this toolchain keeps a program.
    pub fn tool(&self, name: &str) -> PathBuf {
        tool_in(&self.path, name)
    }

    /// True when a compiled standard library for `target` is here.
    pub fn has_std(&self, target: &str) -> bool {
        let folder = self.path.join("lib/rustlib").join(target).join("lib");
        let Ok(files) = folder.read_dir() else {
            return false;
        };
        files.flatten().any(|file| file.file_name().to_string_lossy().starts_with("libstd-"))
    }

    /// True when the standard library's sources are here.
    pub fn has_library_sources(&self) -> bool {
        self.path.join("lib/rustlib/src/rust/library/std/Cargo.toml").is_file()
    }

    /// True for the system's own toolchain.
    pub fn is_debian(&self) -> bool {
        self.path == Path::new("/usr")
    }
}

fn tool_in(sysroot: &Path, name: &str) -> PathBuf {
    sysroot.join("bin").join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
}
