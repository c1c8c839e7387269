//! The plugin kit: what a plugin of the contract needs, and no service's rule.
//!
//! An author says each field once, as a [`Field`] of a kind in [`types`]; puts them into an
//! [`Action`] with a function that makes requests; and names the actions in [`plugin!`]. Reading the
//! input with all its problems, the JSON Schemas, the form, the MCP tools, the error document and the
//! module's exports follow.
//!
//! ```
//! use plugin_kit::{Action, Call, Connection, Error, Field, Idempotency, Object, Plugin};
//! use plugin_kit::types::{Choice, Text, Token, Url};
//!
//! const CONNECTION: Connection = Connection::new("Example account", "An account of the example service.", &[
//!     Field::required("base_url", &Url::new("https://api.example.com")).title("Address").about("The service's address."),
//!     Field::required("api_key", &Token::secret()).title("API key").about("The key of the account."),
//! ]);
//!
//! const TEXT: Field = Field::required("text", &Text::new(500)).title("Text").about("What to say.").examples(r#"["Hello"]"#);
//! const HOW: Field = Field::optional("urgency", &Choice::new(&[("low", "some day", &[]), ("high", "now", &[])]))
//!     .title("Urgency")
//!     .examples(r#"["low"]"#);
//!
//! const SEND: Action = Action::create("send_message", "Send a message", "Sends a message to everyone.", send)
//!     .input(&[TEXT, HOW])
//!     .output("Sent message", &[Field::required("id", &Text::new(40)).title("Number").about("The message's number.")])
//!     .idempotency(Idempotency::None);
//!
//! fn send(call: &Call) -> Result<Object, Error> {
//!     let key = call.secret("api_key");
//!     let reply = call.post("/messages").header("x-api-key", key.expose()).json(call.input().object()).send()?;
//!     Ok(Object::new().json("id", call.members(&reply)?.get("id").unwrap_or("\"\"")))
//! }
//!
//! fn check(call: &Call) -> Result<Object, Error> {
//!     call.get("/me").header("x-api-key", call.secret("api_key").expose()).send()?;
//!     Ok(Object::new())
//! }
//!
//! plugin_kit::plugin! {
//!     /// Sends messages.
//!     pub static PLUGIN: Plugin = Plugin::new("example", "Example", "1.0.0", "Sends messages.", CONNECTION);
//!     check check_connection = check;
//!     actions { send_message = SEND }
//! }
//! # fn main() {}
//! ```

// What shows the character in whose middle a text was cut is a twentieth of a module.
#![cfg_attr(not(test), warn(clippy::string_slice))]

pub mod action;
pub mod base64;
pub mod call;
pub mod connection;
pub mod describe;
pub mod error;
pub mod export;
pub mod field;
mod fields;
pub mod flaw;
pub mod form;
pub mod given;
#[cfg(target_arch = "wasm32")]
pub mod guest;
pub mod http;
pub mod input;
pub mod json;
#[cfg(not(target_arch = "wasm32"))]
pub mod manifest;
pub mod page;
pub mod plugin;
pub mod reply;
mod schema;
pub mod secret;
pub mod signature;
#[cfg(not(target_arch = "wasm32"))]
pub mod testing;
pub mod text;
pub mod tools;
#[cfg(not(target_arch = "wasm32"))]
pub mod translation;
pub mod trigger;
pub mod types;
pub mod values;

pub use action::{Action, Condition, Example, Idempotency, Limit, Verify};
pub use call::{Call, Draft};
pub use connection::{Config, Connection};
pub use error::{Effect, Error, Kind, Problem, Retry, Upstream};
pub use field::{Field, Options, Refused, Type};
pub use fields::joined;
pub use form::Form;
pub use http::{Request, Response, Transport};
pub use json::Object;
pub use plugin::Plugin;
pub use secret::{Secret, Secrets};
#[cfg(feature = "hmac-sha256")]
pub use trigger::StandardWebhooks;
pub use trigger::{
    Asked, Change, Confirm, Event, Page, Poll, Received, Start, Subscribe, Subscription, Trigger, Unsubscribe, Webhook,
};
pub use values::{Value, Values};

/// Says something in the host's log, for the author: `plugin-host dev` shows it, and natively it is on standard
/// error. What is printed goes nowhere in a module.
pub fn log(text: &str) {
    #[cfg(target_arch = "wasm32")]
    guest::log(text);
    #[cfg(not(target_arch = "wasm32"))]
    eprintln!("{text}");
}
