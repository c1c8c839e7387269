//! How stubs are written: functions, docstrings and texts that no text can end.

use super::method::{Method, Parameter};
use super::ways::{self, Way};
use crate::package::text::is_seen;

const WIDTH: usize = 116;

/// Lines of Python.
#[derive(Default)]
pub struct Stub {
    text: String,
    /// Whether its methods are awaited.
    pub is_async: bool,
}

/// What is to be written of an action: its name there, and what stands around its own arguments.
pub struct Function<'a> {
    pub name: &'a str,
    pub parameters: Vec<&'a Parameter>,
    pub before: &'a [String],
    pub after: &'a [String],
    pub result: String,
    pub indent: &'a str,
    pub decorator: &'a str,
}

impl Stub {
    /// The text.
    pub fn text(self) -> String {
        self.text
    }

    /// Adds a line.
    pub fn line(&mut self, line: impl AsRef<str>) {
        self.text.push_str(line.as_ref().trim_end());
        self.text.push('\n');
    }

    /// Adds lines.
    pub fn lines(&mut self, lines: &[&str]) {
        for line in lines {
            self.line(line);
        }
    }

    /// Adds what a stub imports if any of its methods is deprecated.
    pub fn deprecation(&mut self, methods: &[Method]) {
        if methods.iter().any(|method| method.deprecated.is_some()) {
            self.lines(&["from typing_extensions import deprecated", ""]);
        }
    }

    /// Adds the decorator of an action that is deprecated.
    pub fn deprecated(&mut self, method: &Method, indent: &str) {
        if let Some(told) = &method.deprecated {
            self.line(format!("{indent}@deprecated({})", literal(told)));
        }
    }

    /// Adds a method or a function of an action.
    pub fn function(&mut self, method: &Method, function: &Function<'_>) {
        let Function { name, parameters, before, after, result, indent, decorator } = function;
        self.line("");
        if !decorator.is_empty() {
            self.line(format!("{indent}@{decorator}"));
        }
        self.deprecated(method, indent);
        let how = self.definition(result);
        self.line(format!("{indent}{how} {name}("));
        let star = if parameters.is_empty() && after.is_empty() { None } else { Some("*".to_owned()) };
        let own = parameters.iter().map(|it| typed(it));
        for argument in before.iter().cloned().chain(star).chain(own).chain(after.iter().cloned()) {
            self.line(format!("{indent}    {argument},"));
        }
        self.line(format!("{indent}) -> {result}:"));
        let told = arguments_told(method, parameters, if after.is_empty() { &[] } else { &[ways::HOW_MANY] });
        self.docstring(&told, &format!("{indent}    "));
    }

    /// Adds a method of a trigger, with what other defaults some of its arguments have.
    pub fn of_trigger(
        &mut self,
        method: &Method,
        way: &Way,
        first: &str,
        indent: &str,
        decorator: &str,
        others: &[(&str, &str)],
    ) {
        self.line("");
        if !decorator.is_empty() {
            self.line(format!("{indent}@{decorator}"));
        }
        let mut result = way.result_of(&method.result);
        if self.is_async {
            result = result.replace("Iterator[", "AsyncIterator[");
        }
        let how = self.definition(&result);
        self.line(format!("{indent}{how} {}_{}(", way.name, method.action));
        let written = |name: &&str| {
            let other = others.iter().find(|(other, _)| other == name).map(|(_, kind)| *kind);
            format!("{name}: {}", other.unwrap_or_else(|| ways::typed(name)))
        };
        let own = method.parameters.iter().map(typed);
        let placed = [first.to_owned()].into_iter().chain(way.placed.iter().map(written));
        for argument in placed.chain(["*".to_owned()]).chain(own).chain(way.named.iter().map(written)) {
            self.line(format!("{indent}    {argument},"));
        }
        self.line(format!("{indent}) -> {result}:"));
        let own = method.parameters.iter().map(|it| format!("    {}: {}", it.name, it.about));
        let general = way.placed.iter().chain(way.named).map(|name| format!("    {name}: {}", ways::about(name)));
        let told = own.chain(general).collect::<Vec<_>>().join("\n");
        let told = format!("{}\n\n{}\n\nArgs:\n{told}\n\nRaises:\n    {}", way.about, method.about, way.raises);
        self.docstring(&told, &format!("{indent}    "));
    }

