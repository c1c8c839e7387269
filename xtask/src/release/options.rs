//! What `cargo xtask release` is told.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};

/// How the host is built that goes into the files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    /// As users get it.
    Release,
    /// As tests have built it already, for tests of the files.
    Dev,
}

/// What the chore is told.
#[derive(Debug)]
pub struct Options {
    /// Where the files go.
    pub out: PathBuf,
    pub profile: Profile,
    /// Whether files may be made of what is in no commit.
    pub allow_dirty: bool,
}

impl Options {
    /// Reads the arguments; `out` is where files go that nobody wants elsewhere.
    ///
    /// # Errors
    /// When one of them is none.
    pub fn read(arguments: &[String], out: PathBuf) -> Result<Self> {
        let mut options = Self { out, profile: Profile::Release, allow_dirty: false };
        let mut arguments = arguments.iter();
        while let Some(argument) = arguments.next() {
            let mut value = || arguments.next().with_context(|| format!("{argument} wants a value"));
            match argument.as_str() {
                "--out" => options.out = std::path::absolute(value()?)?,
                "--profile" => {
                    options.profile = match value()?.as_str() {
                        "release" => Profile::Release,
                        "dev" => Profile::Dev,
                        other => bail!("there is no profile {other:?}: release, or dev for tests"),
                    }
                }
                "--allow-dirty" => options.allow_dirty = true,
                other => bail!("release takes no {other:?}: --out FOLDER, --profile release|dev, --allow-dirty"),
            }
        }
        Ok(options)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(arguments: &[&str]) -> Result<Options> {
        let arguments: Vec<_> = arguments.iter().map(|it| (*it).to_owned()).collect();
        Options::read(&arguments, "/usual".into())
    }

    #[test]
    fn what_is_not_said_is_as_users_get_it() {
        let usual = read(&[]).unwrap();
        assert_eq!((usual.out, usual.profile, usual.allow_dirty), ("/usual".into(), Profile::Release, false));
        let told = read(&["--profile", "dev", "--out", "/a", "--allow-dirty"]).unwrap();
        assert_eq!((told.out, told.profile, told.allow_dirty), ("/a".into(), Profile::Dev, true));
    }

    #[test]
    fn what_is_no_argument_is_named() {
        for (arguments, named) in [
            (&["--profile"][..], "--profile wants a value"),
            (&["--profile", "test"], "no profile \"test\""),
            (&["out"], "takes no \"out\""),
        ] {
            let refusal = read(arguments).unwrap_err().to_string();
            assert!(refusal.contains(named), "{refusal}");
        }
    }
}
