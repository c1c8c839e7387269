//! How much memory something takes: the allocator of this package counts, a thread for itself.
#![allow(unsafe_code, reason = "an allocator is unsafe to write; this one hands everything on to the system's")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

struct Counting;

#[global_allocator]
static COUNTING: Counting = Counting;

thread_local! {
    static TAKEN: Cell<isize> = const { Cell::new(0) };
    static MOST: Cell<isize> = const { Cell::new(0) };
}

fn count(bytes: isize) {
    // A thread that ends has nothing to count any more.
    let _ = TAKEN.try_with(|taken| {
        taken.set(taken.get() + bytes);
        MOST.with(|most| most.set(most.get().max(taken.get())));
    });
}

// SAFETY: all is the system's allocator's.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size().cast_signed());
        // SAFETY: as the caller promises.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        count(-layout.size().cast_signed());
        // SAFETY: as the caller promises.
        unsafe { System.dealloc(place, layout) }
    }

    unsafe fn realloc(&self, place: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count(size.cast_signed() - layout.size().cast_signed());
        // SAFETY: as the caller promises.
        unsafe { System.realloc(place, layout, size) }
    }
}

/// Does something, and fails if it took more bytes of memory at once than `most`.
#[track_caller]
pub fn at_most<T>(most: usize, work: impl FnOnce() -> T) -> T {
    let before = TAKEN.with(Cell::get);
    MOST.with(|most| most.set(before));
    let done = work();
    let taken = MOST.with(Cell::get) - before;
    assert!(taken <= most.cast_signed(), "it took {taken} bytes, and {most} are allowed");
    done
}
