//! What is needed of a toolchain, which ways to it may be taken, and what a person can do where none leads
//! anywhere.

use anyhow::{Result, bail};

use super::target::WASM_TARGET;
use super::version::Version;
use super::{debian, rustup};
use crate::process;

/// What is needed of a toolchain.
#[derive(Clone, Copy, Debug)]
pub struct Needs {
    /// The oldest rustc that will do.
    pub oldest: Version,
    /// The environment variable that allows one way only, `rustup` or `debian`: for people who prefer one,
    /// and for trying both.
    pub variable: &'static str,
}

/// The ways that may be taken.
#[derive(Debug, PartialEq, Eq)]
pub struct Ways {
    pub rustup: bool,
    pub debian: bool,
}

impl Needs {
    /// Reads the variable.
    pub(super) fn ways(&self) -> Result<Ways> {
        self.chosen(std::env::var(self.variable).ok().as_deref())
    }

    fn chosen(&self, choice: Option<&str>) -> Result<Ways> {
        Ok(match choice {
            None | Some("") => Ways { rustup: true, debian: true },
            Some("rustup") => Ways { rustup: true, debian: false },
            Some("debian") => Ways { rustup: false, debian: true },
            Some(other) => bail!("{}={other}: the choices are rustup and debian", self.variable),
        })
    }

    /// What to do where nothing could be set up.
    pub fn by_hand(&self) -> String {
        let install = rustup::install_pinned_command();
        let (oldest, variable, packages) = (self.oldest, self.variable, debian::PACKAGES.join(" "));
        format!(
            "no toolchain here can build this project, and none could be set up.

It takes rustc {oldest} or later with a standard library for {WASM_TARGET}. By hand, one of:

  with rustup (https://rustup.rs), where it can download:
    {}

  with Debian's packages, as root (or with sudo):
    apt-get update
    apt-get install -y --no-install-recommends {packages}
    and, where no rustup toolchain has rust-lld, the newest of: apt-cache search '^lld-[0-9]+$'

Then run the same command again. {variable}=rustup or {variable}=debian allows one way only.",
            process::shown(&install),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NEEDS: Needs = Needs { oldest: Version { major: 1, minor: 96 }, variable: "WAY" };

    #[test]
    fn both_ways_are_open_unless_one_is_chosen() {
        assert_eq!(NEEDS.chosen(None).unwrap(), Ways { rustup: true, debian: true });
        assert_eq!(NEEDS.chosen(Some("rustup")).unwrap(), Ways { rustup: true, debian: false });
        assert_eq!(NEEDS.chosen(Some("debian")).unwrap(), Ways { rustup: false, debian: true });
        assert!(NEEDS.chosen(Some("nix")).unwrap_err().to_string().contains("WAY=nix: the choices are rustup and"));
    }

    #[test]
    fn the_advice_by_hand_shows_both_ways() {
        let text = NEEDS.by_hand();
        assert!(text.contains("rustup toolchain install") && text.contains("rustc-web"), "{text}");
    }
}
