//! Changes of issues, by the second of the last one.

use plugin_kit::types::rfc3339;
use plugin_kit::{Error, Event, Page, Poll, Start, Trigger, Values};

use crate::account::check;
use crate::find::{self, STATE, STATUS};
use crate::issue::{ISSUE, PROJECT, SAMPLE, TRACKER};

/// A change has the time at which it began, and is seen when it is saved: so many seconds later at most.
const LATE: i64 = 30;

pub const UPDATED: Trigger =
    Trigger::poll("issue_updated", "Issue updated", "Triggers when an issue is created or changed.", updated)
        .input(&[PROJECT.as_optional(), STATE.default(r#""any""#), STATUS, TRACKER])
        .event("Issue", ISSUE, SAMPLE);

/// A change: its second, and the issue's number.
type Change = (i64, u64);

fn change(issue: &Values) -> Change {
    (issue.text("updated_on").parse().unwrap_or_default(), issue.text("id").parse().unwrap_or_default())
}

/// A cursor: the second from which on to look, and what was told of that and later.
fn read(cursor: &str) -> Option<(i64, Vec<Change>)> {
    let (from, told) = cursor.split_once(' ')?;
    let one =
        |change: &str| change.split_once('-').and_then(|(second, id)| Some((second.parse().ok()?, id.parse().ok()?)));
    Some((from.parse().ok()?, told.split_terminator(',').map(one).collect::<Option<_>>()?))
}

fn page(events: Vec<Event>, from: i64, mut told: Vec<Change>) -> Page {
    told.retain(|(second, _)| *second >= from);
    let told: Vec<_> = told.iter().map(|(second, id)| format!("{second}-{id}")).collect();
    Page::new(events, format!("{from} {}", told.join(",")))
}

fn updated(poll: &Poll) -> Result<Page, Error> {
    check(poll)?;
    let (from, mut told) = match (poll.cursor().and_then(read), poll.start()) {
        (Some(cursor), _) => cursor,
        // Redmine's clock may be another: what was changed last is told already.
        (None, Start::Now) => {
            let (last, _) =
                find::issues(poll, "any", |draft| draft.query("sort", "updated_on:desc").query("limit", "100"))?;
            let from = last.first().map_or(0, |issue| change(issue).0);
            return Ok(page(Vec::new(), from, last.iter().map(change).collect()));
        }
        (None, _) => (poll.since().unwrap_or(0), Vec::new()),
    };
    let since = [">=", &rfc3339(from).unwrap_or_default()].concat();
    let (mut events, mut passed, mut has_more) = (Vec::new(), 0, true);
    while events.is_empty() && has_more {
        let (issues, total) = find::issues(poll, "any", |draft| {
            let draft = draft.query("updated_on", &since).query("sort", "updated_on,id");
            draft.query("limit", "100").query("offset", &passed.to_string())
        })?;
        passed += issues.len();
        has_more = passed < total && !issues.is_empty();
        for issue in issues {
            let this = change(&issue);
            // A second that is not over may bring another change. A clock that is another is not waited for.
            if this.0 < from || told.contains(&this) || (0..2).contains(&(poll.now() - this.0)) {
                continue;
            }
            if events.len() == poll.limit() {
                has_more = true;
                break;
            }
            told.push(this);
            let event = Event::new(&["updated", issue.text("id"), issue.text("updated_on")], issue.object());
            events.push(event.subject(issue.text("id")).time(this.0));
        }
    }
    let last = told.iter().map(|(second, _)| *second).max().unwrap_or(from);
    Ok(page(events, from.max(if has_more { last } else { last - LATE }), told).and_more(has_more))
}
