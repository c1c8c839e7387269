//! What a person who reads an error on a terminal, or in a batch's results, can do next.

use plugin_host_core::description::ActionDescription;
use plugin_host_core::error::{ActionError, ErrorKind};
use plugin_host_core::options::Options;
use plugin_host_core::path::Path;

/// Adds to an error how to see the choices of each refused field that has some.
pub fn choices(action: &ActionDescription, error: &mut ActionError) {
    if !matches!(error.kind, ErrorKind::InvalidInput | ErrorKind::Rejected | ErrorKind::NotFound) {
        return;
    }
    let mut told = Vec::new();
    let mut hint = |field: &str| {
        let each = Path::read(field).ok()?.of_each();
        Options::of(action, &each)?;
        let is_new = !told.contains(&each);
        let hint = format!("see: {}", command(&action.name, &each.to_string()));
        told.push(each);
        is_new.then_some(hint)
    };
    for problem in &mut error.problems {
        if let Some(hint) = hint(&problem.field) {
            let with = format!("{} ({hint})", problem.message.trim_end_matches('.'));
            if error.message.contains(&problem.message) {
                error.message = error.message.replacen(&problem.message, &with, 1);
            } else {
                error.message.push_str(&format!(" ({hint})"));
            }
            problem.message = with;
        }
    }
    if let Some(hint) = error.field.as_deref().and_then(hint) {
        error.message.push_str(&format!(" ({hint})"));
    }
}

/// The command that lists the choices of a field, whose path is quoted where brackets would mean
/// something else to a shell.
pub fn command(action: &str, path: &str) -> String {
    let quote = if path.contains(['[', ' ']) { "'" } else { "" };
    format!("plugin-host options {action} {quote}{path}{quote}")
}

#[cfg(test)]
mod tests {
    use plugin_host_core::error::Problem;
    use serde_json::json;

    use super::*;

    fn told(kind: ErrorKind, fields: &[&str], field: Option<&str>) -> ActionError {
        let options =
            json!({ "goods[].sku": { "action": "l", "value": "/v" }, "shop": { "action": "l", "value": "/v" } });
        let action = json!({ "name": "order", "title": "t", "description": "d", "inputSchema": {},
            "form": { "options": options } });
        let problem = |field: &&str| Problem { field: (*field).to_owned(), message: format!("{field} is unknown.") };
        let problems: Vec<_> = fields.iter().map(problem).collect();
        let message = problems.iter().map(|problem| problem.message.as_str()).collect::<Vec<_>>().join("; ");
        let error =
            ActionError { kind, field: field.map(str::to_owned), problems, ..ActionError::invalid_input(message) };
        let mut error = error;
        choices(&serde_json::from_value(action).unwrap(), &mut error);
        error
    }

    #[test]
    fn a_refused_field_with_choices_is_told_with_the_command_that_lists_them_once() {
        let error = told(ErrorKind::InvalidInput, &["goods[0].sku", "goods[1].sku", "id"], Some("goods[0].sku"));
        let hint = "(see: plugin-host options order 'goods[].sku')";
        assert_eq!(error.message, format!("goods[0].sku is unknown {hint}; goods[1].sku is unknown.; id is unknown."));
        assert_eq!(error.problems[0].message, format!("goods[0].sku is unknown {hint}"));
        let error = told(ErrorKind::NotFound, &[], Some("shop"));
        assert_eq!(error.message, " (see: plugin-host options order shop)");
    }

    #[test]
    fn what_is_no_matter_of_choices_stays_as_it_is() {
        for (kind, field) in
            [(ErrorKind::Throttled, "shop"), (ErrorKind::InvalidInput, "id"), (ErrorKind::NotFound, "[")]
        {
            assert_eq!(told(kind, &[], Some(field)).message, "", "{field}");
        }
    }
}
