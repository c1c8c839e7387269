//! What the fields of an issue may be set to.

use plugin_kit::action::Run;
use plugin_kit::types::{Lines, Text};
use plugin_kit::{Action, Call, Error, Example, Field, Object, Value};

use crate::account::{check, look, send};
use crate::find::issue;
use crate::issue::{CURSOR, ID, LIMIT, NAMED, NEXT, PROJECT};

const ITEMS: Field = Field::required("items", &Lines::new(NAMED, 1000)).title("Items").about("Numbers and names.");
const USERS: &[Field] = &[NAMED[0].as_optional().wire(&["user[id]"]), NAMED[1].as_optional().wire(&["user[name]"])];
const EXAMPLE: Example = Example { title: "All", input: "{}", output: r#"{"items":[{"id":"1","name":"One"}]}"# };

const fn list(name: &'static str, title: &'static str, about: &'static str, run: Run) -> Action {
    Action::read(name, title, about, run).output(title, &[ITEMS, NEXT]).examples(&[EXAMPLE])
}

pub const PROJECTS: Action = list("list_projects", "List projects", "Lists projects, all or by name.", |call| {
    named(call, "/projects.json", "/projects", NAMED)
})
.input(&[Field::optional("name", &Text::new(100)).title("Name").about("A part of the name."), CURSOR, LIMIT]);

pub const TRACKERS: Action = list("list_trackers", "List trackers", "Lists trackers, all or a project's.", |call| {
    match call.input().text("project_id") {
        "" => named(call, "/trackers.json", "/trackers", NAMED),
        id => named(call, &["/projects/", id, ".json?include=trackers"].concat(), "/project/trackers", NAMED),
    }
})
.input(&[PROJECT.as_optional()]);

pub const STATUSES: Action =
    list("list_statuses", "List statuses", "Lists statuses, all or an issue's next.", |call| {
        match call.input().text("issue_id") {
            "" => named(call, "/issue_statuses.json", "/issue_statuses", NAMED),
            id => check(call)
                .and(issue(call, id))
                .map(|issue| Object::new().list("items", issue.lines("allowed_statuses"))),
        }
    })
    .input(&[ID.as_optional()]);

pub const PRIORITIES: Action = list("list_priorities", "List priorities", "Lists the priorities of issues.", |call| {
    named(call, "/enumerations/issue_priorities.json", "/issue_priorities", NAMED)
});

pub const MEMBERS: Action = list("list_members", "List members", "Lists users of a project, or an issue's.", |call| {
    let project = match (call.input().text("project_id"), call.input().text("issue_id")) {
        ("", "") => return Ok(Object::new().json("items", "[]")),
        ("", id) => issue(call, id)?.text("project_id").to_owned(),
        (project, _) => project.to_owned(),
    };
    named(call, &["/projects/", &project, "/memberships.json"].concat(), "/memberships", USERS)
})
.input(&[PROJECT.as_optional(), ID.as_optional(), CURSOR, LIMIT]);

/// A list, or the part of it that the input asks for.
fn named(call: &Call, path: &str, pointer: &str, fields: &'static [Field]) -> Result<Object, Error> {
    check(call)?;
    let passed = call.input().text("cursor").parse().unwrap_or(0_usize);
    let limit = call.input().get("limit").map_or("100", Value::as_str);
    let name = call.input().get("name").map(|name| ["~", name.as_str()].concat());
    let draft = look(call, path).query("offset", &passed.to_string()).query("limit", limit);
    let answer = send(call, draft.query_if("name", name.as_deref()))?;
    let mut items = call.list(&answer, pointer, fields)?;
    let next = passed + items.len();
    let total = call.at(&answer, "/total_count").ok().and_then(|total| total.parse().ok()).unwrap_or(0_usize);
    let next = (!items.is_empty() && next < total).then(|| next.to_string());
    // A member may be a group, which is no user.
    items.retain(|item| item.get("id").is_some());
    Ok(Object::new().list("items", &items).text_if("nextCursor", next.as_deref()))
}
