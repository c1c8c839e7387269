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
    /// The licence of the package, an SPDX expression.
    pub license: Option<String>,
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

impl Publisher {
    /// What a `publisher.json` says.
    ///
    /// # Errors
    /// If it is no such JSON.
    pub fn read(bytes: &[u8]) -> Result<Self, String> {
        let value: Value = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
        if !value.is_object() {
            return Err("it is no JSON object".to_owned());
        }
        let publisher: Self = serde_json::from_value(value).map_err(|error| error.to_string())?;
        let is_expression = |text: &str| {
            text.chars().any(char::is_alphanumeric)
                && text.chars().all(|it| it.is_ascii_alphanumeric() || " .+-()".contains(it))
        };
        match publisher.license.as_deref().filter(|license| !is_expression(license)) {
            Some(license) => Err(format!("license is no SPDX expression: {license:?}")),
            None => Ok(publisher),
        }
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
    fn who_publishes_is_whom_the_bundle_names() {
        let own = Publisher::read(br#"{"license": "BSD-3-Clause", "repository": "https://git.example/a/b"}"#).unwrap();
        assert_eq!(
            (own.license.as_deref(), own.github(), own.author.name.as_ref()),
            (Some("BSD-3-Clause"), None, None)
        );
        let github = Publisher::read(br#"{"repository": "https://github.com/a/b.git"}"#).unwrap();
        assert_eq!((github.license.as_deref(), github.github()), (None, Some(("a", "b"))));
        for wrong in ["[]", "{", r#"{"license": "MIT\nName: x"}"#, r#"{"license": ""}"#, r#"{"author": "Ann"}"#] {
            assert!(Publisher::read(wrong.as_bytes()).is_err(), "{wrong}");
        }
    }
}
