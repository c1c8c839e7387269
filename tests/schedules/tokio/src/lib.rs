//! What the host's queues, admission and outbox use of Tokio and tokio-util, as far as that, made of Shuttle's parts:
//! whatever waits here does so where Shuttle decides who goes on. Semaphores are fair, as Tokio's are. What only wakes
//! others (cancellation, notices, a channel for one value) is the real thing: that needs no runtime, and whoever is
//! woken goes on when Shuttle has it.

pub use real::select;
pub use task::spawn;

pub mod sync;
pub mod task;
pub mod time;
