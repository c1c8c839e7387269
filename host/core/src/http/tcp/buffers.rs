//! Buffers that begin small and grow with what comes. ureq's own have room for the largest head from
//! the beginning: with the defaults, a quarter of a megabyte for every connection, all written over
//! with zeroes.

use ureq::unversioned::transport::Buffers;

/// Room for output. A header has to fit.
pub const OUTPUT: usize = 32 << 10;

/// Room for input to begin with.
const INPUT: usize = 16 << 10;

/// Room that there always is for what comes next.
const ROOM: usize = 4 << 10;

/// Room that the client wants for a body that it sends.
const SCRATCH: usize = 10 << 10;

/// A connection's buffers. How far the input grows, the client bounds: it gives up a response whose
/// head is too large, and takes a body as it comes.
#[derive(Debug)]
pub struct Growing {
    /// To which room for input a connection comes by reads that fill what there is.
    most: usize,
    output: Vec<u8>,
    input: Vec<u8>,
    filled: usize,
    consumed: usize,
    /// Whether the client could use some of the input when it last looked.
    progress: bool,
}

impl Growing {
    /// Takes no memory yet. `most` is to be more than a head may have: the client finds a flood of
    /// small interim responses too large by what it is given of them at once.
    pub fn new(most: usize) -> Self {
        Self { most, output: Vec::new(), input: Vec::new(), filled: 0, consumed: 0, progress: false }
    }

    /// The free end of the input, of at least this size.
    fn room(&mut self, room: usize) -> &mut [u8] {
        if self.consumed > 0 {
            self.input.copy_within(self.consumed..self.filled, 0);
            self.filled -= self.consumed;
            self.consumed = 0;
        }
        if self.input.is_empty() {
            self.input = vec![0; INPUT];
        }
        if self.input.len() - self.filled < room {
            self.input.resize((self.input.len() * 2).max(self.filled + room), 0);
        }
        &mut self.input[self.filled..]
    }

    fn ensure_output(&mut self) {
        if self.output.is_empty() {
            self.output = vec![0; OUTPUT];
        }
    }
}

impl Buffers for Growing {
    fn output(&mut self) -> &mut [u8] {
        self.ensure_output();
        &mut self.output
    }

    fn input(&self) -> &[u8] {
        &self.input[self.consumed..self.filled]
    }

    fn input_append_buf(&mut self) -> &mut [u8] {
        self.room(ROOM)
    }

    fn input_appended(&mut self, amount: usize) {
        self.filled += amount;
        if self.filled == self.input.len() && self.filled < self.most {
            self.input.resize((self.filled * 2).min(self.most), 0);
        }
    }

    fn input_consume(&mut self, amount: usize) {
        self.progress = amount > 0;
        self.consumed += amount;
    }

    fn tmp_and_output(&mut self) -> (&mut [u8], &mut [u8]) {
        self.ensure_output();
        self.room(SCRATCH);
        (&mut self.input[self.filled..], &mut self.output)
    }

    fn can_use_input(&self) -> bool {
        self.progress && self.consumed < self.filled
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOST: usize = 68 << 10;

    fn arrive(buffers: &mut Growing, bytes: &[u8]) {
        buffers.input_append_buf()[..bytes.len()].copy_from_slice(bytes);
        buffers.input_appended(bytes.len());
    }

    #[test]
    fn what_is_not_consumed_stays_in_order() {
        let mut buffers = Growing::new(MOST);
        arrive(&mut buffers, b"abc");
        buffers.input_consume(2);
        arrive(&mut buffers, b"def");
        assert_eq!(buffers.input(), b"cdef");
        assert!(buffers.can_use_input());
        buffers.input_consume(0);
        assert!(!buffers.can_use_input());
        buffers.input_consume(4);
        assert_eq!(buffers.input(), b"");
    }

    #[test]
    fn reads_that_fill_what_there_is_make_it_larger_up_to_a_point() {
        let mut buffers = Growing::new(MOST);
        assert_eq!(buffers.input_append_buf().len(), INPUT);
        for _ in 0..6 {
            let room = buffers.input_append_buf().len();
            buffers.input_appended(room);
            buffers.input_consume(room);
        }
        assert_eq!(buffers.input_append_buf().len(), MOST);
    }

    #[test]
    fn there_is_always_room_and_it_grows_with_what_is_kept_alone() {
        let mut buffers = Growing::new(MOST);
        for _ in 0..100 {
            arrive(&mut buffers, &[1; ROOM]);
            buffers.input_consume(ROOM);
        }
        assert_eq!(buffers.input.len(), INPUT);
        for _ in 0..100 {
            arrive(&mut buffers, &[1; ROOM]);
        }
        assert_eq!(buffers.input().len(), 100 * ROOM);
        let (scratch, output) = buffers.tmp_and_output();
        assert!(scratch.len() >= SCRATCH && output.len() == OUTPUT);
    }
}
