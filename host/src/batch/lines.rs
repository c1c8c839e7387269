//! Lines with their numbers.

use std::io::{self, BufRead, Read};

/// The longest row, in bytes. Whatever is longer is not a table of orders.
pub const LONGEST: u64 = 1 << 20;

/// The lines of a text, without their ends (LF or CRLF, or another byte).
pub struct Lines<R> {
    reader: R,
    end: u8,
    /// The number of the line that was read last, counted from 1.
    pub number: u64,
}

impl<R: BufRead> Lines<R> {
    /// Lines from where the reader stands.
    pub fn new(reader: R) -> Self {
        Self::ending(reader, b'\n')
    }

    /// The same, with lines that end with this byte.
    pub fn ending(reader: R, end: u8) -> Self {
        Self { reader, end, number: 0 }
    }

    /// Adds the next line to `into`; false at the end of the text.
    ///
    /// # Errors
    /// If the text can't be read, or the line is longer than [`LONGEST`].
    pub fn next(&mut self, into: &mut Vec<u8>) -> io::Result<bool> {
        let begins = into.len();
        let read = (&mut self.reader).take(LONGEST + 2).read_until(self.end, into)?;
        if read == 0 {
            return Ok(false);
        }
        self.number += 1;
        if into.last() == Some(&self.end) {
            into.pop();
            if self.end == b'\n' && into.len() > begins {
                into.pop_if(|last| *last == b'\r');
            }
        }
        if into.len() as u64 > LONGEST {
            return Err(too_long(self.number));
        }
        Ok(true)
    }
}

/// The error of a row that begins at this line.
pub fn too_long(line: u64) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, told_too_long(&format!("line {line}")))
}

/// The same of a row that goes by another name.
pub fn told_too_long(row: &str) -> String {
    format!("{row} is longer than a row can be ({} kB): is this the right file?", LONGEST >> 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_end_with_lf_or_crlf_and_the_last_one_may_lack_its_end() {
        let mut lines = Lines::new(&b"a\r\n\nb\r"[..]);
        let mut found = Vec::new();
        loop {
            let mut line = Vec::new();
            if !lines.next(&mut line).unwrap() {
                break;
            }
            found.push((lines.number, String::from_utf8(line).unwrap()));
        }
        assert_eq!(found, [(1, "a".to_owned()), (2, String::new()), (3, "b\r".to_owned())]);
    }

    #[test]
    fn a_line_without_end_is_refused_and_not_read_into_memory() {
        let endless = io::repeat(b'x').take(1 << 40);
        let mut lines = Lines::new(io::BufReader::new(endless));
        let mut line = Vec::new();
        assert!(lines.next(&mut line).unwrap_err().to_string().starts_with("line 1 is longer"));
        assert!(line.len() < 2 * LONGEST as usize);
    }
}
