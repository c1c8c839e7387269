//! What was found, and what it took.

use std::collections::BTreeMap;

use super::rule::{RECORDED, Rule};

/// Something that breaks a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The rule.
    pub rule: &'static Rule,
    /// The part of the plugin: an export, or a place in the description.
    pub place: String,
    /// What is wrong.
    pub what: String,
    /// In which circumstances it showed first; empty if in any.
    pub when: String,
}

impl Finding {
    /// What is wrong and, if it shows in certain circumstances alone, in which.
    pub fn message(&self) -> String {
        let Self { what, when, .. } = self;
        if when.is_empty() { what.clone() } else { format!("{what} ({when})") }
    }
}

/// What the calls of an export took at most.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Cost {
    /// Units of fuel of one call.
    pub fuel: u64,
    /// Bytes of memory of the instance.
    pub memory: usize,
    /// How many calls were made.
    pub calls: u32,
}

/// All that is known of a plugin in the end.
#[derive(Debug, Default)]
pub struct Findings {
    /// What breaks a rule; nothing twice.
    pub found: Vec<Finding>,
    /// What calls took, by export.
    pub costs: BTreeMap<String, Cost>,
    /// How often each rule was held against something, by its name.
    pub tried: BTreeMap<&'static str, u32>,
}

impl Findings {
    /// A rule was held against something.
    pub fn tried(&mut self, rule: &'static Rule) {
        *self.tried.entry(rule.name).or_default() += 1;
    }

    /// Something breaks a rule. The same of a place is told once, with the circumstances in which it
    /// showed first.
    pub fn add(&mut self, rule: &'static Rule, place: &str, what: &str, when: &str) {
        let is_told = |told: &Finding| told.rule == rule && told.place == place && told.what == what;
        if self.found.iter().any(is_told) {
            return;
        }
        let (place, what, when) = (place.to_owned(), what.to_owned(), when.to_owned());
        self.found.push(Finding { rule, place, what, when });
    }

    /// What was found, with all places in which the same is wrong.
    pub fn grouped(&self) -> Vec<(&Finding, Vec<&str>)> {
        let mut groups: Vec<(&Finding, Vec<&str>)> = Vec::new();
        for finding in &self.found {
            let is_same =
                |(first, _): &&mut (&Finding, Vec<&str>)| first.rule == finding.rule && first.what == finding.what;
            match groups.iter_mut().find(is_same) {
                Some((_, places)) => places.push(&finding.place),
                None => groups.push((finding, vec![&finding.place])),
            }
        }
        groups
    }

    /// Whether a recorded call was made again.
    pub fn has_real_answers(&self) -> bool {
        self.tried.contains_key(RECORDED.name)
    }

    /// Whether a rule is broken that is more than advice.
    pub fn has_failed(&self) -> bool {
        self.found.iter().any(|finding| !finding.rule.is_advice)
    }
}

#[cfg(test)]
mod tests {
    use super::super::rule::{COST, TRAP};
    use super::*;

    #[test]
    fn the_same_of_a_place_is_told_once_and_advice_fails_nothing() {
        let mut findings = Findings::default();
        findings.add(&COST, "get", "takes much", "");
        assert!(!findings.has_failed());
        findings.add(&TRAP, "get", "stops", "the answer is empty");
        findings.add(&TRAP, "get", "stops", "the answer is a page");
        findings.add(&TRAP, "put", "stops", "");
        let told: Vec<_> = findings.found.iter().map(|it| (it.place.as_str(), it.message())).collect();
        let told: Vec<_> = told.iter().map(|(place, message)| (*place, message.as_str())).collect();
        assert_eq!(told, [("get", "takes much"), ("get", "stops (the answer is empty)"), ("put", "stops")]);
        let grouped: Vec<_> = findings.grouped().into_iter().map(|(first, places)| (first.rule.name, places)).collect();
        assert_eq!(grouped, [("cost", vec!["get"]), ("trap", vec!["get", "put"])]);
        assert!(findings.has_failed());
    }
}
