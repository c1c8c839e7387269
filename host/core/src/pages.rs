//! Searches: reads whose output is a list, page after page.
//!
//! A search's output has a list `items`, and `nextCursor` where there is more; its input fields
//! `cursor` and `limit` are the host's to fill (the names are MCP's). How a service counts its pages
//! is the plugin's matter.

mod bounds;
mod search;

use tokio_util::sync::CancellationToken;

use crate::error::ActionError;
use crate::queue::Queue;
pub use bounds::{Bounds, PagesError};
pub use search::{Page, Search, is_search};

/// A search that is under way.
///
/// Each page is read once, and no cursor is followed twice. Where a list changes while it is read, a
/// service tells an item again on a later page: one that is the same to the letter is left out, and
/// counted in [`Pages::repeated`].
pub struct Pages {
    queue: Queue,
    search: Search,
}

impl Pages {
    /// The search that an action makes with this input. A `limit` in it is the size of a page, and a
    /// `cursor` where to begin.
    ///
    /// # Errors
    /// If the action is not there or lists nothing, or the input is no object.
    pub fn new(queue: &Queue, action: &str, input: &str, bounds: Bounds) -> Result<Self, Box<ActionError>> {
        let action = queue.connected().action(action)?;
        Ok(Self { queue: queue.clone(), search: Search::new(action, input, bounds)? })
    }

    /// The next page; `None` behind the last. `stop` ends the search between two pages.
    ///
    /// # Errors
    /// If the page can't be read, is none, or would be one too many.
    pub async fn next(&mut self, stop: &CancellationToken) -> Result<Option<Page>, PagesError> {
        let Some(input) = self.search.ask()? else {
            return Ok(None);
        };
        let pages = self.search.pages();
        let outcome = match stop.is_cancelled() {
            true => Err(Box::new(ActionError::cancelled())),
            false => self.queue.call(self.search.action(), input, stop.clone()).await,
        };
        match outcome {
            Ok(output) => Ok(Some(self.search.take(&output)?)),
            Err(_) if stop.is_cancelled() => Err(PagesError::Cancelled { pages }),
            Err(error) => Err(error.into()),
        }
    }

    /// How many items were told again, and left out.
    pub fn repeated(&self) -> u64 {
        self.search.repeated
    }
}
