//! `docs/reference/`: the documents of the contract, member by member, made from their JSON Schemas.
//!
//! Beside what JSON Schema has, a rule may say `remarks` (sentences), `names` (what a text has to name),
//! `antiExamples` (what it refuses, with the reason), `see` (pages of `docs/`) and `strict` (what breaks
//! it is told to the author, and loaded). What it takes is shown from the schema's own whole example.

mod layout;
mod page;
mod rules;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde_json::Value;

/// A page, and the schema that it is made from: both from the project's root.
struct Source {
    page: &'static str,
    schema: &'static str,
}

const SOURCES: [Source; 4] = [
    Source { page: "docs/reference/description.md", schema: "host/core/src/description/meta.schema.json" },
    Source { page: "docs/reference/error.md", schema: "kit/src/error.schema.json" },
    Source { page: "docs/reference/event.md", schema: "host/core/src/trigger/event.schema.json" },
    Source { page: "docs/reference/case.md", schema: "host/src/verify/case.schema.json" },
];

/// Writes all pages anew.
///
/// # Errors
/// If a schema can't be read, or a page can't be written.
pub fn write(root: &Path) -> Result<()> {
    for (path, text) in pages(root)? {
        fs::create_dir_all(path.parent().unwrap_or(root))?;
        fs::write(&path, text).with_context(|| format!("can't write {}", path.display()))?;
    }
    Ok(())
}

/// The pages with their texts.
fn pages(root: &Path) -> Result<Vec<(PathBuf, String)>> {
    let page = |source: &Source| {
        let text =
            fs::read_to_string(root.join(source.schema)).with_context(|| format!("can't read {}", source.schema))?;
        let schema: Value = serde_json::from_str(&text).with_context(|| format!("{} is no JSON", source.schema))?;
        Ok((root.join(source.page), page::of(&schema, source.schema)))
    };
    SOURCES.iter().map(page).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reference_is_what_the_schemas_say() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        for (path, text) in pages(root).unwrap() {
            let there = fs::read_to_string(&path).unwrap_or_default();
            assert!(there == text, "{} is not what its schema says: run `cargo xtask manifest`", path.display());
        }
    }
}
