//! Finds, or sets up, a Rust toolchain that is new enough and has a standard library for wasm32.
//!
//! Two ways, from the same command:
//! - **rustup**: a toolchain with the wasm target's standard library, downloaded if need be;
//! - **debian**: Debian's own newer compiler (`rustc-web`), which ships no standard library for
//!   wasm but its sources, so that one is built along with the plugin.
//!
//! What is there already comes first, then what can be downloaded.

mod choice;
mod debian;
mod linker;
mod rustup;
mod sysroot;
mod target;
mod version;

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, bail};

use crate::environment;
use crate::process;
use crate::ui::say;
pub use choice::Needs;
use sysroot::Sysroot;
pub use target::WASM_TARGET;
pub use version::Version;

/// A toolchain that builds what is needed.
pub struct Toolchain {
    sysroot: Sysroot,
    wasm: WasmStd,
}

/// Where the standard library for [`WASM_TARGET`] comes from.
enum WasmStd {
    /// The toolchain has it.
    Shipped,
    /// It is built from the toolchain's library sources; the toolchain has no linker for it either.
    FromSources { linker: PathBuf },
}

impl Toolchain {
    /// The first toolchain that can build what is needed, set up if need be. None if there is none, and
    /// none can be had: [`Needs::by_hand`] says what a person can do.
    ///
    /// # Errors
    /// If the variable that allows one way only names no way.
    pub fn find_or_set_up(needs: &Needs) -> Result<Option<Self>> {
        let (ways, oldest) = (needs.ways()?, needs.oldest);
        let found = ways
            .rustup
            .then(|| Self::installed(oldest))
            .flatten()
            .or_else(|| ways.debian.then(|| Self::from_debian(oldest)).flatten())
            .or_else(|| ways.rustup.then(|| Self::from_rustup(oldest)).flatten())
            .or_else(|| ways.debian.then(|| Self::from_apt(oldest)).flatten());
        if let Some(toolchain) = &found {
            say(format!("toolchain: {}", toolchain.title()));
        }
        Ok(found)
    }

    /// The toolchain in use, or the one an earlier run installed, if it needs nothing more.
    fn installed(oldest: Version) -> Option<Self> {
        [Sysroot::current(), rustup::pinned()]
            .into_iter()
            .flatten()
            .find(|sysroot| sysroot.version >= oldest && sysroot.has_std(WASM_TARGET))
            .map(|sysroot| Self { sysroot, wasm: WasmStd::Shipped })
    }

    /// Debian's compiler with its library sources, if they are installed.
    fn from_debian(oldest: Version) -> Option<Self> {
        let sysroot = debian::sysroot().filter(|sysroot| sysroot.version >= oldest)?;
        if sysroot.has_std(WASM_TARGET) {
            return Some(Self { sysroot, wasm: WasmStd::Shipped });
        }
        if !sysroot.has_library_sources() {
            return None;
        }
        let linker = linker::find(sysroot.llvm)?;
        Some(Self { sysroot, wasm: WasmStd::FromSources { linker } })
    }

    /// What rustup can download: the target for the toolchain in use, or a whole toolchain.
    fn from_rustup(oldest: Version) -> Option<Self> {
        if !rustup::is_there() {
            return None;
        }
        let done = match rustup::active().filter(|active| active.version >= oldest) {
            Some(active) => rustup::add_target(&active.name),
            None => rustup::install_pinned(),
        };
        if let Err(error) = done {
            say(format!("{error:#}: going on without"));
            return None;
        }
        Self::installed(oldest)
    }

    /// What Debian's archive has, when this user may install it.
    fn from_apt(oldest: Version) -> Option<Self> {
        if let Err(error) = debian::install(oldest) {
            say(format!("{error:#}"));
            return None;
        }
        Self::from_debian(oldest)
    }

    /// Cargo for native code.
    pub fn cargo(&self) -> Command {
        self.tool(self.sysroot.tool("cargo"))
    }

