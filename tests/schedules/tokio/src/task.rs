//! Tasks, as Shuttle runs them.

pub use real::task::unconstrained;
use shuttle::future::yield_now;
pub use shuttle::future::{JoinHandle, spawn};

/// As `tokio::task::spawn_blocking`: what blocks does so where Shuttle lets others go on.
pub fn spawn_blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> JoinHandle<T> {
    spawn(async move { work() })
}

/// As `tokio_util::task::TaskTracker`.
#[derive(Debug, Clone, Default)]
pub struct TaskTracker(real_util::task::TaskTracker);

/// As `tokio_util::task::task_tracker::TaskTrackerToken`.
pub type TaskTrackerToken = real_util::task::task_tracker::TaskTrackerToken;

impl TaskTracker {
    /// As tokio-util's.
    pub fn new() -> Self {
        Self::default()
    }

    /// As tokio-util's.
    pub fn spawn<F>(&self, work: F) -> JoinHandle<F::Output>
    where
        F: Future<Output: Send> + Send + 'static,
    {
        shuttle::thread::yield_now();
        spawn(self.0.track_future(work))
    }

    /// As tokio-util's.
    pub fn token(&self) -> TaskTrackerToken {
        self.0.token()
    }

    /// As tokio-util's.
    pub fn close(&self) -> bool {
        self.0.close()
    }

    /// As tokio-util's.
    pub async fn wait(&self) {
        self.0.wait().await;
        yield_now().await;
    }

    /// As tokio-util's.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// As tokio-util's.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
