//! What people see of the figures.

use std::fmt::Write;
use std::fs;
use std::iter;
use std::path::Path;

use anyhow::{Context, Result};
use serde::Serialize;

use crate::measure::{Figures, Load, Part, Stamp};

/// What a part came to, as a table.
pub trait Table: Serialize {
    /// Of what it is.
    fn stamp(&self) -> &Stamp;
    /// The head, and a row for each figure.
    fn rows(&self) -> Vec<Vec<String>>;
}

/// Where in the page the table of a part stands.
fn marks(part: Part) -> (String, &'static str) {
    (format!("<!-- cargo xtask bench --only {} writes this -->\n", part.name()), "<!-- until here -->\n")
}

/// The page with the tables.
pub const PAGE: &str = "benches/README.md";

/// A part's figures as Markdown.
pub fn text(figures: &impl Table) -> String {
    let rows = figures.rows();
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0).max(3);
    let mut text = String::new();
    for (number, row) in rows.iter().enumerate() {
        let cells = row.iter().enumerate().map(|(column, cell)| {
            let width = width(column);
            if column == 0 { format!("{cell:<width$}") } else { format!("{cell:>width$}") }
        });
        let _ = writeln!(text, "| {} |", cells.collect::<Vec<_>>().join(" | "));
        if number == 0 {
            let rule = |column| if column == 0 { "-".repeat(width(0)) } else { "-".repeat(width(column) - 1) + ":" };
            let _ = writeln!(text, "| {} |", (0..row.len()).map(rule).collect::<Vec<_>>().join(" | "));
        }
    }
    let Stamp { date, machine, .. } = figures.stamp();
    let day = date.split('T').next().unwrap_or_default();
    format!("{text}\nMeasured on {day}; {}.\n", machine.line())
}

impl Table for Figures {
    fn stamp(&self) -> &Stamp {
        &self.stamp
    }

    fn rows(&self) -> Vec<Vec<String>> {
        let head = [
            "",
            "in flight",
            "calls/s",
            "of the native program's",
            "p50",
            "p99",
            "processor's time for a call",
            "most memory",
        ];
        let head = head.map(str::to_owned).to_vec();
        iter::once(head).chain(self.loads.iter().map(row)).collect()
    }
}

fn row(load: &Load) -> Vec<String> {
    let micros = |us: f64| if us < 1000.0 { format!("{us:.0} µs") } else { format!("{:.1} ms", us / 1000.0) };
    vec![
        load.contender.name().to_owned(),
        load.in_flight.to_string(),
        grouped(load.calls_per_s),
        load.of_native.map_or("–".to_owned(), |ratio| format!("{ratio:.2}")),
        micros(load.p50_us),
        micros(load.p99_us),
        load.cpu_us.map_or("–".to_owned(), micros),
        megabytes(load.peak_mb),
    ]
}

/// Memory, if it could be told.
pub(crate) fn megabytes(mb: Option<f64>) -> String {
    mb.map_or("–".to_owned(), |mb| format!("{mb:.0} MB"))
}

/// A number with a comma before each three digits.
pub(crate) fn grouped(number: f64) -> String {
    let digits = format!("{number:.0}");
    let begins = |at: usize| at > 0 && (digits.len() - at).is_multiple_of(3);
    digits.chars().enumerate().flat_map(|(at, digit)| begins(at).then_some(',').into_iter().chain([digit])).collect()
}

/// Writes a part's table into the page, and its figures beside the others'.
///
/// # Errors
/// When that can't be done.
pub fn write(figures: &impl Table, project: &Path) -> Result<()> {
    let file = project.join(format!("benches/results/{}.json", figures.stamp().part.name()));
    fs::write(&file, serde_json::to_string_pretty(figures)? + "\n")
        .with_context(|| format!("can't write {}", file.display()))?;
    let page = project.join(PAGE);
    let document = fs::read_to_string(&page).with_context(|| format!("can't read {PAGE}"))?;
    fs::write(&page, with_table(&document, figures)?).with_context(|| format!("can't write {PAGE}"))
}

/// The document with a part's table between its marks.
///
/// # Errors
/// When it has none.
pub fn with_table(document: &str, figures: &impl Table) -> Result<String> {
    let (begin, end) = marks(figures.stamp().part);
    let (before, rest) =
        document.split_once(&begin).with_context(|| format!("the document has no line {}", begin.trim()))?;
    let (_, after) = rest.split_once(end).with_context(|| format!("the document has no line {}", end.trim()))?;
    Ok(format!("{before}{begin}\n{}\n{end}{after}", text(figures)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contender::Contender;

    fn figures() -> Figures {
        let load = |contender, calls_per_s, of_native| Load {
            contender,
            in_flight: 8,
            calls_per_s,
            of_native,
            p50_us: 612.4,
            p99_us: 2500.0,
            cpu_us: Some(80.0),
            peak_mb: None,
        };
        let loads = vec![load(Contender::Fetch, 12_345.6, None), load(Contender::Engine, 999.5, Some(0.875))];
        Figures { stamp: Stamp { date: "2026-11-29T10:00:00Z".to_owned(), ..Stamp::now(Part::Js) }, loads }
    }

    #[test]
    fn the_table_stands_between_its_marks_and_replaces_the_one_that_stood_there() {
        let (begin, end) = marks(Part::Js);
        let once = with_table(&format!("# A\n{begin}old\n{end}more\n"), &figures()).unwrap();
        assert!(once.starts_with("# A\n") && once.ends_with("more\n") && !once.contains("old"), "{once}");
        assert_eq!(with_table(&once, &figures()).unwrap(), once);
        assert!(with_table("no marks", &figures()).unwrap_err().to_string().contains("bench --only js"));
    }

    #[test]
    fn figures_read_as_people_write_them() {
        let text = text(&figures());
        let wanted = ["12,346", " 1,000 |", "0.88", "612 µs", "2.5 ms", "80 µs", "Measured on 2026-11-29; "];
        for part in wanted {
            assert!(text.contains(part), "{part} in {text}");
        }
    }

    #[test]
    fn the_page_has_a_place_for_each_part() {
        let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../README.md")).unwrap();
        for part in [Part::Js, Part::Python, Part::N8n] {
            assert!(with_table(&page, &Figures { stamp: Stamp::now(part), ..figures() }).is_ok(), "{part:?}");
        }
    }
}
