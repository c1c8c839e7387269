//! The ways in which a trigger is asked or read, and what their methods take besides what narrows it down.

use serde::Serialize;
use serde_json::{Map, Value};

use super::types::Kind;

/// What a search over all pages takes besides.
pub const HOW_MANY: &str = "limit: how many at most; all that there are if it is left out.";

/// What methods of triggers take: the name, the type and default as a stub has them, and what it is.
pub const ARGUMENTS: [(&str, &str, &str); 12] = [
    ("body", "bytes", "its bytes."),
    ("cursor", "str | None = None", "the `next_cursor` of the page before; None the first time."),
    ("cursor_store", "CursorStore", "where it is kept how far the program has come."),
    ("headers", "Headers", "all of them."),
    ("interval_s", "SupportsFloat = 60.0", "the pause after there was nothing more, in seconds."),
    ("limit", "int = 100", "how many events to ask for at once."),
    ("method", "str", "the request's method."),
    ("query", "str | bytes", "what follows the `?` of its address, as it came."),
    ("secret", "str | None = None", "that of the subscription, if there is one."),
    ("start", "Start = 'now'", "from where on the first time: `'now'`, `'beginning'`, or a date."),
    ("stop", "threading.Event | None = None", "ends it when it is set, also in the middle of a pause."),
    ("wait", "bool = True", "whether to wait for what is yet to come; else an error is raised at once."),
];

/// A method for each trigger of one delivery: `poll_paid_order`.
#[derive(Debug, Serialize)]
pub struct Way {
    /// What the method of every client is called, and what that of a trigger begins with.
    pub name: &'static str,
    /// What it does.
    pub about: &'static str,
    /// What comes back, around the type of the data.
    #[serde(skip)]
    pub result: &'static str,
    /// What is given by its place.
    pub placed: &'static [&'static str],
    /// What is given by its name.
    pub named: &'static [&'static str],
    /// What it raises.
    pub raises: &'static str,
}

impl Way {
    /// The type that comes back, as a stub has it.
    pub fn result_of(&self, data: &Kind) -> String {
        self.result.replace("DATA", &data.annotation())
    }
}

/// A trigger that is polled, asked once.
pub const POLL: Way = Way {
    name: "poll",
    about: "Asks once for what has happened.",
    result: "Page[DATA]",
    placed: &[],
    named: &["cursor", "start", "limit"],
    raises: "ActionError: it did not work; `retry` says whether it may be repeated.",
};

/// A trigger that is polled, asked for ever.
pub const EVENTS: Way = Way {
    name: "events",
    about: "Gives what happens, one after another. An event is done when the next one is asked for.",
    result: "Iterator[Event[DATA]]",
    placed: &[],
    named: &["cursor_store", "start", "limit", "interval_s", "wait", "stop"],
    raises: "ActionError: it did not work, and is not to be repeated.",
};

/// A trigger of which the service tells by itself.
pub const WEBHOOK: Way = Way {
    name: "webhook",
    about: "Reads a request of the service. Before an event is acted on, `confirmed` has to be true of it.",
    result: "Received[DATA]",
    placed: &["method", "headers", "query", "body"],
    named: &["secret"],
    raises: "WebhookError: it counts for nothing; `status` is what the service is answered.",
};

/// What an argument is called with its type and default, as a stub has it.
pub fn typed(name: &str) -> &'static str {
    ARGUMENTS.iter().find(|(other, _, _)| *other == name).map_or("Any", |(_, kind, _)| kind)
}

/// What an argument is.
pub fn about(name: &str) -> &'static str {
    ARGUMENTS.iter().find(|(other, _, _)| *other == name).map_or("", |(_, _, about)| about)
}

/// What each argument is, by its name.
pub fn told() -> Map<String, Value> {
    ARGUMENTS.iter().map(|(name, _, about)| ((*name).to_owned(), (*about).into())).collect()
}
