//! This program in the compiler's place: Cargo runs it for the crates of this repository alone, and it adds
//! what tells libFuzzer how far some bytes came. So everything else is what tests are built of already.

use std::ffi::{OsStr, OsString};
use std::process::{Command, ExitCode};

/// The variable that says so.
const ASKED: &str = "XTASK_INSTRUMENT";

/// What `cargo fuzz` gives a compiler, but for what only a nightly one takes. With all checks.
const FLAGS: [&str; 7] = [
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
    "-Cdebug-assertions=on",
    "-Coverflow-checks=on",
];

/// A target runs some times as fast with it.
const OPTIMISED: &str = "-Copt-level=1";

/// Takes minutes to be optimised, and most of it is servers that no target reaches.
const LARGE: &str = "plugin_host";

/// The targets' own crate: each module for itself, so that a program has the code of its own targets alone. What
/// it has is looked through after each run.
const TARGETS: &str = "fuzz";
const APART: &str = "-Ccodegen-units=256";

/// Has Cargo compile by this program.
///
/// # Errors
/// If this program does not know where it is.
pub fn ask(cargo: &mut Command) -> std::io::Result<()> {
    // What is compiled in parts is not inlined from one into the other.
    cargo.env("RUSTC_WORKSPACE_WRAPPER", std::env::current_exe()?).env(ASKED, "1").env("CARGO_INCREMENTAL", "0");
    Ok(())
}

/// Whether this program was started by Cargo, to compile.
pub fn is_asked() -> bool {
    std::env::var_os(ASKED).is_some()
}

/// Runs the compiler: its path, and its arguments.
pub fn compile(words: impl Iterator<Item = OsString>) -> ExitCode {
    let words: Vec<_> = words.collect();
    let Some((compiler, arguments)) = words.split_first() else { return ExitCode::FAILURE };
    let mut command = Command::new(compiler);
    command.args(arguments).env_remove(ASKED);
    if let Some(name) = name(arguments).filter(|name| is_instrumented(name)) {
        command.args(FLAGS);
        if name != OsStr::new(LARGE) {
            command.arg(OPTIMISED);
        }
        if name == OsStr::new(TARGETS) {
            command.arg(APART);
        }
    }
    match command.status() {
        Ok(status) => status.code().and_then(|code| u8::try_from(code).ok()).map_or(ExitCode::FAILURE, ExitCode::from),
        Err(error) => {
            eprintln!("error: can't start {}: {error}", compiler.display());
            ExitCode::FAILURE
        }
    }
}

/// The crate that is compiled. Without one, Cargo only asks the compiler for something.
fn name(arguments: &[OsString]) -> Option<&OsStr> {
    arguments.iter().skip_while(|word| *word != "--crate-name").nth(1).map(OsString::as_os_str)
}

/// Whether a crate becomes a part of a target. A build script is run without libFuzzer.
fn is_instrumented(name: &OsStr) -> bool {
    name != OsStr::new("build_script_build") && name != OsStr::new("___")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn build_scripts_and_questions_are_left_as_they_are() {
        let is = |words: &str| {
            let words: Vec<_> = words.split(' ').map(OsString::from).collect();
            name(&words).is_some_and(is_instrumented)
        };
        assert!(is("--crate-name plugin_kit --edition=2024 src/lib.rs"));
        for other in ["-vV", "- --crate-name ___ --print=cfg", "--crate-name build_script_build build.rs"] {
            assert!(!is(other), "{other}");
        }
    }
}
