//! `package`: a plugin for platforms that load no bundle.

mod args;

use std::env;
use std::fs;
use std::path::{self, Path};

use plugin_host_core::language::Languages;

use super::failure::Failure;
use super::output::print;
use crate::package::javascript::{self, Platform};
use crate::package::{self, Bundle, Made, PackageError, artifact, mcpb, openapi, python};
use args::Profile;
pub use args::{Kind, PackageArgs};

/// What is told where a package names no publisher.
const NOBODY: &str = "nobody is named as its publisher: put authors, license and repository into the plugin's Cargo.toml and build it again, or a publisher.json into the bundle";

/// Makes a package, and tells its files and how they are installed.
///
/// # Errors
/// If the bundle can't be used, or the package not be written.
pub fn run(kind: &Kind, languages: &Languages, json: bool) -> Result<(), Failure> {
    let args = kind.common();
    let bundle = Bundle::read(&args.bundle).map_err(failure)?;
    let made = made(kind, &bundle, languages)?;
    let written = package::write(&args.out, &made, args.force).map_err(failure)?;
    let unnamed = bundle.publisher.author.name.is_none().then(|| NOBODY.to_owned());
    for note in made.notes.iter().chain(&unnamed) {
        eprintln!("note: {note}");
    }
    // It is installed from within another folder.
    let shown = |path: &Path| path::absolute(path).unwrap_or_else(|_| path.to_owned()).display().to_string();
    let paths: Vec<_> = written.iter().map(|path| shown(path)).collect();
    let root = made.root.as_ref().map(|root| shown(&args.out.join(root)));
    let (named, next) = match &root {
        Some(root) => (root.clone(), made.next.replace("{path}", root)),
        None => (paths.join("\n"), made.next.clone()),
    };
    let told = serde_json::json!({ "package": root, "written": paths, "next": next });
    print(&told.to_string(), json, format!("{named}\n{next}\n"))
}

fn made(kind: &Kind, bundle: &Bundle, languages: &Languages) -> Result<Made, Failure> {
    match kind {
        Kind::Archive(_) => artifact::archived(bundle).map_err(failure),
        Kind::Oci(_) => artifact::layout(bundle).map_err(failure),
        Kind::N8n(args) => javascript::package(bundle, Platform::N8n, args.unpacked).map_err(failure),
        Kind::NodeRed(args) => javascript::package(bundle, Platform::NodeRed, args.unpacked).map_err(failure),
        Kind::Zapier(_) => javascript::package(bundle, Platform::Zapier, true).map_err(failure),
        Kind::Python(_) => python::made(bundle).map_err(failure),
        Kind::Mcpb(args) => {
            let own = env::current_exe().map_err(|error| unread(Path::new("this program"), &error))?;
            let program = args.binary.as_deref().unwrap_or(&own);
            let program = fs::read(program).map_err(|error| unread(program, &error))?;
            let mut options = mcpb::Options::default();
            options.registry_name.clone_from(&args.registry_name);
            options.download_url.clone_from(&args.download_url);
            mcpb::made(bundle, program, &options).map_err(failure)
        }
        Kind::Openapi(args) => {
            let options = openapi::Options::new(args.host.clone(), args.connection_name.as_str());
            match args.profile {
                None => openapi::made(bundle, &options, languages),
                Some(Profile::PowerPlatform) => openapi::connector(bundle, &options, languages),
            }
            .map_err(failure)
        }
    }
}

fn unread(path: &Path, error: &std::io::Error) -> Failure {
    Failure::Usage(format!("can't read {}: {error}", path.display()))
}

fn failure(error: PackageError) -> Failure {
    match error {
        PackageError::Unwritten { .. } | PackageError::Foreign { .. } => Failure::Usage(error.to_string()),
        _ => Failure::Load(error.to_string()),
    }
}
