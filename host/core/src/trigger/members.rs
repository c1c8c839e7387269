//! The members of a plugin's answer, read strictly.

use serde_json::value::RawValue;

use crate::error::{ActionError, Effect};
use crate::json::{self, Object};

/// How an answer breaks the contract: what is wrong.
pub type Flaw = String;

/// Reads the answer of an export.
pub fn read<T>(
    export: &str,
    output: &str,
    read: impl FnOnce(&Object) -> Result<T, Flaw>,
) -> Result<T, Box<ActionError>> {
    let object = json::object(output.as_bytes()).map_err(|malformed| malformed.of("It"));
    object.and_then(|object| read(&object)).map_err(|flaw| {
        let message = format!("The answer of {export} breaks the contract: {flaw} Report it to the plugin's author.");
        Box::new(ActionError::internal(message, Effect::None))
    })
}

/// A member that has to be there.
pub fn member<'a>(object: &'a Object, name: &str) -> Result<&'a RawValue, Flaw> {
    object.get(name).ok_or_else(|| format!("it has no {name}."))
}

/// A member that may be left out, or be null.
pub fn given<'a>(object: &'a Object, name: &str) -> Option<&'a RawValue> {
    object.get(name).filter(|value| value.get() != "null")
}

/// A text.
pub fn text(value: &RawValue, name: &str) -> Result<String, Flaw> {
    serde_json::from_str(value.get()).map_err(|_| format!("{name} is no text."))
}
