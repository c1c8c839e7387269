//! Changes of issues.

use plugin_kit::types::rfc3339;
use plugin_kit::{Asked, Change, Error, Page, Poll, Trigger, Values};

use crate::account::check;
use crate::find::{STATE, STATUS, issues};
use crate::issue::{ISSUE, PROJECT, SAMPLE, TRACKER};

pub const UPDATED: Trigger =
    Trigger::poll("issue_updated", "Issue updated", "Triggers when an issue is created or changed.", updated)
        .input(&[PROJECT.as_optional(), STATE.default(r#""any""#), STATUS, TRACKER])
        .event("Issue", ISSUE, SAMPLE);

fn updated(poll: &Poll) -> Result<Page, Error> {
    check(poll)?;
    let change = |issue: &Values| Change {
        second: issue.text("updated_on").parse().unwrap_or_default(),
        id: issue.text("id").to_owned(),
        data: issue.object(),
    };
    poll.changes("updated", 30, &|asked| {
        let (issues, total) = issues(poll, "any", |draft| match asked {
            Asked::Newest => draft.query("limit", "100").query("sort", "updated_on:desc"),
            Asked::Since { second, passed } => {
                let since = [">=", &rfc3339(second).unwrap_or_default()].concat();
                let draft = draft.query("limit", "100").query("sort", "updated_on,id").query("updated_on", &since);
                draft.query("offset", &passed.to_string())
            }
        })?;
        Ok((issues.iter().map(change).collect(), total))
    })
}
