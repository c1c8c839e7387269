//! One of a few words.

use super::typed;
#[cfg(not(target_arch = "wasm32"))]
use crate::field::Refused;
use crate::field::Type;
use crate::given::{Given, nearest, quoted};
use crate::json::{Array, Object};
use crate::values::Value;

/// A word that a service takes, what it means (nothing where the word says it), and how the words begin that people write for it, in
/// small letters.
pub type Word = (&'static str, &'static str, &'static [&'static str]);

/// One of a few words, in capitals or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Choice(&'static [Word]);

impl Choice {
    /// The words, at least two.
    pub const fn new(words: &'static [Word]) -> Self {
        Self(words)
    }

    fn words(&self) -> impl Iterator<Item = &'static str> {
        self.0.iter().map(|(word, ..)| *word)
    }

    fn array(&self) -> Array {
        let mut array = Array::new();
        for (word, ..) in self.0 {
            array.text(word);
        }
        array
    }

    /// `a, b and c`.
    #[cold]
    #[inline(never)]
    fn listed(&self, last: &str) -> String {
        let mut listed = String::new();
        for (place, (word, ..)) in self.0.iter().enumerate() {
            if place > 0 && place + 1 == self.0.len() {
                listed.push(' ');
                listed.push_str(last);
                listed.push(' ');
            } else if place > 0 {
                listed.push_str(", ");
            }
            listed.push_str(word);
        }
        listed
    }

    /// The word that people mean by another one, or a misspelt one.
    #[cold]
    #[inline(never)]
    fn meant_by(&self, text: &str) -> Option<&'static str> {
        let word: String = text.chars().map(lower).collect();
        let begins = |known: &str| word.starts_with(known);
        let meant = self.0.iter().find(|(_, _, words)| words.iter().any(|known| begins(known)));
        let all: Vec<_> = self.words().collect();
        meant.map(|(word, ..)| *word).or_else(|| nearest(&word, &all))
    }
}

impl Type for Choice {
    fn read(&self, given: Given) -> Result<Value, String> {
        let hint = match given {
            Given::Text(text) => match self.words().find(|word| text.eq_ignore_ascii_case(word)) {
                Some(word) => return Ok(Value::Text(word.to_owned())),
                None => {
                    let meant = self.meant_by(&text).map(|word| [": did you mean ", word, "?"].concat());
                    quoted(&text) + &meant.unwrap_or_default()
                }
            },
            _ => String::new(),
        };
        Err(["must be one of ", &self.listed("and"), &hint].concat())
    }

    fn schema(&self, schema: Object, optional: bool) -> Object {
        let mut words = self.array();
        if optional {
            words.json("null");
        }
        typed(schema, r#""string""#, optional).json("enum", &words.finish())
    }

    fn output(&self, schema: Object) -> Object {
        self.tool(schema.text("type", "string"))
    }

    fn tool(&self, schema: Object) -> Object {
        schema.json("enum", &self.array().finish())
    }

    fn described(&self) -> String {
        let mut described = String::new();
        for (word, meaning, _) in self.0.iter().filter(|(_, meaning, _)| !meaning.is_empty()) {
            if !described.is_empty() {
                described.push(' ');
            }
            described.push_str(&[word, ": ", meaning, "."].concat());
        }
        described
    }

    fn asked(&self) -> Option<String> {
        Some(self.listed("or"))
    }

    #[cfg(not(target_arch = "wasm32"))]
    fn refuses(&self) -> &'static [Refused] {
        &[Refused(r#""no such word""#, "none of the words"), Refused("true", "a word"), Refused("7", "a word")]
    }
}

/// The lower-case letter of an English or Russian one. The standard library knows all letters, in
/// tables that are a part of the module.
fn lower(c: char) -> char {
    match c {
        'А'..='Я' => char::from_u32(u32::from(c) + 32).unwrap_or(c),
        _ => c.to_ascii_lowercase(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHOICE: Choice = Choice::new(&[
        ("paid", "it was paid", &["pay", "оплач"]),
        ("sent", "it was posted", &["ship"]),
        ("open", "", &[]),
    ]);

    #[test]
    fn a_word_is_taken_in_any_case_and_told_if_it_is_another() {
        let read = |text: &'static str| CHOICE.read(Given::Text(text.into()));
        assert_eq!(read("PAID"), Ok(Value::Text("paid".into())));
        for (text, meant) in [("Payment", "paid"), ("ОПЛАЧЕН", "paid"), ("shipped", "sent"), ("opne", "open")] {
            let told = format!("must be one of paid, sent and open (got \"{text}\"): did you mean {meant}?");
            assert_eq!(read(text), Err(told));
        }
        assert_eq!(read("x"), Err("must be one of paid, sent and open (got \"x\")".to_owned()));
        assert_eq!(CHOICE.read(Given::Number("1")), Err("must be one of paid, sent and open".to_owned()));
    }

    #[test]
    fn its_words_explain_themselves() {
        assert_eq!(CHOICE.asked().as_deref(), Some("paid, sent or open"));
        assert!(CHOICE.described().starts_with("paid: it was paid. sent: it was posted."));
    }
}
