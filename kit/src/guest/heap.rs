//! The module's memory, call by call.
//!
//! An action makes some dozens of small texts and then ends. So memory is handed out from the front
//! to the back, and the next call begins at the front again: that takes a fraction of the time and of
//! the code of an allocator that looks for room among what was freed.
//!
//! What a call leaves behind stays where it is: a value that lives longer, or all that a call had
//! when its host broke it off.
#![expect(unsafe_code, reason = "an allocator is made of addresses")]

use std::alloc::{GlobalAlloc, Layout};
use std::arch::wasm32::{memory_grow, memory_size};
use std::cell::Cell;
use std::ptr::null_mut;

/// Bytes in a page of WebAssembly memory.
const PAGE: usize = 64 << 10;

#[global_allocator]
static HEAP: Heap = Heap { front: Cell::new(0), next: Cell::new(0), live: Cell::new(0) };

/// Makes the room of earlier calls available again. To be called when a call begins; true for the
/// first.
pub fn begin_call() -> bool {
    let is_first = HEAP.next.get() == 0;
    if HEAP.live.get() > 0 {
        HEAP.front.set(HEAP.next.get());
        HEAP.live.set(0);
    }
    HEAP.next.set(HEAP.front.get());
    is_first
}

/// Addresses in the module's memory.
struct Heap {
    /// Where this call's blocks begin; 0 before the first one.
    front: Cell<usize>,
    /// Where the next block can begin.
    next: Cell<usize>,
    /// How many blocks of this call there are.
    live: Cell<usize>,
}

// SAFETY: the module has one thread.
unsafe impl Sync for Heap {}

impl Heap {
    /// Where the block would end, if there is memory up to there.
    fn end(&self, start: usize, size: usize) -> Option<usize> {
        let end = start.checked_add(size)?;
        let there = memory_size::<0>() * PAGE;
        (end <= there || memory_grow::<0>((end - there).div_ceil(PAGE)) != usize::MAX).then_some(end)
    }

    /// Where memory begins that nothing else uses: all there is when the first block is asked for is
    /// the compiler's, up to the address that the linker names.
    fn begin(&self) {
        unsafe extern "C" {
            static __heap_base: u8;
        }
        let base = (&raw const __heap_base) as usize;
        self.front.set(base);
        self.next.set(base);
    }
}

// SAFETY: a block lies between `next` before and after it was handed out, and `next` goes back only
// over a block that is freed or, between calls, over those of calls that left none.
unsafe impl GlobalAlloc for Heap {
    // Not inlined, as there are hundreds of places that call it.
    #[inline(never)]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if self.next.get() == 0 {
            self.begin();
        }
        let start = self.next.get().next_multiple_of(layout.align());
        let Some(end) = self.end(start, layout.size()) else {
            return null_mut();
        };
        self.next.set(end);
        self.live.set(self.live.get() + 1);
        start as *mut u8
    }

    #[inline(never)]
    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        let start = block as usize;
        if start < self.front.get() {
            return;
        }
        self.live.set(self.live.get() - 1);
        if start + layout.size() == self.next.get() {
            self.next.set(start);
        }
    }

    #[inline(never)]
    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        let start = block as usize;
        if start >= self.front.get() && start + layout.size() == self.next.get() {
            // The last block grows, or shrinks, where it is.
            return self.end(start, size).map_or(null_mut(), |end| {
                self.next.set(end);
                block
            });
        }
        if size <= layout.size() {
            return block;
        }
        // SAFETY: the caller's promises are passed on; the new block is no part of the old one.
        unsafe {
            let new = self.alloc(Layout::from_size_align_unchecked(size, layout.align()));
            if !new.is_null() {
                new.copy_from_nonoverlapping(block, layout.size());
                self.dealloc(block, layout);
            }
            new
        }
    }
}
