//! Every chore of this project, one command each: `cargo xtask`.

mod audit;
mod bench;
mod book;
mod clippy;
mod demo;
mod dependencies;
mod dist;
mod e2e;
mod fuzz;
mod generated;
mod http;
mod imports;
mod lanes;
mod links;
mod lint;
mod needed;
mod plugins;
mod programs;
mod project;
mod proofs;
mod reference;
mod release;
mod sandbox;
mod sdk;
mod service;
mod shells;
mod story;
mod test;
mod tools;
mod wasm;

use std::process::ExitCode;

use anyhow::Result;

use project::Project;
use toolchain::ui::Paint;

/// One chore: its name, what it does, and how.
struct Chore {
    name: &'static str,
    /// The arguments it takes, as the help shows them; empty where it takes none.
    arguments: &'static str,
    about: &'static str,
    run: fn(&Project, &[String]) -> Result<()>,
}

/// In the order in which a newcomer meets them.
const CHORES: [Chore; 13] = [
    Chore {
        name: "demo",
        arguments: "",
        about: "show the plugin at work, against a JustClick stand-in",
        run: |project, _| demo::chore(project),
    },
    Chore {
        name: "test",
        arguments: "",
        about: "run every test this machine can run",
        run: |project, _| test::chore(project),
    },
    Chore {
        name: "e2e",
        arguments: "[NAME…]",
        about: "install real platforms and engines, and run the plugin in them",
        run: e2e::chore,
    },
    Chore {
        name: "dist",
        arguments: "",
        about: "build the bundles: each plugin in dist/ with what describes it",
        run: |project, _| dist::chore(project),
    },
    Chore {
        name: "release",
        arguments: "[--out FOLDER] [--profile release|dev] [--allow-dirty]",
        about: "make all that is handed out, with sums and a signature: target/release-files",
        run: release::chore,
    },
    Chore {
        name: "bench",
        arguments: "[--quick] [--only PART…] [--json]",
        about: "measure the host side by side with others, and write benches/results/; --only js,python,n8n: the packages",
        run: bench::chore,
    },
    Chore {
        name: "fuzz",
        arguments: "[TARGET…] [--seconds N] [--seed N]",
        about: "feed what reads bytes from outside with bytes that nobody thought of, a minute each",
        run: fuzz::chore,
    },
    Chore {
        name: "lint",
        arguments: "",
        about: "check formatting, links, imports that run in circles, licences, and Clippy over all code",
        run: |project, _| lint::chore(project),
    },
    Chore {
        name: "audit",
        arguments: "",
        about: "ask RustSec, npm and PyPI what is known to be unsafe in what this is made of",
        run: |project, _| audit::chore(project),
    },
    Chore {
        name: "manifest",
        arguments: "",
        about: "rewrite the description and the JSON Schemas in manifest/, and docs/reference/",
        run: |project, _| generated::manifest(project),
    },
    Chore {
        name: "book",
        arguments: "",
        about: "make one book of all pages, with a search: target/book/html",
        run: |project, _| book::chore(project),
    },
    Chore {
        name: "vectors",
        arguments: "",
        about: "rewrite the known answers in tests/vectors/ (takes PHP)",
        run: |project, _| generated::vectors(project),
    },
    Chore {
        name: "toolchain",
        arguments: "",
        about: "set up what the others build with, and nothing else",
        run: |_, _| needed::toolchain().map(drop),
    },
];

fn main() -> ExitCode {
    if fuzz::instrument::is_asked() {
        return fuzz::instrument::compile(std::env::args_os().skip(1));
    }
    let words: Vec<String> = std::env::args().skip(1).collect();
    let Some((name, arguments)) = words.split_first() else {
        println!("{}", help());
        return ExitCode::SUCCESS;
    };
    match find(name) {
        _ if matches!(name.as_str(), "help" | "--help" | "-h") => {
            println!("{}", help());
            ExitCode::SUCCESS
        }
        None => misused(&format!("there is no chore {name:?}")),
        Some(chore) if chore.arguments.is_empty() && !arguments.is_empty() => {
            misused(&format!("{name} takes no arguments"))
        }
        Some(chore) => perform(chore, arguments),
    }
}

fn perform(chore: &Chore, arguments: &[String]) -> ExitCode {
    match Project::find().and_then(|project| (chore.run)(&project, arguments)) {
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
    let usage = |chore: &Chore| format!("{} {}", chore.name, chore.arguments);
    let width = CHORES.iter().map(|chore| usage(chore).len()).max().unwrap_or_default();
    let chores: String = CHORES.iter().map(|chore| format!("\n  {:<width$} {}", usage(chore), chore.about)).collect();
    format!(
        "Usage: cargo xtask CHORE [ARGUMENT…]

Each chore sets up what it is missing and says so.
{chores}

Variables: XTASK_TOOLCHAIN=rustup or =debian allows one way of getting a compiler only;
XTASK_CLIPPY=1 has Clippy compile what is tested, and lint leave that to it;
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
