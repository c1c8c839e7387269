//! `cargo xtask book`: all pages of the project as one book, with a search.
//!
//! The pages stand where they belong, in folders all over the project, and link to each other and to
//! sources there. mdBook wants them below one folder, so they are copied into `target/book/src`, with what
//! they link to; `docs/SUMMARY.md` has the chapters.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::links;
use crate::process;
use crate::project::Project;
use crate::toolchain::Toolchain;
use crate::ui::say;

/// The release that the book was looked at with.
const MDBOOK: &str = "0.5.3";
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
    let mdbook = mdbook(project)?;
    let mut command = Command::new(mdbook);
    process::run("mdBook", command.arg("build").arg(&folder).args(["--dest-dir", "html"]))?;
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
        for file in std::iter::once(chapter.clone()).chain(links::targets(chapter, text)) {
            let to = source.join(file.strip_prefix(root).unwrap_or(&file));
            if file.is_file() && !to.exists() {
                fs::create_dir_all(to.parent().unwrap_or(&source))?;
                fs::copy(&file, &to).with_context(|| format!("can't copy {}", file.display()))?;
            }
        }
    }
    fs::write(source.join("SUMMARY.md"), from_root(&summary))?;
    fs::copy(root.join(SETTINGS), folder.join("book.toml")).with_context(|| format!("can't copy {SETTINGS}"))?;
    Ok(())
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

/// mdBook: the one that is installed, or else one that is built into `target/tools`.
fn mdbook(project: &Project) -> Result<std::path::PathBuf> {
    if let Some(installed) = process::find("mdbook") {
        return Ok(installed);
    }
    let folder = project.tool("mdbook");
    let program = folder.join("bin").join(format!("mdbook{}", std::env::consts::EXE_SUFFIX));
    if !program.exists() {
        say(format!("mdBook {MDBOOK} is not there: building it into {}", project.typed(&folder).display()));
        let mut cargo = Toolchain::find_or_set_up()?.cargo();
        cargo.args([
            "install",
            "mdbook",
            "--version",
            MDBOOK,
            "--locked",
            "--no-default-features",
            "--features",
            "search",
        ]);
        cargo.arg("--root").arg(&folder);
        process::run("mdBook's build", &mut cargo)?;
    }
    Ok(program)
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
        assert!(summary.contains("(README.md)") && summary.contains("(docs/platforms/n8n.md)"), "{summary}");
        for file in ["README.md", "docs/reference/description.md", "platforms/n8n/docs/editor.png"] {
            assert!(folder.join("src").join(file).is_file(), "{file}");
        }
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn chapters_are_named_from_the_root() {
        assert_eq!(
            from_root("# Summary\n- [a](x.md)\n  - [b](../y/z.md)\n"),
            "# Summary\n- [a](docs/x.md)\n  - [b](y/z.md)\n"
        );
    }
}
