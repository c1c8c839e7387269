//! A field, said once: how it is called, what it holds, when it is needed, and how it is explained.
//!
//! From this follow reading, sending, the JSON Schema, the form, the tool, and what a person is told.

use crate::error::Problem;
use crate::flaw::Flaw;
use crate::given::Given;
use crate::json::Object;
use crate::text::split;
use crate::values::Value;

/// A field of an input, a connection, or a line of a list.
#[derive(Clone, Copy)]
pub struct Field {
    pub(crate) name: &'static str,
    pub(crate) holds: &'static dyn Type,
    pub(crate) needed: Needed,
    pub(crate) title: &'static str,
    pub(crate) description: &'static str,
    pub(crate) examples: Option<&'static str>,
    pub(crate) default: Option<&'static str>,
    pub(crate) hint: &'static str,
    pub(crate) options: Option<Options>,
    pub(crate) options_by: &'static [(&'static str, &'static str)],
    pub(crate) wire: &'static [&'static str],
    pub(crate) refuses: Refusals,
}

/// When a field has to be given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Needed {
    /// Always.
    Always,
    /// Never.
    Optional,
    /// For some values of another field; for all others it is no part of the input.
    When(When),
    /// It may be given for some values of another field; for all others it is no part of the input.
    Shown(When),
}

/// Some values of another field, which stands before this one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct When {
    /// The field that decides.
    pub on: &'static str,
    /// Its values.
    pub is: &'static [&'static str],
}

impl When {
    /// As people say it: "for the status sent or paid".
    pub(crate) fn told(&self) -> String {
        [" for the ", self.on, " ", &self.is.join(" or ")].concat()
    }
}

/// A value that breaks a rule, as JSON, and why: for documentation and tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refused(pub &'static str, pub &'static str);

/// Such values, of which no module carries any.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Refusals(#[cfg(not(target_arch = "wasm32"))] pub &'static [Refused]);

impl Refusals {
    pub const fn of(_cases: &'static [Refused]) -> Self {
        Self(
            #[cfg(not(target_arch = "wasm32"))]
            _cases,
        )
    }
}

/// The read that lists what a field may be set to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// The action.
    pub action: &'static str,
    /// A JSON pointer into one item of its output: the value.
    pub value: &'static str,
    /// A JSON pointer into one item of its output: what a person is shown.
    pub title: &'static str,
    /// The action's field that narrows the list by what a person types.
    pub search: Option<&'static str>,
}

impl Field {
    const fn new(name: &'static str, holds: &'static dyn Type, needed: Needed) -> Self {
        Self {
            name,
            holds,
            needed,
            title: name,
            description: "",
            examples: None,
            default: None,
            hint: "",
            options: None,
            options_by: &[],
            wire: &[],
            refuses: Refusals::of(&[]),
        }
    }

    /// A field that has to be given.
    pub const fn required(name: &'static str, holds: &'static dyn Type) -> Self {
        Self::new(name, holds, Needed::Always)
    }

    /// A field that may be left out.
    pub const fn optional(name: &'static str, holds: &'static dyn Type) -> Self {
        Self::new(name, holds, Needed::Optional)
    }

