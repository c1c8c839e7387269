//! Work that comes to its end whoever still waits for it.

use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::runtime::Handle;

/// Work that is done where it is waited for. If it is dropped before its end, a task of the runtime in which it was
/// begun does the rest.
pub struct DetachOnDrop<T: Send + 'static> {
    work: Option<Pin<Box<dyn Future<Output = T> + Send>>>,
    runtime: Handle,
}

impl<T: Send + 'static> DetachOnDrop<T> {
    /// Work of the Tokio runtime that this is called in.
    ///
    /// # Panics
    /// If that is none.
    pub fn new(work: impl Future<Output = T> + Send + 'static) -> Self {
        Self { work: Some(Box::pin(work)), runtime: Handle::current() }
    }
}

impl<T: Send + 'static> Future for DetachOnDrop<T> {
    type Output = T;

    fn poll(mut self: Pin<&mut Self>, waiter: &mut Context<'_>) -> Poll<T> {
        let work = self.work.as_mut().expect("it is not polled after its end");
        let done = work.as_mut().poll(waiter);
        if done.is_ready() {
            self.work = None;
        }
        done
    }
}

impl<T: Send + 'static> Drop for DetachOnDrop<T> {
    fn drop(&mut self) {
        if let Some(work) = self.work.take() {
            // A runtime that goes down drops it.
            self.runtime.spawn(work);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use futures_util::FutureExt;
    use tokio::sync::oneshot;
    use tokio::task::yield_now;

    use super::*;

    #[tokio::test]
    async fn what_nobody_waits_for_any_more_is_done_all_the_same_and_once() {
        let (go, wait) = oneshot::channel::<()>();
        let done = Arc::new(AtomicUsize::new(0));
        let count = done.clone();
        let mut work = DetachOnDrop::new(async move {
            wait.await.unwrap();
            count.fetch_add(1, Ordering::Relaxed)
        });
        assert_eq!((&mut work).now_or_never(), None);
        drop(work);
        go.send(()).unwrap();
        while done.load(Ordering::Relaxed) == 0 {
            yield_now().await;
        }
        let count = done.clone();
        assert_eq!(DetachOnDrop::new(async move { count.fetch_add(1, Ordering::Relaxed) }).await, 1);
        yield_now().await;
        assert_eq!(done.load(Ordering::Relaxed), 2);
    }
}
