//! `server.json`: what the MCP registry has of a server, by its schema of 2025-12-11.

use plugin_host_core::connections::variable_name;
use serde_json::{Value, json};

use super::manifest::{PREFIX, about, choices, is_address, keys};
use crate::package::text::{line, shortened};
use crate::package::{Bundle, PackageError};

const SCHEMA: &str = "https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json";
/// The longest description and title that the registry takes.
const LONGEST: usize = 100;

/// What a bundle does not say.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct Options {
    /// The server's name in the registry: `io.github.someone/shop`.
    pub registry_name: Option<String>,
    /// Where the file will be downloaded from: the address of the folder that it will be in.
    pub download_url: Option<String>,
}

/// The entry of a file with this name and hash; or what is missing for one.
///
/// # Errors
/// If what was given for it can't be in the registry.
pub fn server(
    bundle: &Bundle,
    options: &Options,
    file: &str,
    sha256: &str,
) -> Result<Result<Value, String>, PackageError> {
    let (described, version) = (&bundle.description, bundle.version()?);
    let github = bundle.publisher.github();
    let name =
        options.registry_name.clone().or(github.map(|(owner, _)| format!("io.github.{owner}/{}", described.name)));
    let folder = options.download_url.clone().or(github
        .map(|(owner, repository)| format!("https://github.com/{owner}/{repository}/releases/download/v{version}")));
    let (Some(name), Some(folder)) = (name, folder) else {
        return Ok(Err(
            "There is no server.json for the MCP registry: say in publisher.json which repository on GitHub it is \
             released from, or give --registry-name and --download-url."
                .to_owned(),
        ));
    };
    if !is_name(&name) {
        return Err(
            bundle.unfit(format!("{name:?} can't be its name in the registry: write it as io.github.someone/shop"))
        );
    }
    let identifier = format!("{}/{file}", folder.trim_end_matches('/'));
    if !is_address(&identifier) {
        return Err(
            bundle.unfit(format!("{folder:?} can't be where it is downloaded from: give an address with https"))
        );
    }
    let mut server = json!({
        "$schema": SCHEMA,
        "name": name,
        "title": shortened(&described.title, LONGEST),
        "description": shortened(&described.description, LONGEST),
        "version": version,
        "packages": [{
            "registryType": "mcpb",
            "identifier": identifier,
            "version": version,
            "fileSha256": sha256,
            "transport": { "type": "stdio" },
            "environmentVariables": variables(bundle)?,
        }],
    });
    if let Some(homepage) = described.homepage.as_deref().filter(|it| is_address(it)) {
        server["websiteUrl"] = homepage.into();
    }
    if let (Some(repository), Some(_)) = (&bundle.publisher.repository, github) {
        server["repository"] = json!({ "url": repository, "source": "github" });
    }
    Ok(Ok(server))
}

fn variables(bundle: &Bundle) -> Result<Vec<Value>, PackageError> {
    let mut variables = Vec::new();
    for (key, field, required) in keys(bundle)? {
        let mut variable = json!({
            "name": variable_name(PREFIX, key), "description": about(&field), "isRequired": required,
            "isSecret": field.is_secret(),
        });
        if field.is_switch() {
            variable["format"] = "boolean".into();
        } else if !choices(&field).is_empty() {
            variable["choices"] = choices(&field).into();
        }
        if let Some(default) = field.schema["default"].as_str() {
            variable["default"] = line(default).into();
        }
        variables.push(variable);
    }
    Ok(variables)
}

/// Whether a name is a domain backwards, a `/`, and a name of its own.
fn is_name(name: &str) -> bool {
    let Some((space, own)) = name.split_once('/') else { return false };
    let ends = |part: &str| {
        let (first, last) = (part.bytes().next(), part.bytes().last());
        [first, last].iter().all(|it| it.is_some_and(|it| it.is_ascii_alphanumeric()))
    };
    let is_label = |label: &str| ends(label) && label.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'-');
    let is_own = ends(own) && own.bytes().all(|it| it.is_ascii_alphanumeric() || b"._-".contains(&it));
    (3..=200).contains(&name.len()) && space.contains('.') && space.split('.').all(is_label) && is_own
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_a_domain_backwards_and_a_name_of_its_own() {
        for (name, is_one) in [
            ("io.github.someone/shop", true),
            ("com.example/a_b.c-d", true),
            ("example/shop", false),
            ("io.github.someone", false),
            ("io.github.someone/shop/two", false),
            ("io.github.some_one/shop", false),
            ("io..github/shop", false),
            ("io.github.someone/-shop", false),
            ("io.github.someone/", false),
        ] {
            assert_eq!(is_name(name), is_one, "{name}");
        }
    }
}
