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
//!
//! Much of a suite is waiting: for a download, for a server, for the next time that a platform looks. So several
//! are run at a time, and what each of them prints is shown whole when it has ended.

mod suites;

use std::fs::File;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result, bail};
use toolchain::ui::{Paint, say};
use toolchain::{environment, process};

use crate::plugins::{REDMINE, SHOP};
use crate::project::Project;
use crate::sandbox::{API_KEY, LOGIN, Sandbox};
use crate::service::{SHOP_TOKEN, Service};
use crate::{dist, lanes, needed, programs};
use suites::{Suite, chosen};

/// How many suites are run at a time: with two, which is what has been tried, two processors are busy.
const AT_A_TIME: usize = 2;

/// Runs the suites of these names, or all of them.
///
/// # Errors
/// When a name is not one of them, or with the names of those that failed.
pub fn chore(project: &Project, names: &[String]) -> Result<()> {
    let suites = chosen(names)?;
    let toolchain = needed::toolchain()?;
    dist::build(project, &toolchain)?;
    programs::build(project, &toolchain)?;
    let alone = suites.len() == 1;
    let outcomes = lanes::run(suites, AT_A_TIME, |suite| {
        say(format!("e2e: {} is run", suite.name));
        let begun = Instant::now();
        // One alone is watched by whoever asked for it.
        let result = if alone { run(project, suite, None) } else { aside(project, suite) };
        if let Err(error) = &result {
            eprintln!("{}: {error:#}", Paint::stderr().red("error"));
        }
        Outcome { name: suite.name, passed: result.is_ok(), seconds: begun.elapsed().as_secs_f32() }
    });
    let mut summary = Vec::new();
    for outcome in &outcomes {
        let word = if outcome.passed { Paint::stdout().green("passed") } else { Paint::stdout().red("FAILED") };
        summary.push(format!("{word}   {} ({:.0} s)", outcome.name, outcome.seconds));
    }
    println!("\n{}", summary.join("\n"));
    let failed: Vec<_> = outcomes.iter().filter(|outcome| !outcome.passed).map(|outcome| outcome.name).collect();
    if !failed.is_empty() {
        bail!("{} of {} e2e suites failed: {}", failed.len(), summary.len(), failed.join(", "));
    }
    println!("all {} e2e suites passed", summary.len());
    Ok(())
}

/// What came of a suite.
struct Outcome {
    name: &'static str,
    passed: bool,
    seconds: f32,
}

/// Runs a suite beside others: what it prints is shown when it has ended.
fn aside(project: &Project, suite: &Suite) -> Result<()> {
    let folder = project.target().join("e2e");
    std::fs::create_dir_all(&folder).with_context(|| format!("can't make {}", folder.display()))?;
    let log = folder.join(format!("{}.log", suite.name));
    let result = run(project, suite, Some(&log));
    let printed = std::fs::read(&log).with_context(|| format!("can't read {}", log.display()))?;
    println!("\n{} e2e: {}\n{}", Paint::stdout().bold("»"), suite.name, String::from_utf8_lossy(&printed));
    result
}

/// Runs a suite. What it prints goes to a file, or without one to this terminal.
fn run(project: &Project, suite: &Suite, log: Option<&Path>) -> Result<()> {
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
    if let Some(log) = log {
        let file = File::create(log).with_context(|| format!("can't write {}", log.display()))?;
        command.stdout(file.try_clone()?).stderr(file);
    }
    process::run(suite.name, &mut command)
}
