//! `package python`: a wheel and its source, without Python.
//!
//! The shell of `platforms/python` travels in the program. What a description is called in Python is decided
//! here, in [`faces`], and nowhere else: stubs, README and the package itself have it from there.

mod engine_stubs;
mod faces;
mod metadata;
mod method;
mod names;
mod project;
mod readme;
mod stubs;
mod taken;
mod types;
mod version;
mod ways;
mod writing;

use super::{Bundle, File, PackageError, archive};

/// The wheel and the source distribution of a plugin.
///
/// # Errors
/// If Python knows no such version, or a file of the bundle is not the one that was hashed.
pub fn files(bundle: &Bundle) -> Result<Vec<File>, PackageError> {
    let package = project::package(bundle)?;
    let unfit = |error: &dyn std::fmt::Display| bundle.unfit(error.to_string());
    let wheel = archive::zip(&package.wheel).map_err(|error| unfit(&error))?;
    let source = archive::tar_gz(&package.source).map_err(|error| unfit(&error))?;
    Ok(vec![
        File::new(format!("{}-py3-none-any.whl", package.stem), wheel),
        File::new(format!("{}.tar.gz", package.stem), source),
    ])
}
