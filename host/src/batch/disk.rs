//! What is on the disk for good.

use std::fs::File;
use std::path::Path;

/// Makes the name of a file last: it is the folder's, and not yet on the disk when the file is. Not
/// every system can do this, and then it is as good as it gets.
pub fn sync_folder(path: &Path) {
    if let Ok(folder) = File::open(folder_of(path)) {
        let _ = folder.sync_all();
    }
}

/// The folder that a file is in.
pub fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}
