//! The locks of admission and of the outbox, in one place: `tests/schedules` compiles them with others in their stead.

pub use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
