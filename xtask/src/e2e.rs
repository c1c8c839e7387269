//! `cargo xtask e2e`: the plugin inside real platforms and engines.
//!
//! Each suite is a script beside what it tests. It installs the real platform, runs it against a
//! sandbox and a made-up shop of its own, and ends with the line `e2e NAME: N checks passed`. A script
//! gets:
//!
//! | variable | |
//! |---|---|
//! | `JUSTCLICK_BUNDLE` | the bundle's folder |
//! | `SANDBOX_URL` | a fresh sandbox with its sample orders |
//! | `SANDBOX_LOGIN`, `SANDBOX_KEY` | the account that it knows |
//! | `SHOP_BUNDLE` | the folder of the made-up plugin's bundle |
//! | `SHOP_URL`, `SHOP_TOKEN` | a fresh service of that plugin, and the token that it knows: [its README](../../plugins/shop/service/README.md) |
//! | `REDMINE_BUNDLE` | the folder of the bundle of the plugin for Redmine, for the suite that has one |
//! | `E2E_WORK` | a folder for what is downloaded and written; it is kept between runs |
//! | `PLUGIN_HOST`, `SANDBOX`, `SHOP_SERVICE` | the built programs, for suites that start their own |
//! | `XTASK` | this program, for the suite that runs its chores |

use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result, bail};
use toolchain::ui::{Paint, say};
use toolchain::{environment, process};

use crate::plugins::{REDMINE, SHOP};
use crate::project::Project;
use crate::sandbox::{API_KEY, LOGIN, Sandbox};
use crate::service::{SHOP_TOKEN, Service};
use crate::{dist, needed, programs};

/// One platform or engine.
struct Suite {
    name: &'static str,
    /// Where its script runs, from the project's root.
    folder: &'static str,
    /// The interpreter, the script, and its arguments.
    command: &'static [&'static str],
}

/// A suite in JavaScript of one of the platforms' packages, or of a plugin.
const fn node(name: &'static str, folder: &'static str) -> Suite {
    Suite { name, folder, command: &["node", "e2e/run.mjs"] }
}

/// A suite in JavaScript of one of the host's faces.
const fn host(name: &'static str, folder: &'static str) -> Suite {
    Suite { name, folder, command: &["node", "run.mjs"] }
}

/// A suite of the Python package.
const fn python(name: &'static str, command: &'static [&'static str]) -> Suite {
    Suite { name, folder: "platforms/python", command }
}

const SUITES: [Suite; 16] = [
    node("js", "platforms/js"),
    node("n8n", "platforms/n8n"),
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
    host("release", "tests/e2e/release"),
    host("install", "tests/e2e/install"),
    node("redmine", "plugins/redmine"),
    node("assemblyscript", "plugins/assemblyscript"),
];

/// Runs the suites of these names, or all of them.
///
/// # Errors
/// When a name is not one of them, or with the names of those that failed.
pub fn chore(project: &Project, names: &[String]) -> Result<()> {
    let suites = chosen(names)?;
    let toolchain = needed::toolchain()?;
    dist::build(project, &toolchain)?;
    programs::build(project, &toolchain)?;
    let mut failed = Vec::new();
    let mut summary = Vec::new();
    for suite in suites {
        let begun = Instant::now();
        say(format!("e2e: {}", suite.name));
        let word = match run(project, suite) {
            Ok(()) => Paint::stdout().green("passed"),
            Err(error) => {
                eprintln!("{}: {error:#}", Paint::stderr().red("error"));
                failed.push(suite.name);
                Paint::stdout().red("FAILED")
            }
        };
        summary.push(format!("{word}   {} ({:.0} s)", suite.name, begun.elapsed().as_secs_f32()));
    }
    println!("\n{}", summary.join("\n"));
    if !failed.is_empty() {
        bail!("{} of {} e2e suites failed: {}", failed.len(), summary.len(), failed.join(", "));
    }
    println!("all {} e2e suites passed", summary.len());
    Ok(())
}

fn chosen(names: &[String]) -> Result<Vec<&'static Suite>> {
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

fn run(project: &Project, suite: &Suite) -> Result<()> {
    let work = project.target().join("e2e").join(suite.name);
    std::fs::create_dir_all(&work).with_context(|| format!("can't make {}", work.display()))?;
    let (program, arguments) = suite.command.split_first().context("the suite has no command")?;
    let program = process::find(program).with_context(|| format!("{program} is missing"))?;
    let (sandbox, shop) = (Sandbox::start(project)?, Service::shop(project)?);
    let mut command = Command::new(program);
    command
        .args(arguments)
        .current_dir(project.root().join(suite.folder))
        .env("JUSTCLICK_BUNDLE", project.dist())
        .env("SANDBOX_URL", sandbox.base())
        .env("SANDBOX_LOGIN", LOGIN)
        .env("SANDBOX_KEY", API_KEY)
        .env("SHOP_BUNDLE", SHOP.dist(project))
        .env("REDMINE_BUNDLE", REDMINE.dist(project))
        .env("SHOP_URL", shop.base())
        .env("SHOP_TOKEN", SHOP_TOKEN)
        .env("E2E_WORK", work)
        .env("XTASK", std::env::current_exe().context("this program has no path")?)
        .env("PLUGIN_HOST", project.program("plugin-host"))
        .env("SANDBOX", project.program("justclick-sandbox"))
        .env("SHOP_SERVICE", project.program("shop-service"));
    environment::clean(&mut command);
    environment::reach_loopback(&mut command);
    process::run(suite.name, &mut command)
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
    fn every_suite_has_its_script() {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        for suite in &SUITES {
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
