//! `cargo xtask book`: all pages of the project as one book, with a search.
//!
//! The pages stand where they belong, in folders all over the project, and link to each other and to
//! sources there. mdBook wants them below one folder, so they are copied into `target/book/src`, with what
//! they link to; `docs/SUMMARY.md` has the chapters.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};
use toolchain::process;
use toolchain::ui::say;

use crate::links;
use crate::project::Project;
use crate::tools::{self, Tool};

const MDBOOK: Tool =
    Tool { name: "mdbook", version: "0.5.3", options: &["--no-default-features", "--features", "search"] };
const SUMMARY: &str = "docs/SUMMARY.md";
const SETTINGS: &str = "docs/book.toml";

/// Makes the book in `target/book/html`.
///
/// # Errors
/// When mdBook can't be had, a chapter is missing, or a link leads nowhere.
pub fn chore(project: &Project) -> Result<()> {
    links::check(project.root())?;
    let folder = project.target().join("book");
    stage(project.root(), &folder)?;
    let mdbook = tools::find_or_build(project, &MDBOOK)?;
    let mut command = Command::new(mdbook);
    process::run("mdBook", command.arg("build").arg(&folder).arg("--dest-dir").arg(folder.join("html")))?;
    say(format!("{} is the book", project.typed(&folder.join("html/index.html")).display()));
    Ok(())
}

/// Copies the pages, and what they link to, as they stand to each other.
fn stage(root: &Path, folder: &Path) -> Result<()> {
    let source = folder.join("src");
    if source.exists() {
        fs::remove_dir_all(&source).with_context(|| format!("can't empty {}", source.display()))?;
    }
    let summary = fs::read_to_string(root.join(SUMMARY)).with_context(|| format!("can't read {SUMMARY}"))?;
    let pages = links::pages(root)?;
    let chapters: Vec<_> = links::targets(&root.join(SUMMARY), &summary);
    let left_out: Vec<_> = pages
        .keys()
        .filter(|page| page.starts_with(root.join("docs")) && !page.ends_with(SUMMARY) && !chapters.contains(page))
        .filter_map(|page| page.strip_prefix(root).ok())
        .map(|page| page.display().to_string())
        .collect();
    if !left_out.is_empty() {
        bail!("{SUMMARY} has no chapter for {}", left_out.join(", "));
    }
    for chapter in &chapters {
        let text = pages.get(chapter).with_context(|| format!("{} is no page", chapter.display()))?;
        put(&source.join(as_index(&within(root, chapter))), as_index(text).as_bytes())?;
        for file in links::targets(chapter, text).into_iter().filter(|file| file.is_file() && !is_page(file)) {
            let bytes = fs::read(&file).with_context(|| format!("can't read {}", file.display()))?;
            put(&source.join(within(root, &file)), &bytes)?;
        }
    }
    put(&source.join("SUMMARY.md"), as_index(&from_root(&summary)).as_bytes())?;
    fs::copy(root.join(SETTINGS), folder.join("book.toml")).with_context(|| format!("can't copy {SETTINGS}"))?;
    Ok(())
}

fn within(root: &Path, file: &Path) -> String {
    file.strip_prefix(root).unwrap_or(file).to_string_lossy().into_owned()
}

fn is_page(file: &Path) -> bool {
    file.extension().is_some_and(|end| end == "md")
}

fn put(path: &Path, bytes: &[u8]) -> Result<()> {
    fs::create_dir_all(path.parent().unwrap_or(path))?;
    fs::write(path, bytes).with_context(|| format!("can't write {}", path.display()))
}

/// A path, or a page with its links, in which what is a folder's README is its `index.md`: mdBook makes
/// `index.html` of both, but follows links to the second alone. The chapters are at every page's side.
fn as_index(text: &str) -> String {
    if !text.contains(['(', '\n']) {
        return text.replace("README.md", "index.md");
    }
    let mut parts = text.split("](");
    let mut written = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (target, rest) = part.split_once(')').unwrap_or((part, ""));
        let target = target.replace("README.md", "index.md").replace(SUMMARY, "index.md");
        written.push_str(&format!("]({target}{}{rest}", if part.contains(')') { ")" } else { "" }));
    }
    written
}

/// The chapters with links from the project's root instead of from `docs/`.
fn from_root(summary: &str) -> String {
    let link = |line: &str| match line.split_once("](") {
        Some((title, rest)) => match rest.strip_prefix("../") {
            Some(above) => format!("{title}]({above}"),
            None => format!("{title}](docs/{rest}"),
        },
        None => line.to_owned(),
    };
    summary.lines().map(|line| link(line) + "\n").collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_page_of_docs_is_a_chapter_and_comes_with_what_it_links_to() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let folder = std::env::temp_dir().join(format!("book-{}", std::process::id()));
        stage(root, &folder).unwrap();
        let summary = fs::read_to_string(folder.join("src/SUMMARY.md")).unwrap();
        assert!(summary.contains("(index.md)") && summary.contains("(docs/platforms/n8n.md)"), "{summary}");
        for file in ["index.md", "docs/reference/description.md", "platforms/n8n/docs/editor.png"] {
            assert!(folder.join("src").join(file).is_file(), "{file}");
        }
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn the_readme_of_a_folder_is_its_index_in_paths_and_links_alone() {
        assert_eq!(as_index("platforms/n8n/README.md"), "platforms/n8n/index.md");
        assert_eq!(
            as_index("README.md and [a](x/README.md#b), [c](docs/SUMMARY.md)\n"),
            "README.md and [a](x/index.md#b), [c](index.md)\n"
        );
    }

    #[test]
    fn chapters_are_named_from_the_root() {
        assert_eq!(
            from_root("# Summary\n- [a](x.md)\n  - [b](../y/z.md)\n"),
            "# Summary\n- [a](docs/x.md)\n  - [b](y/z.md)\n"
        );
    }
}
