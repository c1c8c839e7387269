//! Writes the files in `manifest/` that are made from the code: `cargo xtask manifest`.

use std::path::Path;
use std::{fs, io};

fn main() -> io::Result<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("manifest");
    for (name, text) in plugin_kit::manifest::files(&justclick::PLUGIN) {
        fs::write(folder.join(name), text)?;
    }
    Ok(())
}
