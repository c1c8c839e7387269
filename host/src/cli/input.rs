//! An input as the command line takes it: as JSON, or field by field.

use std::fs;
use std::io::{self, Read};
use std::path::Path;

use clap::Args;
use plugin_host_core::description::ActionDescription;
use plugin_host_core::error::ActionError;
use plugin_host_core::json;

use super::dates::DateArgs;
use super::failure::Failure;
use super::terminal;
use crate::field::{Fields, Parts};
use crate::moment::Clock;

/// The input of a call.
#[derive(Debug, Args)]
pub struct InputArgs {
    /// The input: JSON, @FILE, or - for standard input.
    #[arg(long, value_name = "JSON|@FILE|-")]
    pub input: Option<String>,
    /// One field of the input, instead of --input, or a part of one: status=paid, goods[0].sku=A1,
    /// tags[0]=new, address.city=Bonn; may be given for each.
    #[arg(long = "field", value_name = "NAME=VALUE", conflicts_with = "input")]
    pub fields: Vec<String>,
    #[command(flatten)]
    pub dates: DateArgs,
}

impl InputArgs {
    /// Whether nothing is given.
    pub fn is_empty(&self) -> bool {
        self.input.is_none() && self.fields.is_empty()
    }

    /// The input of an action, if there is one of that name. A note tells of the time zone in which
    /// dates are read, unless this is `quiet`.
    ///
    /// # Errors
    /// If it can't be read, or is none.
    pub fn read(&self, action: Option<&ActionDescription>, quiet: bool) -> Result<String, Failure> {
        self.read_as(|clock| action.map(|action| Fields::of(action, clock)), quiet)
    }

    /// The same of an input whose fields are known, or not.
    ///
    /// # Errors
    /// If it can't be read, or is none.
    pub fn read_as(&self, fields: impl FnOnce(Clock) -> Option<Fields>, quiet: bool) -> Result<String, Failure> {
        if let Some(input) = &self.input {
            return read_input(input);
        }
        let clock = self.dates.clock().map_err(Failure::Usage)?;
        let known = fields(clock);
        let (input, zone) = from_fields(&self.fields, known.as_ref())?;
        if let Some(zone) = zone.filter(|_| !quiet) {
            terminal::say(&format!("note: dates without a time zone are read in {zone} (--timezone names another)\n"));
        }
        Ok(input)
    }
}

/// The input of `--field` arguments, which are read as cells of a table are: a text, or what the
/// field's type makes of it. And the time zone, if a date was read in one.
pub fn from_fields(fields: &[String], known: Option<&Fields>) -> Result<(String, Option<String>), Failure> {
    let usage = |why: String| Failure::Usage(format!("--field {why}"));
    let mut input = Parts::default();
    let mut zone = None;
    for field in fields {
        let split = field.split_once('=');
        let (name, value) = split.ok_or_else(|| usage(format!("{field} has no \"=\": it takes NAME=VALUE")))?;
        let path = known.map_or_else(|| Ok(plugin_host_core::path::Path::whole(name)), |known| known.named(name));
        let path = path.map_err(usage)?;
        if path.has_each() {
            return Err(usage(format!("{path}: say which entry is meant, as in {}", path.at(0))));
        }
        let given = known.map_or(Ok(None), |known| known.value(&path, value));
        let given = given.map_err(|why| Failure::Action(Box::new(ActionError::invalid_input(why))))?;
        zone = zone.or(given.as_ref().filter(|given| given.local).and(known).map(Fields::zone_name));
        let as_text = || serde_json::value::to_raw_value(value).expect("a text is JSON");
        input.put(&path, given.map_or_else(as_text, |given| given.json)).map_err(usage)?;
    }
    Ok((input.json().map_err(usage)?, zone))
}

/// The input as given, from a file (`@path`), or from standard input (`-`).
///
/// # Errors
/// If it can't be read, or is no JSON object.
pub fn read_input(input: &str) -> Result<String, Failure> {
    let unread = |what: &str, error: io::Error| Failure::Usage(format!("can't read {what}: {error}"));
    let bytes = match input.strip_prefix('@') {
        Some(path) => fs::read(Path::new(path)).map_err(|error| unread(path, error))?,
        None if input == "-" => {
            let mut bytes = Vec::new();
            io::stdin().read_to_end(&mut bytes).map_err(|error| unread("standard input", error))?;
            bytes
        }
        None => input.as_bytes().to_vec(),
    };
    let object = json::object(&bytes).map_err(|malformed| Failure::Action(malformed.into()))?;
    Ok(object.to_string())
}
