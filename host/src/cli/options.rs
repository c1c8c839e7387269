//! `options`: what a field may be set to.

use clap::Args;
use plugin_host_core::json;
use plugin_host_core::options::{Choice, Options};
use plugin_host_core::pages::{Bounds, PagesError};
use plugin_host_core::path::Path;
use plugin_host_core::queue::{Queue, Slots};
use plugin_host_core::retry::Backoff;
use plugin_host_core::runner::Connected;
use serde::Serialize;
use serde_json::value::RawValue;
use tokio_util::sync::CancellationToken;

use super::call::table;
use super::failure::Failure;
use super::input::from_fields;
use super::output::print;
use super::runtime::block_on;
use crate::field::Fields;
use crate::moment::Clock;

/// A field, and what is looked for among its choices.
#[derive(Debug, Args)]
pub struct OptionsArgs {
    /// The action's name, as `describe` tells it.
    pub action: String,
    /// The field, or a part of one: goods[].sku.
    pub field: String,
    /// Only those in which this stands.
    pub search: Option<String>,
    /// A field on which the choices depend; may be given for each.
    #[arg(long = "field", value_name = "NAME=VALUE")]
    pub fields: Vec<String>,
    /// So many at most.
    #[arg(long, value_name = "N")]
    pub limit: Option<u64>,
    /// So many pages of the read that lists them at most; if it has more, that is an error.
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..))]
    pub max_pages: u32,
}

/// Lists the choices.
///
/// # Errors
/// If the field has none, or the read that lists them fails.
pub fn run(args: &OptionsArgs, json: bool, connected: Connected, backoff: Backoff) -> Result<(), Failure> {
    let action = connected.action(&args.action)?.clone();
    let fields = Fields::of(&action, Clock::default());
    let path = fields.column(&args.field).unwrap_or_else(|| Path::whole(&args.field));
    let Some(options) = Options::of(&action, &path) else {
        let known: Vec<_> = Options::fields(&action).collect();
        let (name, field) = (&action.name, &args.field);
        return Err(Failure::Usage(match &known[..] {
            [] => format!("nothing lists the choices of {field}, or of another field of {name}"),
            known => {
                format!("nothing lists the choices of {field}; those fields of {name} have some: {}", known.join(", "))
            }
        }));
    };
    let (input, _) = from_fields(&args.fields, Some(&fields))?;
    let input = json::object(input.as_bytes()).map_err(|malformed| Failure::Action(malformed.into()))?;
    let bounds = Bounds::default().items(args.limit).pages(args.max_pages);
    let queue = Queue::new(connected, Slots::new(1), None, backoff);
    let stop = CancellationToken::new();
    let found = block_on(options.choices(&queue, &input, args.search.as_deref(), bounds, &stop))?;
    let choices = found.map_err(|error| match error {
        PagesError::Action(error) => Failure::Action(error),
        PagesError::TooMany { pages, .. } => Failure::Usage(format!(
            "there are more than {pages} pages of choices: say what is looked for, or take --limit N or a larger --max-pages"
        )),
        other => Failure::Usage(other.to_string()),
    })?;
    let machine: Vec<_> = choices.iter().map(|Choice { value, title }| Machine { value, title }).collect();
    let machine = serde_json::to_string(&machine).map_err(|error| Failure::Usage(error.to_string()))?;
    let is_missing = |field: &&str| input.get(field).is_none_or(|value| value.get() == "null");
    let missing: Vec<_> = options.depends_on().filter(is_missing).collect();
    print(&machine, json, shown(&choices, &missing))
}

/// A choice for machines, its value with every digit.
#[derive(Serialize)]
struct Machine<'a> {
    value: &'a RawValue,
    title: &'a str,
}

/// For people; `missing` are fields on which the choices depend, and that were not given.
fn shown(choices: &[Choice], missing: &[&str]) -> String {
    if choices.is_empty() && !missing.is_empty() {
        let given: Vec<_> = missing.iter().map(|field| format!("--field {field}=VALUE")).collect();
        let (fields, given) = (missing.join(", "), given.join(" "));
        return format!("There is no such choice. The choices depend on {fields}: give {given}\n");
    }
    if choices.is_empty() {
        return "There is no such choice.\n".to_owned();
    }
    let header = vec!["value".to_owned(), "title".to_owned()];
    let rows = choices.iter().map(|choice| vec![choice.written(), choice.title.clone()]);
    table(&std::iter::once(header).chain(rows).collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_nothing_is_found_it_is_told_what_the_choices_depend_on() {
        assert_eq!(shown(&[], &[]), "There is no such choice.\n");
        let told = "There is no such choice. The choices depend on repository: give --field repository=VALUE\n";
        assert_eq!(shown(&[], &["repository"]), told);
    }
}
