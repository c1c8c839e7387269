//! `cargo xtask fuzz`: libFuzzer over the targets in `fuzz/`, as many at a time as there are processors.

mod failed;
pub mod instrument;
mod log;

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use toolchain::ui::{Paint, say};
use toolchain::{Toolchain, environment, process};

use crate::lanes::Task;
use crate::project::Project;
use crate::{lanes, needed};
use log::Outcome;

/// The programs, and each has targets.
const PROGRAMS: [&str; 2] = ["fuzz-plugins", "fuzz-host"];

/// How long each target is run.
const DEFAULT: Duration = Duration::from_secs(60);

/// A target is stuck that takes so long for one input.
const STUCK: Duration = Duration::from_secs(20);

/// What a target may have of the machine's memory: none of them needs a tenth of it.
const MEMORY_MB: u32 = 2048;

/// Where Linux keeps files in memory.
const IN_MEMORY: &str = "/dev/shm";

/// What is kept of a run that failed.
const FAILED: &str = "failed";

/// A target and the program that it is in.
struct Target {
    name: String,
    program: PathBuf,
}

impl Task for Target {
    fn name(&self) -> &str {
        &self.name
    }
}

/// Runs the targets of these names, or all of them.
///
/// # Errors
/// When a name is not one of them, something can't be built, or with the names of those that failed.
pub fn chore(project: &Project, arguments: &[String]) -> Result<()> {
    let Wishes { names, time, seed } = wishes(arguments)?;
    let toolchain = needed::toolchain()?;
    let targets = chosen(build(project, &toolchain)?, &names)?;
    say(format!("fuzz: {} targets, {} s each", targets.len(), time.as_secs()));
    let at_a_time = thread::available_parallelism().map_or(1, usize::from);
    let mut done = lanes::run(targets, at_a_time, |target| {
        let outcome = run(&folder(project, &target.name), target, time, seed);
        say(format!("fuzz: {}", target.name));
        (target.name.clone(), outcome)
    });
    done.sort_by(|(one, _), (other, _)| one.cmp(other));
    let paint = Paint::stdout();
    let (mut failed, mut runs) = (Vec::new(), 0);
    println!();
    for (name, outcome) in done {
        match outcome {
            Ok(outcome) if outcome.failure.is_none() => {
                runs += outcome.runs;
                println!("{}   {name}: {outcome}", paint.green("passed"));
            }
            Ok(outcome) => {
                println!("{}   {name}: {}", paint.red("FAILED"), outcome.failure.unwrap_or_default());
                for line in failed::told(&name, &folder(project, &name).join(FAILED)) {
                    println!("         {line}");
                }
                failed.push(name);
            }
            Err(error) => {
                println!("{}   {name}: {error:#}", paint.red("FAILED"));
                failed.push(name);
            }
        }
    }
    if !failed.is_empty() {
        bail!(
            "{} fuzz targets failed: {}; put what is in target/fuzz/TARGET/failed into fuzz/regressions/TARGET (the lines above do that), under a name that says what was wrong, and mend it until `cargo test --workspace --test seeds` passes",
            failed.len(),
            failed.join(", ")
        );
    }
    println!("all fuzz targets passed, after {runs} runs");
    Ok(())
}

/// What is asked for.
#[derive(Debug, Default, PartialEq, Eq)]
struct Wishes<'a> {
    /// The targets; none for all.
    names: Vec<&'a str>,
    /// How long each is run.
    time: Duration,
    /// By what libFuzzer chooses; without it, by chance.
    seed: Option<u32>,
}

fn wishes(arguments: &[String]) -> Result<Wishes<'_>> {
    let mut wishes = Wishes { time: DEFAULT, ..Wishes::default() };
    let mut words = arguments.iter().map(String::as_str);
    while let Some(word) = words.next() {
        let mut number = || words.next().and_then(|word| word.parse::<u32>().ok()).filter(|number| *number > 0);
        match word {
            "--seconds" => {
                let seconds = number().context("--seconds wants a number, such as 60")?;
                wishes.time = Duration::from_secs(seconds.into());
            }
            "--seed" => wishes.seed = Some(number().context("--seed wants a number, such as 1")?),
            flag if flag.starts_with('-') => bail!("there is no {flag}; there are --seconds N and --seed N"),
            name => wishes.names.push(name),
        }
    }
    Ok(wishes)
}