    /// A field that has to be given if `on` is one of these, and is neither checked nor sent else.
    pub const fn required_if(
        name: &'static str,
        holds: &'static dyn Type,
        on: &'static str,
        is: &'static [&'static str],
    ) -> Self {
        Self::new(name, holds, Needed::When(When { on, is }))
    }

    /// A field that may be given if `on` is one of these, and is neither checked nor sent else.
    pub const fn optional_if(
        name: &'static str,
        holds: &'static dyn Type,
        on: &'static str,
        is: &'static [&'static str],
    ) -> Self {
        Self::new(name, holds, Needed::Shown(When { on, is }))
    }

    /// What a form calls it: a few words that begin with a capital letter.
    #[must_use]
    pub const fn title(mut self, title: &'static str) -> Self {
        self.title = title;
        self
    }

    /// What it is, in whole sentences. Where nothing is said, a choice lists its values, and all else is
    /// described by its title.
    #[must_use]
    pub const fn about(mut self, description: &'static str) -> Self {
        self.description = description;
        self
    }

    /// Values that it takes: a JSON array.
    #[must_use]
    pub const fn examples(mut self, json: &'static str) -> Self {
        self.examples = Some(json);
        self
    }

    /// What counts where nothing is given, as JSON. It is told, and left to the service.
    #[must_use]
    pub const fn default(mut self, json: &'static str) -> Self {
        self.default = Some(json);
        self
    }

    /// What a person is told who leaves it out: "your login". Without it, the description's beginning
    /// is.
    #[must_use]
    pub const fn hint(mut self, hint: &'static str) -> Self {
        self.hint = hint;
        self
    }

    /// The read that lists its choices.
    #[must_use]
    pub const fn options(mut self, options: Options) -> Self {
        self.options = Some(options);
        self
    }

    /// What its choices depend on: each field of the read that lists them, with the field beside this one
    /// that it is taken from. Where nothing is given for that, the read is asked without it.
    #[must_use]
    pub const fn options_by(mut self, arguments: &'static [(&'static str, &'static str)]) -> Self {
        self.options_by = arguments;
        self
    }

    /// The same field where it may be left out.
    #[must_use]
    pub const fn as_optional(mut self) -> Self {
        self.needed = Needed::Optional;
        self
    }

    /// What the service calls it: the name by which it is sent, and further ones by which it may come
    /// back. `utm[medium]` is the member `medium` of `utm`. Without it, the service has the field's
    /// own name.
    #[must_use]
    pub const fn wire(mut self, names: &'static [&'static str]) -> Self {
        self.wire = names;
        self
    }

    /// Values that it refuses, and why. No module carries them.
    #[must_use]
    pub const fn refuses(mut self, cases: &'static [Refused]) -> Self {
        self.refuses = Refusals::of(cases);
        self
    }

    /// Its name.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// What a form calls it.
    pub const fn label(&self) -> &'static str {
        self.title
    }

    /// What the service calls it when it is sent.
    pub fn wire_name(&self) -> &'static str {
        self.wire.first().copied().unwrap_or(self.name)
    }

    /// The kind of value that it holds.
    pub fn holds(&self) -> &'static dyn Type {
        self.holds
    }

    /// Whether `null` and blank texts stand for nothing given.
    pub(crate) fn may_be_absent(&self) -> bool {
        self.needed != Needed::Always
    }

    /// For which values of which field it is a part of the input.
    pub(crate) fn when(&self) -> Option<When> {
        match self.needed {
            Needed::When(when) | Needed::Shown(when) => Some(when),
            Needed::Always | Needed::Optional => None,
        }
    }

    /// What it is, in whole sentences.
    pub(crate) fn described(&self) -> String {
        if !self.description.is_empty() {
            return self.description.to_owned();
        }
        let described = self.holds.described();
        if described.is_empty() { [self.title, "."].concat() } else { described }
    }

    /// What a person has to give: "the number of the order".
    #[cold]
    #[inline(never)]
    pub(crate) fn asked(&self) -> String {
        if !self.hint.is_empty() {
            return self.hint.to_owned();
        }
        if let Some(choices) = self.holds.asked() {
            return choices;
        }
        let text = self.described();
        let end = text.bytes().position(|byte| matches!(byte, b',' | b':' | b'.' | b';')).unwrap_or(text.len());
        let mut asked = split(&text, end).0.to_owned();
        // An abbreviation keeps its capitals.
        if !asked.as_bytes().get(1).is_some_and(u8::is_ascii_uppercase)
            && let Some(first) = asked.get_mut(..1)
        {
            first.make_ascii_lowercase();
        }
        asked
    }
}

/// The problems of an input, collected while it is read.
pub type Problems = Vec<Problem>;

