//! Which file of a crate names which.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::source::{Named, Source};

/// The files of a crate, by module path: the crate's own is empty.
pub struct Graph {
    files: BTreeMap<Module, File>,
}

type Module = Vec<String>;

/// Through so many hands a name may go: one that is handed on to itself has no end.
const MOST_HANDS: usize = 16;

struct File {
    path: PathBuf,
    source: Source,
}

/// From where to where, with the names that tie them.
type Arrows = BTreeMap<String, BTreeMap<String, BTreeSet<String>>>;

impl Graph {
    /// Reads a crate from its first file on.
    ///
    /// # Errors
    /// If one of its files can't be read.
    pub fn of_crate(root: &Path) -> Result<Self> {
        let mut graph = Self { files: BTreeMap::new() };
        graph.read(Vec::new(), root, root.parent().unwrap_or(Path::new("")))?;
        Ok(graph)
    }

    /// Reads a module's file, and those of its modules, which are in this folder.
    fn read(&mut self, module: Module, path: &Path, folder: &Path) -> Result<()> {
        let text = std::fs::read_to_string(path).with_context(|| format!("can't read {}", path.display()))?;
        let source = Source::read(&text);
        for name in &source.modules {
            let within = folder.join(name);
            let child = [&module[..], std::slice::from_ref(name)].concat();
            let beside = within.with_extension("rs");
            let file = if beside.exists() { beside } else { within.join("mod.rs") };
            // One that is for another target alone may be made by a build.
            if file.exists() {
                self.read(child, &file, &within)?;
            }
        }
        self.files.insert(module, File { path: path.to_owned(), source });
        Ok(())
    }

    /// Each circle once, and as short as it can be told: of modules that stand side by side, with all
    /// that is below them, and of a module with what is below it.
    pub fn circles(&self, root: &Path) -> Vec<String> {
        let shown = |module: &[String]| {
            let path = &self.files[module].path;
            path.strip_prefix(root).unwrap_or(path).display().to_string()
        };
        let (mut files, mut side_by_side) = (Arrows::new(), BTreeMap::<&[String], Arrows>::new());
        let arrows = self.arrows();
        for (from, to, what) in &arrows {
            let common = from.iter().zip(to).take_while(|(one, other)| one == other).count();
            let add = |arrows: &mut Arrows, from: &[String], to: &[String]| {
                let names = arrows.entry(shown(from)).or_default().entry(shown(to)).or_default();
                names.insert(what.clone());
            };
            if from.len() > common && to.len() > common {
                let level = side_by_side.entry(&from[..common]).or_default();
                add(level, &from[..=common], &to[..=common]);
            }
            add(&mut files, from, to);
        }
        let mut circles: Vec<_> = side_by_side.values().flat_map(shortest).collect();
        for (parent, file) in &self.files {
            let below: Vec<_> = self.files.keys().filter(|module| module.starts_with(parent)).collect();
            let names: BTreeSet<_> = below.iter().map(|module| shown(module)).collect();
            let mut within = files.clone();
            within.retain(|name, _| names.contains(name));
            within.values_mut().for_each(|ends| ends.retain(|name, _| names.contains(name)));
            let start = file.path.strip_prefix(root).unwrap_or(&file.path).display().to_string();
            circles.extend(circle(&within, &start).map(|circle| sentence(&within, &circle)));
        }
        circles
    }

    /// From a module to another that it names, and which name that is.
    fn arrows(&self) -> Vec<(Module, Module, String)> {
        let mut arrows = Vec::new();
        for (from, file) in &self.files {
            let handed_on = file.source.handed_on.iter();
            // What a module hands on of its own parts is their business, unless it uses that.
            let own = |path: &[String]| self.resolve(from, path).is_some_and(|(to, _)| to.starts_with(from));
            let handed_on = handed_on.filter(|(named, used)| *used || !own(&named.path)).map(|(named, _)| &named.path);
            for path in file.source.named.iter().chain(handed_on) {
                if let Some((to, what)) = self.resolve(from, path).filter(|(to, _)| to != from) {
                    arrows.push((from.clone(), to, what));
                }
            }
        }
        arrows
    }

    /// The module that a path leads to from this one, and what is named there; `None` where it leads
    /// out of the crate, or is none.
    fn resolve(&self, from: &Module, path: &[String]) -> Option<(Module, String)> {
        self.resolve_by(from, path, MOST_HANDS)
    }

    fn resolve_by(&self, from: &Module, path: &[String], hands: usize) -> Option<(Module, String)> {
        let (first, rest) = path.split_first()?;
        match first.as_str() {
            "crate" => self.follow(Vec::new(), rest, hands),
            "self" => self.follow(from.clone(), rest, hands),
            "super" => {
                let (_, parent) = from.split_last()?;
                let supers = rest.iter().take_while(|segment| *segment == "super").count();
                let up = parent.len().checked_sub(supers)?;
                self.follow(parent[..up].to_vec(), &rest[supers..], hands)
            }
            name if self.files[from].source.modules.iter().any(|module| module == name) => {
                self.follow(from.clone(), path, hands)
            }
            _ => None,
        }
    }

