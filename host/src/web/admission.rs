//! Calls that are taken on, and those that are not.
//!
//! There is a place for every call under way and for some that wait, in [fair shares](plugin_host_core::shares)
//! for the accounts; who finds none is told so at once. A call goes on when nobody waits for it any
//! more, unless it has not begun yet.

use std::collections::{BTreeMap, BTreeSet};
use std::pin::pin;
use std::time::Duration;

use plugin_host_core::Queues;
use plugin_host_core::account::Account;
use plugin_host_core::error::{ActionError, Effect, ErrorKind, Retry};
use plugin_host_core::queue::Queue;
use plugin_host_core::shares::{FairShares, Permit, Share};
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::sync::{PoisonError, RwLock};
use crate::trace;

/// So many places each account has of its own at least. A place costs no more than the input.
const OWN_PLACES: usize = 8;

/// What takes calls on, for a server.
pub struct Admission {
    capacity: usize,
    places: RwLock<Places>,
    longest_wait: Duration,
    tasks: TaskTracker,
    draining: CancellationToken,
    cut: CancellationToken,
}

/// The places, and which share of them each account has.
struct Places {
    all: FairShares,
    shares: BTreeMap<Account, Share>,
}

/// Why a call was not made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// All places are taken, or the wait was too long.
    Overloaded,
    /// The server is about to end.
    Draining,
}

/// Why a call came to nothing.
#[derive(Debug)]
pub enum CallError {
    /// It was made, and failed.
    Action(Box<ActionError>),
    /// It was not made.
    Refused(Refusal),
}

impl Admission {
    /// Takes on so many calls of these queues at a time; one that waits longer than `longest_wait` is
    /// given up.
    pub fn new(capacity: usize, longest_wait: Duration, queues: &Queues) -> Self {
        let accounts = accounts(queues);
        let all = FairShares::new(capacity, accounts.len(), OWN_PLACES);
        Self {
            capacity,
            places: RwLock::new(Places::of(all, accounts)),
            longest_wait,
            tasks: TaskTracker::new(),
            draining: CancellationToken::new(),
            cut: CancellationToken::new(),
        }
    }

    /// Takes on calls of other queues from now on. Those that are here keep their places.
    pub fn follow(&self, queues: &Queues) {
        let accounts = accounts(queues);
        let mut places = self.places.write().unwrap_or_else(PoisonError::into_inner);
        let unchanged =
            accounts.len() == places.shares.len() && accounts.iter().all(|it| places.shares.contains_key(it));
        if !unchanged {
            let all = places.all.dealt_anew(self.capacity, accounts.len(), OWN_PLACES);
            *places = Places::of(all, accounts);
        }
    }

    /// How many calls are under way or wait.
    pub fn admitted(&self) -> usize {
        self.places.read().unwrap_or_else(PoisonError::into_inner).all.in_use()
    }

    /// Whether no new calls are taken on.
    pub fn is_draining(&self) -> bool {
        self.draining.is_cancelled()
    }

    /// Takes on no new calls and waits for those that are there. Those that still wait for their turn
    /// when the time is up are given up. Tells how many did not come to their end.
    pub async fn drain(&self, time: Duration) -> usize {
        self.draining.cancel();
        self.tasks.close();
        if timeout(time, self.tasks.wait()).await.is_err() {
            self.cut.cancel();
            // What only waited ends now.
            let _ = timeout(Duration::from_millis(200), self.tasks.wait()).await;
        }
        self.tasks.len()
    }

    /// Takes on no new calls and waits for those that are there, however long that takes.
    pub async fn end(&self) {
        self.draining.cancel();
        self.tasks.close();
        self.tasks.wait().await;
    }

    /// Begins what goes on beside calls. The token tells it that the server is about to end; it is waited for
    /// then as calls are, and ended when these are cut off.
    pub fn background<F>(&self, work: impl FnOnce(CancellationToken) -> F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let (cut, work) = (self.cut.clone(), work(self.draining.clone()));
        self.tasks.spawn(async move {
            tokio::select! {
                biased;
                () = cut.cancelled() => {}
                () = work => {}
            }
        });
    }

