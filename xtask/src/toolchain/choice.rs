//! Which ways to a toolchain may be taken, and what a person can do where none leads anywhere.

use anyhow::{Result, bail};

use super::required::{OLDEST, WASM_TARGET};
use super::{debian, rustup};
use crate::process;

/// Lets one way only; for people who prefer one, and for trying both.
const CHOICE: &str = "XTASK_TOOLCHAIN";

/// The ways that may be taken.
#[derive(Debug, PartialEq, Eq)]
pub struct Ways {
    pub rustup: bool,
    pub debian: bool,
}

impl Ways {
    /// Reads the variable.
    ///
    /// # Errors
    /// When it names no way there is.
    pub fn allowed() -> Result<Self> {
        Self::chosen(std::env::var(CHOICE).ok().as_deref())
    }

    fn chosen(choice: Option<&str>) -> Result<Self> {
        Ok(match choice {
            None | Some("") => Self { rustup: true, debian: true },
            Some("rustup") => Self { rustup: true, debian: false },
            Some("debian") => Self { rustup: false, debian: true },
            Some(other) => bail!("{CHOICE}={other}: the choices are rustup and debian"),
        })
    }
}

/// What to do where nothing could be set up.
pub fn by_hand() -> String {
    let install = rustup::install_pinned_command();
    let packages = debian::PACKAGES.join(" ");
    format!(
        "no toolchain here can build this project, and none could be set up.

It takes rustc {OLDEST} or later with a standard library for {WASM_TARGET}. By hand, one of:

  with rustup (https://rustup.rs), where it can download:
    {}

  with Debian's packages, as root (or with sudo):
    apt-get update
    apt-get install -y --no-install-recommends {packages}
    and, where no rustup toolchain has rust-lld, the newest of: apt-cache search '^lld-[0-9]+$'

Then run the same command again. {CHOICE}=rustup or {CHOICE}=debian allows one way only.",
        process::shown(&install),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways_are_open_unless_one_is_chosen() {
        assert_eq!(Ways::chosen(None).unwrap(), Ways { rustup: true, debian: true });
        assert_eq!(Ways::chosen(Some("rustup")).unwrap(), Ways { rustup: true, debian: false });
        assert_eq!(Ways::chosen(Some("debian")).unwrap(), Ways { rustup: false, debian: true });
        assert!(Ways::chosen(Some("nix")).unwrap_err().to_string().contains("rustup and debian"));
    }

    #[test]
    fn the_advice_by_hand_shows_both_ways() {
        let text = by_hand();
        assert!(text.contains("rustup toolchain install") && text.contains("rustc-web"), "{text}");
    }
}
