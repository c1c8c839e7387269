//! JSON without its white space, at compile time.

/// Drops white space outside strings; returns the text and its length.
pub(crate) const fn minify<const N: usize>(json: &[u8]) -> ([u8; N], usize) {
    let mut minified = [0; N];
    let mut length = 0;
    let mut in_string = false;
    let mut escaped = false;
    let mut place = 0;
    while place < json.len() {
        let byte = json[place];
        if in_string || !byte.is_ascii_whitespace() {
            minified[length] = byte;
            length += 1;
        }
        if byte == b'"' && !escaped {
            in_string = !in_string;
        }
        escaped = byte == b'\\' && !escaped;
        place += 1;
    }
    (minified, length)
}
