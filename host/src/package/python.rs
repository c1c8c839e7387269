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

use super::{Bundle, File, Made, PackageError, archive};

/// The wheel and the source distribution of a plugin.
///
/// # Errors
/// If Python knows no such version, or a file of the bundle is not the one that was hashed.
pub fn made(bundle: &Bundle) -> Result<Made, PackageError> {
    let package = project::package(bundle)?;
    let unfit = |why: String| bundle.unfit(why);
    for files in [&package.wheel, &package.source] {
        super::check(files).map_err(unfit)?;
    }
    let wheel = archive::zip(&package.wheel).map_err(|error| unfit(error.to_string()))?;
    let source = archive::tar_gz(&package.source).map_err(|error| unfit(error.to_string()))?;
    let name = format!("{}-py3-none-any.whl", package.stem);
    let next = format!("pip install {name}; with Airflow: '{name}[airflow]', with Prefect: '{name}[prefect]'");
    Ok(Made::new(vec![File::new(name, wheel), File::new(format!("{}.tar.gz", package.stem), source)], next))
}
