//! Polls of a service that lists things by the second of their last change.
//!
//! Of one second there may be more than a part of the list holds, and more may come while the second
//! is not over; a change may be saved later than one that began after it; and a list changes while it
//! is read. Here is what loses none of them and tells none twice.

use super::event::Event;
use super::poll::{Page, Poll, Start};
use crate::error::Error;
use crate::json::Object;

/// Something, as of its last change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// When it was, in UNIX seconds, by the service's clock.
    pub second: i64,
    /// What names the thing among its like.
    pub id: String,
    /// The event's data.
    pub data: Object,
}

/// Which part of the list is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// The first, the newest changes first.
    Newest,
    /// What has changed in this second or later, the earliest first, but for so many at its beginning.
    Since {
        /// UNIX seconds; 0 for all.
        second: i64,
        /// How many are passed over.
        passed: usize,
    },
}

/// A part of the list, and how many there are in all.
pub type Listed = (Vec<Change>, usize);

impl Poll<'_> {
    /// The changes since the last time: one event for each thing and second, named `what`, the thing and
    /// the second. Of several changes between two polls, that is the last. `late` is how many seconds
    /// after it began a change may be saved at most.
    ///
    /// Changes are told when their second is over. From now on means from what has changed last, so that
    /// no clock but the service's counts.
    ///
    /// # Errors
    /// What `list` fails with.
    pub fn changes(&self, what: &str, late: i64, list: &dyn Fn(Asked) -> Result<Listed, Error>) -> Result<Page, Error> {
        let (from, mut told) = match (self.cursor().and_then(read), self.start()) {
            (Some(cursor), _) => cursor,
            (None, Start::Now) => {
                let (newest, _) = list(Asked::Newest)?;
                let from = newest.first().map_or(0, |change| change.second);
                return Ok(page(Vec::new(), from, newest.into_iter().map(|it| (it.second, it.id)).collect()));
            }
            (None, _) => (self.since().unwrap_or(0), Vec::new()),
        };
        let (mut events, mut passed, mut has_more) = (Vec::new(), 0, true);
        // A part may hold nothing new: all of it is of one second, or came late.
        while events.is_empty() && has_more {
            let (changes, total) = list(Asked::Since { second: from, passed })?;
            passed += changes.len();
            has_more = passed < total && !changes.is_empty();
            for Change { second, id, data } in changes {
                // A clock that is another is not waited for.
                let is_over = !(0..2).contains(&(self.now() - second));
                let this = (second, id);
                if second < from || !is_over || told.contains(&this) {
                    continue;
                }
                if events.len() == self.limit() {
                    has_more = true;
                    break;
                }
                let event = Event::new(&[what, &this.1, &second.to_string()], data);
                events.push(event.subject(&this.1).time(second));
                told.push(this);
            }
        }
        let last = told.iter().map(|(second, _)| *second).max().unwrap_or(from);
        Ok(page(events, from.max(if has_more { last } else { last - late }), told).and_more(has_more))
    }
}

/// A cursor: the second from which on to look, and what was told of that and later.
fn read(cursor: &str) -> Option<(i64, Vec<(i64, String)>)> {
    let (from, told) = cursor.split_once(' ')?;
    let one = |change: &str| {
        let (second, id) = change.split_once(':')?;
        Some((second.parse().ok()?, id.replace("%2C", ",").replace("%25", "%")))
    };
    Some((from.parse().ok()?, told.split_terminator(',').map(one).collect::<Option<_>>()?))
}

fn page(events: Vec<Event>, from: i64, mut told: Vec<(i64, String)>) -> Page {
    told.retain(|(second, _)| *second >= from);
    let one = |(second, id): &(i64, String)| format!("{second}:{}", id.replace('%', "%25").replace(',', "%2C"));
    let told: Vec<_> = told.iter().map(one).collect();
    Page::new(events, format!("{from} {}", told.join(",")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_read_as_it_was_written() {
        let told = vec![(5, "a,b:c%2C d".to_owned()), (6, "7".to_owned())];
        let Page { cursor, .. } = page(Vec::new(), 5, told.clone());
        assert_eq!(read(&cursor), Some((5, told)));
        assert_eq!(read("0 "), Some((0, Vec::new())));
        for other in ["", "5", "x ", "5 7", "5 x:7"] {
            assert_eq!(read(other), None, "{other}");
        }
    }
}
