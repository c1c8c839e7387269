//! `package openapi`: what `serve` offers, as a file; and as a custom connector of Power Platform.

mod connector;
mod swagger;

use plugin_host_core::language::{self, Languages};
use plugin_host_core::queues::Listed;
use serde_json::Value;

use super::{Bundle, File, Made, PackageError, icon};
use crate::serve::openapi;

/// What a bundle does not say.
#[derive(Debug)]
#[non_exhaustive]
pub struct Options {
    /// Where the server is reached: a host, with a port if it is not that of https.
    pub host: Option<String>,
    /// What the connection is called there.
    pub connection: String,
}

impl Options {
    /// A server at this host, if it is known, with a connection of this name.
    pub fn new(host: Option<String>, connection: impl Into<String>) -> Self {
        Self { host, connection: connection.into() }
    }
}

/// The document of a server with this plugin alone, that asks for a token: `openapi.json`.
///
/// # Errors
/// If the host can't be one.
pub fn made(bundle: &Bundle, options: &Options, languages: &Languages) -> Result<Made, PackageError> {
    let (translated, _) = language::localized(&bundle.description, languages);
    let plugin = Listed {
        description: &translated,
        translated: &translated,
        language: language::BASE,
        connections: vec![&options.connection],
    };
    let mut document = openapi::document(&[plugin], openapi::Beside::all(true));
    if let Some(host) = host(bundle, options)? {
        document["servers"] = serde_json::json!([{ "url": format!("https://{host}") }]);
    }
    let next = "give openapi.json to what makes clients of it";
    Ok(Made::new(vec![File::new("openapi.json", pretty(&document))], next))
}

/// A custom connector of Power Platform: `apiDefinition.swagger.json`, `apiProperties.json`, `settings.json` and
/// `icon.png`, as its command line `paconn` takes them.
///
/// # Errors
/// If there is no host, or it can't be one.
pub fn connector(bundle: &Bundle, options: &Options, languages: &Languages) -> Result<Made, PackageError> {
    let Some(host) = host(bundle, options)? else {
        return Err(bundle.unfit("Power Platform has to know where the server is: give --host"));
    };
    let (translated, _) = language::localized(&bundle.description, languages);
    let definition = swagger::definition(&translated, host, &options.connection, &bundle.publisher);
    let icon = icon::png(bundle)?;
    let mut files = vec![
        File::new("apiDefinition.swagger.json", pretty(&definition)),
        File::new("apiProperties.json", pretty(&connector::properties(bundle))),
        File::new("settings.json", pretty(&connector::settings(icon.is_some()))),
    ];
    let has_icon = icon.is_some();
    files.extend(icon);
    let mut made = Made::new(files, "paconn create -s settings.json, after paconn login");
    if !has_icon {
        made.notes.push(icon::MISSING.to_owned());
    }
    Ok(made)
}

/// The host, if it is one and the connection has a name that can stand in an address: letters, digits, dots and hyphens, and perhaps a port.
fn host<'a>(bundle: &Bundle, options: &'a Options) -> Result<Option<&'a str>, PackageError> {
    let is_plain = |it: u8| it.is_ascii_alphanumeric() || b"-_.".contains(&it);
    if options.connection.is_empty() || !options.connection.bytes().all(is_plain) {
        return Err(bundle.unfit(format!("{:?} can't be its connection's name in an address", options.connection)));
    }
    let Some(host) = options.host.as_deref() else { return Ok(None) };
    let (name, port) = host.split_once(':').map_or((host, None), |(name, port)| (name, Some(port)));
    let is_label = |label: &str| {
        let plain = label.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'-');
        plain && !label.is_empty() && !label.starts_with('-') && !label.ends_with('-')
    };
    if name.split('.').all(is_label) && port.is_none_or(|port| port.parse::<u16>().is_ok_and(|port| port > 0)) {
        return Ok(Some(host));
    }
    Err(bundle.unfit(format!("{host:?} is no host: write it as hooks.example.com or hooks.example.com:8443")))
}

fn pretty(value: &Value) -> String {
    format!("{value:#}\n")
}
