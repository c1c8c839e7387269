//! `verify`: whether a plugin keeps the contract.

mod args;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use plugin_host_core::Runner;
use plugin_host_core::json;
use plugin_host_core::runner::Connected;
use plugin_host_core::text::counted;
use serde_json::Value;

use super::failure::Failure;
use super::input;
use super::output::print;
use crate::verify::findings::Findings;
use crate::verify::{case, checks, compat, record, report};
pub use args::VerifyArgs;

/// The file of values that are not to be made up.
const CONNECTION: &str = "connection.json";

/// Records a call.
///
/// # Errors
/// If it does not come to its end, or can't be written.
pub fn record(
    verify: &VerifyArgs,
    file: &Path,
    export: &str,
    json: bool,
    connected: &Connected,
) -> Result<(), Failure> {
    let given = verify.input.as_deref().map(input::read_input).transpose()?.unwrap_or_default();
    let input = record::input_of(connected, export, &given).map_err(Failure::Usage)?;
    let secrets = verify.keep_secrets;
    let cases = if verify.pages {
        record::record_pages(connected, export, &input, secrets)
    } else {
        record::record(connected, export, &input, secrets).map(|case| vec![(String::new(), case)])
    };
    let (mut written, mut shown) = (Vec::new(), String::new());
    for (file, case) in record::write(cases.map_err(Failure::Usage)?, file, verify.force).map_err(Failure::Usage)? {
        let requests = case.exchanges.len();
        shown.push_str(&recorded(&file, &case));
        let error = case.failure().map(|(kind, message)| serde_json::json!({ "kind": kind, "message": message }));
        written.push(serde_json::json!({ "written": file, "requests": requests, "error": error }));
    }
    let machine = if verify.pages { Value::Array(written) } else { written.swap_remove(0) };
    let printed = print(&machine.to_string(), json, shown);
    printed.map_err(|failure| failure.after("the call has been made and is recorded"))
}

/// What came of a call that was recorded, in a line.
fn recorded(file: &Path, case: &case::Case) -> String {
    let (file, requests) = (file.display(), counted(case.exchanges.len(), "request"));
    match case.failure() {
        None => format!("{file}: {requests} recorded, and the call succeeded\n"),
        Some((kind, message)) => {
            let message = message.split_whitespace().collect::<Vec<_>>().join(" ");
            format!(
                "{file}: {requests} recorded, and the call failed: {kind}: {message} (a case as well, but no success)\n"
            )
        }
    }
}

/// Verifies a plugin; `bundle` is its manifest.
///
/// # Errors
/// If it breaks the contract, or can't be tried.
pub fn run(verify: &VerifyArgs, json: bool, (runner, bundle): (Runner, PathBuf)) -> Result<(), Failure> {
    let beside = bundle.parent().unwrap_or(Path::new("")).join(case::FOLDER);
    let folder = verify.cases.clone().unwrap_or(beside);
    if verify.cases.is_some() && !folder.is_dir() {
        return Err(Failure::Usage(format!(
            "there is no folder {}: name the one with recorded calls",
            folder.display()
        )));
    }
    let cases = case::read(&folder).map_err(Failure::Usage)?;
    let connection = values(&folder.join(CONNECTION)).map_err(Failure::Usage)?;
    let description = runner.description().clone();
    let bytes = runner.module().bytes();
    let mut findings: Findings = checks::run(runner, &connection, &cases).map_err(Failure::Load)?;
    if let Some(old) = &verify.compat {
        let new: Value = serde_json::from_str(&description.text).unwrap_or_default();
        compat::check(&older(old).map_err(Failure::Usage)?, &new, &mut findings);
    }
    let plugin = format!("{} {}", description.name, description.version);
    if let Some(file) = &verify.junit {
        let text = report::junit(&findings, &plugin);
        fs::write(file, text).map_err(|error| Failure::Usage(format!("can't write {}: {error}", file.display())))?;
    }
    let machine = report::json(&findings, &plugin, bytes).to_string();
    print(&machine, json, report::text(&findings, &plugin, bytes))?;
    if findings.has_failed() { Err(Failure::Told(super::exit::LOAD)) } else { Ok(()) }
}

/// The values of a connection, if there is the file.
fn values(file: &Path) -> Result<BTreeMap<String, String>, String> {
    let Ok(bytes) = fs::read(file) else { return Ok(BTreeMap::new()) };
    serde_json::from_slice(&bytes)
        .map_err(|error| format!("{} is no object of texts: {}", file.display(), json::told(&error)))
}

/// The description of an older version.
fn older(path: &Path) -> Result<Value, String> {
    let file = if path.is_dir() { path.join("describe.json") } else { path.to_owned() };
    let bytes = fs::read(&file).map_err(|error| format!("can't read {}: {error}", file.display()))?;
    serde_json::from_slice(&bytes).map_err(|error| format!("{} is no description: {error}", file.display()))
}
