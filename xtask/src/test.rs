//! `cargo xtask test`: everything that can be checked on this machine, the quick parts first.

use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use toolchain::Toolchain;
use toolchain::ui::{self, Paint, say};
use toolchain::{environment, process};

use crate::project::{DIST, Project};
use crate::sandbox::Sandbox;
use crate::{clippy, dist, generated, needed, programs, sdk};

/// Runs everything, and says at the end what ran and what could not.
///
/// # Errors
/// When a step fails, or, on a CI machine, when one could not run.
pub fn chore(project: &Project) -> Result<()> {
    let toolchain = needed::toolchain()?;
    let mut report = Report::default();

    report
        .run_with("php", "apt-get install php-cli", "vectors against real PHP", || generated::check_vectors(project))?;
    report.run("bundle", || dist::build(project, &toolchain))?;
    report.run("native tests, and the module in the Rust SDK", || native(project, &toolchain))?;
    // Those that talk to a sandbox from outside of the tests share one.
    programs::build(project, &toolchain)?;
    let sandbox = Sandbox::start(project)?;
    report.run("docs/sdks.md's lines for Rust", || sdk::rust(project, &sandbox))?;
    report.run_with("python3", "apt-get install python3 python3-pip", "the module in the Python SDK", || {
        sdk::python(project, &sandbox)
    })?;
    for version in sdk::JAVASCRIPT {
        let name = format!("the module in the JavaScript SDK {version}");
        report.run_with("node", "see https://nodejs.org", &name, || sdk::javascript(project, &sandbox, version))?;
    }
    report.close(ui::on_ci())
}

fn native(project: &Project, toolchain: &Toolchain) -> Result<()> {
    let mut command = clippy::cargo(toolchain)?;
    command.args(["test", "--workspace"]).env(DIST, project.dist()).current_dir(project.root());
    environment::reach_loopback(&mut command);
    process::run("native tests", &mut command)
}

/// What ran, and what did not.
#[derive(Default)]
struct Report {
    passed: Vec<(String, Duration)>,
    not_run: Vec<String>,
}

impl Report {
    fn run(&mut self, name: &str, step: impl FnOnce() -> Result<()>) -> Result<()> {
        say(format!("test: {name}"));
        let begun = Instant::now();
        step()?;
        self.passed.push((name.to_owned(), begun.elapsed()));
        Ok(())
    }

    /// Runs a step that takes a program not everyone has.
    fn run_with(&mut self, program: &str, install: &str, name: &str, step: impl FnOnce() -> Result<()>) -> Result<()> {
        if process::find(program).is_some() {
            return self.run(name, step);
        }
        say(format!("test: {name}: NOT RUN, {program} is missing"));
        self.not_run.push(format!("{name}: {program} is missing; to install it: {install}"));
        Ok(())
    }

    /// Prints the summary. Nothing may be left out on a CI machine.
    fn close(self, on_ci: bool) -> Result<()> {
        println!("\n{}", self.summary(Paint::stdout()));
        if on_ci && !self.not_run.is_empty() {
            bail!("{} of the tests could not run, and CI is set", self.not_run.len());
        }
        Ok(())
    }

    fn summary(&self, paint: Paint) -> String {
        let mut lines = Vec::new();
        for (name, took) in &self.passed {
            lines.push(format!("{}   {name} ({:.1} s)", paint.green("passed "), took.as_secs_f32()));
        }
        for what in &self.not_run {
            lines.push(format!("{}   {what}", paint.yellow("NOT RUN")));
        }
        lines.push(match (self.passed.len(), self.not_run.len()) {
            (passed, 0) => format!("all {passed} test steps passed"),
            (passed, missing) => format!("{passed} test steps passed, {missing} NOT RUN"),
        });
        lines.join("\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOT_THERE: &str = "no-such-program-anywhere";

    #[test]
    fn what_ran_and_what_did_not_is_in_the_summary() {
        let mut report = Report::default();
        report.run("one", || Ok(())).unwrap();
        report.run_with(NOT_THERE, "get it", "two", || bail!("must not run")).unwrap();
        let summary = report.summary(Paint::none());
        assert!(summary.contains("passed    one"), "{summary}");
        assert!(
            summary.contains("NOT RUN   two: no-such-program-anywhere is missing; to install it: get it"),
            "{summary}"
        );
        assert!(summary.ends_with("1 test steps passed, 1 NOT RUN"), "{summary}");
    }

    #[test]
    fn a_failing_step_stops_the_run() {
        assert!(Report::default().run("one", || bail!("broken")).is_err());
    }

    #[test]
    fn a_step_that_could_not_run_is_a_failure_on_ci_alone() {
        let report = || {
            let mut report = Report::default();
            report.run_with(NOT_THERE, "get it", "two", || Ok(())).unwrap();
            report
        };
        assert!(report().close(true).is_err());
        assert!(report().close(false).is_ok());
    }
}
