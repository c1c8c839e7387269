//! Who publishes a plugin's packages.

use serde::Deserialize;
use serde_json::Value;

/// Who publishes a plugin's packages, as its `publisher.json` has it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Publisher {
    /// A person or a group.
    pub author: Author,
    /// Where the source is.
    pub repository: Option<String>,
    /// Where to tell of faults.
    pub bugs: Option<String>,
    /// An SPDX expression; the licences of what is in the package by itself, if none is given.
    license: Option<String>,
}

/// A person or a group.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Author {
    /// Their name.
    pub name: Option<String>,
    /// Their address.
    pub email: Option<String>,
}

/// Who publishes where the bundle says nothing.
const USUAL: &str = include_str!("../../../platforms/publisher.json");
/// Under which licences this project is.
const LICENSE: &str = "MIT OR Apache-2.0";

impl Publisher {
    /// What a bundle says, or else what this project does.
    ///
    /// # Errors
    /// If it is no such JSON.
    pub fn read(own: Option<&[u8]>) -> Result<Self, String> {
        let bytes = own.unwrap_or(USUAL.as_bytes());
        let value: Value = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
        if !value.is_object() {
            return Err("it is no JSON object".to_owned());
        }
        let publisher: Self = serde_json::from_value(value).map_err(|error| error.to_string())?;
        let is_expression = |text: &str| text.chars().all(|it| it.is_ascii_alphanumeric() || " .+-()".contains(it));
        if !publisher.license().chars().any(char::is_alphanumeric) || !is_expression(publisher.license()) {
            return Err(format!("license is no SPDX expression: {:?}", publisher.license()));
        }
        Ok(publisher)
    }

    /// The SPDX expression of the package's licence.
    pub fn license(&self) -> &str {
        self.license.as_deref().unwrap_or(LICENSE)
    }

    /// Owner and name of the repository, if it is on GitHub.
    pub fn github(&self) -> Option<(&str, &str)> {
        let path = self.repository.as_deref()?.strip_prefix("https://github.com/")?;
        let (owner, name) = path.trim_end_matches('/').split_once('/')?;
        let name = name.strip_suffix(".git").unwrap_or(name);
        let is_name =
            |it: &str| !it.is_empty() && it.chars().all(|it| it.is_ascii_alphanumeric() || "-_.".contains(it));
        (is_name(owner) && is_name(name)).then_some((owner, name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_publishes_is_the_plugin_s_own_or_else_this_project() {
        let usual = Publisher::read(None).unwrap();
        assert!(usual.author.email.is_some() && usual.github().is_some());
        let own =
            Publisher::read(Some(br#"{"license": "BSD-3-Clause", "repository": "https://git.example/a/b"}"#)).unwrap();
        assert_eq!((own.license(), own.github(), own.author.name.clone()), ("BSD-3-Clause", None, None));
        for wrong in ["[]", "{", r#"{"license": "MIT\nName: x"}"#, r#"{"license": ""}"#, r#"{"author": "Ann"}"#] {
            assert!(Publisher::read(Some(wrong.as_bytes())).is_err(), "{wrong}");
        }
    }
}
