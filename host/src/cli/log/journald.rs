//! Lines for systemd's journal: each begins with its priority, as sd-daemon(3) has it.

use std::io::{self, Write};

use tracing::{Level, Metadata};
use tracing_subscriber::fmt::MakeWriter;

/// Makes writers whose lines begin with their priority.
pub struct Journald<M>(pub M);

/// A writer of one line.
pub struct Prioritized<W> {
    priority: u8,
    writer: W,
}

impl<'a, M: MakeWriter<'a>> MakeWriter<'a> for Journald<M> {
    type Writer = Prioritized<M::Writer>;

    fn make_writer(&'a self) -> Self::Writer {
        Prioritized { priority: priority(&Level::INFO), writer: self.0.make_writer() }
    }

    fn make_writer_for(&'a self, line: &Metadata<'_>) -> Self::Writer {
        Prioritized { priority: priority(line.level()), writer: self.0.make_writer_for(line) }
    }
}

impl<W: Write> Write for Prioritized<W> {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        // A second line would be an entry of its own, of no priority.
        let body = line.strip_suffix(b"\n").unwrap_or(line);
        let mut whole = format!("<{}>", self.priority).into_bytes();
        whole.extend(body.iter().map(|byte| if *byte == b'\n' { b' ' } else { *byte }));
        whole.push(b'\n');
        self.writer.write_all(&whole)?;
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.writer.flush()
    }
}

/// As syslog numbers it.
fn priority(level: &Level) -> u8 {
    match *level {
        Level::ERROR => 3,
        Level::WARN => 4,
        Level::INFO => 6,
        _ => 7,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_several_lines_is_one_entry() {
        let mut kept = Vec::new();
        Prioritized { priority: priority(&Level::WARN), writer: &mut kept }.write_all(b"one\ntwo\n").unwrap();
        assert_eq!(kept, b"<4>one two\n");
    }
}