    /// Where a path leads that begins in a module, through what others hand on.
    fn follow(&self, mut module: Module, path: &[String], hands: usize) -> Option<(Module, String)> {
        for (at, segment) in path.iter().enumerate() {
            let child = [&module[..], std::slice::from_ref(segment)].concat();
            if self.files.contains_key(&child) {
                module = child;
                continue;
            }
            let handed_on = &self.files.get(&module)?.source.handed_on;
            if let Some((Named { path: target, .. }, _)) = handed_on.iter().find(|(named, _)| named.name == *segment) {
                let hands = hands.checked_sub(1)?;
                let (target, _) = self.resolve_by(&module, target, hands)?;
                return self.follow(target, &path[at + 1..], hands).map(|(to, _)| (to, segment.clone()));
            }
            return Some((module, segment.clone()));
        }
        let what = path.last().or(module.last()).cloned().unwrap_or_default();
        Some((module, what))
    }
}

/// The shortest circle through each node, each once.
fn shortest(arrows: &Arrows) -> Vec<String> {
    let mut circles: Vec<Vec<&String>> = Vec::new();
    for start in arrows.keys() {
        if let Some(circle) = circle(arrows, start) {
            let same = |known: &Vec<&String>| circle.iter().all(|node| known.contains(node));
            if !circles.iter().any(same) {
                circles.push(circle);
            }
        }
    }
    circles.iter().map(|circle| sentence(arrows, circle)).collect()
}

/// The shortest way from a node back to it.
fn circle<'a>(arrows: &'a Arrows, start: &'a String) -> Option<Vec<&'a String>> {
    let mut before: BTreeMap<&String, Option<&String>> = BTreeMap::from([(start, None)]);
    let mut left = VecDeque::from([start]);
    while let Some(node) = left.pop_front() {
        for next in arrows.get(node).into_iter().flatten().map(|(next, _)| next) {
            if next == start {
                let mut way = vec![node];
                while let Some(Some(previous)) = before.get(way[way.len() - 1]) {
                    way.push(previous);
                }
                way.reverse();
                return Some(way);
            }
            if !before.contains_key(next) {
                before.insert(next, Some(node));
                left.push_back(next);
            }
        }
    }
    None
}

fn sentence(arrows: &Arrows, circle: &[&String]) -> String {
    let ends = circle.iter().cycle().skip(1);
    let step = |(from, to): (&&String, &&String)| {
        let names: Vec<_> = arrows[*from][*to].iter().map(String::as_str).collect();
        format!("{from} names {} of {to}", names.join(", "))
    };
    circle.iter().zip(ends).map(step).collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    static COUNT: AtomicUsize = AtomicUsize::new(0);

    fn circles(files: &[(&str, &str)]) -> Vec<String> {
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("xtask-imports-{}-{number}", std::process::id()));
        for (path, text) in files {
            let path = folder.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        let circles = Graph::of_crate(&folder.join("lib.rs")).unwrap().circles(&folder);
        fs::remove_dir_all(&folder).unwrap();
        circles
    }

    #[test]
    fn two_files_that_name_each_other_are_a_circle_with_its_names() {
        let found = circles(&[
            ("lib.rs", "mod a; mod b;"),
            ("a.rs", "use crate::b::{C, D};"),
            ("b.rs", "fn e(_: super::a::F) {}"),
        ]);
        assert_eq!(found, ["a.rs names C, D of b.rs; b.rs names F of a.rs"]);
    }

    #[test]
    fn a_longer_circle_is_told_once() {
        let found = circles(&[
            ("lib.rs", "mod a; mod b; mod c;"),
            ("a.rs", "use crate::b::B;"),
            ("b.rs", "use crate::c::C;"),
            ("c.rs", "use crate::a::A;"),
        ]);
        assert_eq!(found.len(), 1, "{found:?}");
    }

    #[test]
    fn a_name_that_is_handed_on_leads_to_where_it_is_from() {
        let files = |b| {
            [
                ("lib.rs", "mod a; mod c; pub use a::b::B;"),
                ("a.rs", "pub mod b;"),
                ("a/b.rs", b),
                ("c.rs", "use crate::B;"),
            ]
        };
        assert_eq!(circles(&files("use crate::c::C;")).len(), 1);
        assert_eq!(circles(&files("")), [""; 0]);
    }

    #[test]
    fn a_module_may_hand_on_what_its_parts_have_and_not_use_it_if_they_use_the_module() {
        let files = |a| [("lib.rs", "mod a;"), ("a.rs", a), ("a/b.rs", "use super::A;")];
        assert_eq!(circles(&files("mod b; pub use b::B; pub struct A;")), [""; 0]);
        assert_eq!(circles(&files("mod b; pub use b::B; pub struct A(B);")).len(), 1);
        assert_eq!(circles(&files("mod b; use b::B; pub struct A;")).len(), 1);
    }

    #[test]
    fn folders_can_be_in_a_circle_whose_files_are_not() {
        let found = circles(&[
            ("lib.rs", "mod a; mod b;"),
            ("a.rs", "mod c; mod d;"),
            ("a/c.rs", "use crate::b::e::E;"),
            ("a/d.rs", ""),
            ("b.rs", "pub mod e; mod f;"),
            ("b/e.rs", ""),
            ("b/f.rs", "use crate::a::d::D;"),
        ]);
        assert_eq!(found, ["a.rs names E of b.rs; b.rs names D of a.rs"]);
    }

    #[test]
    fn what_only_tests_name_and_other_crates_are_no_circle() {
        let found = circles(&[
            ("lib.rs", "mod a; mod b;"),
            ("a.rs", "use crate::b::B; use other::c;"),
            ("b.rs", "use a::d; #[cfg(test)] mod tests { use crate::a::A; }"),
        ]);
        assert_eq!(found, [""; 0]);
    }
}
