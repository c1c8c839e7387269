//! Links between the project's pages: each leads to a file that is there, and to a heading in it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Component, Path, PathBuf};

use anyhow::{Context, Result, bail};

/// Folders of what is built or installed.
const NOT_OURS: [&str; 4] = ["build", "dist", "node_modules", "target"];

/// Fails if a relative link in a Markdown file of the project leads nowhere.
///
/// # Errors
/// With every such link; or if a page can't be read.
pub fn check(root: &Path) -> Result<()> {
    let pages = pages(root)?;
    let dead: Vec<_> = pages.iter().flat_map(|(path, text)| dead(root, path, text, &pages)).collect();
    if !dead.is_empty() {
        bail!("links lead nowhere:\n  {}", dead.join("\n  "));
    }
    Ok(())
}

/// The Markdown files of the project, with their texts.
///
/// # Errors
/// If one can't be read.
pub fn pages(root: &Path) -> Result<BTreeMap<PathBuf, String>> {
    let mut pages = BTreeMap::new();
    read(root, &mut pages)?;
    Ok(pages)
}

/// The files to which a page leads.
pub fn targets(page: &Path, text: &str) -> Vec<PathBuf> {
    let folder = page.parent().unwrap_or(page);
    let file = |(_, target): (usize, String)| target.split('#').next().map(|file| plain(&folder.join(file)));
    links(text).into_iter().filter_map(file).collect()
}

fn read(folder: &Path, pages: &mut BTreeMap<PathBuf, String>) -> Result<()> {
    for entry in fs::read_dir(folder).with_context(|| format!("can't read {}", folder.display()))? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_dir() {
            let is_ours = !NOT_OURS.iter().any(|it| name == *it || name.starts_with(&format!("{it}-")));
            if is_ours && !name.starts_with('.') {
                read(&path, pages)?;
            }
        } else if name.ends_with(".md") {
            let text = fs::read_to_string(&path).with_context(|| format!("can't read {}", path.display()))?;
            pages.insert(path, text);
        }
    }
    Ok(())
}

/// The links of a page that lead nowhere, each in a line.
fn dead(root: &Path, page: &Path, text: &str, pages: &BTreeMap<PathBuf, String>) -> Vec<String> {
    let folder = page.parent().unwrap_or(root);
    let why = |target: &str| {
        let (file, anchor) = target.split_once('#').unwrap_or((target, ""));
        let path = if file.is_empty() { page.to_owned() } else { plain(&folder.join(file)) };
        let typed = path.strip_prefix(root).unwrap_or(&path).display().to_string();
        if !pages.contains_key(&path) && !path.exists() {
            return Some(format!("there is no {typed}"));
        }
        let is_there = pages.get(&path).is_none_or(|text| anchors(text).contains(anchor));
        (!anchor.is_empty() && !is_there).then(|| format!("{typed} has no heading #{anchor}"))
    };
    let told = |(line, target): (usize, String)| {
        let why = why(&target)?;
        Some(format!("{}:{line}: {target}: {why}", page.strip_prefix(root).unwrap_or(page).display()))
    };
    links(text).into_iter().filter_map(told).collect()
}

/// A path without `..`.
fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => drop(plain.pop()),
            Component::CurDir => {}
            other => plain.push(other),
        }
    }
    plain
}

/// The lines that are no code, with their numbers, from 1.
fn prose(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut fence: Option<&str> = None;
    text.lines().enumerate().filter_map(move |(index, line)| {
        let begin = line.trim_start();
        match fence {
            Some(mark) => {
                if begin.starts_with(mark) {
                    fence = None;
                }
                return None;
            }
            None => fence = ["```", "~~~"].into_iter().find(|mark| begin.starts_with(mark)),
        }
        fence.is_none().then_some((index + 1, line))
    })
}