/// Builds the programs, and asks them for their targets.
fn build(project: &Project, toolchain: &Toolchain) -> Result<Vec<Target>> {
    say("building the fuzz targets");
    let mut command = toolchain.cargo();
    instrument::ask(&mut command).context("this program does not know where it is")?;
    // All of the workspace in view, as `programs` says why.
    command.args(["build", "--workspace", "--features", "fuzz/libfuzzer"]);
    for program in PROGRAMS {
        command.args(["--example", program]);
    }
    forget_unnamed(project);
    let built = process::run("building the fuzz targets", command.current_dir(project.root()));
    forget_unnamed(project);
    built?;
    let mut targets = Vec::new();
    for program in PROGRAMS {
        let program = project.program(&format!("examples/{program}"));
        // libFuzzer tells on standard error what it would make use of.
        let names = process::ask(&mut Command::new(&program)).context("the fuzz targets don't tell their names")?;
        targets.extend(names.lines().map(|name| Target { name: name.to_owned(), program: program.clone() }));
    }
    Ok(targets)
}

/// Removes the libraries that are called the same however they are compiled, as those are that other programs load,
/// too. Else the tests would be linked with what was made for libFuzzer, or the other way round.
fn forget_unnamed(project: &Project) {
    for file in project.target().join("debug/deps").read_dir().into_iter().flatten().flatten() {
        let (path, name) = (file.path(), file.file_name());
        // All others have a hash behind a hyphen.
        let is_unnamed = !name.to_string_lossy().contains('-');
        if is_unnamed && path.extension().is_some_and(|it| it == "rlib") {
            // One that stays is compiled anew when its sources change.
            let _ = fs::remove_file(path);
        }
    }
}

fn chosen(targets: Vec<Target>, names: &[&str]) -> Result<Vec<Target>> {
    if let Some(unknown) = names.iter().find(|name| !targets.iter().any(|target| target.name == **name)) {
        let all: Vec<_> = targets.iter().map(|target| target.name.as_str()).collect();
        bail!("there is no fuzz target {unknown:?}; there are {}", all.join(", "));
    }
    Ok(targets.into_iter().filter(|target| names.is_empty() || names.contains(&target.name.as_str())).collect())
}

/// A target's own folder, which keeps what libFuzzer finds from one time to the next.
fn folder(project: &Project, target: &str) -> PathBuf {
    project.target().join("fuzz").join(target)
}

/// Runs one in its folder.
fn run(folder: &Path, target: &Target, time: Duration, seed: Option<u32>) -> Result<Outcome> {
    let part = |name: &str| folder.join(name);
    for old in ["seeds", FAILED] {
        // There may be none.
        let _ = fs::remove_dir_all(part(old));
    }
    for new in ["corpus", FAILED] {
        fs::create_dir_all(part(new)).with_context(|| format!("can't make {}", part(new).display()))?;
    }
    let log = part("log");
    let file = File::create(&log).with_context(|| format!("can't write {}", log.display()))?;
    let mut command = Command::new(&target.program);
    command
        .arg(part("corpus"))
        .arg(part("seeds"))
        .args([format!("-max_total_time={}", time.as_secs()), format!("-timeout={}", STUCK.as_secs())])
        .args([format!("-rss_limit_mb={MEMORY_MB}"), "-print_final_stats=1".to_owned()])
        .arg(format!("-artifact_prefix={}/", part(FAILED).display()))
        // 0 is by chance.
        .arg(format!("-seed={}", seed.unwrap_or(0)))
        .env("FUZZ_TARGET", &target.name)
        .env("FUZZ_SEEDS", part("seeds"))
        .stdin(Stdio::null())
        .stdout(file.try_clone()?)
        .stderr(file);
    // Targets write many small files, and some through to the disk.
    if Path::new(IN_MEMORY).is_dir() {
        command.env("TMPDIR", IN_MEMORY);
    }
    environment::clean(&mut command);
    environment::reach_loopback(&mut command);
    let status = command.status().with_context(|| format!("can't start {}", target.program.display()))?;
    let told = String::from_utf8_lossy(&fs::read(&log)?).into_owned();
    Ok(Outcome::read(&told, status.success(), &log))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(words: &str) -> Vec<String> {
        words.split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn names_seconds_and_a_seed_are_read_in_any_order() {
        assert_eq!(wishes(&[]).unwrap(), Wishes { time: DEFAULT, ..Wishes::default() });
        let given = words("reply --seconds 5 form --seed 7");
        let time = Duration::from_secs(5);
        assert_eq!(wishes(&given).unwrap(), Wishes { names: vec!["reply", "form"], time, seed: Some(7) });
        for wrong in ["--seconds", "--seconds 0", "--seconds x", "--minutes 1", "--seed", "--seed 0", "--seed -1"] {
            assert!(wishes(&words(wrong)).is_err(), "{wrong}");
        }
    }

    #[test]
    fn an_unknown_target_is_told_with_those_there_are() {
        let all = || vec![Target { name: "reply".to_owned(), program: PathBuf::new() }];
        assert_eq!(chosen(all(), &[]).unwrap().len(), 1);
        let refusal = chosen(all(), &["replay"]).err().unwrap().to_string();
        assert!(refusal.contains("replay") && refusal.contains("there are reply"), "{refusal}");
    }
}
