//! Messages as they come: JSON-RPC, of which a tool's arguments stay as the client wrote them.
//!
//! rmcp reads arguments into a map, in which a name that was given twice stands once, and a long
//! number is rounded. So they are taken out before it reads a message, and travel beside it.

use std::borrow::Cow;
use std::sync::Arc;

use plugin_host_core::error::ActionError;
use plugin_host_core::json::{self, Malformed, Object};
use rmcp::model::{ErrorCode, RequestId};
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

/// A message, ready to be read on.
#[derive(Debug)]
pub struct Message {
    /// Its text, without the arguments of a tool.
    pub text: String,
    /// The tool that it calls.
    pub tool: Option<String>,
    /// The arguments, if it calls a tool with some.
    pub arguments: Option<Arguments>,
    /// Its id, if it has an answer or is one.
    pub id: Option<RequestId>,
    /// What it asks for or tells; nothing if it is an answer.
    pub method: String,
    /// The request that it cancels.
    pub cancels: Option<RequestId>,
}

/// Why something is no message that can be read on.
#[derive(Debug)]
pub enum Unreadable {
    /// It is not JSON, or of another encoding.
    NotJson(Malformed),
    /// It is JSON and no message of JSON-RPC.
    NotAMessage,
    /// It calls a tool in a way that could be read in two, in the request of this id.
    Ambiguous(Option<RequestId>),
}

/// The parts of a message that are looked at here. None of them may stand twice.
#[derive(Deserialize)]
struct Envelope<'a> {
    id: Option<RequestId>,
    #[serde(borrow, default)]
    method: Cow<'a, str>,
    #[serde(borrow)]
    params: Option<&'a RawValue>,
}

/// What a call of a tool says.
#[derive(Deserialize)]
struct Call<'a> {
    name: Option<Value>,
    #[serde(borrow)]
    arguments: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Cancelled {
    #[serde(rename = "requestId")]
    request_id: RequestId,
}

impl Message {
    /// Reads a message. A byte order mark before it is passed over.
    ///
    /// # Errors
    /// If it is none.
    pub fn read(bytes: &[u8]) -> Result<Self, Unreadable> {
        let text = json::text(bytes).map_err(Unreadable::NotJson)?;
        let envelope: Envelope<'_> = serde_json::from_str(text).map_err(|error| match error.is_data() {
            true => Unreadable::NotAMessage,
            false => Unreadable::NotJson(Malformed::syntax(text, &error)),
        })?;
        let (id, method) = (envelope.id, envelope.method.into_owned());
        let mut message = Self { text: text.to_owned(), tool: None, arguments: None, id, method, cancels: None };
        let params = envelope.params.map(RawValue::get).filter(|params| params.starts_with('{'));
        match (message.method.as_str(), params) {
            ("tools/call", Some(params)) => {
                let call: Call<'_> =
                    serde_json::from_str(params).map_err(|_| Unreadable::Ambiguous(message.id.clone()))?;
                message.tool = call.name.as_ref().and_then(Value::as_str).map(str::to_owned);
                if let Some(arguments) = call.arguments.map(RawValue::get) {
                    let start = arguments.as_ptr() as usize - text.as_ptr() as usize;
                    message.text.replace_range(start..start + arguments.len(), "{}");
                    message.arguments = Some(Arguments(arguments.into()));
                }
            }
            ("notifications/cancelled", Some(params)) => {
                message.cancels = serde_json::from_str(params).ok().map(|it: Cancelled| it.request_id);
            }
            _ => {}
        }
        Ok(message)
    }
}

impl Unreadable {
    /// JSON-RPC's code of the error.
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::NotJson(_) => ErrorCode::PARSE_ERROR,
            Self::NotAMessage => ErrorCode::INVALID_REQUEST,
            Self::Ambiguous(_) => ErrorCode::INVALID_PARAMS,
        }
    }

    /// The request that it would have been, if that is known.
    pub fn id(&self) -> Option<&RequestId> {
        match self {
            Self::Ambiguous(id) => id.as_ref(),
            Self::NotJson(_) | Self::NotAMessage => None,
        }
    }

    /// What is wrong and what to do.
    pub fn detail(&self) -> String {
        match self {
            Self::NotJson(malformed) => malformed.of("The message"),
            Self::NotAMessage => "This is no message of JSON-RPC 2.0: send one object, with no name twice.".to_owned(),
            Self::Ambiguous(_) => "params has name or arguments twice: leave one out.".to_owned(),
        }
    }
}

/// The arguments of a tool's call, as the client wrote them. Cloning them is cheap.
#[derive(Debug, Clone)]
pub struct Arguments(Arc<str>);

