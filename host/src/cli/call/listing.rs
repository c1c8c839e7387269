//! A search, as far as it is wanted, printed.

use std::io::{self, Write};

use plugin_host_core::description::ActionDescription;
use plugin_host_core::json::Object;
use plugin_host_core::pages::{Bounds, Pages, PagesError};
use plugin_host_core::queue::{Queue, Slots};
use plugin_host_core::retry::Backoff;
use plugin_host_core::runner::Connected;
use plugin_host_core::{schema, text};
use serde_json::Value;
use serde_json::value::RawValue;
use tokio_util::sync::CancellationToken;

use super::args::{ListingArgs, OutputFormat};
use super::sheet;
use super::spool::{Spool, line};
use crate::cli::exit::INTERRUPTED;
use crate::cli::failure::Failure;
use crate::cli::output;
use crate::cli::runtime::block_on;
use crate::cli::terminal::say;
use crate::signals::Signals;

/// What is known when a search has ended.
#[derive(Default)]
struct End {
    /// The members of the last page's output, but its items.
    rest: Object,
    /// Whether there is more.
    more: bool,
    /// How many items were told twice.
    repeated: u64,
}

/// Searches and prints what was found.
///
/// # Errors
/// What a page failed with; if there are too many, or it was interrupted; if it can't be printed.
pub fn run(
    args: &ListingArgs,
    action: &ActionDescription,
    input: &str,
    json: bool,
    connected: Connected,
    backoff: Backoff,
) -> Result<(), Failure> {
    let format = args.output_format.unwrap_or(if json { OutputFormat::Json } else { OutputFormat::Table });
    let queue = Queue::new(connected, Slots::new(1), None, backoff);
    let mut items = Spool::new();
    let streams = format == OutputFormat::Ndjson;
    let keep = |item: Box<RawValue>| if streams { print_line(&item) } else { items.add(&item).map(|()| true) };
    let end = block_on(search(args, &queue, &action.name, input, keep))??;
    let schema = schema::field(&action.output_schema, "items").and_then(|field| field.entries());
    let schema = schema.unwrap_or(&Value::Null);
    match format {
        OutputFormat::Ndjson => {}
        OutputFormat::Csv => sheet::print_csv(schema, &mut items)?,
        OutputFormat::Table if items.count == 0 => print("Nothing was found.\n")?,
        OutputFormat::Table => sheet::print_table(schema, &mut items)?,
        OutputFormat::Json => print_json(&mut items, &end)?,
    }
    if end.repeated > 0 {
        let repeated = end.repeated;
        say(&format!("note: {repeated} items came twice, because the list changed meanwhile, and are left out once\n"));
    }
    if end.more && args.limit.is_none() && !json {
        say("note: there is more: --all lists everything, --limit N so many\n");
    }
    Ok(())
}

/// Hands over the items that are wanted, until nobody takes any more.
async fn search(
    args: &ListingArgs,
    queue: &Queue,
    action: &str,
    input: &str,
    mut keep: impl FnMut(Box<RawValue>) -> Result<bool, Failure>,
) -> Result<End, Failure> {
    let bounds = Bounds::default().items(args.limit).pages(args.max_pages);
    let mut pages = Pages::new(queue, action, input, bounds)?;
    let stop = CancellationToken::new();
    if args.all || args.limit.is_some() {
        tokio::spawn(watch(stop.clone()));
    }
    let mut end = End::default();
    while let Some(page) = pages.next(&stop).await.map_err(|error| failed(error, args))? {
        for item in page.items {
            if !keep(item)? {
                return Ok(end);
            }
        }
        end.more = page.next.is_some();
        end.rest = page.rest;
        if let Some(next) = page.next {
            end.rest.set_raw("nextCursor", next);
        }
        if !args.all && args.limit.is_none() {
            break;
        }
    }
    end.repeated = pages.repeated();
    Ok(end)
}

/// What a person is told of a search that did not come to its end.
fn failed(error: PagesError, args: &ListingArgs) -> Failure {
    let printed = args.output_format == Some(OutputFormat::Ndjson);
    let kept = if printed { "" } else { ". Nothing is printed; --output-format ndjson prints as it goes" };
    match error {
        PagesError::Action(error) => Failure::Action(error),
        PagesError::Cancelled { pages } => {
            say(&format!("Stopped after {pages} pages, and there is more{kept}.\n"));
            Failure::Told(INTERRUPTED)
        }
        PagesError::TooMany { pages, cursor } => Failure::Usage(format!(
            "there is more after {pages} pages: raise --max-pages, or go on behind them with --field 'cursor={cursor}'{kept}"
        )),
        other => Failure::Usage(other.to_string()),
    }
}

/// Cancels `stop` at the first Ctrl-C or SIGTERM, and ends the process at the second.
async fn watch(stop: CancellationToken) {
    // Without signals one ends the process at once, as if nobody cared.
    if let Ok(mut signals) = Signals::new() {
        signals.next().await;
        say("Stopping: the page under way comes to its end. Once more ends it at once.\n");
        stop.cancel();
        signals.next().await;
        std::process::exit(INTERRUPTED.into());
    }
}

/// Prints an item at once; false if nobody reads any more.
fn print_line(item: &RawValue) -> Result<bool, Failure> {
    let mut out = io::stdout().lock();
    match out.write_all(line(item).as_bytes()).and_then(|()| out.flush()) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(false),
        Err(error) => Err(Failure::unprinted(&error)),
    }
}

fn print(text: &str) -> Result<(), Failure> {
    output::print("", false, text.to_owned())
}

/// All items as one output.
fn print_json(items: &mut Spool, end: &End) -> Result<(), Failure> {
    print("{\"items\":[")?;
    for (place, item) in (0..).zip(items.items()?) {
        print(&format!("{}{}", if place == 0 { "" } else { "," }, item?.get()))?;
    }
    let rest = end.rest.to_string();
    let rest = text::printable_json(&rest);
    // An object without members has nothing behind its brace.
    let rest = rest.strip_prefix('{').filter(|rest| *rest != "}").map_or("}".to_owned(), |rest| format!(",{rest}"));
    print(&format!("]{rest}\n"))
}