/// Where the relative links of a page lead, each with its line.
fn links(text: &str) -> Vec<(usize, String)> {
    let mut links = Vec::new();
    for (number, line) in prose(text) {
        let line = without_code(line);
        let beginnings = line.match_indices("](").map(|(at, mark)| at + mark.len());
        let targets = beginnings.filter_map(|at| line[at..].split_once(')').map(|(target, _)| target));
        let named = line.starts_with('[').then(|| line.split_once("]: ")).flatten().map(|(_, target)| target);
        for target in targets.chain(named) {
            // What follows a blank is a title.
            let target = target.split_whitespace().next().unwrap_or_default().trim_matches(['<', '>']);
            let has_scheme = target.split(['/', '#']).next().is_some_and(|begin| begin.contains(':'));
            if !target.is_empty() && !has_scheme && !target.starts_with("//") {
                links.push((number, target.to_owned()));
            }
        }
    }
    links
}

/// A line without what stands between backticks.
fn without_code(line: &str) -> String {
    line.split('`').step_by(2).collect::<Vec<_>>().join("`")
}

/// The anchors of a page: those of its headings, and those that it names itself.
fn anchors(text: &str) -> BTreeSet<String> {
    let mut anchors = BTreeSet::new();
    for (_, line) in prose(text) {
        let level = line.bytes().take_while(|byte| *byte == b'#').count();
        if (1..=6).contains(&level) && line[level..].starts_with(' ') {
            let first = slug(&line[level..]);
            let again = (1..).map(|number| format!("{first}-{number}"));
            let free = std::iter::once(first.clone()).chain(again).find(|it| !anchors.contains(it));
            anchors.extend(free);
        }
        anchors.extend(line.split("<a id=\"").skip(1).filter_map(|rest| rest.split('"').next()).map(str::to_owned));
    }
    anchors
}

/// The anchor of a heading, as GitHub and mdBook make it.
pub fn slug(heading: &str) -> String {
    let letters = shown(heading.trim()).to_lowercase();
    let kept = letters.chars().filter(|letter| letter.is_alphanumeric() || matches!(letter, ' ' | '-' | '_'));
    kept.map(|letter| if letter == ' ' { '-' } else { letter }).collect()
}

/// A text with its links' words alone.
fn shown(text: &str) -> String {
    let mut parts = text.split("](");
    let mut shown = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        shown.push_str(part.split_once(')').map_or(part, |(_, rest)| rest));
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_link_of_this_project_leads_somewhere() {
        check(Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()).unwrap();
    }

    #[test]
    fn a_link_that_leads_nowhere_is_told_with_its_place() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let text = "# A page\n[a](#a-page) [b](src/links.rs) [c](https://x.example/y)\n`[d](nowhere)`\n\
            ```\n[e](nowhere)\n```\n[f](nowhere.md \"title\") ![g](README.md#no)\n[h]: gone.md\n";
        let page = root.join("README.md");
        // As though it were there.
        let pages = BTreeMap::from([(page.clone(), text.to_owned())]);
        let told = dead(root, &page, text, &pages);
        let expected = [
            "README.md:7: nowhere.md: there is no nowhere.md",
            "README.md:7: README.md#no: README.md has no heading #no",
            "README.md:8: gone.md: there is no gone.md",
        ];
        assert_eq!(told, expected);
    }

    #[test]
    fn an_anchor_is_made_of_a_heading_as_readers_show_it() {
        for (heading, anchor) in [
            ("## What a host *does*", "what-a-host-does"),
            ("`actions[].form`", "actionsform"),
            ("[Errors](x.md) & more", "errors--more"),
            ("Что это?", "что-это"),
        ] {
            assert_eq!(slug(heading.trim_start_matches('#')), anchor);
        }
        let anchors = anchors("# One\n## One\n```\n# no\n```\n<a id=\"own\"></a>\n#no\n");
        assert_eq!(anchors.into_iter().collect::<Vec<_>>(), ["one", "one-1", "own"]);
    }
}
