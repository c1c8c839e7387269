//! The host's queues.

#[path = "../../../host/core/src/queue/breaker.rs"]
pub mod breaker;
#[path = "../../../host/core/src/queue/bulkhead.rs"]
pub mod bulkhead;
#[path = "../../../host/core/src/queue/rate.rs"]
pub mod rate;
#[path = "../../../host/core/src/queue/subjects.rs"]
pub mod subjects;
