//! Events that a host asks for from time to time.

use std::borrow::Cow;
use std::ops::Deref;

use super::event::{Event, list};
use crate::call::Call;
use crate::error::{Error, Kind};
use crate::json::{self, Members, Object};
use crate::text::integer;

/// What a trigger does when it is asked: the events since the last time, or why there are none.
pub type Run = fn(&Poll) -> Result<Page, Error>;

/// One question for events. It is a [`Call`], with its connection, its input and its requests.
pub struct Poll<'a> {
    call: &'a Call<'a>,
    cursor: Option<Cow<'a, str>>,
    start: Start,
    now: i64,
    limit: usize,
}

/// From where on events are wanted, the first time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Start {
    /// From now on: what is there is passed over.
    Now,
    /// All that there are.
    Beginning,
    /// From a time on, in UNIX seconds.
    At(i64),
}

impl Poll<'_> {
    /// What the trigger gave with its last page; `None` the first time.
    pub fn cursor(&self) -> Option<&str> {
        self.cursor.as_deref()
    }

    /// From where on events are wanted, the first time.
    pub const fn start(&self) -> Start {
        self.start
    }

    /// The same in UNIX seconds; `None` for all that there are. For [`Start::Now`] that is this machine's clock: a
    /// service whose clock is ahead has things of later seconds already. Where its things have numbers that grow,
    /// begin behind the highest.
    pub const fn since(&self) -> Option<i64> {
        match self.start {
            Start::Now => Some(self.now),
            Start::At(seconds) => Some(seconds),
            Start::Beginning => None,
        }
    }

    /// The time, in UNIX seconds, as the host tells it.
    pub const fn now(&self) -> i64 {
        self.now
    }

    /// How many events the host wants at most; what is left is for the next page.
    pub const fn limit(&self) -> usize {
        self.limit
    }
}

impl<'a> Deref for Poll<'a> {
    type Target = Call<'a>;

    fn deref(&self) -> &Call<'a> {
        self.call
    }
}

/// Some events, the oldest first, and where the next ones begin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    events: Vec<Event>,
    pub(super) cursor: String,
    has_more: bool,
}

impl Page {
    /// Events, the oldest first, and what the next poll is given as its cursor. Where there are none,
    /// the next poll begins at the same place.
    pub fn new(events: Vec<Event>, cursor: impl Into<String>) -> Self {
        Self { events, cursor: cursor.into(), has_more: false }
    }

    /// Whether there are more events already: the host then asks again at once.
    #[must_use]
    pub const fn and_more(mut self, has_more: bool) -> Self {
        self.has_more = has_more;
        self
    }
}

/// Answers a poll: `{cursor, start, now, limit}` in, `{events, nextCursor, hasMore}` out.
pub(super) fn deliver(run: Run, call: &Call, given: &Members) -> Result<Object, Error> {
    let poll = read(call, given).ok_or_else(|| Error::new(Kind::InvalidInput, MALFORMED))?;
    let page = run(&poll)?;
    if page.has_more && poll.cursor() == Some(&page.cursor) {
        let told = "The trigger has more events and gives the cursor that it got: it would be asked for ever.";
        return Err(Error::new(Kind::Internal, told));
    }
    let told = Object::new().json("events", &list(page.events)?).text("nextCursor", &page.cursor);
    Ok(told.switch("hasMore", page.has_more))
}

const MALFORMED: &str = r#"A poll is {"input": {…}, "cursor": null or a text, "start": "now", "beginning" or UNIX seconds, "now": UNIX seconds, "limit": a number from 1}."#;

fn read<'a>(call: &'a Call<'a>, given: &Members<'a>) -> Option<Poll<'a>> {
    let now = integer(given.get("now")?)?;
    let cursor = match given.get("cursor") {
        None | Some("null") => None,
        Some(text) => Some(json::string(text)?),
    };
    let start = match given.get("start") {
        None | Some("null" | "\"now\"") => Start::Now,
        Some("\"beginning\"") => Start::Beginning,
        Some(time) => Start::At(integer(time)?),
    };
    let limit =
        integer(given.get("limit")?).and_then(|limit| usize::try_from(limit).ok()).filter(|limit| *limit > 0)?;
    Some(Poll { call, cursor, start, now, limit })
}
