//! `package mcpb`: a server that MCP clients install with a click, and its entry in the MCP registry.
//!
//! In it are this program, the bundle, and a manifest that says how the one is begun with the other.

mod manifest;
mod platform;
mod registry;

use toolchain::bundle::sha256;

use super::{Bundle, File, Made, PackageError, archive, icon};
pub use platform::Platform;
pub use registry::Options;

/// The package of a plugin, with this program in it.
///
/// # Errors
/// If the program is for no machine that clients know, or a file of the bundle is not the one that was hashed.
pub fn made(bundle: &Bundle, program: Vec<u8>, options: &Options) -> Result<Made, PackageError> {
    let platform = Platform::of(&program).ok_or_else(|| {
        bundle.unfit("the program is for no platform that MCP clients know: give one for Linux, macOS or Windows")
    })?;
    let mut notes = Vec::new();
    let icon = icon::png(bundle)?;
    if icon.is_none() {
        notes.push(icon::MISSING.to_owned());
    }
    let manifest = manifest::manifest(bundle, platform, icon.is_some())?;
    let mut files = vec![File::new("manifest.json", pretty(&manifest))];
    files.extend(icon);
    files.push(File { is_program: true, ..File::new(platform.program(), program) });
    files.extend([&bundle.manifest, &bundle.module].map(|file| file.within("server")));
    files.extend(bundle.languages()?.iter().map(|file| file.within("server")));
    files.extend(bundle.licenses()?);
    super::check(&files).map_err(|why| bundle.unfit(why))?;
    let content = archive::zip(&files).map_err(|error| bundle.unfit(error.to_string()))?;
    let name = format!("{}-{}-{platform}.mcpb", bundle.description.name, bundle.version()?);
    let mut made = Made::new(Vec::new(), format!("open {name} in an MCP client, such as Claude Desktop"));
    made.notes = notes;
    match registry::server(bundle, options, &name, &sha256(&content))? {
        Ok(server) => made.files.push(File::new("server.json", pretty(&server))),
        Err(why) => made.notes.push(why),
    }
    made.files.insert(0, File::new(name, content));
    Ok(made)
}

fn pretty(value: &serde_json::Value) -> String {
    format!("{value:#}\n")
}
