//! The way by Debian: a newer compiler (`rustc-web`) stands in the archive beside the old one, for
//! building browsers. It comes without rustup and without any download from elsewhere.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::linker;
use super::sysroot::Sysroot;
use super::version::{Version, field};
use crate::process;
use crate::ui::say;

/// Compiler, cargo, the standard library's sources and Clippy.
pub const PACKAGES: [&str; 4] = ["rustc-web", "cargo-web", "rust-web-src", CLIPPY];

const CLIPPY: &str = "rust-web-clippy";

/// The system's toolchain, if there is one.
pub fn sysroot() -> Option<Sysroot> {
    Sysroot::at(Path::new("/usr"))
}

/// Installs the compiler and, where no linker for wasm is there, a linker.
///
/// # Errors
/// When this is no Debian, its compiler is older than `oldest`, or this user may not install.
pub fn install(oldest: Version) -> Result<()> {
    let apt = Apt::find()?;
    say("apt: asking Debian's archive for a newer Rust");
    process::run("apt-get update", &mut apt.update())?;
    let policy = process::ask(Command::new("apt-cache").args(["policy", PACKAGES[0]])).unwrap_or_default();
    let candidate = field(&policy, "Candidate").and_then(Version::parse);
    if candidate.is_none_or(|version| version < oldest) {
        bail!("apt: this archive has no {} {oldest} or later", PACKAGES[0]);
    }
    say("apt: installing Debian's newer Rust");
    process::run("apt-get install", &mut apt.install(&PACKAGES))?;
    let llvm = sysroot().context("apt: the compiler was installed but does not run")?.llvm;
    if linker::find(llvm).is_none() {
        let listed = process::ask(Command::new("apt-cache").args(["search", "--names-only", "^lld-[0-9]+$"]));
        let package = newest_lld(&listed.unwrap_or_default(), llvm)
            .with_context(|| format!("apt: this archive has no lld-{llvm} or later"))?;
        say(format!("apt: installing {package}, the linker for wasm"));
        process::run("apt-get install", &mut apt.install(&[&package]))?;
    }
    Ok(())
}

/// Installs Clippy for Debian's compiler.
///
/// # Errors
/// When it can't be installed.
pub fn install_clippy() -> Result<()> {
    process::run("apt-get install", &mut Apt::find()?.install(&[CLIPPY]))
}

/// How this user may call apt-get.
struct Apt {
    sudo: bool,
}

impl Apt {
    fn find() -> Result<Self> {
        if process::find("apt-get").is_none() {
            bail!("apt: this machine has no apt-get");
        }
        let root = process::ask(Command::new("id").arg("-u")).is_some_and(|id| id.trim() == "0");
        if root {
            return Ok(Self { sudo: false });
        }
        // -n: never ask for a password; nobody may be there to type it.
        if process::ask(Command::new("sudo").args(["-n", "true"])).is_some() {
            return Ok(Self { sudo: true });
        }
        bail!("apt: installing packages takes root, or sudo without a password");
    }

    fn update(&self) -> Command {
        let mut command = self.apt_get();
        command.arg("update");
        command
    }

    fn install(&self, packages: &[&str]) -> Command {
        let mut command = self.apt_get();
        command.args(["install", "-y", "--no-install-recommends"]).args(packages);
        command
    }

    fn apt_get(&self) -> Command {
        // Through `env`, as sudo drops variables.
        let mut words = vec!["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq"];
        if self.sudo {
            words.splice(0..0, ["sudo", "-n"]);
        }
        let mut command = Command::new(words[0]);
        command.args(&words[1..]);
        command
    }
}

/// The newest `lld-NN` that is not older than `llvm`, from what `apt-cache search` prints.
fn newest_lld(listed: &str, llvm: u32) -> Option<String> {
    let number = |line: &str| line.split_whitespace().next()?.strip_prefix("lld-")?.parse::<u32>().ok();
    let newest = listed.lines().filter_map(number).filter(|version| *version >= llvm).max()?;
    Some(format!("lld-{newest}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn root_calls_apt_get_itself_and_others_through_sudo() {
        let shown = process::shown(&Apt { sudo: false }.install(&["rustc-web"]));
        assert_eq!(
            shown,
            "env DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends rustc-web"
        );
        let shown = process::shown(&Apt { sudo: true }.update());
        assert_eq!(shown, "sudo -n env DEBIAN_FRONTEND=noninteractive apt-get -qq update");
    }

    #[test]
    fn the_linker_is_the_newest_and_never_older_than_the_compilers_llvm() {
        let listed = "lld-9 - LLVM-based linker\nlld-22 - LLVM-based linker\nlld-19 - LLVM-based linker\n";
        assert_eq!(newest_lld(listed, 22).as_deref(), Some("lld-22"));
        assert_eq!(newest_lld(listed, 23), None);
        assert_eq!(newest_lld("", 22), None);
    }

    #[test]
    fn the_candidate_is_read_from_the_archives_policy() {
        let policy = "rustc-web:\n  Installed: (none)\n  Candidate: 1.96.0+dfsg1-1~deb12u2\n";
        assert_eq!(field(policy, "Candidate").and_then(Version::parse), Some(Version { major: 1, minor: 96 }));
    }
}
