//! What a search asks for next, and what it has been told.

use std::collections::HashSet;

use serde_json::Value;
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};

use super::bounds::{Bounds, PagesError};
use crate::description::ActionDescription;
use crate::error::{ActionError, Effect, ErrorKind};
use crate::json::{self, Object};
use crate::schema;

/// The output's list.
const ITEMS: &str = "items";
/// Where the next page begins, in the output.
const NEXT: &str = "nextCursor";
/// Where a page begins, in the input.
const CURSOR: &str = "cursor";
/// How many items a page has at most, in the input.
const LIMIT: &str = "limit";

/// Whether an action is a search: it changes nothing, and its output has a list `items`.
pub fn is_search(action: &ActionDescription) -> bool {
    let is_list = |field: schema::Field<'_>| field.is_of("array");
    action.annotations["readOnlyHint"] == true && schema::field(&action.output_schema, ITEMS).is_some_and(is_list)
}

/// A page of a search.
#[derive(Debug)]
pub struct Page {
    /// Its items, as they were written.
    pub items: Vec<Box<RawValue>>,
    /// What else the output has.
    pub rest: Object,
    /// Where the next page begins, if there is one that this page's reader may go on with.
    pub next: Option<Box<RawValue>>,
}

/// The state of a search between its calls: for those who make the calls themselves. [`Pages`](super::Pages) makes
/// them by a queue.
pub struct Search {
    action: String,
    input: Object,
    bounds: Bounds,
    /// What the input's `limit` takes; none if there is no such field.
    limit: Option<Limit>,
    /// The items of earlier pages, and the cursors that were followed.
    seen: HashSet<Mark>,
    followed: HashSet<Mark>,
    pages: u32,
    items: u64,
    ended: bool,
    /// How many items were told again, and left out.
    pub repeated: u64,
}

/// Half of a SHA-256: no two texts have the same.
type Mark = [u8; 16];

/// The input field `limit`.
struct Limit {
    /// The most that the plugin takes.
    most: Option<u64>,
    /// What the reader wants on a page.
    own: Option<u64>,
    as_number: bool,
}

impl Search {
    /// Of an action with this input.
    ///
    /// # Errors
    /// If the action lists nothing, or the input is no object.
    pub fn new(action: &ActionDescription, input: &str, bounds: Bounds) -> Result<Self, Box<ActionError>> {
        if !is_search(action) {
            let why = format!("{} lists nothing: it is no read whose output has a list items.", action.name);
            return Err(Box::new(ActionError::invalid_input(why)));
        }
        let input = json::object(input.as_bytes())?;
        let limit = schema::field(&action.input_schema, LIMIT).map(|field| Limit {
            most: field.schema["maximum"].as_u64(),
            own: input.get(LIMIT).and_then(|given| given.get().trim_matches('"').parse().ok()),
            as_number: !field.is_of("string") || field.is_of("integer") || field.is_of("number"),
        });
        let (seen, followed) = (HashSet::new(), HashSet::new());
        let ended = bounds.items == Some(0);
        let action = action.name.clone();
        Ok(Self { action, input, bounds, limit, seen, followed, pages: 0, items: 0, ended, repeated: 0 })
    }

    /// The action that it calls.
    pub fn action(&self) -> &str {
        &self.action
    }

    /// How many pages were read.
    pub fn pages(&self) -> u32 {
        self.pages
    }

    /// The input of the next call; `None` behind the last page.
    ///
    /// # Errors
    /// If it would be one too many.
    pub fn ask(&mut self) -> Result<Option<String>, PagesError> {
        if self.ended {
            return Ok(None);
        }
        if self.pages >= self.bounds.pages {
            let cursor = self.input.get(CURSOR).map(|cursor| cursor.get().trim_matches('"').to_owned());
            return Err(PagesError::TooMany { pages: self.pages, cursor: cursor.unwrap_or_default() });
        }
        let remaining = self.remaining();
        if let Some(limit) = self.limit.as_ref().and_then(|limit| limit.of_page(remaining)) {
            self.input.set_raw(LIMIT, limit);
        }
        if let Some(cursor) = self.input.get(CURSOR) {
            self.followed.insert(mark(cursor.get()));
        }
        Ok(Some(self.input.to_string()))
    }

