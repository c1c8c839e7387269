//! What an instance may have of memories and tables, over all of them.

use wasmtime::{Error, ResourceLimiter};

use super::caps::{MEMORIES, TABLE_ELEMENTS};

/// Counts what an instance has and lets it have no more than its share.
#[derive(Debug)]
pub struct Limiter {
    memory: Share,
    tables: Share,
}

impl Limiter {
    /// At most so many bytes of memory.
    pub fn new(bytes: usize) -> Self {
        Self { memory: Share::of(bytes), tables: Share::of(TABLE_ELEMENTS) }
    }

    /// The bytes of memory that it may have.
    pub fn memory(&self) -> usize {
        self.memory.most
    }

    /// The bytes of memory that it has.
    pub fn memory_taken(&self) -> usize {
        self.memory.taken
    }

    /// Whether it was ever refused memory.
    pub fn refused_memory(&self) -> bool {
        self.memory.refused
    }
}

impl ResourceLimiter for Limiter {
    fn memory_growing(&mut self, current: usize, desired: usize, maximum: Option<usize>) -> Result<bool, Error> {
        Ok(self.memory.grow(current, desired, maximum))
    }

    fn memory_grow_failed(&mut self, _: Error) -> Result<(), Error> {
        self.memory.undo();
        Ok(())
    }

    fn table_growing(&mut self, current: usize, desired: usize, maximum: Option<usize>) -> Result<bool, Error> {
        Ok(self.tables.grow(current, desired, maximum))
    }

    fn table_grow_failed(&mut self, _: Error) -> Result<(), Error> {
        self.tables.undo();
        Ok(())
    }

    fn instances(&self) -> usize {
        1
    }

    fn tables(&self) -> usize {
        MEMORIES
    }

    fn memories(&self) -> usize {
        MEMORIES
    }
}

/// A share of something, and how much of it is taken.
#[derive(Debug)]
struct Share {
    most: usize,
    taken: usize,
    /// What was taken last, which may turn out not to be had.
    last: usize,
    refused: bool,
}

impl Share {
    fn of(most: usize) -> Self {
        Self { most, taken: 0, last: 0, refused: false }
    }

    fn grow(&mut self, current: usize, desired: usize, maximum: Option<usize>) -> bool {
        self.last = desired.saturating_sub(current);
        let is_within = self.taken.checked_add(self.last).is_some_and(|taken| taken <= self.most)
            && maximum.is_none_or(|maximum| desired <= maximum);
        if is_within {
            self.taken += self.last;
        } else {
            (self.last, self.refused) = (0, true);
        }
        is_within
    }

    fn undo(&mut self) {
        self.taken -= self.last;
        self.last = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_memories_share_what_there_is() {
        let mut limiter = Limiter::new(100);
        assert!(limiter.memory_growing(0, 60, None).unwrap());
        assert!(limiter.memory_growing(0, 40, None).unwrap());
        assert!(!limiter.refused_memory());
        assert!(!limiter.memory_growing(40, 41, None).unwrap());
        assert!(limiter.refused_memory());
        assert!(limiter.table_growing(0, TABLE_ELEMENTS, None).unwrap());
        assert!(!limiter.table_growing(0, 1, None).unwrap());
    }

    #[test]
    fn what_could_not_be_had_is_not_counted() {
        let mut limiter = Limiter::new(100);
        assert!(limiter.memory_growing(0, 100, None).unwrap());
        limiter.memory_grow_failed(Error::msg("none left")).unwrap();
        assert!(!limiter.memory_growing(0, 10, Some(5)).unwrap());
        limiter.memory_grow_failed(Error::msg("none left")).unwrap();
        assert!(limiter.memory_growing(0, 100, None).unwrap());
    }
}
