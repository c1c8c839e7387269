//! The command line: one call for a person or a script.

mod args;
mod author;
mod batch;
mod call;
mod dates;
mod exit;
mod failure;
mod input;
mod listen;
pub mod log;
mod open;
mod options;
mod output;
mod pages;
mod runtime;
mod show;
mod terminal;
mod verify;

use std::io;

use clap::Parser;
use plugin_host_core::language;
use plugin_host_core::retry::Backoff;
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use crate::mcp;
use crate::restate;
use crate::serve;
use args::{Args, Command, Once, Page, Server};
use failure::Failure;
use output::print;
use runtime::made;

/// Runs the command with the process's arguments, and returns its exit code.
pub fn main() -> u8 {
    let mut args = Args::parse();
    // A server's log is how its operator sees it; one call tells all there is by itself.
    let usual = match args.command {
        Command::Server(_) => log::Level::Info,
        // It runs for days: what it drops, and what it can't get, nobody else tells.
        Command::Once(Once::Listen(_)) => log::Level::Warn,
        Command::Author(_) | Command::Once(_) | Command::Page(_) => log::Level::Off,
    };
    let lasts = usual != log::Level::Off;
    log::init(args.log.unwrap_or(usual), args.log_format, lasts);
    let outcome = author::prepared(&mut args).and_then(|()| run(&args));
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
        Command::Author(author) => author::run(author, args),
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
        Server::Serve(serve) => ended(serve::run(serve, connected, open, open::new_client(args), &backoff(args, 0))),
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
            let (translated, _) = language::localized(&description, &args.languages());
            let shown = show::description(&translated, prefix.as_deref());
            // For machines it is as the plugin wrote it, unless somebody says so.
            let text = if args.lang.is_some() { &translated.text } else { &description.text };
            print(text, args.json, shown)?;
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
        Once::Call(call) => call::run(call, args.json, open::one(args)?, backoff(args, 0)),
        Once::Options(options) => options::run(options, args.json, open::one(args)?, backoff(args, 0)),
        // Thousands of rows meet a passing trouble that one call would not.
        Once::Batch(batch) => batch::run(batch, args.json, open::one(args)?, backoff(args, 4)),
        Once::Verify(verify) => match verify.recorded() {
            Some((file, export)) => verify::record(verify, file, export, args.json, &open::one(args)?),
            None => verify::run(verify, args.json, open::runner(args)?),
        },
        Once::Listen(listen) => listen::run(listen, args.json, open::one_named(args)?, backoff(args, 0)),
    }
}

/// As often as asked for, or else so many times.
fn backoff(args: &Args, retries: u32) -> Backoff {
    Backoff::default().retries(args.retries.unwrap_or(retries))
}

fn parse(output: &str) -> Value {
    serde_json::from_str(output).unwrap_or_default()
}
