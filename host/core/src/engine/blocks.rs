//! The blocks of memory through which a plugin and its host hand each other texts: Extism's
//! `alloc`, `free`, `length`, `load_…` and `store_…`.
//!
//! They are outside the plugin's own memory. An offset of 0 stands for no block.

use super::caps::{BLOCKS, Cap};

/// The first offset that is handed out.
const FIRST: usize = 16;

/// The blocks of one call.
#[derive(Debug)]
pub struct Blocks {
    bytes: Vec<u8>,
    /// By offset.
    blocks: Vec<Block>,
    free: usize,
    most: usize,
}

#[derive(Debug)]
struct Block {
    offset: usize,
    capacity: usize,
    /// 0 for one that was freed.
    length: usize,
}

impl Blocks {
    /// None yet, and at most so many bytes in all.
    pub fn new(most: usize) -> Self {
        Self { bytes: Vec::new(), blocks: Vec::new(), free: 0, most }
    }

    /// Forgets all, and what was in them.
    pub fn reset(&mut self) {
        self.bytes.clear();
        self.blocks.clear();
        self.free = 0;
    }

    /// Blocks that are looked through for the next one: what a new one costs beside its bytes.
    pub fn looked_through(&self) -> usize {
        if self.free > 0 { self.blocks.len() } else { 0 }
    }

    /// Whether so many bytes could be had at all.
    ///
    /// # Errors
    /// If they could not.
    pub fn could_hold(&self, length: u64) -> Result<(), Cap> {
        let fits = usize::try_from(length).is_ok_and(|length| length <= self.most);
        if fits { Ok(()) } else { Err(Cap::Memory(self.most)) }
    }

    /// A new block of zeroes; 0 if nothing was asked for.
    ///
    /// # Errors
    /// If there is no room, or there are too many blocks.
    pub fn alloc(&mut self, length: u64) -> Result<u64, Cap> {
        let no_room = Cap::Memory(self.most);
        let length = usize::try_from(length).map_err(|_| no_room)?;
        if length == 0 {
            return Ok(0);
        }
        if self.free > 0
            && let Some(block) = self.blocks.iter_mut().find(|block| block.length == 0 && block.capacity >= length)
        {
            block.length = length;
            self.free -= 1;
            self.bytes[block.offset..block.offset + length].fill(0);
            return Ok(block.offset as u64);
        }
        if self.blocks.len() >= BLOCKS {
            return Err(Cap::Blocks);
        }
        let offset = self.bytes.len().max(FIRST);
        // Each begins at a multiple of 8, as what is loaded and stored is mostly 8 bytes long.
        let end = offset.checked_add(length).and_then(|end| end.checked_next_multiple_of(8)).ok_or(no_room)?;
        if end > self.most {
            return Err(no_room);
        }
        if end > self.bytes.capacity() {
            // As a vector grows by itself, but never beyond what the blocks may take.
            let room = (2 * self.bytes.capacity()).clamp(end, self.most);
            self.bytes.reserve_exact(room - self.bytes.len());
        }
        self.bytes.resize(end, 0);
        self.blocks.push(Block { offset, capacity: end - offset, length });
        Ok(offset as u64)
    }

    /// A new block of these bytes; 0 if there are none.
    ///
    /// # Errors
    /// As `alloc`.
    pub fn put(&mut self, bytes: &[u8]) -> Result<u64, Cap> {
        let offset = self.alloc(bytes.len() as u64)?;
        if let Some(block) = self.range(offset, bytes.len()) {
            block.copy_from_slice(bytes);
        }
        Ok(offset)
    }

    /// Makes the block's room available again. What is no block is left alone.
    pub fn free(&mut self, offset: u64) {
        if let Some(index) = self.find(offset) {
            self.blocks[index].length = 0;
            self.free += 1;
        }
    }

    /// The length of the block that begins there; 0 if there is none.
    pub fn length(&self, offset: u64) -> u64 {
        self.find(offset).map_or(0, |index| self.blocks[index].length as u64)
    }

    /// The block that begins there; nothing if there is none.
    pub fn get(&self, offset: u64) -> &[u8] {
        self.bytes_at(offset, self.length(offset))
    }

    /// These bytes, wherever blocks begin; nothing if they are not all there.
    pub fn bytes_at(&self, offset: u64, length: u64) -> &[u8] {
        let range = usize::try_from(offset).ok().zip(usize::try_from(length).ok());
        let bytes = range.and_then(|(offset, length)| self.bytes.get(offset..offset.checked_add(length)?));
        bytes.unwrap_or_default()
    }

