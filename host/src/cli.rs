//! The command line: one call for a person or a script.

mod args;
mod show;

use std::io::{self, Read};
use std::path::Path;
use std::{env, fs, thread};

use clap::Parser;
use serde_json::Value;

use crate::bundle::Bundle;
use crate::connection::Connection;
use crate::connections;
use crate::description::Description;
use crate::engine::Engine;
use crate::error::{ActionError, LoadError};
use crate::http::{Origin, Roots, Rule};
use crate::retry::Backoff;
use crate::runner::{Runner, Settings};
use args::{Args, Command};

/// What went wrong, by who has to do something about it.
enum Failure {
    /// The bundle can't be used.
    Load(LoadError),
    /// The call itself is wrong, or its input can't be read.
    Usage(String),
    /// The action failed.
    Action(Box<ActionError>),
}

impl From<LoadError> for Failure {
    fn from(error: LoadError) -> Self {
        Self::Load(error)
    }
}

impl From<Box<ActionError>> for Failure {
    fn from(error: Box<ActionError>) -> Self {
        Self::Action(error)
    }
}

/// Runs the command with the process's arguments, and returns its exit code.
pub fn main() -> u8 {
    let args = Args::parse();
    match run(&args) {
        Ok(()) => 0,
        Err(Failure::Load(error)) => {
            eprintln!("error: {error}");
            show::LOAD
        }
        Err(Failure::Usage(why)) => {
            eprintln!("error: {why}");
            show::USAGE
        }
        Err(Failure::Action(error)) => {
            if args.json {
                eprintln!("{}", serde_json::json!(*error));
            } else {
                eprint!("{}", show::error(&error));
            }
            show::exit_code(&error.kind)
        }
    }
}

fn run(args: &Args) -> Result<(), Failure> {
    let engine = Engine::new(&Bundle::load(&args.bundle)?)?;
    let description = engine.describe()?;
    let connection = connection(args, &description)?;
    // Environment and file are the operator's: an address that stands there may be a private one.
    let private = description.origins(&connection).into_iter().filter(Origin::names_address).map(Rule::Exact);
    let roots = args.ca_file.as_deref().map(Roots::from_file).transpose()?.unwrap_or_default();
    let settings = Settings { allow_private: private.collect(), roots, ..Settings::default() };
    let backoff = Backoff { retries: args.retries, ..Backoff::default() };
    let runner = Runner::new(engine, description, settings);
    let connected = runner.connect(connection);
    match &args.command {
        Command::Describe => {
            let description = runner.description();
            print(&description.text, args.json, show::description(description))
        }
        Command::Check => {
            let output = backoff.run(thread::sleep, || connected.check())?;
            print(&output, args.json, show::output("The connection works.", &parse(&output)))
        }
        Command::Call { action, input, fields, dry_run } => {
            let input = match input {
                Some(input) => read_input(input)?,
                None => from_fields(fields)?,
            };
            if *dry_run {
                let request = connected.dry_run(action, &input)?;
                return print(&serde_json::json!(request).to_string(), args.json, show::request(&request));
            }
            let output = backoff.run(thread::sleep, || connected.call(action, &input))?;
            print(&output, args.json, show::output("Done.", &parse(&output)))
        }
    }
}

fn connection(args: &Args, description: &Description) -> Result<Connection, LoadError> {
    let variable = |name: &str| env::var(name).ok();
    match (&args.connections, &args.connection) {
        (Some(file), Some(name)) => connections::from_file(file, name, description, variable),
        _ => Ok(connections::from_env(description, variable)),
    }
}

/// The input of `--field` arguments: every value is a text, which the contract's plugins take for
/// every kind of field.
fn from_fields(fields: &[String]) -> Result<String, Failure> {
    let mut input = serde_json::Map::new();
    for field in fields {
        let (name, value) = field
            .split_once('=')
            .ok_or_else(|| Failure::Usage(format!("--field {field} has no \"=\": it takes NAME=VALUE")))?;
        if input.insert(name.to_owned(), Value::from(value)).is_some() {
            return Err(Failure::Usage(format!("--field {name} is given twice")));
        }
    }
    Ok(Value::Object(input).to_string())
}

fn print(machine: &str, json: bool, human: String) -> Result<(), Failure> {
    use io::Write;
    let text = if json { format!("{machine}\n") } else { human };
    // A reader that has seen enough is no error.
    match io::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(Failure::Usage(format!("can't write: {error}"))),
        _ => Ok(()),
    }
}

fn parse(output: &str) -> Value {
    serde_json::from_str(output).unwrap_or_default()
}

/// The input as given, from a file (`@path`), or from standard input (`-`).
fn read_input(input: &str) -> Result<String, Failure> {
    if input == "-" {
        let mut text = String::new();
        let read = io::stdin().read_to_string(&mut text);
        return read.map(|_| text).map_err(|error| Failure::Usage(format!("can't read standard input: {error}")));
    }
    match input.strip_prefix('@') {
        Some(path) => {
            fs::read_to_string(Path::new(path)).map_err(|error| Failure::Usage(format!("can't read {path}: {error}")))
        }
        None => Ok(input.to_owned()),
    }
}
