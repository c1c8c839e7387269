//! `package`: a plugin for platforms that load no bundle.

mod args;

use std::path::{self, Path};

use super::failure::Failure;
use super::output::print;
use crate::package::javascript::{self, Platform};
use crate::package::{self, Bundle, Made, PackageError};
pub use args::{Kind, PackageArgs};

/// Makes a package, and tells its files and how they are installed.
///
/// # Errors
/// If the bundle can't be used, or the package not be written.
pub fn run(kind: &Kind, json: bool) -> Result<(), Failure> {
    let args = kind.common();
    let bundle = Bundle::read(&args.bundle).map_err(failure)?;
    let made = made(kind, &bundle).map_err(failure)?;
    let written = package::write(&args.out, &made.files, args.force).map_err(failure)?;
    for note in &made.notes {
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

fn made(kind: &Kind, bundle: &Bundle) -> Result<Made, PackageError> {
    match kind {
        Kind::N8n(args) => javascript::package(bundle, Platform::N8n, args.unpacked),
        Kind::NodeRed(args) => javascript::package(bundle, Platform::NodeRed, args.unpacked),
        Kind::Zapier(_) => javascript::package(bundle, Platform::Zapier, true),
    }
}

fn failure(error: PackageError) -> Failure {
    match error {
        PackageError::Unwritten { .. } | PackageError::Foreign { .. } => Failure::Usage(error.to_string()),
        _ => Failure::Load(error.to_string()),
    }
}
