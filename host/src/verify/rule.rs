//! The rules that a plugin is held to.

/// A rule, with a page of its own in `docs/rules/`.
#[derive(Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Rule {
    /// What it is called, and its page.
    pub name: &'static str,
    /// What it asks for, in a sentence.
    pub asks: &'static str,
    /// Whether what breaks it is told, and fails nothing.
    pub is_advice: bool,
}

macro_rules! rules {
    ($($rule:ident = $name:literal, $asks:literal $(, $advice:ident)?;)*) => {
        $(#[doc = $asks] pub const $rule: Rule = Rule { name: $name, asks: $asks, is_advice: rules!(@ $($advice)?) };)*
        /// All of them.
        pub const ALL: &[Rule] = &[$($rule),*];
    };
    (@) => { false };
    (@ advice) => { true };
}

rules! {
    DESCRIPTION = "description", "The description keeps the contract's rules.";
    IMPORTS = "imports", "The module imports nothing that an older host lacks.";
    TOOL = "tool", "Every action can be a tool of an agent, with a description of at most 400 tokens.";
    HINTS = "hints", "An action that says it only reads or only adds changes nothing that was there.", advice;
    EXAMPLE = "example", "The input of an example is taken.";
    WRONG_INPUT = "wrong-input", "An input that breaks its schema is refused before anything is sent.";
    TRAP = "trap", "No call ends in the middle.";
    ERROR_DOCUMENT = "error-document", "An error is a document of the contract.";
    ERROR_CODE = "error-code", "A failed call sets an error and returns a code other than 0; a successful one does neither.";
    OUTPUT = "output", "An output keeps its schema.";
    NO_ANSWER = "no-answer", "A call whose request got no answer fails, and says whether it may have changed something.";
    STATUS = "status", "An HTTP status that the service says no more about means what the contract says.";
    FOREIGN_PAGE = "foreign-page", "A web page in the place of an answer is no success.";
    SECRET = "secret", "No secret is in an output, an error or a log, also where the service repeats it.";
    ORIGIN = "origin", "Requests go to the addresses of the connection alone.";
    REPLAY = "replay", "The same input and answers lead to the same requests and the same end.";
    PAGING = "paging", "A search comes to its end, and gives every item once.";
    EVENT = "event", "An event has an id, which is the same each time, and keeps its schema.";
    RECORDED = "recorded", "A recorded call does as it did.";
    COST = "cost", "A call takes less than half of the fuel and the memory that a host allows.", advice;
    UNTRIED = "untried", "Every action and trigger has a recorded call that succeeds.", advice;
    COMPAT = "compat", "A new version breaks nothing that the old one promised.";
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::*;

    #[test]
    fn every_rule_has_a_page_that_says_why_and_shows_wrong_and_right_and_no_page_is_left_over() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/rules");
        for rule in ALL {
            let page = fs::read_to_string(folder.join(format!("{}.md", rule.name)));
            let page = page.unwrap_or_else(|error| panic!("docs/rules/{}.md: {error}", rule.name));
            assert!(page.starts_with(&format!("# {}\n\n{}\n", rule.name, rule.asks)), "the beginning of {}", rule.name);
            for part in ["\n## Why\n", "\n## Wrong\n", "\n## Right\n"] {
                assert!(page.contains(part), "{} has no part {part:?}", rule.name);
            }
        }
        let table = fs::read_to_string(folder.join("README.md")).unwrap();
        for rule in ALL {
            let row = format!("| [{0}]({0}.md) | {1} |", rule.name, rule.asks);
            assert!(table.contains(&row), "docs/rules/README.md lacks {row}");
        }
        let pages = fs::read_dir(&folder).unwrap().count();
        assert_eq!(pages, ALL.len() + 1, "docs/rules has a page of no rule");
    }
}
