//! Long lists, a part at a time. Hosts hand back the cursor that they were given; the service counts
//! pages.

use plugin_kit::types::{Digits, Text, Whole};
use plugin_kit::{Call, Error, Field, Object};

use crate::account;

pub const CURSOR: Field = Field::optional("cursor", &Digits::new(9))
    .title("Cursor")
    .about("Where to go on: the nextCursor of the part before.")
    .examples(r#"["100"]"#);
pub const LIMIT: Field = Field::optional("limit", &Whole::new(1, 100))
    .title("Limit")
    .about("How many at most.")
    .default("50")
    .examples("[20]");
pub const NEXT_CURSOR: Field = Field::optional("nextCursor", &Text::new(9))
    .title("Next cursor")
    .about("Where the next part begins, if there is one.");

/// The part of the list at `path` that the input asks for; its other fields narrow the list. `fields` are
/// those of an item.
pub fn list(call: &Call, path: &str, fields: &'static [Field]) -> Result<Object, Error> {
    let number = |text: &str| text.parse::<usize>().ok();
    let passed = number(call.input().text("cursor")).unwrap_or(0);
    let limit = number(call.input().text("limit")).unwrap_or(50);
    // Pages have one size, so what was passed has to be whole pages: also after another limit.
    let size = (1..=limit).rev().find(|size| passed.is_multiple_of(*size)).unwrap_or(1);
    let page = passed / size + 1;
    let mut request = account::get(call, path).query("page", &page.to_string()).query("per_page", &size.to_string());
    for (name, value) in call.input().iter().filter(|(name, _)| !["cursor", "limit"].contains(name)) {
        request = request.query(name, value.as_str());
    }
    let answer = request.send()?;
    let items = call.list(&answer, "/items", fields)?;
    let (count, total) = (items.len(), number(call.at(&answer, "/total")?).unwrap_or(0));
    let next = (count > 0 && passed + count < total).then(|| (passed + count).to_string());
    Ok(Object::new().list("items", &items).text_if("nextCursor", next.as_deref()))
}