    /// Takes what the call answered.
    ///
    /// # Errors
    /// If that is no page, or leads back to one that was read.
    pub fn take(&mut self, output: &str) -> Result<Page, Box<ActionError>> {
        let mut rest = json::object(output.as_bytes()).map_err(|_| self.unexpected("what is no object"))?;
        let items = rest.remove(ITEMS).ok_or_else(|| self.unexpected("no items"))?;
        let told: Vec<Box<RawValue>> =
            serde_json::from_str(items.get()).map_err(|_| self.unexpected("items that are no list"))?;
        let next = rest.remove(NEXT).filter(|next| !matches!(next.get(), "null" | "\"\""));
        if next.as_ref().is_some_and(|next| self.followed.contains(&mark(next.get()))) {
            return Err(self.unexpected("a cursor that it has given before, and so would never end"));
        }
        self.pages += 1;
        let marks: Vec<_> = told.iter().map(|item| mark(item.get())).collect();
        let count = told.len();
        let is_new = |(item, mark): (_, &Mark)| (!self.seen.contains(mark)).then_some(item);
        let mut items: Vec<_> = told.into_iter().zip(&marks).filter_map(is_new).collect();
        self.repeated += (count - items.len()) as u64;
        // What stands twice on one page is there twice.
        self.seen.extend(marks);
        // A page that has more than was asked for ends where no cursor points to.
        let cut = self.remaining().and_then(|most| usize::try_from(most).ok()).filter(|most| items.len() > *most);
        items.truncate(cut.unwrap_or(items.len()));
        self.items += items.len() as u64;
        let next = next.filter(|_| cut.is_none());
        self.ended = next.is_none() || self.remaining() == Some(0);
        if let Some(next) = &next {
            self.input.set_raw(CURSOR, next.clone());
        }
        Ok(Page { items, rest, next })
    }

    fn remaining(&self) -> Option<u64> {
        self.bounds.items.map(|most| most.saturating_sub(self.items))
    }

    fn unexpected(&self, what: &str) -> Box<ActionError> {
        let message = format!("{} answered with {what}. Report it to the plugin's author.", self.action);
        Box::new(ActionError { kind: ErrorKind::UnexpectedReply, ..ActionError::internal(message, Effect::None) })
    }
}

impl Limit {
    /// What a page is asked for: no more than is wanted, than the reader wants on a page, and than
    /// the plugin takes. Nothing where nobody has said anything.
    fn of_page(&self, remaining: Option<u64>) -> Option<Box<RawValue>> {
        let limit = [self.own, remaining, self.most].into_iter().flatten().min()?;
        let value = if self.as_number { Value::from(limit) } else { Value::from(limit.to_string()) };
        serde_json::value::to_raw_value(&value).ok()
    }
}

