//! `call`: an action, once; or a search, page after page.

mod args;
mod listing;
mod sheet;
mod spool;

use plugin_host_core::description::ActionDescription;
use plugin_host_core::pages;
use plugin_host_core::queue::Queue;
use plugin_host_core::retry::Backoff;
use plugin_host_core::runner::Connected;
use serde_json::Value;
use serde_json::value::RawValue;
use tokio_util::sync::CancellationToken;

use super::failure::Failure;
use super::output::print;
use super::runtime::{audited, made};
use super::show;
use crate::audit::Audit;
use crate::hint;
pub use args::CallArgs;
use args::OutputFormat;
pub use sheet::table;

/// What has been done when its output is printed.
const MADE: &str = "the call has been made and has succeeded";

/// Makes a call and prints what comes of it.
///
/// # Errors
/// What the call failed with, or if its output can't be printed.
pub fn run(args: &CallArgs, json: bool, connected: Connected, backoff: Backoff, audit: &Audit) -> Result<(), Failure> {
    let action = connected.description().action(&args.action).cloned();
    let is_read = action.as_ref().is_some_and(|action| action.annotations["readOnlyHint"] == true);
    if args.input.is_empty() && !is_read {
        let why = "give the input with --field NAME=VALUE, once for each field, or as --input JSON";
        return Err(Failure::Usage(why.to_owned()));
    }
    let input = args.input.read(action.as_ref(), json)?;
    let action = connected.action(&args.action)?.clone();
    let is_search = pages::is_search(&action);
    if (args.listing.all || args.listing.limit.is_some()) && !is_search {
        let why = format!("{} lists nothing: --all and --limit are for reads whose output has items", action.name);
        return Err(Failure::Usage(why));
    }
    let outcome = if args.dry_run {
        dry_run(&action, &input, json, &connected)
    } else if is_search {
        audited(audit, connected, &action.name, |connected| {
            listing::run(&args.listing, &action, &input, json, connected, backoff)
        })
    } else {
        let call = async |queue: &Queue| queue.call(&action.name, input, CancellationToken::new()).await;
        let output = audited(audit, connected, &action.name, |connected| made(connected, backoff, call));
        let printed = |output| {
            let shown = shown(args, &action, json, output);
            shown.map_err(|failure| if is_read { failure } else { failure.after(MADE) })
        };
        output.and_then(printed)
    };
    outcome.map_err(|failure| match failure {
        Failure::Action(mut error) => {
            hint::choices(&action, &mut error);
            Failure::Action(error)
        }
        other => other,
    })
}

fn dry_run(action: &ActionDescription, input: &str, json: bool, connected: &Connected) -> Result<(), Failure> {
    let request = connected.dry_run(&action.name, input)?;
    print(&serde_json::json!(request).to_string(), json, show::request(request.as_ref()))
}

fn shown(args: &CallArgs, action: &ActionDescription, json: bool, output: String) -> Result<(), Failure> {
    match args.listing.output_format.unwrap_or(if json { OutputFormat::Json } else { OutputFormat::Table }) {
        OutputFormat::Table => {
            let shown: Value = serde_json::from_str(&output).unwrap_or_default();
            print("", false, show::output("Done.", &shown))
        }
        OutputFormat::Json => print(&output, true, String::new()),
        OutputFormat::Ndjson => print(&output.replace(['\r', '\n'], " "), true, String::new()),
        OutputFormat::Csv => {
            let item = RawValue::from_string(output).map_err(|error| Failure::Usage(error.to_string()))?;
            sheet::print_csv(&action.output_schema, &mut spool::Spool::of(&[item])?)
        }
    }
}
