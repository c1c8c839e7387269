//! Whether the connections can be had, and who else can read their secrets.

use std::path::Path;

use plugin_host_core::connections::{ConnectionError, File, Place};
use plugin_host_core::schema;

use super::access::{FILE, private};
use super::finding::Findings;
use crate::cli::args::OpenArgs;
use crate::cli::failure::Failure;
use crate::cli::open::{Named, Opening};

const CHECK: &str = "connection";

/// Looks at each connection by itself. Gives those that can be used.
pub fn look<'o>(args: &OpenArgs, opening: &'o Opening<'_>, findings: &mut Findings) -> Vec<Named<'o>> {
    if opening.names().is_empty() {
        findings.warn(CHECK, "all", "not looked at, as no plugin can be loaded", "mend the bundle first");
        return Vec::new();
    }
    match &args.connections {
        Some(path) => of_file(path, args, opening, findings),
        None => of_environment(opening, findings),
    }
}

/// What all connections are called, those too that can't be used.
pub fn names(args: &OpenArgs, usable: &[Named<'_>]) -> Vec<String> {
    let file = args.connections.as_deref().and_then(|path| File::read(path).ok());
    match file {
        Some(file) => file.names().into_iter().map(str::to_owned).collect(),
        None => usable.iter().map(|named| named.name.clone()).collect(),
    }
}

fn of_environment<'o>(opening: &'o Opening<'_>, findings: &mut Findings) -> Vec<Named<'o>> {
    match opening.all_in_env() {
        Ok(named) => {
            for Named { name, entry, .. } in &named {
                let message = format!("{} has all that it needs from the environment", entry.description().title);
                findings.ok(CHECK, name, message);
            }
            named
        }
        Err(Failure::Load(why) | Failure::Usage(why)) => {
            findings.fail(CHECK, "environment", why, "set what is missing, or give --connections FILE");
            Vec::new()
        }
        Err(other) => {
            findings.fail(CHECK, "environment", other.to_string(), "give --connections FILE");
            Vec::new()
        }
    }
}

fn of_file<'o>(path: &Path, args: &OpenArgs, opening: &'o Opening<'_>, findings: &mut Findings) -> Vec<Named<'o>> {
    let shown = path.display().to_string();
    let file = match File::read(path) {
        Ok(file) => file,
        Err(why) => {
            findings.fail(FILE, shown, why.to_string(), "mend the file of --connections");
            return Vec::new();
        }
    };
    let names = file.names().into_iter().map(str::to_owned);
    let names: Vec<_> = names.filter(|name| args.connection.as_ref().is_none_or(|only| only == name)).collect();
    if let (Some(name), []) = (&args.connection, &names[..]) {
        findings.fail(CHECK, name, format!("{shown} has no such connection"), "give --connection one that it has");
    }
    let (mut usable, mut holds_secrets) = (Vec::new(), false);
    for name in &names {
        let plugin = file.named_plugin(name);
        if args.plugin.is_some() && plugin.is_some() && plugin != args.plugin.as_deref() {
            continue;
        }
        match opening.of_file(&file, name) {
            Ok(named) => {
                holds_secrets |= secrets(&file, &named, findings);
                let title = &named.entry.description().title;
                findings.ok(CHECK, name, format!("it has all that {title} needs"));
                usable.push(named);
            }
            Err(failure) => failed(name, &shown, failure, findings),
        }
    }
    if holds_secrets {
        private(path, "which holds secrets", findings);
    } else if !usable.is_empty() {
        findings.ok(FILE, shown, "it holds no secret itself");
    }
    usable
}

/// Says each thing that is wrong with a connection on a line of its own.
fn failed(name: &str, shown: &str, failure: Failure, findings: &mut Findings) {
    let next = format!("mend [{name}] in {shown}");
    match failure {
        Failure::Connection(ConnectionError::Invalid { problems, .. }) => {
            for problem in problems {
                findings.fail(CHECK, name, problem.message, &next);
            }
        }
        other => findings.fail(CHECK, name, other.to_string(), next),
    }
}

/// Looks at where secrets of a connection stand. Tells whether one stands in the file of connections.
fn secrets(file: &File<'_>, named: &Named<'_>, findings: &mut Findings) -> bool {
    let schema = &named.entry.description().connection.schema;
    let mut here = false;
    for (key, place) in file.places(&named.name) {
        if !schema::field(schema, key).is_some_and(|field| field.is_secret()) {
            continue;
        }
        match place {
            Place::Here => here = true,
            Place::Variable(_) => {}
            Place::File(path) => private(&path, &format!("which is {key} of {}", named.name), findings),
        }
    }
    here
}
