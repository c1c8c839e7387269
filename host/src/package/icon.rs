//! The picture of a package for a platform that shows a PNG alone.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use toolchain::icon;

use super::{Bundle, File, PackageError};

/// What is told of a package without one.
pub const MISSING: &str = "It has no icon, as a PNG alone is shown there: put icon.png, 512 × 512, beside the plugin's \
                           extism.json, and build it again.";

/// The bundle's `icon.png`, or else a PNG that its description has in itself.
///
/// # Errors
/// If `icon.png` is another file or size than is shown, or not the one that was hashed.
pub fn png(bundle: &Bundle) -> Result<Option<File>, PackageError> {
    if let Some(file) = bundle.file(icon::NAME)? {
        icon::check(&file.content).map_err(|why| bundle.unfit(format!("its {}: {why}", icon::NAME)))?;
        return Ok(Some(file));
    }
    let described = bundle.value["icons"].as_array().into_iter().flatten().filter_map(|icon| {
        let data = icon["src"].as_str()?.strip_prefix("data:image/png;base64,")?;
        BASE64_STANDARD.decode(data).ok()
    });
    // Those of other sizes are for others.
    let mut shown = described.filter(|content| icon::check(content).is_ok());
    Ok(shown.next().map(|content| File::new(icon::NAME, content)))
}
