//! `package`: a plugin for platforms that load no bundle.

mod args;

use super::failure::Failure;
use super::output::print;
use crate::package::{self, Bundle, Made, PackageError};
pub use args::{Kind, PackageArgs};

/// Makes a package, and tells its files and how they are installed.
///
/// # Errors
/// If the bundle can't be used, or the package not be written.
pub fn run(kind: &Kind, json: bool) -> Result<(), Failure> {
    let args = kind.common();
    let bundle = Bundle::read(&args.bundle).map_err(failure)?;
    let made = made(kind, &bundle)?;
    let written = package::write(&args.out, &made.files, args.force).map_err(failure)?;
    for note in &made.notes {
        eprintln!("note: {note}");
    }
    let paths: Vec<_> = written.iter().map(|path| path.display().to_string()).collect();
    let told = serde_json::json!({ "written": paths, "next": made.next });
    print(&told.to_string(), json, format!("{}\n{}\n", paths.join("\n"), made.next))
}

fn made(kind: &Kind, bundle: &Bundle) -> Result<Made, Failure> {
    let _ = bundle;
    match *kind {}
}

fn failure(error: PackageError) -> Failure {
    match error {
        PackageError::Unwritten { .. } | PackageError::Foreign { .. } => Failure::Usage(error.to_string()),
        _ => Failure::Load(error.to_string()),
    }
}
