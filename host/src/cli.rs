//! The command line: one call for a person or a script.

mod args;
mod batch;
mod dates;
mod exit;
mod failure;
pub mod log;
mod open;
mod output;
mod pages;
mod show;
mod terminal;

use std::fs;
use std::io::{self, Read};
use std::path::Path;

use clap::Parser;
use plugin_host_core::error::ActionError;
use plugin_host_core::json;
use plugin_host_core::queue::{Queue, Slots};
use plugin_host_core::retry::Backoff;
use plugin_host_core::runner::Connected;
use serde_json::Value;
use tokio::runtime::Builder;
use tokio_util::sync::CancellationToken;

use crate::field::Fields;
use crate::mcp;
use crate::restate;
use crate::serve;
use args::{Args, Command, Once, Page, Server};
use failure::Failure;
use output::print;

/// Runs the command with the process's arguments, and returns its exit code.
pub fn main() -> u8 {
    let args = Args::parse();
    // A server's log is how its operator sees it; one call tells all there is by itself.
    let server = matches!(args.command, Command::Server(_));
    let usual = if server { log::Level::Info } else { log::Level::Off };
    log::init(args.log.unwrap_or(usual), args.log_format, server);
    let outcome = run(&args);
    log::finish();
    match outcome {
        Ok(()) => 0,
        Err(Failure::Load(error)) => {
            eprintln!("error: {error}");
            exit::LOAD
        }
        Err(Failure::Usage(why)) => {
            eprintln!("error: {why}");
            exit::USAGE
        }
        Err(Failure::Action(error)) => {
            if args.json {
                eprintln!("{}", serde_json::json!(*error));
            } else {
                eprint!("{}", show::error(&error));
            }
            exit::of_kind(&error.kind)
        }
        Err(Failure::Told(code)) => code,
    }
}

fn run(args: &Args) -> Result<(), Failure> {
    match &args.command {
        Command::Page(page) => print_page(page, args.json),
        Command::Server(server) => run_server(server, args),
        Command::Once(once) => run_once(once, args),
    }
}

/// What is known without a plugin.
fn print_page(page: &Page, json: bool) -> Result<(), Failure> {
    let unwritten = |error: io::Error| Failure::Usage(format!("can't write the manual pages: {error}"));
    let text = match page {
        Page::Completions { shell } => pages::completions(*shell),
        Page::Man { dir: None } => pages::man().map_err(unwritten)?,
        Page::Man { dir: Some(dir) } => pages::man_files(dir).map_err(unwritten)?.join("\n") + "\n",
    };
    print(&serde_json::json!(text).to_string(), json, text)
}

/// What serves all connections, until it is told to stop.
fn run_server(server: &Server, args: &Args) -> Result<(), Failure> {
    let open = open::all(args);
    let connected = open().map_err(Failure::Load)?;
    match server {
        Server::Restate(restate) => ended(Ok(restate::serve(restate, connected, open).map_err(Failure::Load)?)),
        Server::Serve(serve) => ended(serve::run(serve, connected, open, &backoff(args, 0))),
        Server::Mcp(mcp) => ended(mcp::run(mcp, connected, open, &backoff(args, 0))),
    }
}

/// How a server ended, by the number of calls that it cut off.
fn ended(cut_off: Result<usize, String>) -> Result<(), Failure> {
    match cut_off.map_err(Failure::Usage)? {
        0 => Ok(()),
        cut_off => {
            eprintln!(
                "error: {cut_off} calls were cut off, because --drain was over or the process was told twice to end: look at what they were to change"
            );
            Err(Failure::Told(1))
        }
    }
}

/// What is done once, with one connection.
fn run_once(once: &Once, args: &Args) -> Result<(), Failure> {
    match once {
        Once::Describe => {
            let (description, prefix) = open::description(args)?;
            let shown = show::description(&description, prefix.as_deref());
            print(&description.text, args.json, shown)?;
            match &description.faults[..] {
                [] => Ok(()),
                faults => Err(Failure::Load(show::faults(faults))),
            }
        }
        Once::Check => {
            let connected = open::one(args)?;
            let output = made(connected, backoff(args, 0), async |queue| queue.check(CancellationToken::new()).await)?;
            print(&output, args.json, show::output("The connection works.", &parse(&output)))
        }
        Once::Call { action, input, fields, dates, dry_run } => {
            let connected = open::one(args)?;
            let input = match input {
                Some(input) => read_input(input)?,
                None => {
                    let clock = dates.clock().map_err(Failure::Usage)?;
                    let known = connected.description().action(action).map(|action| Fields::of(action, clock));
                    let (input, zone) = from_fields(fields, known.as_ref())?;
                    if let Some(zone) = zone.filter(|_| !args.json) {
                        terminal::say(&format!(
                            "note: dates without a time zone are read in {zone} (--timezone names another)\n"
                        ));
                    }
                    input
                }
            };
            if *dry_run {
                let request = connected.dry_run(action, &input)?;
                return print(&serde_json::json!(request).to_string(), args.json, show::request(request.as_ref()));
            }
            let call = async |queue: &Queue| queue.call(action, input, CancellationToken::new()).await;
            let output = made(connected, backoff(args, 0), call)?;
            print(&output, args.json, show::output("Done.", &parse(&output)))
        }
        // Thousands of rows meet a passing trouble that one call would not.
        Once::Batch(batch) => batch::run(batch, args.json, open::one(args)?, backoff(args, 4)),
    }
}

/// Makes a call, and repeats it as far as that is allowed.
fn made(
    connected: Connected,
    backoff: Backoff,
    call: impl AsyncFnOnce(&Queue) -> Result<String, Box<ActionError>>,
) -> Result<String, Failure> {
    let runtime = Builder::new_current_thread().enable_time().max_blocking_threads(1).build();
    let runtime = runtime.map_err(|error| Failure::Usage(format!("can't start threads: {error}")))?;
    let queue = Queue::new(connected, Slots::new(1), None, backoff);
    Ok(runtime.block_on(call(&queue))?)
}

/// As often as asked for, or else so many times.
fn backoff(args: &Args, retries: u32) -> Backoff {
    Backoff::default().retries(args.retries.unwrap_or(retries))
}

/// The input of `--field` arguments, which are read as cells of a table are: a text, or what the
/// field's type makes of it. And the time zone, if a date was read in one.
fn from_fields(fields: &[String], known: Option<&Fields>) -> Result<(String, Option<String>), Failure> {
    let mut input = std::collections::BTreeMap::new();
    let mut zone = None;
    for field in fields {
        let (name, value) = field
            .split_once('=')
            .ok_or_else(|| Failure::Usage(format!("--field {field} has no \"=\": it takes NAME=VALUE")))?;
        let given = known.map_or(Ok(None), |known| known.value(name, value));
        let given = given.map_err(|why| Failure::Action(Box::new(ActionError::invalid_input(why))))?;
        zone = zone.or(given.as_ref().filter(|given| given.local).and(known).map(Fields::zone_name));
        let json = given.map_or_else(|| serde_json::value::to_raw_value(value).ok(), |given| Some(given.json));
        if input.insert(name, json).is_some() {
            return Err(Failure::Usage(format!("--field {name} is given twice")));
        }
    }
    let input =
        serde_json::to_string(&input).map_err(|error| Failure::Usage(format!("can't write the input: {error}")))?;
    Ok((input, zone))
}

fn parse(output: &str) -> Value {
    serde_json::from_str(output).unwrap_or_default()
}

/// The input as given, from a file (`@path`), or from standard input (`-`).
fn read_input(input: &str) -> Result<String, Failure> {
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
