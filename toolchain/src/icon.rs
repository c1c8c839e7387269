//! A plugin's picture for those who show a PNG alone: MCP clients, and Power Platform.

/// Its name in a bundle.
pub const NAME: &str = "icon.png";

/// What it has to be, for whoever has to make another.
const RIGHT: &str = "make it a PNG of 512 × 512 or 256 × 256 pixels, of at most 1 MB";

/// The sides that it may have, in pixels: what MCP clients ask for, and the least that they take.
const SIDES: [u32; 2] = [512, 256];

/// What Power Platform takes, in bytes.
const MOST_BYTES: usize = 1_000_000;

const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";
/// The first chunk, up to its size.
const HEADER: &[u8] = b"\0\0\0\x0dIHDR";
/// The last chunk, whole: it has no content.
const END: &[u8] = b"\0\0\0\0IEND\xaeB`\x82";

/// Holds a picture to what all who show it take.
///
/// # Errors
/// If it is none of these: what it is, and what it has to be.
pub fn check(content: &[u8]) -> Result<(), String> {
    let Some((width, height)) = size(content) else {
        return Err(format!("it is no PNG, or not a whole one: {RIGHT}"));
    };
    if width != height || !SIDES.contains(&width) {
        return Err(format!("it is {width} × {height}: {RIGHT}"));
    }
    if content.len() > MOST_BYTES {
        return Err(format!("it has {} bytes: {RIGHT}", content.len()));
    }
    Ok(())
}

/// Width and height in pixels, of a PNG that is whole.
fn size(content: &[u8]) -> Option<(u32, u32)> {
    let header = content.strip_prefix(SIGNATURE)?.strip_prefix(HEADER)?;
    let number = |at: usize| Some(u32::from_be_bytes(header.get(at..at + 4)?.try_into().ok()?));
    if !header.ends_with(END) {
        return None;
    }
    Some((number(0)?, number(4)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn png(width: u32, height: u32, bytes: usize) -> Vec<u8> {
        let size = [width.to_be_bytes(), height.to_be_bytes()].concat();
        [SIGNATURE, HEADER, &size, &vec![0; bytes], END].concat()
    }

    #[test]
    fn a_png_of_the_right_size_is_taken() {
        for side in SIDES {
            assert_eq!(check(&png(side, side, 100)), Ok(()));
        }
    }

    #[test]
    fn another_file_or_size_is_refused_with_what_it_has_to_be() {
        let whole = png(512, 512, 100);
        for (content, what) in [
            (png(64, 64, 9), "it is 64 × 64:"),
            (png(512, 256, 9), "it is 512 × 256:"),
            (png(512, 512, MOST_BYTES), "bytes:"),
            (b"<svg/>".to_vec(), "it is no PNG,"),
            (whole[..whole.len() - 1].to_vec(), "not a whole one:"),
            (SIGNATURE.to_vec(), "it is no PNG,"),
            (Vec::new(), "it is no PNG,"),
        ] {
            let refusal = check(&content).unwrap_err();
            assert!(refusal.contains(what) && refusal.contains("512 × 512 or 256 × 256"), "{refusal}");
        }
    }
}
