//! A bundle's folder, read as what came from elsewhere is.

use std::path::Path;

use plugin_host_core::bundle::{SIGNATURE, SUMS, Sums};
use plugin_host_core::file::read_bytes;

use super::bundle::{Files, MOST_BYTES};
use super::error::{InstallError, of_sums};

/// The files that the sums of a folder name, with the sums and their signature. What else is in it is none of the
/// bundle's. A file that can't be read is left out, and missed by whoever looks.
///
/// # Errors
/// If there are no sums, or the files have more bytes than a bundle may have.
pub fn read(folder: &Path, what: &str) -> Result<Files, InstallError> {
    let mut files = Files::new();
    let mut left = MOST_BYTES;
    let mut take = |path: &str| -> Result<Option<Vec<u8>>, InstallError> {
        let file = folder.join(path);
        // What a link leads to is not the bundle's.
        if !file.symlink_metadata().is_ok_and(|found| found.is_file()) {
            return Ok(None);
        }
        let too_large = || InstallError::TooLarge { what: what.to_owned(), most: MOST_BYTES };
        left = left.checked_sub(file.metadata().map_or(0, |found| found.len())).ok_or_else(too_large)?;
        let content = read_bytes(&file, MOST_BYTES).map_err(InstallError::io("read", &file))?;
        Ok(Some(content))
    };
    let Some(sums) = take(SUMS)? else {
        let why = format!("it has no {SUMS}. A plugin's sources are made one with `plugin-host build`");
        return Err(InstallError::incomplete(what, why));
    };
    let named = Sums::parse(&sums).map_err(of_sums(what))?;
    for path in named.paths().chain([SIGNATURE]) {
        if let Some(content) = take(path)? {
            files.insert(path.to_owned(), content);
        }
    }
    files.insert(SUMS.to_owned(), sums);
    Ok(files)
}
