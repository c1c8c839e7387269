//! What functions work on, and what all of them read.

use std::collections::BTreeMap;

use serde_json::json;

use crate::form::Form;
use crate::orders::Orders;
use crate::reply::Reply;
use crate::shop::Shop;
use crate::webhooks::Event;
use crate::world::{Clock, Shapes};

/// What a function works on, and what happens by it.
pub(crate) struct Work<'a> {
    pub(crate) shop: &'a mut Shop,
    pub(crate) orders: &'a Orders,
    pub(crate) shapes: &'a Shapes,
    pub(crate) clock: &'a Clock,
    pub(crate) events: Vec<Event>,
}

impl Work<'_> {
    /// The answer where there is nothing: the code that is documented for it, or an empty list.
    pub(super) fn nothing(&self, code: u32) -> Reply {
        if self.shapes.nothing_is_a_list { Reply::with(json!([])) } else { Reply::of_code(code) }
    }
}

/// The text of a parameter that may not be empty.
pub(super) fn required(form: &Form, name: &str, code: u32) -> Result<String, Reply> {
    Some(form.text(name)).filter(|text| !text.is_empty()).ok_or_else(|| Reply::of_code(code))
}

/// A switch, as PHP reads one from a text.
pub(super) fn switch(form: &Form, name: &str) -> bool {
    !matches!(form.text(name).as_str(), "" | "0")
}

/// Whether a text may be an address: something on both sides of one `@`.
pub(super) fn is_email(text: &str) -> bool {
    let parts: Vec<&str> = text.split('@').collect();
    matches!(parts[..], [name, host] if !name.is_empty() && host.contains('.') && !host.starts_with('.'))
        && !text.contains([' ', ',', ';'])
}

/// Marks in `utm[utm_…]` and `utm[aff_…]`: the first by their names without `utm_`, the others as
/// they are.
pub(super) fn marks(form: &Form) -> BTreeMap<String, String> {
    let keys = form.keys("utm").into_iter();
    let marks = keys.map(|key| {
        let value = form.text(&format!("utm[{key}]"));
        (key.strip_prefix("utm_").map(str::to_owned).unwrap_or(key), value)
    });
    marks.filter(|(_, value)| !value.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_two_parts() {
        assert!(is_email("user4@email.com"));
        for bad in ["", "user4", "@email.com", "user4@", "user4@email", "a@b@c.de", "a b@c.de"] {
            assert!(!is_email(bad), "{bad}");
        }
    }
}
