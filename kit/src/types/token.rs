//! Logins and keys: texts that programs compare, letter by letter.

use super::{must_be, typed};
#[cfg(not(target_arch = "wasm32"))]
use crate::field::Refused;
use crate::field::Type;
use crate::flaw::Flaw;
use crate::given::Given;
use crate::json::Object;
use crate::text::code_point;
use crate::values::Value;

/// A login, a key or another name that only has the characters of ASCII: a letter of another
/// alphabet that looks like one of them is told, as a service would only say that it is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token {
    secret: bool,
}

impl Token {
    /// A name that may be shown. Any word may be one, "none" too.
    pub const fn name() -> Self {
        Self { secret: false }
    }

    /// A key or a password: it is shown nowhere.
    pub const fn secret() -> Self {
        Self { secret: true }
    }
}

impl Type for Token {
    fn read(&self, given: Given) -> Result<Value, String> {
        match given {
            Given::Text(text) => match text.chars().find(|c| !c.is_ascii()) {
                Some(c) => {
                    Err(["has a letter in it that is none of A to Z (", &code_point(c), "): type it anew"].concat())
                }
                None => Ok(Value::Text(text.into_owned())),
            },
            other => Err(must_be("a text", &other)),
        }
    }

    fn schema(&self, schema: Object, optional: bool) -> Object {
        let schema = typed(schema, r#""string""#, optional);
        let schema = if self.secret { schema.text("format", "password").switch("writeOnly", true) } else { schema };
        if optional { schema } else { schema.text("pattern", "\\S") }
    }

    fn flaw(&self, text: &str) -> Option<Flaw> {
        Flaw::of(text).filter(|flaw| self.secret || !flaw.is_word())
    }

    fn is_secret(&self) -> bool {
        self.secret
    }

    #[cfg(not(target_arch = "wasm32"))]
    fn refuses(&self) -> &'static [Refused] {
        &[
            Refused(r#""a\nb""#, "no line break"),
            Refused(r#""ключ""#, "letters that only look like those of a key"),
            Refused(r#""\"key\"""#, "quotation marks came along"),
        ]
    }
}