    /// Its compiler.
    pub fn rustc(&self) -> Command {
        self.tool(self.sysroot.tool("rustc"))
    }

    /// Cargo for native code that is handed out: what it builds in `root` carries no path of this machine.
    pub fn release_cargo(&self, root: &Path) -> Command {
        let mut command = self.cargo();
        let prefixes = [self.remapped_paths(), format!("--remap-path-prefix={}=.", root.display())];
        let own = std::env::var("RUSTFLAGS").ok().into_iter();
        command.env("RUSTFLAGS", own.chain(prefixes).collect::<Vec<_>>().join(" "));
        // What is written in C is told the same; it is asked by the crate `cc` for every target.
        let own = std::env::var("CFLAGS").unwrap_or_default();
        let registry = environment::home_of("CARGO_HOME", ".cargo").map(|home| home.join("registry/src"));
        let sources = registry.map(|path| format!(" -ffile-prefix-map={}=crates", path.display())).unwrap_or_default();
        command.env("CFLAGS", format!("{own}{sources} -ffile-prefix-map={}=.", root.display()));
        command
    }

    /// Cargo with `subcommand` for the plugin, target and all.
    pub fn wasm_cargo(&self, subcommand: &str) -> Command {
        let mut command = self.cargo();
        command.arg(subcommand);
        self.for_wasm(&mut command);
        command
    }

    /// `cargo clippy` for native code; Clippy is installed if it is missing.
    ///
    /// # Errors
    /// When it can't be.
    pub fn clippy(&self) -> Result<Command> {
        let program = self.tool_of_clippy("cargo-clippy")?;
        // By its path: `cargo clippy` would take the first one on the PATH, of another toolchain.
        let mut command = self.tool(program);
        command.arg("clippy").env("CARGO", self.sysroot.tool("cargo"));
        Ok(command)
    }

    /// Cargo for native code that has Clippy compile the workspace's own crates, and take what `lints` say for what they
    /// say: as [`Self::clippy`], but with something to run at the end.
    ///
    /// # Errors
    /// As [`Self::clippy`].
    pub fn cargo_by_clippy(&self, lints: &[&str]) -> Result<Command> {
        let mut command = self.cargo();
        command.env("RUSTC_WORKSPACE_WRAPPER", self.tool_of_clippy("clippy-driver")?);
        // How `cargo clippy` hands them on.
        command.env("CLIPPY_ARGS", lints.join("__CLIPPY_HACKERY__"));
        Ok(command)
    }

    /// One of Clippy's programs; it is installed if it is missing.
    fn tool_of_clippy(&self, name: &str) -> Result<PathBuf> {
        let program = self.sysroot.tool(name);
        if !program.is_file() {
            say("installing Clippy for this toolchain");
            if self.sysroot.is_debian() { debian::install_clippy()? } else { rustup::add_clippy(&self.sysroot)? }
        }
        Ok(program)
    }

    /// As [`Self::clippy`], for the plugin's target.
    ///
    /// # Errors
    /// As [`Self::clippy`].
    pub fn wasm_clippy(&self) -> Result<Command> {
        let mut command = self.clippy()?;
        self.for_wasm(&mut command);
        Ok(command)
    }

    /// `cargo fmt` of this toolchain or, as Debian has none, of whichever is there.
    ///
    /// # Errors
    /// When there is none.
    pub fn fmt(&self) -> Result<Command> {
        let beside = [Some(self.sysroot.clone()), Sysroot::current()];
        let program = beside
            .into_iter()
            .flatten()
            .map(|sysroot| sysroot.tool("cargo-fmt"))
            .find(|program| program.is_file())
            .or_else(|| process::find("cargo-fmt"));
        let Some(program) = program else {
            bail!("formatting: no rustfmt here; install it: rustup component add rustfmt");
        };
        let mut command = self.tool(&program);
        command.arg("fmt").env("CARGO", self.sysroot.tool("cargo"));
        let rustfmt = program.with_file_name(format!("rustfmt{}", std::env::consts::EXE_SUFFIX));
        if rustfmt.is_file() {
            command.env("RUSTFMT", rustfmt);
        }
        Ok(command)
    }

