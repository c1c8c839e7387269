//! The command line: one call for a person or a script.

mod args;
mod author;
mod batch;
mod call;
mod dates;
mod doctor;
mod exit;
mod failure;
mod input;
mod installed;
mod listen;
pub mod log;
mod open;
mod options;
mod output;
mod package;
mod pages;
mod runtime;
mod show;
mod terminal;
mod token;
mod verify;

use std::io;
use std::sync::Arc;

use clap::Parser;
use plugin_host_core::language;
use plugin_host_core::retry::Backoff;
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use crate::audit::{Audit, Counter};
use crate::mcp;
use crate::restate;
use crate::serve;
use crate::trace;
use args::{Args, Command, Once, Page, Server};
use failure::Failure;
use output::print;
use runtime::{audited, made};
use terminal::{say, say_json};

/// Runs the command with the process's arguments, and returns its exit code.
pub fn main() -> u8 {
    let mut args = Args::parse();
    // A server's log is how its operator sees it; one call tells all there is by itself.
    let usual = match args.command {
        Command::Server(_) => log::Level::Info,
        // It runs for days: what it drops, and what it can't get, nobody else tells.
        Command::Once(Once::Listen(_)) => log::Level::Warn,
        Command::Author(_) | Command::Installed(_) | Command::Once(_) | Command::Page(_) => log::Level::Off,
    };
    let lasts = usual != log::Level::Off;
    let tracer = match tracer(&args) {
        Ok(tracer) => tracer,
        Err(why) => {
            eprintln!("error: {why}");
            return exit::USAGE;
        }
    };
    log::init(args.log.unwrap_or(usual), args.log_format, lasts, tracer.as_ref());
    let outcome = author::prepared(&mut args).and_then(|()| run(&args));
    if let Some(tracer) = tracer {
        tracer.finish();
    }
    log::finish();
    match outcome {
        Ok(()) => 0,
        Err(failure) => {
            tell(&failure, args.json);
            failure.code()
        }
    }
}

/// Says what went wrong, if that has not been told.
fn tell(failure: &Failure, json: bool) {
    match (failure, failure.document()) {
        (Failure::Told(_), _) => {}
        (_, Some(document)) if json => say_json(&serde_json::json!(document)),
        (Failure::Action(error), _) => say(&show::error(error)),
        (failure, _) => say(&format!("error: {failure}\n")),
    }
}

/// What sends spans to a collector, if the environment names one.
fn tracer(args: &Args) -> Result<Option<trace::Tracer>, String> {
    match args.command {
        Command::Author(_) | Command::Installed(_) | Command::Page(_) => Ok(None),
        Command::Server(_) | Command::Once(_) => trace::begin(|reached| open::new_client(args)(reached)),
    }
}

fn run(args: &Args) -> Result<(), Failure> {
    args.open.complete().map_err(Failure::Usage)?;
    let file = match args.command {
        // It makes no calls, and looks at the file by itself.
        Command::Once(Once::Doctor(_)) => None,
        _ => args.audit.as_deref(),
    };
    let audit = || Audit::open(file, None).map_err(Failure::Usage);
    match &args.command {
        Command::Author(author) => author::run(author, args),
        Command::Installed(installed) => installed::run(installed, args),
        Command::Page(page) => print_page(page, args.json),
        Command::Server(server) => run_server(server, args),
        // It runs for days: each poll and each request has a trace of its own.
        Command::Once(once @ Once::Listen(_)) => with_audit(audit()?, |audit| run_once(once, args, audit)),
        Command::Once(once) => {
            with_audit(audit()?, |audit| trace::command(once.name()).in_scope(|| run_once(once, args, audit)))
        }
    }
}

/// Does something, and makes sure of its lines: a command that ends can't write them later.
fn with_audit(audit: Audit, run: impl FnOnce(&Audit) -> Result<(), Failure>) -> Result<(), Failure> {
    let outcome = run(&audit);
    let Err(why) = audit.flush() else { return outcome };
    // What was refused for that reason has said so.
    if !audit.is_behind() {
        return outcome;
    }
    say(&format!("error: what was called is in no line: {why}\n"));
    outcome.and(Err(Failure::Told(exit::UNWRITTEN)))
}

