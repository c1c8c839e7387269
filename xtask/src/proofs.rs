//! The tests that docs/security.md names: a claim whose proof is gone is no claim any more.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

/// Where the claims are.
const DOCUMENT: &str = "docs/security.md";

/// Files that hold tests.
const TESTS: [&str; 4] = [".rs", ".ts", ".py", ".mjs"];

/// Fails if a test that the document names is not there: `` `FILE`: `TEST`, `TEST` ``.
///
/// # Errors
/// With every test that is missing; or if there is no proof at all.
pub fn check(root: &Path) -> Result<()> {
    let text = fs::read_to_string(root.join(DOCUMENT)).with_context(|| format!("can't read {DOCUMENT}"))?;
    let proofs = proofs(&text);
    if proofs.values().all(Vec::is_empty) {
        bail!("{DOCUMENT} names no test");
    }
    let mut missing = Vec::new();
    for (file, tests) in proofs {
        let Ok(source) = fs::read_to_string(root.join(file)) else {
            missing.push(file.to_owned());
            continue;
        };
        let gone = tests.into_iter().filter(|test| !is_there(&source, test));
        missing.extend(gone.map(|test| format!("{file}: {test}")));
    }
    if !missing.is_empty() {
        bail!("{DOCUMENT} names tests that are not there: name those that prove it now\n  {}", missing.join("\n  "));
    }
    Ok(())
}

/// The tests by their files, as far as each line names a file before them.
fn proofs(text: &str) -> BTreeMap<&str, Vec<&str>> {
    let mut proofs: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for line in text.lines() {
        let mut file = None;
        let mut parts = line.split('`');
        while let (Some(between), Some(quoted)) = (parts.next(), parts.next()) {
            // Tests follow their file, with nothing but a colon or commas in between.
            if !between.chars().all(|char| ":, ".contains(char)) {
                file = None;
            }
            if quoted.contains('/') && TESTS.iter().any(|end| quoted.ends_with(end)) {
                file = Some(quoted);
                proofs.entry(quoted).or_default();
            } else if let Some(file) = file {
                proofs.entry(file).or_default().push(quoted);
            }
        }
    }
    proofs
}

/// Whether a source has a test of this name, which is a function's or a sentence.
fn is_there(source: &str, test: &str) -> bool {
    [format!("fn {test}("), format!("def {test}("), format!("test('{test}'"), format!("test(\"{test}\"")]
        .iter()
        .any(|begin| source.contains(begin))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_test_that_the_document_names_is_there() {
        check(Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()).unwrap();
    }

    #[test]
    fn tests_follow_their_file_and_other_words_are_none() {
        let text =
            "| `a` | `x/a.rs`: `one`, `two`; `b/c.ts`: `a sentence, with a comma` | see `d/e.py` and `no test`\n`none`";
        let expected = BTreeMap::from([
            ("x/a.rs", vec!["one", "two"]),
            ("b/c.ts", vec!["a sentence, with a comma"]),
            ("d/e.py", Vec::new()),
        ]);
        assert_eq!(proofs(text), expected);
        assert!(
            is_there("fn one() {", "one") && is_there("test('a b', async", "a b") && !is_there("fn one_more()", "one")
        );
    }
}
