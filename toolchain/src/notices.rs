//! The notices of what is inside a module or a program: the crates that are compiled into it, and their licences.

use std::collections::BTreeMap;
use std::path::Path;

use crate::crates::Crate;

/// The text that has to go wherever a module or a program of these crates goes.
pub fn of(crates: &[Crate]) -> String {
    let parts: Vec<_> = crates.iter().map(|it| (it, licences(&it.folder))).collect();
    written(&parts)
}

/// The licence files in a folder, by name.
fn licences(folder: &Path) -> BTreeMap<String, String> {
    let entries = folder.read_dir().into_iter().flatten().flatten();
    let names = entries.map(|entry| entry.file_name().to_string_lossy().into_owned());
    let is_licence = |name: &String| {
        let name = name.to_ascii_uppercase();
        ["LICENSE", "LICENCE", "COPYING", "NOTICE", "COPYRIGHT"].iter().any(|start| name.starts_with(start))
    };
    let read = |name: String| Some((name.clone(), std::fs::read_to_string(folder.join(name)).ok()?));
    names.filter(is_licence).filter_map(read).collect()
}

/// Each crate with its licence; texts that several have stand there once.
fn written(parts: &[(&Crate, BTreeMap<String, String>)]) -> String {
    let mut page = "In it is code of these crates, and of Rust's standard library (MIT OR Apache-2.0).\n".to_owned();
    let mut texts: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (Crate { name, version, licence, repository, .. }, own) in parts {
        page += &format!("\n{name} {version}: {licence}\n{repository}\n");
        for (file, text) in own {
            texts.entry(text.trim()).or_default().push(format!("{name} {version}, {file}"));
        }
    }
    for (text, files) in texts {
        page += &format!("\n{}\n{}\n\n{text}\n", "-".repeat(80), files.join("\n"));
    }
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_licence_that_several_have_stands_there_once() {
        let part = |name: &str| Crate {
            name: name.to_owned(),
            version: "1.0.0".to_owned(),
            licence: "MIT".to_owned(),
            repository: String::new(),
            folder: "".into(),
        };
        let texts = || BTreeMap::from([("LICENSE".to_owned(), "Permission is granted\n".to_owned())]);
        let page = written(&[(&part("a"), texts()), (&part("b"), texts())]);
        assert_eq!(page.matches("Permission is granted").count(), 1);
        assert!(page.contains("a 1.0.0, LICENSE\nb 1.0.0, LICENSE\n"));
    }
}
