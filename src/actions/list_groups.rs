//! The action `list_groups`: the groups to which contacts can be added.
//!
//! Source: the service's help page on `GetAllGroups`.

use plugin_kit::types::Lines;
use plugin_kit::{Action, Example, Field};

use crate::form::Form;
use crate::notions::{GROUP_ID, TITLE};
use crate::service;

const GROUPS: &[Field] = &[GROUP_ID, TITLE.wire(&["rass_title"]).as_optional()];

/// The action.
pub const ACTION: Action = Action::read(
    "list_groups",
    "List contact groups",
    "List the contact groups of the JustClick account: their ids and titles.",
    |call| {
        let reply = service::call(call, "GetAllGroups", &Form::new())?;
        Ok(service::items(&service::list(call, &reply, GROUPS)?))
    },
)
.output("Groups", &[Field::required("items", &Lines::new(GROUPS, 10_000)).title("Groups").about("The groups.")])
.unsigned(&["items"])
.examples(&[Example {
    title: "All",
    input: "{}",
    output: r#"{"items":[{"group_id":"customers","title":"Customers"}]}"#,
}]);
