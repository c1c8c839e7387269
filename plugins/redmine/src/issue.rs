//! An issue: its fields as they are given, and as Redmine has them.

use plugin_kit::types::{Code, Day, Digits, Lines, List, Moment, Switch, Text, Whole};
use plugin_kit::{Call, Field, Options, Value, Values};

const NUMBER: Digits = Digits::new(12);
const NAME: Text = Text::new(255);
const STORY: Text = Text::new(60_000).with_lines();

pub const fn number(name: &'static str, title: &'static str, about: &'static str) -> Field {
    Field::optional(name, &NUMBER).title(title).about(about)
}
const fn name(name: &'static str, title: &'static str, about: &'static str) -> Field {
    Field::optional(name, &NAME).title(title).about(about)
}
pub const fn options(action: &'static str, search: Option<&'static str>) -> Options {
    Options { action, value: "/id", title: "/name", search }
}

pub const ID: Field = Field::required("issue_id", &NUMBER).title("Issue").about("The issue's number.").examples("[12]");
pub const PROJECT: Field = Field::required("project_id", &Code::new("project", 100))
    .title("Project")
    .about("The project's number, or its identifier, with which its address ends.")
    .examples(r#"["shop","1"]"#)
    .options(options("list_projects", Some("name")));
pub const TRACKER: Field = number("tracker_id", "Tracker", "Its number.").options(options("list_trackers", None));
pub const MEMBER: Field = number("assigned_to_id", "Assignee", "The number of who has to do it.")
    .options(options("list_members", None))
    .options_by(&[("project_id", "project_id")]);
pub const REFERENCE: Field = Field::optional("reference", &Code::new("reference", 60))
    .title("Reference")
    .about("A name of your own, of which this account makes one issue in a project; the description's last line.")
    .examples(r#"["order-100000"]"#);
pub const CURSOR: Field = Field::optional("cursor", &NUMBER).title("Cursor").about("The last nextCursor.");
pub const LIMIT: Field =
    Field::optional("limit", &Whole::new(1, 100)).title("Limit").about("How many at most.").default("100");
pub const NEXT: Field = Field::optional("nextCursor", &Text::new(12)).title("Next").about("Where to go on.");
const SUBJECT: Field = Field::required("subject", &NAME).title("Subject");
const CUSTOM: &[Field] = &[
    Field::required("id", &NUMBER).title("Field").about("The custom field's number, as in its page's address."),
    Field::required("value", &STORY)
        .title("Value")
        .about("The value, or one of several: the field then stands once for each."),
];

/// What is given for a new issue.
pub const NEW: &[Field] = &ALL;
const ALL: [Field; 14] = [
    PROJECT,
    SUBJECT,
    Field::optional("description", &STORY).title("Description"),
    TRACKER.options_by(&[("project_id", "project_id")]),
    number("status_id", "Status", "The status's number.").options(options("list_statuses", None)),
    number("priority_id", "Priority", "The priority's number.").options(options("list_priorities", None)),
    MEMBER,
    number("parent_issue_id", "Parent task", "The number of the issue that it is a part of."),
    Field::optional("start_date", &Day).title("Start date"),
    Field::optional("due_date", &Day).title("Due date").about("The day by which it has to be done."),
    Field::optional("is_private", &Switch).title("Private").about("Whether not everybody sees it."),
    Field::optional("custom_fields", &Lines::new(CUSTOM, 100)).title("Custom fields"),
    Field::optional("watchers", &List::new(&NUMBER, 50))
        .title("Watchers")
        .about("Numbers of users to be told of changes."),
    REFERENCE,
];

/// What is given for one that is there.
pub const CHANGES: &[Field] = CHANGED.split_at(12).0;
const CHANGED: [Field; 14] = {
    let mut fields = ALL;
    (fields[0], fields[1], fields[3]) = (ID, SUBJECT.as_optional(), TRACKER);
    fields[4] = fields[4].options_by(&[("issue_id", "issue_id")]);
    fields[6] = fields[6].options_by(&[("issue_id", "issue_id")]);
    fields
};

/// Something with a number and a name.
pub const NAMED: &[Field] = &[
    Field::required("id", &NUMBER).title("Number").about("Its number."),
    Field::required("name", &NAME).title("Name").about("Its name."),
];

const VALUES: &[Field] = &[
    NAMED[0],
    NAMED[1],
    Field::optional("values", &List::new(&STORY, 1000)).title("Values").about("Its values.").wire(&["value"]),
];

/// An issue as Redmine has it.
pub const ISSUE: &[Field] = &[
    Field::required("id", &NUMBER).title("Issue").about("The issue's number."),
    SUBJECT,
    name("url", "Address", "Where people see it."),
    NEW[2],
    REFERENCE,
    number("project_id", "Project number", "The project's number.").wire(&["project[id]"]),
    name("project", "Project", "The project's name.").wire(&["project[name]"]),
    number("tracker_id", "Tracker number", "The tracker's number.").wire(&["tracker[id]"]),
    name("tracker", "Tracker", "The tracker's name.").wire(&["tracker[name]"]),
    number("status_id", "Status number", "The status's number.").wire(&["status[id]"]),
    name("status", "Status", "The status's name.").wire(&["status[name]"]),
    Field::optional("is_closed", &Switch).title("Closed").about("Whether it is done.").wire(&["status[is_closed]"]),
    number("priority_id", "Priority number", "The priority's number.").wire(&["priority[id]"]),
    name("priority", "Priority", "The priority's name.").wire(&["priority[name]"]),
    name("author", "Author", "Who created it.").wire(&["author[name]"]),
    number("assigned_to_id", "Assignee number", "The number of who has to do it.").wire(&["assigned_to[id]"]),
    name("assigned_to", "Assignee", "Who has to do it.").wire(&["assigned_to[name]"]),
    NEW[7].wire(&["parent[id]"]),
    NEW[8],
    NEW[9],
    NEW[10],
    Field::optional("custom_fields", &Lines::new(VALUES, 1000)).title("Custom fields").about("Its custom fields."),
    Field::optional("watchers", &Lines::new(NAMED, 1000)).title("Watchers").about("Who is told of its changes."),
    Field::optional("allowed_statuses", &Lines::new(NAMED, 1000))
        .title("Next statuses")
        .about("What the workflow allows."),
    Field::required("created_on", &Moment).title("Created").about("When it was created, in UNIX seconds."),
    Field::required("updated_on", &Moment).title("Updated").about("When it was last changed, in UNIX seconds."),
];

/// An issue for examples.
pub const SAMPLE: &str = r#"{"id":"12","subject":"Pack order 100000","url":"https://redmine.example.com/issues/12","description":"By mail.\n\nReference: order-100000","reference":"order-100000","project_id":"1","project":"Shop","tracker_id":"3","tracker":"Support","status_id":"1","status":"New","is_closed":false,"priority_id":"2","priority":"Normal","author":"Ann Baker","start_date":"2026-11-29","is_private":false,"custom_fields":[{"id":"1","name":"Order","values":["100000"]}],"created_on":1795919584,"updated_on":1795919584}"#;

/// How the line begins that holds the reference.
pub const LINE: &str = "Reference: ";

/// The reference in the last line of a description.
pub fn reference(description: &str) -> Option<&str> {
    description.lines().next_back()?.strip_prefix(LINE)
}

/// An issue with what Redmine does not give as such.
pub fn complete(call: &Call, mut issue: Values) -> Values {
    issue.set("url", Value::Text([call.origin(), "/issues/", issue.text("id")].concat()));
    if let Some(reference) = reference(issue.text("description")).map(str::to_owned) {
        issue.set("reference", Value::Text(reference));
    }
    issue
}
