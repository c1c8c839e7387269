//! What the host's queues use of Tokio, as far as that, made of Shuttle's parts: whatever waits here does so
//! where Shuttle decides who goes on. Semaphores are fair, as Tokio's are.

pub use real::select;

pub mod sync;
pub mod time;

/// Tasks.
pub mod task {
    pub use real::task::unconstrained;
}