/// What is known without a plugin.
fn print_page(page: &Page, json: bool) -> Result<(), Failure> {
    let unwritten = |error: io::Error| Failure::Usage(format!("can't write the manual pages: {error}"));
    let text = match page {
        Page::Completions { shell } => pages::completions(*shell),
        Page::Man { dir: None } => pages::man().map_err(unwritten)?,
        Page::Token(token) => return token::run(token, json),
        Page::Man { dir: Some(dir) } => pages::man_files(dir).map_err(unwritten)?.join("\n") + "\n",
    };
    print(&serde_json::json!(text).to_string(), json, text)
}

/// What serves all connections, until it is told to stop.
fn run_server(server: &Server, args: &Args) -> Result<(), Failure> {
    let metrics = match server {
        Server::Restate(restate) => restate.operator.metrics(),
        Server::Serve(serve) => serve.operator.metrics(),
        Server::Mcp(mcp) => mcp.operator.metrics(),
    };
    let counted = metrics.clone();
    let counter: Counter = Arc::new(move |caller, outcome| counted.called(caller, outcome));
    let audit = Audit::open(args.audit.as_deref(), Some(counter)).map_err(Failure::Usage)?;
    let (connected, open) = open::all(args, metrics.observer())?;
    match server {
        Server::Restate(restate) => {
            ended(Ok(restate::serve(restate, connected, open, metrics, audit).map_err(Failure::Load)?))
        }
        Server::Serve(serve) => {
            ended(serve::run(serve, connected, open, open::sending(args), &backoff(args, 0), metrics, audit))
        }
        Server::Mcp(mcp) => ended(mcp::run(mcp, connected, open, &backoff(args, 0), metrics, audit)),
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
fn run_once(once: &Once, args: &Args, audit: &Audit) -> Result<(), Failure> {
    match once {
        Once::Describe => {
            let (description, prefix) = open::description(args)?;
            let (translated, _) = language::localized(&description, &args.languages());
            let shown = show::description(&translated, prefix.as_deref());
            // For machines it is as the plugin wrote it, unless somebody says so.
            let text = if args.lang.is_some() { &translated.text } else { &description.text };
            print(text, args.json, shown)?;
            match &description.faults()[..] {
                [] => Ok(()),
                faults => Err(Failure::Load(show::faults(faults))),
            }
        }
        Once::Check => {
            let connected = open::one(args)?;
            let check = connected.description().connection.check.clone();
            let output = audited(audit, connected, &check, |connected| {
                made(connected, backoff(args, 0), async |queue| queue.check(CancellationToken::new()).await)
            })?;
            print(&output, args.json, show::output("The connection works.", &parse(&output)))
        }
        Once::Call(call) => call::run(call, args.json, open::one(args)?, backoff(args, 0), audit),
        Once::Options(options) => audited(audit, open::one(args)?, &options.action, |connected| {
            options::run(options, args.json, connected, backoff(args, 0))
        }),
        // Thousands of rows meet a passing trouble that one call would not.
        Once::Batch(batch) => batch::run(batch, args.json, open::one(args)?, backoff(args, 4), audit),
        Once::Verify(verify) => match verify.recorded() {
            Some((file, export)) => audited(audit, open::one(args)?, export, |connected| {
                verify::record(verify, file, export, args.json, &connected)
            }),
            None => verify::run(verify, args.json, open::runner(args)?),
        },
        Once::Package(package) => {
            // The texts of a package are for others than who makes it.
            let languages = args.lang.clone().unwrap_or_default();
            package::run(&package.kind, &languages, args.json)
        }
        Once::Doctor(doctor) => doctor::run(doctor, args),
        Once::Listen(listen) => {
            let metrics = listen.operator.metrics();
            let connected = open::one_named(args, metrics.observer())?;
            listen::run(listen, args.json, connected, backoff(args, 0), metrics)
        }
    }
}

/// As often as asked for, or else so many times.
fn backoff(args: &Args, retries: u32) -> Backoff {
    Backoff::default().retries(args.retries.unwrap_or(retries))
}

fn parse(output: &str) -> Value {
    serde_json::from_str(output).unwrap_or_default()
}