    /// How a function with this result begins. What gives one thing after another is not awaited itself.
    fn definition(&self, result: &str) -> &'static str {
        if self.is_async && !result.starts_with("AsyncIterator[") { "async def" } else { "def" }
    }

    /// Adds a text as a docstring, which no text can end.
    pub fn docstring(&mut self, text: &str, indent: &str) {
        let lines: Vec<_> = text.trim().lines().flat_map(|line| wrapped(line, indent)).map(|it| escaped(&it)).collect();
        match lines.as_slice() {
            [] => self.line(format!("{indent}\"\"\"\"\"\"")),
            [one] => self.line(format!("{indent}\"\"\"{one}\"\"\"")),
            [first, rest @ ..] => {
                self.line(format!("{indent}\"\"\"{first}"));
                for line in rest {
                    self.line(format!("{indent}{line}"));
                }
                self.line(format!("{indent}\"\"\""));
            }
        }
    }
}

/// What a method does, and what its arguments are.
pub fn arguments_told(method: &Method, parameters: &[&Parameter], last: &[&str]) -> String {
    let own = parameters.iter().map(|it| format!("    {}: {}", it.name, it.about));
    let arguments: Vec<_> = own.chain(last.iter().map(|it| format!("    {it}"))).collect();
    if arguments.is_empty() {
        return method.about.clone();
    }
    format!("{}\n\nArgs:\n{}", method.about, arguments.join("\n"))
}

/// A text as Python writes one.
pub fn literal(text: &str) -> String {
    let mut written = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' | '\\' => written.extend(['\\', letter]),
            '\n' => written.push_str("\\n"),
            seen if is_seen(seen) => written.push(seen),
            unseen => written.push_str(&match u32::from(unseen) {
                code @ 0..=0xff => format!("\\x{code:02x}"),
                code @ 0x100..=0xffff => format!("\\u{code:04x}"),
                code => format!("\\U{code:08x}"),
            }),
        }
    }
    written.push('"');
    written
}

fn typed(parameter: &Parameter) -> String {
    let default = if parameter.required { "" } else { " = None" };
    format!("{}: {}{default}", parameter.name, parameter.kind.annotation())
}

/// A line of a docstring, in which no quotes stand that would end it.
fn escaped(line: &str) -> String {
    let line = line.replace('\\', "\\\\");
    if line.contains("\"\"\"") || line.ends_with('"') { line.replace('"', "\\\"") } else { line }
}

/// A line as lines that are not too long; what it is indented by, its parts are as well, and more.
fn wrapped(line: &str, indent: &str) -> Vec<String> {
    let seen: String = line.chars().map(|letter| if is_seen(letter) { letter } else { ' ' }).collect();
    let own = &seen[..seen.len() - seen.trim_start().len()];
    let width = WIDTH - indent.len();
    let mut lines = Vec::new();
    let mut current = own.to_owned();
    let mut is_empty = true;
    for word in seen.split_whitespace() {
        if !is_empty && current.chars().count() + 1 + word.chars().count() > width {
            lines.push(std::mem::take(&mut current));
            current = if own.is_empty() { String::new() } else { format!("{own}    ") };
            is_empty = true;
        }
        if !is_empty {
            current.push(' ');
        }
        current.push_str(word);
        is_empty = false;
    }
    lines.push(if is_empty { String::new() } else { current });
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_written_so_that_it_ends_where_it_should() {
        assert_eq!(literal("a\"b\\c\nd\u{0}\u{2028}\u{202e}é\u{e0001}"), r#""a\"b\\c\nd\x00\u2028\u202eé\U000e0001""#);
    }

    #[test]
    fn no_text_ends_a_docstring() {
        let told = |text: &str| {
            let mut stub = Stub::default();
            stub.docstring(text, "");
            stub.text()
        };
        assert_eq!(told("Sells."), "\"\"\"Sells.\"\"\"\n");
        assert_eq!(told(r#"a """ b \"#), "\"\"\"a \\\"\\\"\\\" b \\\\\"\"\"\n");
        assert_eq!(told("says \"so\""), "\"\"\"says \\\"so\\\"\"\"\"\n");
        assert_eq!(told("a\r\u{2028}b\nc"), "\"\"\"a b\nc\n\"\"\"\n");
        assert_eq!(told(" "), "\"\"\"\"\"\"\n");
    }

    #[test]
    fn long_lines_are_wrapped_where_they_have_blanks() {
        let lines = wrapped(&format!("    name: {}", "word ".repeat(40)), "    ");
        assert_eq!(lines.len(), 2);
        assert!(lines.iter().all(|line| line.len() <= WIDTH - 4) && lines[1].starts_with("        word"));
    }
}
