//! Locks and semaphores that are waited for asynchronously.

use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Mutex as StdMutex, PoisonError};

pub use real::sync::{Notify, oneshot};
pub use real_util::sync::CancellationToken;
use shuttle::future::batch_semaphore::{BatchSemaphore, Fairness};

/// As `tokio::sync::Mutex`.
#[derive(Debug)]
pub struct Mutex<T> {
    turn: BatchSemaphore,
    /// The value, while nobody has it.
    value: StdMutex<Option<T>>,
}

impl<T> Mutex<T> {
    /// Unlocked.
    pub fn new(value: T) -> Self {
        Self { turn: BatchSemaphore::new(1, Fairness::StrictlyFair), value: StdMutex::new(Some(value)) }
    }

    /// As Tokio's.
    pub async fn lock(&self) -> MutexGuard<'_, T> {
        self.turn.acquire(1).await.expect("nobody closes it");
        MutexGuard { value: self.take(), lock: self }
    }

    /// As Tokio's.
    pub async fn lock_owned(self: Arc<Self>) -> OwnedMutexGuard<T> {
        self.turn.acquire(1).await.expect("nobody closes it");
        OwnedMutexGuard { value: self.take(), lock: self }
    }

    fn take(&self) -> Option<T> {
        let taken = self.value.lock().unwrap_or_else(PoisonError::into_inner).take();
        assert!(taken.is_some(), "two have the lock");
        taken
    }

    fn give_back(&self, value: Option<T>) {
        *self.value.lock().unwrap_or_else(PoisonError::into_inner) = value;
        self.turn.release(1);
    }
}

impl<T: Default> Default for Mutex<T> {
    fn default() -> Self {
        Self::new(T::default())
    }
}

/// As `tokio::sync::MutexGuard`.
pub struct MutexGuard<'a, T> {
    value: Option<T>,
    lock: &'a Mutex<T>,
}

impl<T> Deref for MutexGuard<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.value.as_ref().expect("it is given back at the end")
    }
}

impl<T> DerefMut for MutexGuard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        self.value.as_mut().expect("it is given back at the end")
    }
}

impl<T> Drop for MutexGuard<'_, T> {
    fn drop(&mut self) {
        self.lock.give_back(self.value.take());
    }
}

/// As `tokio::sync::OwnedMutexGuard`.
pub struct OwnedMutexGuard<T> {
    value: Option<T>,
    lock: Arc<Mutex<T>>,
}

impl<T> Drop for OwnedMutexGuard<T> {
    fn drop(&mut self) {
        self.lock.give_back(self.value.take());
    }
}

/// As `tokio::sync::Semaphore`.
#[derive(Debug)]
pub struct Semaphore(BatchSemaphore);

/// Nobody closes a semaphore here.
#[derive(Debug)]
pub struct Closed;

impl Semaphore {
    /// As Tokio's.
    pub const MAX_PERMITS: usize = usize::MAX >> 3;

    /// With so many permits.
    pub fn new(permits: usize) -> Self {
        Self(BatchSemaphore::new(permits, Fairness::StrictlyFair))
    }

    /// As Tokio's.
    ///
    /// # Errors
    /// If it is closed.
    pub async fn acquire_owned(self: Arc<Self>) -> Result<OwnedSemaphorePermit, Closed> {
        self.0.acquire(1).await.map_err(|_| Closed)?;
        Ok(OwnedSemaphorePermit(self))
    }

    /// As Tokio's.
    ///
    /// # Errors
    /// If it is closed.
    pub async fn acquire(&self) -> Result<SemaphorePermit<'_>, Closed> {
        self.0.acquire(1).await.map_err(|_| Closed)?;
        Ok(SemaphorePermit(self))
    }

    /// As Tokio's.
    ///
    /// # Errors
    /// If there is no permit now.
    pub fn try_acquire_owned(self: Arc<Self>) -> Result<OwnedSemaphorePermit, Closed> {
        self.0.try_acquire(1).map_err(|_| Closed)?;
        Ok(OwnedSemaphorePermit(self))
    }
}

/// As `tokio::sync::SemaphorePermit`.
#[derive(Debug)]
pub struct SemaphorePermit<'a>(&'a Semaphore);

impl Drop for SemaphorePermit<'_> {
    fn drop(&mut self) {
        self.0.0.release(1);
    }
}

/// As `tokio::sync::OwnedSemaphorePermit`.
#[derive(Debug)]
pub struct OwnedSemaphorePermit(Arc<Semaphore>);

impl Drop for OwnedSemaphorePermit {
    fn drop(&mut self) {
        self.0.0.release(1);
    }
}
