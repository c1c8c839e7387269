//! `package`: a plugin for platforms that load no bundle.

mod args;

use std::env;
use std::fs;
use std::path::Path;

use plugin_host_core::language::Languages;

use super::failure::Failure;
use super::output::print;
use crate::package::{self, Bundle, File, PackageError, mcpb, openapi, python};
use args::Profile;
pub use args::{Kind, PackageArgs};

/// Makes a package, and tells its files. `connection` is what the connection is called where a server has it.
///
/// # Errors
/// If the bundle can't be used, or the package not be written.
pub fn run(kind: &Kind, connection: Option<&str>, languages: &Languages, json: bool) -> Result<(), Failure> {
    let args = kind.common();
    let bundle = Bundle::read(&args.bundle).map_err(failure)?;
    let (files, notes) = made(kind, &bundle, connection, languages)?;
    let written = package::write(&args.out, &files).map_err(failure)?;
    for note in notes {
        eprintln!("note: {note}");
    }
    let paths: Vec<_> = written.iter().map(|path| path.display().to_string()).collect();
    print(&serde_json::json!({ "written": paths }).to_string(), json, paths.join("\n") + "\n")
}

fn made(
    kind: &Kind,
    bundle: &Bundle,
    connection: Option<&str>,
    languages: &Languages,
) -> Result<(Vec<File>, Vec<String>), Failure> {
    match kind {
        Kind::Python(_) => Ok((python::files(bundle).map_err(failure)?, Vec::new())),
        Kind::Mcpb(args) => {
            let own = env::current_exe().map_err(|error| unread(Path::new("this program"), &error))?;
            let program = args.binary.as_deref().unwrap_or(&own);
            let program = fs::read(program).map_err(|error| unread(program, &error))?;
            let options =
                mcpb::Options { registry_name: args.registry_name.clone(), download_url: args.download_url.clone() };
            let made = mcpb::files(bundle, program, &options).map_err(failure)?;
            Ok((made.files, made.notes))
        }
        Kind::Openapi(args) => {
            let options = openapi::Options::new(args.host.clone(), connection.unwrap_or(super::open::DEFAULT));
            let files = match args.profile {
                None => openapi::files(bundle, &options, languages),
                Some(Profile::PowerPlatform) => openapi::connector(bundle, &options, languages),
            };
            Ok((files.map_err(failure)?, Vec::new()))
        }
    }
}

fn unread(path: &Path, error: &std::io::Error) -> Failure {
    Failure::Usage(format!("can't read {}: {error}", path.display()))
}

fn failure(error: PackageError) -> Failure {
    match error {
        PackageError::Unwritten { .. } => Failure::Usage(error.to_string()),
        _ => Failure::Load(error.to_string()),
    }
}
