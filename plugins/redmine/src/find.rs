//! Reading issues.

use plugin_kit::call::Draft;
use plugin_kit::types::{Choice, Lines, Text};
use plugin_kit::{Action, Call, Error, Example, Field, Object, Value, Values};

use crate::account::{check, look, send};
use crate::issue::{
    self, CURSOR, ID, ISSUE, LIMIT, MEMBER, NEXT, PROJECT, REFERENCE, SAMPLE, TRACKER, number, options,
};

pub const STATUS: Field =
    number("status_id", "Status", "The number of a status.").options(options("list_statuses", None));
pub const STATE: Field =
    Field::optional("state", &Choice::new(&[("open", "not done", &[]), ("closed", "done", &[]), ("any", "both", &[])]))
        .title("State");

pub const GET: Action = Action::read("get_issue", "Get an issue", "Gets an issue.", |call| {
    check(call)?;
    Ok(issue(call, call.input().text("issue_id"))?.object())
})
.input(&[ID])
.output("Issue", ISSUE)
.examples(&[Example { title: "One", input: r#"{"issue_id":12}"#, output: SAMPLE }]);

pub const FIND: Action = Action::read("find_issues", "Find issues", "Finds issues, the newest first.", |call| {
    check(call)?;
    let limit = call.input().get("limit").map_or("100", Value::as_str);
    let (issues, next) = part(call, call.input().text("cursor"), limit)?;
    Ok(Object::new().list("items", &issues).text_if("nextCursor", next.as_deref()))
})
.input(&[
    PROJECT.as_optional(),
    STATE.default(r#""open""#),
    STATUS,
    TRACKER,
    MEMBER,
    Field::optional("subject", &Text::new(255)).title("Subject").about("Words that are in its subject."),
    REFERENCE.about("With which this account created it. Then closed ones count as well."),
    CURSOR,
    LIMIT,
])
.output("Issues", &[Field::required("items", &Lines::new(ISSUE, 100)).title("Issues").about("The issues."), NEXT])
.examples(&[Example { title: "None", input: r#"{"reference":"order-1"}"#, output: r#"{"items":[]}"# }]);

pub fn issue(call: &Call, id: &str) -> Result<Values, Error> {
    let path = ["/issues/", id, ".json?include=watchers,allowed_statuses"].concat();
    Ok(issue::complete(call, call.read(&send(call, look(call, &path))?, "/issue", ISSUE)?))
}

/// Some of the issues that the input asks for, and how many there are in all.
pub fn issues(call: &Call, status: &str, narrow: impl Fn(Draft) -> Draft) -> Result<(Vec<Values>, usize), Error> {
    let status = call.input().get("status_id").or(call.input().get("state")).map_or(status, Value::as_str);
    let draft = look(call, "/issues.json").query("status_id", if status == "any" { "*" } else { status });
    let answer = send(call, narrow(draft.given(&["project_id", "tracker_id", "assigned_to_id"])))?;
    let issues = call.list(&answer, "/issues", ISSUE)?.into_iter().map(|it| issue::complete(call, it)).collect();
    let total = call.at(&answer, "/total_count")?.parse();
    Ok((issues, total.map_err(|_| call.unexpected(&answer, "The answer does not tell how many there are"))?))
}

/// A part of the issues, the newest first, and the number of the next one: numbers stay where others come
/// and go, so that no issue stands in two parts or in none, as with an offset.
pub fn part(call: &Call, most: &str, limit: &str) -> Result<(Vec<Values>, Option<String>), Error> {
    let most = (!most.is_empty()).then(|| ["<=", most].concat());
    let words = call.input().get("subject").map(|words| ["~", words.as_str()].concat());
    let reference = call.input().get("reference").map(Value::as_str);
    let (mut issues, total) = issues(call, if reference.is_some() { "any" } else { "open" }, |draft| {
        let draft = draft.query("sort", "id:desc").query("limit", limit).query_if("issue_id", most.as_deref());
        match reference {
            // What has the words of it: more than what is kept below.
            Some(reference) => draft.query("description", &["~", reference].concat()).query("author_id", "me"),
            None => draft.query_if("subject", words.as_deref()),
        }
    })?;
    let last = issues
        .last()
        .and_then(|issue| issue.text("id").parse::<u64>().ok())
        .filter(|last| *last > 1 && issues.len() < total);
    issues.retain(|issue| reference.is_none_or(|reference| issue.text("reference") == reference));
    Ok((issues, last.map(|last| (last - 1).to_string())))
}