/// A kind of value.
///
/// A reading sees what was given without blanks around it; a blank text or `null` is never given to it, and its
/// schema takes both where the field may be left out.
///
/// ```
/// use plugin_kit::field::Type;
/// use plugin_kit::given::Given;
/// use plugin_kit::types::{must_be, typed};
/// use plugin_kit::{Object, Value};
///
/// /// A country by its two letters, in capitals or not.
/// struct Country;
///
/// impl Type for Country {
///     fn read(&self, given: Given) -> Result<Value, String> {
///         match given {
///             Given::Text(text) if text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_alphabetic()) => {
///                 Ok(Value::Text(text.to_ascii_uppercase()))
///             }
///             other => Err(must_be("a country's two letters", &other)),
///         }
///     }
///
///     fn schema(&self, schema: Object, optional: bool) -> Object {
///         let pattern = if optional { r"^\s*$|^[A-Za-z]{2}$" } else { "^[A-Za-z]{2}$" };
///         typed(schema, r#""string""#, optional).text("pattern", pattern)
///     }
///
///     // What it refuses and why: tests try it, and no module has it.
///     #[cfg(not(target_arch = "wasm32"))]
///     fn refuses(&self) -> &'static [plugin_kit::Refused] {
///         &[plugin_kit::Refused(r#""Germany""#, "its letters, not its name")]
///     }
/// }
/// ```
pub trait Type: Sync {
    /// Reads a value that was given.
    ///
    /// # Errors
    /// Why it is none, continuing "`field` …".
    fn read(&self, given: Given) -> Result<Value, String>;

    /// Reads a value that a service gave: what has another meaning in an input, such as a word that only
    /// an accident writes, is what the service has.
    ///
    /// # Errors
    /// Why it is none.
    fn read_reply(&self, given: Given) -> Result<Value, String> {
        self.read(given)
    }

    /// Adds the keywords of its canonical forms to a schema. Where it is `optional`, `null` and
    /// blank texts are taken as well.
    fn schema(&self, schema: Object, optional: bool) -> Object;

    /// Adds the keywords of the one form in which it is sent and given back.
    fn output(&self, schema: Object) -> Object {
        schema.text_if("type", self.plain_output())
    }

    /// The type of that form, if it is always the same.
    fn plain_output(&self) -> Option<&'static str> {
        Some(self.plain())
    }

    /// The type in an MCP tool, which has only one: that which takes the most.
    fn plain(&self) -> &'static str {
        "string"
    }

    /// Adds what a tool says beside the type and the description: the choices of a text, what a list
    /// is made of.
    fn tool(&self, schema: Object) -> Object {
        schema
    }

    /// The same for the one form in which it is given back.
    fn tool_output(&self, schema: Object) -> Object {
        self.tool(schema)
    }

    /// Why a text can only be an accident: a code, a number or a name is looked at strictly, prose is
    /// not.
    fn flaw(&self, text: &str) -> Option<Flaw> {
        Flaw::of(text)
    }

    /// Whether it is a secret, which is shown nowhere.
    fn is_secret(&self) -> bool {
        false
    }

    /// Whether it is an address that the plugin may reach.
    fn is_origin(&self) -> bool {
        false
    }

    /// Whether it is a point in time that hosts may turn from a person's spelling into the
    /// plugin's.
    fn is_moment(&self) -> bool {
        false
    }

    /// The fields of its members, if it has any.
    fn fields(&self) -> Option<&'static [Field]> {
        None
    }

    /// The kind of its values, if it is a list of values without names.
    fn item(&self) -> Option<&'static dyn Type> {
        None
    }

    /// What is said of a field that has no description of its own.
    fn described(&self) -> String {
        String::new()
    }

    /// What a person is told who leaves the field out, if the description does not say it better.
    fn asked(&self) -> Option<String> {
        None
    }

    /// Values that it refuses, whatever the field, and why.
    #[cfg(not(target_arch = "wasm32"))]
    fn refuses(&self) -> &'static [Refused] {
        &[]
    }

    /// Whether it is read by [`Type::read_members`].
    fn has_members(&self) -> bool {
        false
    }

    /// Reads a value that has members, and notes every problem under the name of its member.
    fn read_members(&self, _name: &str, _given: Given, _problems: &mut Problems) -> Option<Value> {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::{Choice, Text};

    #[test]
    fn what_says_nothing_of_itself_is_described_by_its_words_or_its_title() {
        const WORDS: Choice = Choice::new(&[("paid", "it was paid", &[]), ("open", "", &[])]);
        const TEXT: Text = Text::new(9);
        let described = |field: Field| field.title("Status").described();
        assert_eq!(described(Field::optional("status", &TEXT).about("What it is.")), "What it is.");
        assert_eq!(described(Field::optional("status", &TEXT)), "Status.");
        assert_eq!(described(Field::optional("status", &WORDS)), "paid: it was paid.");
    }
}
