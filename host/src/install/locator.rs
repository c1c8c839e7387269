//! Locators: where a plugin comes from.

use std::fmt;
use std::path::{self, PathBuf};
use std::str::FromStr;

use plugin_host_core::bundle::is_sha256;
use plugin_host_core::http::Origin;

use super::error::InstallError;

/// Where a plugin comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Locator {
    /// A bundle's folder, or an archive of one, on this machine.
    File(PathBuf),
    /// An archive at an address.
    Http(String),
    /// An artifact in a registry.
    Oci(Reference),
}

/// What an artifact is called in a registry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// The registry, with its port if it has one of its own.
    pub host: String,
    /// The repository in it.
    pub repository: String,
    /// A tag, which the registry may move.
    pub tag: Option<String>,
    /// The manifest's digest, which names these bytes and no others: `sha256:…`.
    pub digest: Option<String>,
}

impl Locator {
    /// As people are shown it: without a query, which may hold a secret.
    pub fn shown(&self) -> String {
        match self {
            Self::Http(url) => url.split(['?', '#']).next().unwrap_or_default().to_owned(),
            other => other.to_string(),
        }
    }

    /// Whether it always means the same bytes.
    pub fn is_pinned(&self) -> bool {
        matches!(self, Self::Oci(Reference { digest: Some(_), .. }))
    }
}

impl Reference {
    /// The registry's address. Plain http is for this machine alone.
    pub fn base(&self) -> String {
        // Docker's own registry answers by another name than people know.
        let host = if self.host == "docker.io" { "registry-1.docker.io" } else { &self.host };
        let is_here = format!("http://{host}").parse::<Origin>().is_ok_and(|origin| origin.is_this_machine());
        format!("{}://{host}", if is_here { "http" } else { "https" })
    }

    /// The repository as the registry knows it.
    pub fn path(&self) -> String {
        let is_official = self.host == "docker.io" && !self.repository.contains('/');
        if is_official { format!("library/{}", self.repository) } else { self.repository.clone() }
    }
}

impl FromStr for Locator {
    type Err = InstallError;

    fn from_str(text: &str) -> Result<Self, InstallError> {
        let text = text.trim();
        let refused = |why: &str| InstallError::Locator { locator: text.to_owned(), why: why.to_owned() };
        if let Some(reference) = text.strip_prefix("oci:") {
            let reference = reference.strip_prefix("//").unwrap_or(reference);
            return reference_of(reference).map(Self::Oci).map_err(refused);
        }
        if text.starts_with("https://") || text.starts_with("http://") {
            // What stands there instead may be a password.
            let origin: Origin = text.parse().map_err(|_| InstallError::Locator {
                locator: text.split("://").next().unwrap_or_default().to_owned() + "://…",
                why: "is no whole address without user and password".to_owned(),
            })?;
            return match origin.is_https() || origin.is_this_machine() {
                true => Ok(Self::Http(text.to_owned())),
                false => Err(InstallError::PlainHttp(origin.to_string())),
            };
        }
        let path = text.strip_prefix("file:").unwrap_or(text);
        let path = path.strip_prefix("//").filter(|path| path.starts_with('/')).unwrap_or(path);
        if path.is_empty() || path.contains("://") {
            return Err(refused("is none: name a folder or a .tar.gz, https://…, or oci:HOST/REPOSITORY:TAG"));
        }
        Ok(Self::File(path::absolute(path).map_err(|error| refused(&error.to_string()))?))
    }
}

fn reference_of(text: &str) -> Result<Reference, &'static str> {
    let (host, rest) = text.split_once('/').ok_or("names no repository: oci:HOST/REPOSITORY:TAG")?;
    let is_host = !host.is_empty() && host.chars().all(|char| char.is_ascii_alphanumeric() || "-.:[]".contains(char));
    if !is_host || format!("https://{host}").parse::<Origin>().is_err() {
        return Err("names no host before its first /");
    }
    let (rest, digest) = match rest.split_once('@') {
        Some((rest, digest)) => (rest, Some(digest)),
        None => (rest, None),
    };
    if digest.is_some_and(|digest| !is_digest(digest)) {
        return Err("has another digest than @sha256: and 64 hex digits");
    }
    let (repository, tag) = match rest.split_once(':') {
        Some((repository, tag)) => (repository, Some(tag)),
        None => (rest, None),
    };
    let is_part = |part: &str| {
        let is_inner = |char: char| char.is_ascii_lowercase() || char.is_ascii_digit() || "._-".contains(char);
        part.starts_with(|char: char| char.is_ascii_alphanumeric()) && part.chars().all(is_inner)
    };
    if repository.len() > 255 || !repository.split('/').all(is_part) {
        return Err("names no repository: small letters, digits, ., _, - and /");
    }
    let is_tag = |tag: &str| {
        let is_inner = |char: char| char.is_ascii_alphanumeric() || "._-".contains(char);
        (1..=128).contains(&tag.len()) && tag.chars().all(is_inner) && !tag.starts_with(['.', '-'])
    };
    if tag.is_some_and(|tag| !is_tag(tag)) {
        return Err("has no tag after its :");
    }
    if tag.is_none() && digest.is_none() {
        return Err("names no version: add :TAG or @sha256:DIGEST");
    }
    let own = |text: &str| text.to_owned();
    Ok(Reference { host: own(host), repository: own(repository), tag: tag.map(own), digest: digest.map(own) })
}