    /// Takes on work for a queue, and begins it at once. The token it is given ends what waits in it: it is
    /// cancelled when this future is dropped, or when the server can wait no longer.
    ///
    /// # Errors
    /// If the work is not taken on, or was broken off.
    pub fn admit<T, E, F>(
        &self,
        queue: &Queue,
        work: impl FnOnce(CancellationToken) -> F,
    ) -> impl Future<Output = Result<T, E>> + Send
    where
        T: Send + 'static,
        E: From<CallError> + Send + 'static,
        F: Future<Output = Result<T, E>> + Send + 'static,
    {
        // Whoever waits for all tasks to end waits for this one, too, from before it is looked whether it may begin.
        let beginning = self.tasks.token();
        let begun = self.place(queue).map(|place| {
            let cancel = self.cut.child_token();
            let work = work(cancel.clone());
            let placed = async move {
                let outcome = work.await;
                drop(place);
                outcome
            };
            (cancel.drop_guard(), self.tasks.spawn(trace::carried(placed)))
        });
        drop(beginning);
        async move {
            let (_waiting, task) = begun.map_err(CallError::Refused)?;
            task.await.unwrap_or_else(|_| {
                let error = ActionError::internal("The call was broken off.", Effect::Unknown);
                Err(CallError::Action(Box::new(error)).into())
            })
        }
    }

    /// Waits for a call, and gives it up with its token if it waits too long. An attempt that has
    /// begun comes to its end.
    ///
    /// # Errors
    /// If the call fails, or was not made.
    pub async fn within_wait_limit<T>(
        &self,
        call: impl Future<Output = Result<T, Box<ActionError>>>,
        cancel: CancellationToken,
    ) -> Result<T, CallError> {
        let (mut call, mut overdue) = (pin!(call), false);
        let outcome = tokio::select! {
            biased;
            outcome = &mut call => outcome,
            () = sleep(self.longest_wait) => {
                overdue = true;
                cancel.cancel();
                call.await
            }
        };
        outcome.map_err(|error| match *error == ActionError::cancelled() {
            true if self.is_draining() => CallError::Refused(Refusal::Draining),
            true if overdue => CallError::Refused(Refusal::Overloaded),
            _ => CallError::Action(error),
        })
    }

    fn place(&self, queue: &Queue) -> Result<Permit, Refusal> {
        if self.is_draining() {
            return Err(Refusal::Draining);
        }
        let places = self.places.read().unwrap_or_else(PoisonError::into_inner);
        match places.shares.get(queue.account()) {
            Some(share) => share.try_acquire().ok_or(Refusal::Overloaded),
            // It was looked up right before its connection went.
            None => places.all.share().try_acquire().ok_or(Refusal::Overloaded),
        }
    }
}

impl Places {
    fn of(all: FairShares, accounts: BTreeSet<Account>) -> Self {
        let shares = accounts.into_iter().map(|account| (account, all.share())).collect();
        Self { all, shares }
    }
}

fn accounts(queues: &Queues) -> BTreeSet<Account> {
    queues.iter().map(|queue| queue.account().clone()).collect()
}

impl Refusal {
    /// For machines.
    pub fn kind(self) -> &'static str {
        match self {
            Self::Overloaded => "overloaded",
            Self::Draining => "draining",
        }
    }

    /// For the caller: what is the matter and what to do.
    pub fn detail(self) -> &'static str {
        match self {
            Self::Overloaded => {
                "More calls are waiting for this connection than this server can take on. Call again later, and fewer at once."
            }
            Self::Draining => "The server is about to end and takes no new calls. Call again; another one may answer.",
        }
    }
}

impl From<CallError> for Box<ActionError> {
    fn from(failed: CallError) -> Self {
        match failed {
            CallError::Action(error) => error,
            CallError::Refused(refusal) => Self::new(refusal.into()),
        }
    }
}

impl From<Refusal> for ActionError {
    fn from(refusal: Refusal) -> Self {
        let error = Self::internal(refusal.detail(), Effect::None);
        Self { kind: ErrorKind::Unavailable, retry: Retry::Later, retry_after_s: Some(1), ..error }
    }
}
