//! The locks of the queues, in one place: `tests/schedules` compiles the queues with others in their stead.

pub use std::sync::{Arc, Mutex, MutexGuard, PoisonError, atomic};