    /// `N` bytes; zeroes where they are not all there.
    pub fn load<const N: usize>(&self, offset: u64) -> [u8; N] {
        self.bytes_at(offset, N as u64).try_into().unwrap_or([0; N])
    }

    /// Changes `N` bytes, if they are all there.
    pub fn store<const N: usize>(&mut self, offset: u64, bytes: [u8; N]) {
        if let Some(place) = self.range(offset, N) {
            place.copy_from_slice(&bytes);
        }
    }

    fn range(&mut self, offset: u64, length: usize) -> Option<&mut [u8]> {
        let offset = usize::try_from(offset).ok().filter(|offset| *offset >= FIRST)?;
        self.bytes.get_mut(offset..offset.checked_add(length)?)
    }

    fn find(&self, offset: u64) -> Option<usize> {
        let offset = usize::try_from(offset).ok()?;
        let index = self.blocks.binary_search_by_key(&offset, |block| block.offset).ok()?;
        (self.blocks[index].length > 0).then_some(index)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_holds_what_was_put_there() {
        let mut blocks = Blocks::new(1 << 16);
        let (first, second) = (blocks.put(b"first").unwrap(), blocks.put(b"the second").unwrap());
        assert_eq!((blocks.get(first), blocks.get(second)), (&b"first"[..], &b"the second"[..]));
        assert_eq!(blocks.length(second), 10);
        blocks.store(first, *b"th");
        assert_eq!((blocks.get(first), blocks.load(first + 2)), (&b"thrst"[..], *b"rst"));
    }

    #[test]
    fn what_is_no_block_is_nothing() {
        let mut blocks = Blocks::new(1 << 16);
        let block = blocks.put(b"block").unwrap();
        for offset in [0, block + 1, block + 1000, u64::MAX] {
            assert_eq!((blocks.length(offset), blocks.get(offset)), (0, &b""[..]));
            blocks.free(offset);
        }
        for offset in [block + 1000, u64::MAX] {
            blocks.store(offset, [1; 8]);
            assert_eq!(blocks.load::<8>(offset), [0; 8]);
        }
        blocks.store(0, [1; 8]);
        assert_eq!((blocks.load::<8>(0), blocks.put(b""), blocks.get(block)), ([0; 8], Ok(0), &b"block"[..]));
    }

    #[test]
    fn freed_room_is_used_again_without_what_was_in_it() {
        let mut blocks = Blocks::new(1 << 16);
        let (freed, kept) = (blocks.put(b"secret").unwrap(), blocks.put(b"kept").unwrap());
        blocks.free(freed);
        blocks.free(freed);
        assert_eq!(blocks.length(freed), 0);
        assert_eq!(blocks.alloc(3), Ok(freed));
        assert_eq!((blocks.get(freed), blocks.get(kept)), (&[0; 3][..], &b"kept"[..]));
        blocks.reset();
        assert_eq!((blocks.length(kept), blocks.alloc(3)), (0, Ok(FIRST as u64)));
        assert_eq!(blocks.load::<3>(FIRST as u64), [0; 3]);
    }

    #[test]
    fn there_is_an_end_to_the_room() {
        let mut blocks = Blocks::new(1 << 16);
        let no_room = Err(Cap::Memory(1 << 16));
        assert_eq!((blocks.alloc(1 << 17), blocks.alloc(u64::MAX)), (no_room, no_room));
        while blocks.alloc(1000).is_ok() {}
        assert!(blocks.bytes.len() <= 1 << 16);
        assert!(blocks.alloc(8).is_ok());
    }

    #[test]
    fn no_more_room_is_made_than_they_may_take() {
        let mut blocks = Blocks::new(100_000);
        for length in [60_000, 30_000] {
            blocks.alloc(length).unwrap();
            assert!(blocks.bytes.capacity() <= 100_000, "{}", blocks.bytes.capacity());
        }
    }

    #[test]
    fn there_is_an_end_to_their_number() {
        let mut blocks = Blocks::new(1 << 20);
        let last = (0..BLOCKS).map(|_| blocks.alloc(1).unwrap()).last().unwrap();
        assert_eq!(blocks.alloc(1), Err(Cap::Blocks));
        blocks.free(last);
        assert_eq!(blocks.alloc(1), Ok(last));
    }
}
