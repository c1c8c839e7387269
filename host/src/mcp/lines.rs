//! Lines of standard input, each a message.

use std::io;

use tokio_util::bytes::BytesMut;
use tokio_util::codec::Decoder;

/// A line, or that there was one which is too long to be kept.
#[derive(Debug, PartialEq, Eq)]
pub enum Line {
    /// What stands on it, without its end.
    Whole(BytesMut),
    /// It was longer than what is taken.
    TooLong,
}

/// Splits what comes into lines, and keeps no more than one of them.
#[derive(Debug)]
pub struct Lines {
    longest: usize,
    /// Whether the rest of a line that is too long is still to come.
    skipping: bool,
}

impl Lines {
    /// Lines of at most `longest` bytes.
    pub fn new(longest: usize) -> Self {
        Self { longest, skipping: false }
    }
}

impl Decoder for Lines {
    type Item = Line;
    type Error = io::Error;

    fn decode(&mut self, bytes: &mut BytesMut) -> io::Result<Option<Line>> {
        loop {
            let Some(end) = bytes.iter().position(|byte| *byte == b'\n') else {
                if self.skipping {
                    bytes.clear();
                } else if bytes.len() > self.longest {
                    bytes.clear();
                    self.skipping = true;
                    return Ok(Some(Line::TooLong));
                }
                return Ok(None);
            };
            let mut line = bytes.split_to(end + 1);
            if std::mem::take(&mut self.skipping) {
                continue;
            }
            line.truncate(end);
            return Ok(Some(if end > self.longest { Line::TooLong } else { Line::Whole(line) }));
        }
    }

    /// The last line may lack its end.
    fn decode_eof(&mut self, bytes: &mut BytesMut) -> io::Result<Option<Line>> {
        let line = self.decode(bytes)?;
        Ok(line.or_else(|| (!bytes.is_empty()).then(|| Line::Whole(bytes.split()))))
    }
}

#[cfg(test)]
mod tests {
    use futures_util::StreamExt;
    use tokio_util::codec::FramedRead;

    use super::*;

    /// The lines of a text that comes in pieces of so many bytes.
    async fn lines(text: &str, piece: usize) -> Vec<Option<String>> {
        let mut decoder = Lines::new(3);
        let (mut bytes, mut found) = (BytesMut::new(), Vec::new());
        for part in text.as_bytes().chunks(piece) {
            bytes.extend_from_slice(part);
            found.extend(std::iter::from_fn(|| decoder.decode(&mut bytes).unwrap()));
        }
        found.extend(std::iter::from_fn(|| decoder.decode_eof(&mut bytes).unwrap()));
        let whole: Vec<_> = FramedRead::new(text.as_bytes(), Lines::new(3)).map(Result::unwrap).collect().await;
        assert_eq!(found, whole);
        let shown = |line| match line {
            Line::Whole(line) => Some(String::from_utf8(line.to_vec()).unwrap()),
            Line::TooLong => None,
        };
        found.into_iter().map(shown).collect()
    }

    #[tokio::test]
    async fn a_line_that_is_too_long_stops_no_other_and_the_last_may_lack_its_end() {
        let some = |text: &str| Some(text.to_owned());
        for piece in 1..9 {
            let found = lines("abc\nabcd\n\nxyz12345\nab", piece).await;
            assert_eq!(found, [some("abc"), None, some(""), None, some("ab")], "{piece}");
            assert_eq!(lines("a\nabcdef", piece).await, [some("a"), None], "{piece}");
            assert_eq!(lines("", piece).await, []);
        }
    }

    #[test]
    fn a_line_without_end_is_not_kept() {
        let (mut decoder, mut bytes) = (Lines::new(1000), BytesMut::new());
        for _ in 0..100 {
            bytes.extend_from_slice(&[b'x'; 5000]);
            let _ = decoder.decode(&mut bytes).unwrap();
            assert!(bytes.is_empty());
        }
    }
}
