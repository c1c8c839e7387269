//! What fields refuse, and why, also within lists and lines.

use super::fields::{has_part, with};
use crate::field::{Field, Needed, Refused};
use crate::json;

/// A value of a field that breaks one rule.
pub(super) struct Case {
    /// What is wrong, as errors name it: `goods[0].price`.
    pub path: String,
    /// The field's whole value, as JSON.
    pub value: String,
    /// Why it is refused.
    pub why: &'static str,
}

/// Everything that a field says it refuses.
pub(super) fn of_field(field: &'static Field) -> Vec<Case> {
    let name = field.name;
    let mut cases = own(field, |case| (name.to_owned(), case.0.to_owned()));
    if let Some(kind) = field.holds.item() {
        let entry = |case: &Refused| Case { path: format!("{name}[0]"), value: format!("[{}]", case.0), why: case.1 };
        cases.extend(kind.refuses().iter().map(entry));
    }
    let examples = json::items(field.examples.unwrap_or("[]"));
    let lines: Vec<_> = examples.into_iter().flat_map(json::items).collect();
    for member in field.holds.fields().unwrap_or_default() {
        // A line in which the member has a part.
        let Some(line) = lines.iter().find(|line| has_part(member, line)) else { continue };
        let of_line =
            |value: &str| (format!("{name}[0].{}", member.name), format!("[{}]", with(line, member.name, value)));
        cases.extend(own(member, |case| of_line(case.0)));
        if matches!(member.needed, Needed::Always | Needed::When(_)) {
            let (path, value) = of_line("null");
            cases.push(Case { path, value, why: "it is required" });
        }
    }
    cases
}

/// What its kind refuses, and what it adds; `placed` gives the path and the whole value.
fn own(field: &Field, placed: impl Fn(&Refused) -> (String, String)) -> Vec<Case> {
    let cases = field.holds.refuses().iter().chain(field.refuses.0);
    let case = |case: &Refused| {
        let (path, value) = placed(case);
        Case { path, value, why: case.1 }
    };
    cases.map(case).collect()
}

/// The fields, and the members of their lines, without an example or a counter-example. A secret has no
/// examples.
pub(super) fn missing(of: &str, fields: &'static [Field], faults: &mut Vec<String>) {
    for field in fields {
        let cases = of_field(field);
        let members = field.holds.fields().unwrap_or_default();
        let within = members.iter().map(|member| (member, format!("{}[0].{}", field.name, member.name)));
        for (one, path) in std::iter::once((field, field.name.to_owned())).chain(within) {
            if one.examples.is_none() && !one.holds.is_secret() {
                faults.push(format!("{of}: {path} has no examples"));
            }
            let begins = |case: &Case| {
                case.path.strip_prefix(&path).is_some_and(|rest| !rest.starts_with(char::is_alphanumeric))
            };
            if !cases.iter().any(begins) {
                faults.push(format!("{of}: {path} has no counter-examples: say what it refuses, and why"));
            }
        }
    }
}
