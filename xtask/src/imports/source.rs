//! What a file says of modules: which it declares, hands on, and names.

use super::tokens;

/// A path, segment by segment, and the name that it is known by where it is imported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    pub path: Vec<String>,
    pub name: String,
}

/// What a source text says.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Source {
    /// The modules that have files of their own.
    pub modules: Vec<String>,
    /// What it imports for others, and whether it uses that itself.
    pub handed_on: Vec<(Named, bool)>,
    /// The paths that it names: imports, and those in the code.
    pub named: Vec<Vec<String>>,
}

impl Source {
    /// Reads a source text.
    pub fn read(text: &str) -> Self {
        let tokens = tokens::of(text);
        let (mut source, mut imports) = (Self::default(), Vec::new());
        let mut used = Vec::new();
        let mut at = 0;
        while at < tokens.len() {
            let public = is_public(&tokens[..at]);
            let rest = &tokens[at..];
            at += match rest {
                ["mod", name, ";", ..] => {
                    source.modules.push((*name).to_owned());
                    3
                }
                ["use", ..] => {
                    let length = rest.iter().position(|token| *token == ";").unwrap_or(rest.len());
                    let mut found = Vec::new();
                    tree(&rest[1..length], &[], &mut found);
                    imports.extend(found.into_iter().map(|named| (named, public)));
                    length
                }
                [first, "::", ..] if tokens::is_name(first) => {
                    let length = path(rest);
                    used.extend(rest[..length].iter().step_by(2).copied());
                    source.named.push(rest[..length].iter().step_by(2).map(|part| (*part).to_owned()).collect());
                    length
                }
                _ => {
                    used.push(rest[0]);
                    1
                }
            };
        }
        for (named, public) in imports {
            if public {
                let is_used = used.contains(&named.name.as_str());
                source.handed_on.push((named, is_used));
            } else {
                source.named.push(named.path);
            }
        }
        source
    }
}

/// Whether what follows these tokens is public, however far.
fn is_public(before: &[&str]) -> bool {
    match before {
        [.., "pub"] => true,
        [.., ")"] => {
            let open = before.iter().rposition(|token| *token == "(");
            open.is_some_and(|open| open > 0 && before[open - 1] == "pub")
        }
        _ => false,
    }
}

/// How many tokens a path has: names with `::` in between.
fn path(tokens: &[&str]) -> usize {
    let mut length = 1;
    while let [_, "::", next, ..] = &tokens[length - 1..] {
        if !tokens::is_name(next) {
            break;
        }
        length += 2;
    }
    length
}

/// The paths of an import, whose parts before this one are the prefix.
fn tree(tokens: &[&str], prefix: &[String], found: &mut Vec<Named>) {
    for branch in branches(tokens) {
        let length = match branch {
            [] => continue,
            ["{", within @ .., "}"] => {
                tree(within, prefix, found);
                continue;
            }
            _ => path(branch),
        };
        let parts = branch[..length].iter().step_by(2).filter(|part| tokens::is_name(part));
        let whole: Vec<String> = prefix.iter().cloned().chain(parts.map(|part| (*part).to_owned())).collect();
        match &branch[length..] {
            ["::", "{", within @ .., "}"] => tree(within, &whole, found),
            rest => {
                let known_by = match rest {
                    ["as", name] => (*name).to_owned(),
                    _ => whole.last().cloned().unwrap_or_default(),
                };
                let is_glob = matches!(rest, ["::", "*"]) || branch[0] == "*";
                let is_module = whole.last().is_some_and(|last| last == "self") && whole.len() > 1;
                let path = if is_module { whole[..whole.len() - 1].to_vec() } else { whole };
                let name = if is_glob { "*".to_owned() } else { known_by };
                let name = if is_module && name == "self" { path.last().cloned().unwrap_or_default() } else { name };
                found.push(Named { path, name });
            }
        }
    }
}

/// The parts between the commas that are in no braces.
fn branches<'a, 'b>(tokens: &'b [&'a str]) -> Vec<&'b [&'a str]> {
    let mut depth = 0;
    let parts = tokens.split(move |token| {
        match *token {
            "{" => depth += 1,
            "}" => depth -= 1,
            _ => {}
        }
        depth == 0 && *token == ","
    });
    parts.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(text: &str) -> Vec<String> {
        let mut paths: Vec<_> = Source::read(text).named.iter().map(|path| path.join("::")).collect();
        paths.sort();
        paths
    }

    #[test]
    fn imports_are_taken_apart() {
        assert_eq!(paths("use a::b;"), ["a::b"]);
        assert_eq!(
            paths("use a::{b, c::{self, d as e}, f::*}; use g::{self};"),
            ["a::b", "a::c", "a::c::d", "a::f", "g"]
        );
        assert_eq!(paths("use super::*;"), ["super"]);
        assert_eq!(paths("use {a::b, c};"), ["a::b", "c"]);
    }

    #[test]
    fn paths_in_the_code_are_found() {
        assert_eq!(paths("fn a(b: crate::c::D) -> e::F { g::<H>() }"), ["crate::c::D", "e::F", "g"]);
    }

    #[test]
    fn what_is_handed_on_is_known_with_whether_it_is_used_here() {
        let source = Source::read("mod a; pub mod b; pub use a::{C, D}; pub(crate) use b::e as f; fn g(_: C) {}");
        assert_eq!(source.modules, ["a", "b"]);
        let handed_on: Vec<_> =
            source.handed_on.iter().map(|(named, used)| (named.path.join("::"), named.name.as_str(), *used)).collect();
        let expected = [("a::C", "C", true), ("a::D", "D", false), ("b::e", "f", false)];
        assert_eq!(handed_on, expected.map(|(path, name, used)| (path.to_owned(), name, used)));
        assert_eq!(source.named, Vec::<Vec<String>>::new());
    }
}
