//! What a workbook says of its own size. What reads it makes room for that before it has seen any of it.

use std::io::{self, Write};

use super::Refusal;
use super::spreadsheet::damaged;

/// How many texts there are, says `<sst uniqueCount="3">`.
const COUNT: &[u8] = b"uniqueCount";

/// The shortest text, `<si/>`.
const SHORTEST: u64 = 5;

/// So many may be claimed whatever there is: some programs count each text as often as it is used.
const HARMLESS: u64 = 1 << 20;

/// What is behind the word that belongs to it: ` = "` and a number.
const BEHIND: usize = 64;

/// Looks at a part of a workbook as it is unpacked.
#[derive(Debug, Default)]
pub struct Claims {
    /// The end of what came: the word may have been cut.
    tail: Vec<u8>,
    most: u64,
}

impl Claims {
    /// Refuses a part of so many bytes that has fewer texts than it says.
    ///
    /// # Errors
    /// One line.
    pub fn check(mut self, bytes: u64) -> Result<(), Refusal> {
        self.look(true);
        if self.most > HARMLESS.max(bytes / SHORTEST) {
            return Err(damaged("it has fewer texts than it says"));
        }
        Ok(())
    }

    /// Reads what is behind the word, wherever it stands, and keeps what may go on.
    fn look(&mut self, is_end: bool) {
        let mut from = 0;
        while let Some(at) = self.tail[from..].windows(COUNT.len()).position(|bytes| bytes == COUNT) {
            let behind = from + at + COUNT.len();
            if !is_end && self.tail.len() < behind + BEHIND {
                from += at;
                break;
            }
            self.most = self.most.max(number(&self.tail[behind..]));
            from = behind;
        }
        let rest = self.tail.len() - from;
        let is_begun = self.tail[from..].starts_with(COUNT);
        self.tail.drain(..from + if is_begun { 0 } else { rest.saturating_sub(COUNT.len()) });
    }
}

/// The number that an attribute's value begins with; one that is too large for all is the largest.
fn number(text: &[u8]) -> u64 {
    let text = text.get(..BEHIND).unwrap_or(text);
    let digits = text.iter().skip_while(|byte| b" \t\r\n=\"'+".contains(byte)).take_while(|byte| byte.is_ascii_digit());
    digits.fold(0, |sum: u64, digit| sum.saturating_mul(10).saturating_add(u64::from(digit - b'0')))
}

impl Write for Claims {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.tail.extend_from_slice(bytes);
        self.look(false);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether a part is refused, in whatever pieces it comes.
    fn is_refused(text: &str) -> bool {
        let refused = |size: usize| {
            let mut claims = Claims::default();
            text.as_bytes().chunks(size).for_each(|part| claims.write_all(part).unwrap());
            assert!(claims.tail.len() < COUNT.len() + BEHIND + size);
            claims.check(text.len() as u64).is_err()
        };
        let all: Vec<_> = [1, 2, 7, 1000].map(refused).into();
        assert!(all.windows(2).all(|pair| pair[0] == pair[1]), "{text}: {all:?}");
        all[0]
    }

    #[test]
    fn a_part_that_says_that_it_has_more_texts_than_fit_is_refused() {
        for (count, refused) in [
            ("3", false),
            ("1048576", false),
            ("1048577", true),
            ("999999999999", true),
            ("18446744073709551615", true),
            ("99999999999999999999999999", true),
            ("-1", false),
            ("", false),
        ] {
            for text in [
                format!("<?xml?><sst xmlns=\"a\" count=\"1\" uniqueCount=\"{count}\"><si/></sst>"),
                format!("<!-- uniqueCount=\"3\" --><sst uniqueCount = '{count}'"),
                format!("{}<sst uniqueCount=\"{count}\"", " ".repeat(1500)),
            ] {
                assert_eq!(is_refused(&text), refused, "{text}");
            }
        }
        let all = "<si/>".repeat(1_100_000);
        let mut claims = Claims::default();
        claims.write_all(format!("<sst uniqueCount=\"1100000\">{all}</sst>").as_bytes()).unwrap();
        assert!(claims.check(all.len() as u64).is_ok());
    }
}
