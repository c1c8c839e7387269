//! `cargo xtask bench`: how fast the host is beside what else could make the same calls, and what the packages in
//! JavaScript and Python add.

use std::process::Command;

use anyhow::Result;
use toolchain::ui::say;
use toolchain::{environment, process};

use crate::project::Project;
use crate::{dist, needed, programs};

/// The parts that need no release build of the host.
const SDKS: [&str; 3] = ["js", "python", "n8n"];

/// Builds everything as it is released, and hands the arguments on to what measures the parts that are wanted.
///
/// # Errors
/// When a step fails.
pub fn chore(project: &Project, arguments: &[String]) -> Result<()> {
    let toolchain = needed::toolchain()?;
    dist::build(project, &toolchain)?;
    let Wanted { host, sdks } = wanted(arguments);
    if let Some(arguments) = host {
        say("building what is measured (the first time this takes half an hour)");
        programs::build_released(project, &toolchain, &["plugin-host", "benches"])?;
        measure(project, "benches", &arguments)?;
    }
    let Some(mut arguments) = sdks else { return Ok(()) };
    if arguments.last().is_none_or(|parts| parts.contains("python")) {
        programs::build(project, &toolchain)?;
    }
    programs::build_released(project, &toolchain, &["bench-sdks"])?;
    let place = |path: std::path::PathBuf| path.to_string_lossy().into_owned();
    arguments.extend(["--work".to_owned(), place(project.target().join("bench"))]);
    arguments.extend(["--plugin-host".to_owned(), place(project.program("plugin-host"))]);
    measure(project, "bench-sdks", &arguments)
}

fn measure(project: &Project, program: &str, arguments: &[String]) -> Result<()> {
    let mut command = Command::new(project.released(program));
    command.args(arguments).current_dir(project.root());
    environment::clean(&mut command);
    process::run("bench", &mut command)
}

/// What each program that measures is asked for; none where it has nothing to do.
#[derive(Debug, PartialEq, Eq)]
struct Wanted {
    host: Option<Vec<String>>,
    sdks: Option<Vec<String>>,
}

/// Deals out the parts behind `--only`, which is last then. Without it, the host is measured alone: languages are asked
/// for by name.
fn wanted(arguments: &[String]) -> Wanted {
    let (mut rest, mut parts) = (Vec::new(), None);
    let mut words = arguments.iter();
    while let Some(word) = words.next() {
        match word.strip_prefix("--only") {
            Some("") => parts = words.next().cloned(),
            Some(value) if value.starts_with('=') => parts = Some(value[1..].to_owned()),
            _ => rest.push(word.clone()),
        }
    }
    let Some(parts) = parts else { return Wanted { host: Some(rest), sdks: None } };
    let (sdks, host): (Vec<&str>, Vec<&str>) = parts.split(',').partition(|part| SDKS.contains(part));
    let asked = |parts: Vec<&str>| {
        let only = ["--only".to_owned(), parts.join(",")];
        (!parts.is_empty()).then(|| rest.iter().cloned().chain(only).collect())
    };
    Wanted { host: asked(host), sdks: asked(sdks) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(arguments: &str) -> (Option<String>, Option<String>) {
        let words: Vec<String> = arguments.split_whitespace().map(str::to_owned).collect();
        let Wanted { host, sdks } = wanted(&words);
        (host.map(|it| it.join(" ")), sdks.map(|it| it.join(" ")))
    }

    #[test]
    fn parts_go_to_the_program_that_measures_them() {
        let text = |text: &str| Some(text.to_owned());
        assert_eq!(told("--quick"), (text("--quick"), None));
        assert_eq!(told("--only js,python"), (None, text("--only js,python")));
        assert_eq!(told("--only=calls,js --json"), (text("--json --only calls"), text("--json --only js")));
        // An unknown part is told by the program that has the most of them.
        assert_eq!(told("--only flights"), (text("--only flights"), None));
    }
}
