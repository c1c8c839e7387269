//! Every chore of this project, one command each: `cargo xtask`.

mod demo;
mod dist;
mod environment;
mod generated;
mod http;
mod lint;
mod node;
mod process;
mod project;
mod sandbox;
mod sdk;
mod story;
mod test;
mod toolchain;
mod ui;
mod wasm;

use std::process::ExitCode;

use anyhow::Result;

use project::Project;
use toolchain::Toolchain;
use ui::Paint;

/// One chore: its name, what it does, and how.
struct Chore {
    name: &'static str,
    about: &'static str,
    run: fn(&Project) -> Result<()>,
}

/// In the order in which a newcomer meets them.
const CHORES: [Chore; 7] = [
    Chore { name: "demo", about: "show the plugin at work, against a JustClick stand-in", run: demo::chore },
    Chore { name: "test", about: "run every test this machine can run", run: test::chore },
    Chore { name: "dist", about: "build the bundle: dist/justclick.wasm and what describes it", run: dist::chore },
    Chore { name: "lint", about: "check formatting, and Clippy over all code", run: lint::chore },
    Chore {
        name: "manifest",
        about: "rewrite the description and the JSON Schemas in manifest/",
        run: generated::manifest,
    },
    Chore {
        name: "vectors",
        about: "rewrite the known answers in tests/vectors/ (takes PHP)",
        run: generated::vectors,
    },
    Chore {
        name: "toolchain",
        about: "set up what the others build with, and nothing else",
        run: |_| Toolchain::find_or_set_up().map(drop),
    },
];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words[..] {
        [] | ["help" | "--help" | "-h"] => {
            println!("{}", help());
            ExitCode::SUCCESS
        }
        [name] => match find(name) {
            Some(chore) => perform(chore),
            None => misused(&format!("there is no chore {name:?}")),
        },
        [name, ..] => misused(&format!("{name} takes no arguments")),
    }
}

fn perform(chore: &Chore) -> ExitCode {
    match Project::find().and_then(|project| (chore.run)(&project)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{}: {error:#}", Paint::stderr().red("error"));
            ExitCode::FAILURE
        }
    }
}

fn misused(what: &str) -> ExitCode {
    eprintln!("error: {what}\n\n{}", help());
    ExitCode::from(2)
}

fn find(name: &str) -> Option<&'static Chore> {
    CHORES.iter().find(|chore| chore.name == name)
}

fn help() -> String {
    let chores: String = CHORES.iter().map(|chore| format!("\n  {:<10} {}", chore.name, chore.about)).collect();
    format!(
        "Usage: cargo xtask CHORE

Each chore sets up what it is missing and says so.
{chores}

Variables: XTASK_TOOLCHAIN=rustup or =debian allows one way of getting a compiler only;
CI=true makes a test that can't run a failure; NO_COLOR=1 turns colours off."
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_help_names_every_chore_once() {
        let help = help();
        for chore in &CHORES {
            assert_eq!(help.matches(&format!("\n  {} ", chore.name)).count(), 1, "{}", chore.name);
            assert_eq!(find(chore.name).map(|found| found.name), Some(chore.name));
        }
        assert!(find("deploy").is_none());
    }
}