impl Arguments {
    /// The arguments one by one. Some models write the whole object as one text.
    ///
    /// # Errors
    /// If they are no object to go by, in words from which a model can mend its call.
    pub fn read(&self) -> Result<Object, Box<ActionError>> {
        match json::object(self.0.as_bytes()) {
            Err(Malformed::Text) => match serde_json::from_str::<Value>(&self.0) {
                Ok(Value::String(text)) if text.trim().is_empty() => Ok(Object::default()),
                Ok(Value::String(text)) => json::object(text.as_bytes()).map_err(refused),
                _ => Err(refused(Malformed::Text)),
            },
            read => read.map_err(refused),
        }
    }
}

fn refused(malformed: Malformed) -> Box<ActionError> {
    match malformed {
        Malformed::Twice(_) | Malformed::TooDeep => malformed.into(),
        _ => Box::new(ActionError::invalid_input(
            "arguments must be a JSON object whose names are the tool's fields, and not a list or a text: send it so.",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Message {
        Message::read(text.as_bytes()).unwrap()
    }

    fn arguments(written: &str) -> Result<String, String> {
        let text = format!(
            r#"{{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{{"name":"a","arguments":{written}}}}}"#
        );
        let read = read(&text).arguments.unwrap().read();
        read.map(|object| object.to_string()).map_err(|error| error.message)
    }

    #[test]
    fn arguments_are_taken_out_and_stay_as_they_were_written() {
        let written = r#"{ "n": 12345678901234567890123, "t": "\u0436" }"#;
        let text = |arguments: &str| {
            format!(
                "\u{feff}{{ \"params\": {{\"arguments\": {arguments}, \"_meta\": {{\"arguments\": 1}}, \"name\": \"a\"}},\r\n \"m\\u0065thod\":\"tools/call\", \"id\":\"x\"}}"
            )
        };
        let message = read(&text(written));
        assert_eq!(message.text, text("{}").trim_start_matches('\u{feff}'));
        assert_eq!(&*message.arguments.unwrap().0, written);
        assert_eq!(message.method, "tools/call");
    }

    #[test]
    fn other_messages_stay_as_they_are() {
        for text in [
            r#"{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"arguments":{"a":1}}}"#,
            r#"{"jsonrpc":"2.0","id":1,"result":{"arguments":{"a":1}}}"#,
            r#"{"jsonrpc":"2.0","id":1,"method":"tools/call"}"#,
            r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":[1]}"#,
            r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"a","arguments":null}}"#,
        ] {
            let message = read(text);
            assert!(message.text == text && message.arguments.is_none(), "{message:?}");
        }
    }

    #[test]
    fn what_a_notification_cancels_is_known() {
        let text = r#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":7}}"#;
        assert_eq!(read(text).cancels, Some(RequestId::Number(7)));
    }

    #[test]
    fn what_is_no_message_is_told_from_what_is_no_json() {
        let code = |text: &str| Message::read(text.as_bytes()).unwrap_err().code();
        for text in ["", "{", "{\"id\":1}}"] {
            assert_eq!(code(text), ErrorCode::PARSE_ERROR, "{text}");
        }
        for text in
            ["[]", "1", r#"{"id":1,"id":2,"method":"ping"}"#, r#"{"method":"ping","method":"x"}"#, r#"{"id":{}}"#]
        {
            assert_eq!(code(text), ErrorCode::INVALID_REQUEST, "{text}");
        }
        let twice = r#"{"id":3,"method":"tools/call","params":{"name":"a","arguments":{},"arguments":{}}}"#;
        let unreadable = Message::read(twice.as_bytes()).unwrap_err();
        assert_eq!((unreadable.code(), unreadable.id()), (ErrorCode::INVALID_PARAMS, Some(&RequestId::Number(3))));
    }

    #[test]
    fn arguments_in_one_text_are_read_too() {
        assert_eq!(arguments(r#""{\"n\": 12345678901234567890123}""#).unwrap(), r#"{"n":12345678901234567890123}"#);
        assert_eq!(arguments(r#"" ""#).unwrap(), "{}");
    }

    #[test]
    fn arguments_of_another_kind_are_refused_without_showing_them() {
        for written in ["[]", "17", "true", r#""hunter2""#, r#""[1]""#, r#""\"{}\"""#, r#""\ud800""#] {
            let refusal = arguments(written).unwrap_err();
            assert!(refusal.starts_with("arguments must be a JSON object"), "{refusal}");
        }
        for written in [r#"{"n": 1, "n": 2}"#, r#""{\"n\": 1, \"n\": 2}""#] {
            assert_eq!(arguments(written).unwrap_err(), "n is given twice: leave one out.");
        }
    }
}