/// Whether a text is a digest as registries write it.
pub fn is_digest(text: &str) -> bool {
    let hex = text.strip_prefix("sha256:").unwrap_or_default();
    is_sha256(hex) && !hex.contains(char::is_uppercase)
}

impl fmt::Display for Locator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => write!(f, "file:{}", path.display()),
            Self::Http(url) => f.write_str(url),
            Self::Oci(reference) => write!(f, "oci:{reference}"),
        }
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.host, self.repository)?;
        if let Some(tag) = &self.tag {
            write!(f, ":{tag}")?;
        }
        self.digest.as_ref().map_or(Ok(()), |digest| write!(f, "@{digest}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn locator(text: &str) -> Locator {
        text.parse().unwrap()
    }

    #[test]
    fn a_locator_is_a_path_an_address_or_an_artifact() {
        assert_eq!(locator("file:/a/b"), Locator::File("/a/b".into()));
        assert_eq!(locator("file:///a/b"), Locator::File("/a/b".into()));
        assert_eq!(locator("/a/b.tar.gz").to_string(), "file:/a/b.tar.gz");
        let here = std::env::current_dir().unwrap();
        assert_eq!(locator("dist"), Locator::File(here.join("dist")));
        let url = "https://a.example/b.tar.gz?token=hunter2#x";
        assert_eq!(
            (locator(url).to_string().as_str(), locator(url).shown().as_str()),
            (url, "https://a.example/b.tar.gz")
        );
        assert!(locator("http://127.0.0.1:8080/b.tar.gz").to_string().starts_with("http://"));
        let digest = format!("sha256:{}", "0a".repeat(32));
        for text in ["oci:a.example/b:1", "oci:a.example:5000/b/c.d_e-f:v1.0_7", "oci:localhost/b:1"] {
            assert_eq!(locator(text).to_string(), text);
            assert!(!locator(text).is_pinned());
            let pinned = format!("{text}@{digest}");
            assert_eq!((locator(&pinned).to_string(), locator(&pinned).is_pinned()), (pinned.clone(), true));
        }
        assert_eq!(locator("oci://a.example/b:1"), locator("oci:a.example/b:1"));
    }

    #[test]
    fn what_is_no_locator_is_told_with_the_way_out_and_without_a_password() {
        let refusal = |text: &str| text.parse::<Locator>().unwrap_err().to_string();
        for (text, told) in [
            ("", "name a folder"),
            ("ftp://a.example/b", "name a folder"),
            ("http://a.example/b", "https"),
            ("https://user:hunter2@a.example/b", "without user and password"),
            ("oci:a.example", "names no repository"),
            ("oci:a.example/b", "add :TAG or @sha256:DIGEST"),
            ("oci:a.example/B:1", "names no repository"),
            ("oci:a.example/../b:1", "names no repository"),
            ("oci:a.example/b:", "no tag"),
            ("oci:a.example/b@sha256:12", "another digest"),
            ("oci:us er@a.example/b:1", "names no host"),
        ] {
            let refusal = refusal(text);
            assert!(refusal.contains(told) && !refusal.contains("hunter2"), "{text}: {refusal}");
        }
    }

    #[test]
    fn plain_http_is_for_registries_of_this_machine_alone() {
        let base = |text: &str| match locator(text) {
            Locator::Oci(reference) => format!("{} {}", reference.base(), reference.path()),
            other => panic!("{other}"),
        };
        assert_eq!(base("oci:localhost:5000/b:1"), "http://localhost:5000 b");
        assert_eq!(base("oci:127.0.0.1:5000/b:1"), "http://127.0.0.1:5000 b");
        assert_eq!(base("oci:10.0.0.1/b:1"), "https://10.0.0.1 b");
        assert_eq!(base("oci:docker.io/b:1"), "https://registry-1.docker.io library/b");
        assert_eq!(base("oci:docker.io/a/b:1"), "https://registry-1.docker.io a/b");
    }
}
