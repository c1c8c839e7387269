//! Creating and changing issues.
//!
//! Redmine passes over without a word what the account may not set, or what the workflow forbids. So what
//! came of it is read, and what is missing is told.

use plugin_kit::error::Problem;
use plugin_kit::json::{Array, quoted};
use plugin_kit::types::{List, Switch, Text};
use plugin_kit::{Action, Call, Condition, Effect, Error, Example, Field, Idempotency, Kind, Object, Values, Verify};

use crate::account::{check, write};
use crate::find::{issue, part};
use crate::issue::{CHANGES, ISSUE, LINE, NEW, SAMPLE, complete, reference};

const PASSED_OVER: &str =
    "was passed over, and the rest done: the account may not set it, or there is no such value here";
const CREATED: &[Field] = &[
    ISSUE[0],
    ISSUE[2],
    Field::required("created", &Switch).title("Created").about("Whether there was none with this reference yet."),
    Field::required("left_out", &List::new(&Text::new(40), 20))
        .title("Left out")
        .about("What Redmine passed over: the account may not set it, or there is no such value here."),
    ISSUE[4],
    ISSUE[8],
    ISSUE[10],
];

/// An issue with the reference is what a call was to make, so finding it proves that it is done. Not finding
/// it proves nothing: Redmine may still be at it.
pub const CREATE: Action = Action::create("create_issue", "Create an issue", "Creates an issue in a project.", create)
    .idempotency(Idempotency::None)
    // Two calls at once would both find none.
    .subject("reference", "issue")
    .verify(Verify {
        action: "find_issues",
        arguments: &[("project_id", "project_id"), ("reference", "reference")],
        done: &[Condition::IsField("/items/0/reference", "reference")],
        undone: &[],
    })
    .input(NEW)
    .output("Created issue", CREATED)
    .examples(&[Example {
        title: "For an order",
        input: r#"{"project_id":"shop","subject":"Pack order 100000","custom_fields":[{"id":"1","value":"100000"}],"watchers":["5"],"reference":"order-100000"}"#,
        output: r#"{"id":"12","url":"https://redmine.example.com/issues/12","created":true,"left_out":[],"reference":"order-100000","tracker":"Bug","status":"New"}"#,
    }]);

