//! This program in the compiler's place: Cargo runs it for the crates of this repository alone, and it adds
//! what tells libFuzzer how far some bytes came. So everything else is what tests are built of already.

use std::ffi::{OsStr, OsString};
use std::process::{Command, ExitCode};

/// The variable that says so.
const ASKED: &str = "XTASK_INSTRUMENT";

/// What `cargo fuzz` gives a compiler, but for what only a nightly one takes. Fast, and with all checks.
const FLAGS: [&str; 8] = [
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
    "-Copt-level=2",
    "-Cdebug-assertions=on",
    "-Coverflow-checks=on",
];

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
    if is_instrumented(arguments) {
        command.args(FLAGS);
    }
    match command.status() {
        Ok(status) => status.code().and_then(|code| u8::try_from(code).ok()).map_or(ExitCode::FAILURE, ExitCode::from),
        Err(error) => {
            eprintln!("error: can't start {}: {error}", compiler.display());
            ExitCode::FAILURE
        }
    }
}

/// Whether a crate is compiled that becomes a part of a target. A build script is run without libFuzzer; and
/// without a name, Cargo only asks the compiler for something.
fn is_instrumented(arguments: &[OsString]) -> bool {
    let name = arguments.iter().skip_while(|word| *word != "--crate-name").nth(1);
    name.is_some_and(|name| name != OsStr::new("build_script_build") && name != OsStr::new("___"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn build_scripts_and_questions_are_left_as_they_are() {
        let is = |words: &str| is_instrumented(&words.split(' ').map(OsString::from).collect::<Vec<_>>());
        assert!(is("--crate-name plugin_kit --edition=2024 src/lib.rs"));
        for other in ["-vV", "- --crate-name ___ --print=cfg", "--crate-name build_script_build build.rs"] {
            assert!(!is(other), "{other}");
        }
    }
}
