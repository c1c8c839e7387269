//! What only an accident puts into a text: a program's, a spreadsheet's, or that of a person who
//! pastes. A text with a flaw is refused by its name, because what looks like a value would else
//! reach the service, or the customer. What is copied or compared is looked at more strictly than prose.

mod prose;

use crate::text::{any_byte, code_point, contains, hidden, trim};

/// Why a text can't be what its field is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flaw {
    /// A character that nobody sees.
    Hidden(char),
    /// U+FFFD, which stands for what a program could not read.
    Lost,
    /// In quotation marks, or with one at an end.
    Quoted,
    /// A template that nothing filled in: `{{ … }}`, `${…}`.
    Template,
    /// A spreadsheet's error: `#REF!`.
    SheetError,
    /// A formula that nothing computed: `=A1`.
    Formula,
    /// What programs write where there is no value: `None`, `null`, `NaN`.
    NoValue,
    /// What programs write for a value that is no text: `[object Object]`, `['1']`, `true`.
    NoText,
}

impl Flaw {
    /// The flaw of a code, a number or a name that has no blanks around it.
    #[inline(never)]
    pub fn of(text: &str) -> Option<Self> {
        // Most texts have none of the signs that most flaws are known by.
        if !any_byte(text, |byte| {
            !(byte.is_ascii_alphanumeric() || matches!(byte, b' ' | b'+'..=b'/' | b':' | b'@' | b'_'))
        }) {
            return if is_no_value(text) { Some(Self::NoValue) } else { is_switch(text).then_some(Self::NoText) };
        }
        if let Some(c) = hidden(text) {
            return Some(Self::Hidden(c));
        }
        if contains(text, "\u{fffd}") {
            return Some(Self::Lost);
        }
        let (first, last) = (text.chars().next()?, text.chars().next_back()?);
        let number_sign = text.strip_prefix('#');
        Some(match text {
            _ if is_quotation_mark(first) || is_quotation_mark(last) => Self::Quoted,
            _ if has_template(text) => Self::Template,
            _ if number_sign.is_some_and(is_sheet_error) => Self::SheetError,
            _ if first == '=' => Self::Formula,
            _ if is_no_value(text) => Self::NoValue,
            _ if is_no_text(text, first, last) => Self::NoText,
            _ => return None,
        })
    }

    /// Whether it is a word that somebody may be called by, for all that programs write it as well.
    pub(crate) fn is_word(self) -> bool {
        matches!(self, Self::NoValue | Self::NoText)
    }

    /// The message, which continues "`field` …". `got` stands where the text is repeated.
    #[cold]
    #[inline(never)]
    pub fn told(self, got: &str) -> String {
        let (what, advice) = match self {
            Self::Hidden(c) => {
                let name = match c {
                    '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}' => "a line break",
                    '\t' => "a tab",
                    _ if c.is_control() => "a control character",
                    _ => "an invisible character",
                };
                return format!("has {name} ({}) in it: type it anew{got}", code_point(c));
            }
            Self::Lost => ("has a character in it that a program could not read (U+FFFD)", "type it anew"),
            Self::Quoted => ("is in quotation marks", "take them off"),
            Self::Template => ("has a placeholder in it that was not filled in", "give the value itself"),
            Self::SheetError => ("is a spreadsheet's error", "mend its cell"),
            Self::Formula => ("is a formula that was not computed", "give its result"),
            Self::NoValue => ("is what programs write where they have no value", "give the value itself"),
            Self::NoText => ("is what programs write for something that is no text", "give the value itself"),
        };
        format!("{what}: {advice}{got}")
    }
}

/// A text without what stands around it and is no part of it, quotation marks too.
pub fn bare(text: &str) -> &str {
    let is_plain = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
    if is_plain(text.as_bytes().first()) && is_plain(text.as_bytes().last()) {
        return text;
    }
    trim(trim(text).trim_matches(is_quotation_mark))
}

/// Whether a character controls something instead of being shown, a line break and what separates
/// paragraphs too.
fn is_control(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')
}

fn is_quotation_mark(c: char) -> bool {
    matches!(c, '"' | '\'' | '`' | '´' | '«' | '»' | '\u{2018}'..='\u{201f}' | '‹' | '›' | '＂' | '＇')
}

fn has_template(text: &str) -> bool {
    let brackets = ["{{", "}}", "${", "$(", "#{", "@{", "{%", "%}", "<%", "%>"];
    brackets.iter().any(|bracket| contains(text, bracket)) || is_between(text, '%', '%')
}

