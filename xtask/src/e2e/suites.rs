//! The suites there are.

use anyhow::{Context, Result};

use crate::lanes::Task;

/// One platform or engine.
pub struct Suite {
    /// What it is called.
    pub name: &'static str,
    /// Where its script runs, from the project's root.
    pub folder: &'static str,
    /// The interpreter, the script, and its arguments.
    pub command: &'static [&'static str],
    /// The suites that have to end before it begins, as it uses what they install.
    pub after: &'static [&'static str],
}

impl Task for &'static Suite {
    fn name(&self) -> &str {
        self.name
    }

    fn after(&self) -> &[&str] {
        self.after
    }
}

/// A suite in JavaScript of one of the platforms' packages, or of a plugin.
const fn node(name: &'static str, folder: &'static str) -> Suite {
    Suite { name, folder, command: &["node", "e2e/run.mjs"], after: &[] }
}

/// A suite in JavaScript of one of the host's faces.
const fn host(name: &'static str, folder: &'static str) -> Suite {
    Suite { name, folder, command: &["node", "run.mjs"], after: &[] }
}

/// A suite of the Python package.
const fn python(name: &'static str, command: &'static [&'static str]) -> Suite {
    Suite { name, folder: "platforms/python", command, after: &[] }
}

/// Those that take longest, and what others wait for, first.
const SUITES: [Suite; 16] = [
    node("n8n", "platforms/n8n"),
    host("release", "tests/e2e/release"),
    node("js", "platforms/js"),
    node("node-red", "platforms/node-red"),
    node("zapier", "platforms/zapier"),
    python("python", &["python3", "e2e/run.py", "python"]),
    python("airflow", &["python3", "e2e/run.py", "airflow"]),
    python("prefect", &["python3", "e2e/run.py", "prefect"]),
    host("mcp", "tests/e2e/mcp"),
    host("restate", "tests/e2e/restate"),
    host("serve", "tests/e2e/serve"),
    host("operations", "tests/e2e/operations"),
    host("authors", "tests/e2e/authors"),
    host("install", "tests/e2e/install"),
    Suite { after: &["mcp", "node-red", "zapier", "airflow", "n8n"], ..node("redmine", "plugins/redmine") },
    Suite { after: &["mcp"], ..node("assemblyscript", "plugins/assemblyscript") },
];

/// The suites of these names, or all of them.
///
/// # Errors
/// When a name is not one of them.
pub fn chosen(names: &[String]) -> Result<Vec<&'static Suite>> {
    if names.is_empty() {
        return Ok(SUITES.iter().collect());
    }
    let find = |name: &String| {
        SUITES.iter().find(|suite| suite.name == name).with_context(|| {
            let all: Vec<_> = SUITES.iter().map(|suite| suite.name).collect();
            format!("there is no e2e suite {name:?}; there are {}", all.join(", "))
        })
    };
    names.iter().map(find).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_means_all_and_an_unknown_one_is_told_with_those_there_are() {
        assert_eq!(chosen(&[]).unwrap().len(), SUITES.len());
        let one = chosen(&["zapier".to_owned()]).unwrap();
        assert_eq!((one.len(), one[0].name), (1, "zapier"));
        let refusal = chosen(&["zapir".to_owned()]).err().unwrap().to_string();
        assert!(refusal.contains("zapir") && refusal.contains("zapier"), "{refusal}");
    }

    #[test]
    fn every_suite_has_its_script_and_what_it_comes_after() {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        for suite in &SUITES {
            let before =
                |name: &&str| SUITES.iter().any(|other| other.name == *name && !other.after.contains(&suite.name));
            assert!(suite.after.iter().all(before), "{} comes after what there is", suite.name);
            let script = root.join(suite.folder).join(suite.command[1]);
            assert!(script.is_file(), "{} is missing", script.display());
        }
    }

    /// What a script in JavaScript imports before it runs its first line.
    fn imported(script: &str) -> impl Iterator<Item = &str> {
        let statements = script.lines().filter(|line| line.starts_with("import ") || line.starts_with("} from "));
        statements.filter_map(|line| line.split('\'').nth(1))
    }

    #[test]
    fn every_suite_in_javascript_begins_without_an_installed_package() {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        for suite in SUITES.iter().filter(|suite| suite.command[0] == "node") {
            let mut scripts = vec![root.join(suite.folder).join(suite.command[1])];
            let mut next = 0;
            while let Some(script) = scripts.get(next).cloned() {
                next += 1;
                let text = std::fs::read_to_string(&script).unwrap();
                for import in imported(&text).filter(|import| !import.starts_with("node:")) {
                    assert!(import.starts_with('.'), "{} imports {import} before it is installed", script.display());
                    let file = script.parent().unwrap().join(import).canonicalize().unwrap();
                    if !scripts.contains(&file) {
                        scripts.push(file);
                    }
                }
            }
        }
    }
}