fn mark(text: &str) -> Mark {
    let mut mark = Mark::default();
    mark.copy_from_slice(&Sha256::digest(text)[..16]);
    mark
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn action(limit: Value, read_only: bool) -> ActionDescription {
        let input = json!({ "properties": { "query": {}, "cursor": { "type": "string" }, "limit": limit } });
        let output = json!({ "properties": { "items": { "type": "array" } } });
        let annotations = json!({ "readOnlyHint": read_only });
        let action = json!({ "name": "list", "title": "t", "description": "d", "inputSchema": input,
            "outputSchema": output, "annotations": annotations });
        serde_json::from_value(action).unwrap()
    }

    fn search(input: &str, bounds: Bounds) -> Search {
        Search::new(&action(json!({ "type": "integer", "maximum": 3 }), true), input, bounds).unwrap()
    }

    fn asked(search: &mut Search) -> Option<Value> {
        search.ask().unwrap().map(|input| serde_json::from_str(&input).unwrap())
    }

    fn items(page: &Page) -> Vec<&str> {
        page.items.iter().map(|item| item.get()).collect()
    }

    #[test]
    fn each_page_is_asked_for_with_the_cursor_of_the_one_before_until_there_is_none() {
        let mut search = search(r#"{"query":"a"}"#, Bounds::default());
        assert_eq!(asked(&mut search), Some(json!({ "query": "a", "limit": 3 })));
        let page = search.take(r#"{"items":[{"id":1.50},{"id":2}],"total":9,"nextCursor":"x"}"#).unwrap();
        assert_eq!(
            (items(&page), page.rest.to_string()),
            (vec![r#"{"id":1.50}"#, r#"{"id":2}"#], r#"{"total":9}"#.into())
        );
        assert_eq!(asked(&mut search), Some(json!({ "query": "a", "limit": 3, "cursor": "x" })));
        search.take(r#"{"items":[],"nextCursor":"y"}"#).unwrap();
        assert_eq!(asked(&mut search).unwrap()["cursor"], "y");
        search.take(r#"{"items":[{"id":3}],"nextCursor":""}"#).unwrap();
        assert_eq!(asked(&mut search), None);
    }

    #[test]
    fn no_more_is_asked_for_than_is_wanted_and_no_more_is_given() {
        let mut search = search(r#"{"limit":2}"#, Bounds::default().items(Some(3)));
        assert_eq!(asked(&mut search), Some(json!({ "limit": 2 })));
        search.take(r#"{"items":[1,2],"nextCursor":"x"}"#).unwrap();
        assert_eq!(asked(&mut search), Some(json!({ "limit": 1, "cursor": "x" })));
        let page = search.take(r#"{"items":[3,4],"nextCursor":"y"}"#).unwrap();
        assert_eq!((items(&page), page.next.is_none()), (vec!["3"], true), "no cursor points behind 3");
        assert_eq!(asked(&mut search), None);
        assert_eq!(asked(&mut super::tests::search("{}", Bounds::default().items(Some(0)))), None);
    }

    #[test]
    fn a_limit_is_written_as_the_field_has_it_and_left_out_where_there_is_none() {
        let first = |limit: Value| {
            let bounds = Bounds::default().items(Some(7));
            asked(&mut Search::new(&action(limit, true), "{}", bounds).unwrap()).unwrap()
        };
        assert_eq!(first(json!({ "type": "string" })), json!({ "limit": "7" }));
        assert_eq!(first(json!({ "type": ["string", "integer"] })), json!({ "limit": 7 }));
    }

    #[test]
    fn an_item_that_is_told_again_on_a_later_page_is_given_once() {
        let mut search = search("{}", Bounds::default());
        search.ask().unwrap();
        search.take(r#"{"items":[1,1,2],"nextCursor":"x"}"#).unwrap();
        search.ask().unwrap();
        let page = search.take(r#"{"items":[2,3]}"#).unwrap();
        assert_eq!((items(&page), search.repeated), (vec!["3"], 1));
    }

    #[test]
    fn a_search_that_goes_round_in_a_circle_or_never_ends_is_an_error() {
        let mut search = search(r#"{"cursor":"a"}"#, Bounds::default().pages(3));
        for next in ["b", "c"] {
            search.ask().unwrap();
            search.take(&json!({ "items": [], "nextCursor": next }).to_string()).unwrap();
        }
        search.ask().unwrap();
        let error = search.take(r#"{"items":[1],"nextCursor":"a"}"#).unwrap_err();
        assert_eq!(error.kind, ErrorKind::UnexpectedReply);
        assert!(error.message.contains("given before"), "{}", error.message);
        search.take(r#"{"items":[1],"nextCursor":"d"}"#).unwrap();
        assert_eq!(search.ask(), Err(PagesError::TooMany { pages: 3, cursor: "d".to_owned() }));
    }

    #[test]
    fn what_lists_nothing_is_no_search() {
        let refusal = Search::new(&action(json!({}), false), "{}", Bounds::default()).err().unwrap();
        assert!(refusal.message.starts_with("list lists nothing"), "{}", refusal.message);
        for output in ["[]", "{}", r#"{"items":{}}"#] {
            assert_eq!(search("{}", Bounds::default()).take(output).unwrap_err().kind, ErrorKind::UnexpectedReply);
        }
    }
}