/// Whether `rest` makes a spreadsheet's error of a number sign: `#REF!`, `#NAME?` and `#N/A` in the
/// language of any spreadsheet, or a column that is too narrow.
fn is_sheet_error(rest: &str) -> bool {
    rest.ends_with(['!', '?']) || ["N/A", "Н/Д", "N/D", "NV"].contains(&rest) || rest.bytes().all(|byte| byte == b'#')
}

fn is_no_value(text: &str) -> bool {
    // Most texts begin with none of the letters that these words do.
    if !matches!(
        text.as_bytes().first(),
        Some(b'N' | b'n' | b'U' | b'u' | b'I' | b'i' | b'\\' | b'<' | b'(' | b'-' | b'+')
    ) {
        return false;
    }
    let word = text.strip_prefix(['<', '(']).and_then(|text| text.strip_suffix(['>', ')'])).unwrap_or(text);
    let word = word.strip_prefix(['-', '+']).unwrap_or(word);
    [
        "none",
        "null",
        "nil",
        "undefined",
        "nan",
        "nat",
        "na",
        "n/a",
        "inf",
        "infinity",
        "\\n",
        "invalid date",
        "invalid datetime",
    ]
    .iter()
    .any(|known| word.eq_ignore_ascii_case(known))
}

fn is_no_text(text: &str, first: char, last: char) -> bool {
    matches!((first, last), ('[', ']') | ('{', '}') | ('<', '>')) || is_switch(text)
}

fn is_switch(text: &str) -> bool {
    text.eq_ignore_ascii_case("true") || text.eq_ignore_ascii_case("false")
}

fn is_between(text: &str, first: char, last: char) -> bool {
    text.len() > 2 && text.starts_with(first) && text.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_only_an_accident_writes_is_known_by_its_kind() {
        for (flaw, texts) in [
            (Flaw::Lost, &["RA\u{fffd}1"][..]),
            (Flaw::Quoted, &["\"1\"", "'1", "«1»", "“1”", "1`", "\""]),
            (
                Flaw::Template,
                &[
                    "{{ $json.code }}",
                    "{{rpo}}",
                    "${RPO}",
                    "$(rpo)",
                    "#{rpo}",
                    "@{variables('x')}",
                    "{% if %}",
                    "<%= rpo %>",
                    "%RPO%",
                ],
            ),
            (Flaw::SheetError, &["#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#Н/Д", "#ССЫЛКА!", "########", "#"]),
            (Flaw::Formula, &["=A1", "={x}"]),
            (
                Flaw::NoValue,
                &[
                    "None",
                    "none",
                    "null",
                    "NULL",
                    "undefined",
                    "NaN",
                    "nan",
                    "-nan",
                    "NaT",
                    "<NA>",
                    "N/A",
                    "nil",
                    "(null)",
                    "Infinity",
                    "-inf",
                    "\\N",
                    "Invalid Date",
                    "Invalid DateTime",
                ],
            ),
            (
                Flaw::NoText,
                &[
                    "[object Object]",
                    "['80080000000001']",
                    "{\"rpo\":1}",
                    "<b>1</b>",
                    "<function f at 0x7f>",
                    "True",
                    "false",
                    "[]",
                ],
            ),
        ] {
            for text in texts {
                assert_eq!(Flaw::of(text), Some(flaw), "{text}");
            }
        }
    }

    #[test]
    fn what_a_person_may_mean_has_no_flaw() {
        for text in [
            "",
            "RA123456789RU",
            "80080000000001",
            "1Z999AA10123456784",
            "a b",
            "a*b~c",
            "100%",
            "#1",
            "№ 5",
            "Почта 🦔",
            "e\u{301}",
            "-._",
            "nullify",
            "None-1",
            "a=b",
            "5 < 6",
            "$5",
            "50% - 60%",
            "0",
        ] {
            assert_eq!(Flaw::of(text), None, "{text}");
        }
    }

    #[test]
    fn a_bare_text_has_nothing_around_it() {
        assert_eq!(bare("\u{feff}\" key\u{200b}\" \n"), "key");
        assert_eq!((bare("“a”b'"), bare("''")), ("a”b", ""));
    }

    #[test]
    fn a_hidden_character_is_named_by_its_number() {
        let told = |text: &str| Flaw::of(text).map(|flaw| flaw.told(""));
        assert_eq!(told("a\u{200b}b").as_deref(), Some("has an invisible character (U+200B) in it: type it anew"));
        assert_eq!(told("a\nb").as_deref(), Some("has a line break (U+000A) in it: type it anew"));
    }
}
