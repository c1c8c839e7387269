//! What people see of the figures.

mod curve;
mod plot;
mod svg;
mod tables;
mod targets;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde_json::Value;

use crate::measure::Figures;

pub use tables::{report, summary};
pub use targets::{Target, targets};

/// Where in a document the summary stands.
const BEGIN: &str = "<!-- cargo xtask bench writes this -->\n";
const END: &str = "<!-- until here -->\n";

/// The folder of results in the project.
const RESULTS: &str = "benches/results";

/// The figures of the last run that was kept.
const FIGURES: &str = "latest.json";

/// The figures of the last run that was kept.
///
/// # Errors
/// When there are none, or they are of another make.
pub fn last(project: &Path) -> Result<Figures> {
    let path = project.join(RESULTS).join(FIGURES);
    let text = fs::read_to_string(&path).with_context(|| format!("can't read {}", path.display()))?;
    serde_json::from_str(&text).with_context(|| format!("{} is of another make", path.display()))
}

/// What was measured of the packages in other languages, by another program, that can stand beside these figures.
pub fn sdks(project: &Path, figures: &Figures) -> BTreeMap<String, Value> {
    let read = |language: &str| {
        let text = fs::read_to_string(project.join(RESULTS).join(format!("{language}.json"))).ok()?;
        let found: Value = serde_json::from_str(&text).ok()?;
        let machine = serde_json::from_value(found["machine"].clone()).ok()?;
        figures.are_beside(&machine, found["date"].as_str()?).then(|| (language.to_owned(), found))
    };
    ["js", "n8n", "python"].into_iter().filter_map(read).collect()
}

/// The files that show a run, by their paths in the project.
///
/// # Errors
/// When the figures can't be written as JSON.
pub fn files(figures: &Figures) -> Result<Vec<(PathBuf, String)>> {
    let results = Path::new(RESULTS);
    let mut files = vec![
        (results.join(FIGURES), serde_json::to_string_pretty(figures)? + "\n"),
        (results.join("table.md"), report(figures)),
        (results.join("calls.svg"), plot::calls(figures)),
        (results.join("cpu.svg"), plot::cpu(figures)),
    ];
    files.extend(curves(figures).map(|(name, _, drawn)| (results.join(name), drawn)));
    Ok(files)
}

/// How cost grows with what there is of something, as far as that was measured: a file's name, what it shows, and its
/// content.
fn curves(figures: &Figures) -> impl Iterator<Item = (&'static str, &'static str, String)> {
    let curves = [
        ("growth.svg", "What calls in flight cost", plot::growth(figures)),
        ("batch.svg", "What rows cost", plot::batches(figures)),
        ("tenants.svg", "What connections cost", plot::tenants(figures)),
    ];
    curves.into_iter().filter_map(|(name, title, drawn)| Some((name, title, drawn?)))
}

/// The page with the summary.
pub const PAGE: &str = "benches/README.md";

/// Writes the files, and the summary into `benches/README.md`.
///
/// # Errors
/// When one can't be written, or that page has no place for the summary.
pub fn write(figures: &Figures, project: &Path) -> Result<()> {
    for (path, text) in files(figures)? {
        let path = project.join(path);
        fs::create_dir_all(path.parent().unwrap_or(project))?;
        fs::write(&path, text).with_context(|| format!("can't write {}", path.display()))?;
    }
    let page = project.join(PAGE);
    let text = fs::read_to_string(&page).with_context(|| format!("can't read {PAGE}"))?;
    fs::write(&page, with_summary(&text, figures)?).with_context(|| format!("can't write {PAGE}"))
}

/// The document with this run's summary between its marks.
///
/// # Errors
/// When it has none.
pub fn with_summary(document: &str, figures: &Figures) -> Result<String> {
    let (before, rest) = document.split_once(BEGIN).with_context(|| format!("the document has no line {BEGIN}"))?;
    let (_, after) = rest.split_once(END).with_context(|| format!("the document has no line {END}"))?;
    let plots = curves(figures).map(|(name, title, _)| format!("\n![{title}](results/{name})\n")).collect::<String>();
    Ok(format!("{before}{BEGIN}\n{}{plots}\n{END}{after}", summary(figures)))
}