pub const UPDATE: Action =
    Action::change("update_issue", "Update an issue", "Changes what is given of an issue.", update)
        .idempotency(Idempotency::Natural)
        .subject("issue_id", "issue")
        .input(CHANGES)
        .output("Changed issue", ISSUE)
        .examples(&[Example { title: "Close it", input: r#"{"issue_id":"12","status_id":"5"}"#, output: SAMPLE }]);

fn create(call: &Call) -> Result<Object, Error> {
    let body = asked(call, call.input().text("reference"))?;
    check(call)?;
    let (mut there, mut next) = (Vec::new(), call.input().get("reference").map(|_| String::new()));
    while let (true, Some(most)) = (there.is_empty(), &next) {
        (there, next) = part(call, most, "100")?;
    }
    let (issue, left_out) = match there.pop() {
        Some(issue) => (issue, None),
        None => {
            let answer = write(call, "POST", "/issues.json?include=watchers", body)?;
            let issue = complete(call, call.read(&answer, "/issue", ISSUE)?);
            let left_out = left_out(call.input(), None, &issue);
            (issue, Some(left_out))
        }
    };
    let names = Array::of_texts(left_out.as_deref().unwrap_or_default());
    let output = Object::new().switch("created", left_out.is_some()).json("left_out", &names);
    let names = ["id", "url", "reference", "tracker", "status"].into_iter();
    Ok(names.fold(output, |output, name| output.text_if(name, issue.get(name).map(|value| value.as_str()))))
}

fn update(call: &Call) -> Result<Object, Error> {
    let (id, status) = (call.input().text("issue_id"), call.input().text("status_id"));
    check(call)?;
    let before = issue(call, id)?;
    let body = asked(call, before.text("reference"))?;
    let allowed = before.lines("allowed_statuses");
    let is_allowed =
        ["", before.text("status_id")].contains(&status) || allowed.iter().any(|it| it.text("id") == status);
    // Before Redmine 5.0, none are told.
    if !is_allowed && before.get("allowed_statuses").is_some() {
        let names: Vec<_> = allowed.iter().map(|it| [it.text("id"), " (", it.text("name"), ")"].concat()).collect();
        let told = ["is not among what the workflow allows: ", &names.join(", ")].concat();
        return Err(refused(Kind::Rejected, "status_id", &told));
    }
    write(call, "PUT", &["/issues/", id, ".json"].concat(), body)?;
    let after = issue(call, id)?;
    match left_out(call.input(), Some(&before), &after)[..] {
        [] => Ok(after.object()),
        [field, ..] => Err(refused(Kind::Rejected, field, PASSED_OVER).with_effect(Effect::Unknown)),
    }
}

fn refused(kind: Kind, field: &str, why: &str) -> Error {
    Error::invalid(kind, vec![Problem::new(field, [field, " ", why].concat())])
}

/// The issue that is asked for, as Redmine takes it. Nobody's text is taken for a reference.
fn asked(call: &Call, with: &str) -> Result<Object, Error> {
    let (input, text) = (call.input(), call.input().text("description"));
    if with.is_empty() && reference(text).is_some() {
        return Err(refused(
            Kind::InvalidInput,
            "description",
            "must not end as with a reference, which has a field of its own",
        ));
    }
    let line = if with.is_empty() { String::new() } else { ["\n\n", LINE, with].concat() };
    let is_told = !text.is_empty() || input.get("reference").is_some();
    let story = is_told.then(|| [text, &line].concat());
    let issue = Object::new().text_if("description", story.as_deref().map(str::trim_start));
    Ok(input.iter().fold(issue, |issue, (name, value)| match name {
        "issue_id" | "reference" | "description" => issue,
        "watchers" => issue.json("watcher_user_ids", &value.to_json()),
        "custom_fields" => issue.json(name, &custom(&input.lines(name))),
        _ => issue.json(name, &value.to_json()),
    }))
}

/// Custom fields: one value is a text, several are a list, which then stands once for each.
fn custom(lines: &[&Values]) -> String {
    let mut fields = Array::new();
    for line in lines {
        let same = lines.iter().filter(|other| other.text("id") == line.text("id"));
        let values: Vec<_> = same.map(|line| line.text("value")).collect();
        let value = if values.len() > 1 { Array::of_texts(&values) } else { quoted(values[0]) };
        fields.json(&Object::new().text("id", line.text("id")).json("value", &value).finish());
    }
    fields.finish()
}

/// The fields that are not as they were asked for. Custom fields have a spelling of Redmine's own, so of these
/// it counts that something came of it; who watches is not told to everybody.
fn left_out(asked: &Values, before: Option<&Values>, after: &Values) -> Vec<&'static str> {
    let number = |text: &str| text.trim_start_matches('0').to_owned();
    let line = |issue: &Values, name: &str, id: &str| {
        issue.lines(name).into_iter().find(|line| line.text("id") == number(id)).cloned()
    };
    let is_taken = |name: &str| match name {
        "issue_id" => true,
        "description" | "reference" => !after.text("description").is_empty(),
        "project_id" if number(asked.text(name)).parse::<u64>().is_err() => true,
        "watchers" => {
            after.get(name).is_none() || asked.list(name).iter().all(|user| line(after, name, user.as_str()).is_some())
        }
        "custom_fields" => asked.lines(name).iter().all(|wanted| {
            let now = line(after, name, wanted.text("id")).unwrap_or_default();
            let changed = before.is_none_or(|before| line(before, name, wanted.text("id")).as_ref() != Some(&now));
            let values = now.list("values");
            !values.is_empty() && (changed || values.iter().any(|value| value.as_str() == wanted.text("value")))
        }),
        _ => number(after.text(name)) == number(asked.text(name)),
    };
    asked.iter().map(|(name, _)| name).filter(|name| !is_taken(name)).collect()
}