    fn tool(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        environment::clean(&mut command);
        command.env("RUSTC", self.sysroot.tool("rustc"));
        command.env("RUSTDOC", self.sysroot.tool("rustdoc"));
        command
    }

    fn for_wasm(&self, command: &mut Command) {
        if let WasmStd::FromSources { linker } = &self.wasm {
            // A released compiler takes -Z only when told that it may.
            command
                .env("RUSTC_BOOTSTRAP", "1")
                .args(["-Zbuild-std=std,panic_abort", "-Zbuild-std-features=optimize_for_size"]);
            command.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", linker);
        }
        command.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS", self.remapped_paths());
        command.args(["--target", WASM_TARGET]);
    }

    /// Panics name files: a module would else carry the paths of the machine that built it, and differ
    /// with it.
    fn remapped_paths(&self) -> String {
        let mut remaps = vec![(self.sysroot.path.join("lib/rustlib/src/rust/library"), "std")];
        let registries = environment::home_of("CARGO_HOME", ".cargo").map(|home| home.join("registry/src"));
        let sources = registries.and_then(|sources| sources.read_dir().ok()).into_iter().flatten().flatten();
        remaps.extend(sources.map(|source| (source.path(), "crates")));
        let flag = |(from, to): (PathBuf, &str)| format!("--remap-path-prefix={}={to}", from.display());
        // Cargo splits the variable at blanks: a path that has one stays as it is.
        let flags = remaps.into_iter().map(flag).filter(|flag| !flag.contains(' '));
        flags.collect::<Vec<_>>().join(" ")
    }

    fn title(&self) -> String {
        let place = self.sysroot.path.display();
        let version = self.sysroot.version;
        match &self.wasm {
            WasmStd::Shipped => format!("rustc {version} in {place}"),
            WasmStd::FromSources { .. } => {
                format!("rustc {version} in {place}, standard library for wasm built from its sources")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn toolchain(wasm: WasmStd) -> Toolchain {
        let version = Version { major: 1, minor: 96 };
        let sysroot = Sysroot { path: "/opt/rust".into(), version, llvm: 22 };
        Toolchain { sysroot, wasm }
    }

    #[test]
    fn a_shipped_wasm_std_needs_nothing_but_the_target() {
        let command = toolchain(WasmStd::Shipped).wasm_cargo("build");
        let shown = process::shown(&command);
        assert!(shown.ends_with("cargo build --target wasm32-unknown-unknown"), "{shown}");
        assert!(!shown.contains("RUSTC_BOOTSTRAP"), "{shown}");
    }

    #[test]
    fn a_wasm_std_from_sources_is_built_with_the_linker_that_was_found() {
        let command = toolchain(WasmStd::FromSources { linker: "/usr/bin/wasm-ld-22".into() }).wasm_cargo("build");
        let shown = process::shown(&command);
        assert!(shown.contains("RUSTC_BOOTSTRAP=1"), "{shown}");
        assert!(shown.contains("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER=/usr/bin/wasm-ld-22"), "{shown}");
        assert!(shown.contains("build -Zbuild-std=std,panic_abort -Zbuild-std-features=optimize_for_size --target wasm32-unknown-unknown"), "{shown}");
    }

    #[test]
    fn native_builds_never_see_what_the_wasm_build_needs() {
        let command = toolchain(WasmStd::FromSources { linker: "/usr/bin/wasm-ld-22".into() }).cargo();
        let shown = process::shown(&command);
        assert!(!shown.contains("RUSTC_BOOTSTRAP") && !shown.contains("LINKER"), "{shown}");
    }
}
