//! Running other programs: streamed, or captured, and always with an error that says how to repeat
//! the step by hand.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use anyhow::{Context, Result, bail};

/// Runs `command` with its output on this terminal.
///
/// # Errors
/// When it can't be started or fails; the error is one line that names `step` and the command.
pub fn run(step: &str, command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| format!("{step}: can't start {}", shown(command)))?;
    if !status.success() {
        bail!("{step} failed ({}); by hand: {}", ended(status), shown(command));
    }
    Ok(())
}

/// Runs `command` and returns what it printed on standard output. Its errors go to this terminal.
///
/// # Errors
/// As [`run`].
pub fn output(step: &str, command: &mut Command) -> Result<String> {
    let output =
        command.stderr(Stdio::inherit()).output().with_context(|| format!("{step}: can't start {}", shown(command)))?;
    if !output.status.success() {
        bail!("{step} failed ({}); by hand: {}", ended(output.status), shown(command));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// What `command` printed on standard output, or `None` when it isn't there or fails: for asking
/// what a machine has.
pub fn ask(command: &mut Command) -> Option<String> {
    let output = command.stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    output.status.success().then_some(text)
}

/// Runs a download and gives up when it has not had a first answer within `limit`: a closed network
/// must not hold anyone up. Lines for which `waiting` is true are not an answer.
///
/// # Errors
/// When it can't be started, fails, or stays without an answer.
pub fn run_if_answered(step: &str, command: &mut Command, limit: Duration, waiting: fn(&str) -> bool) -> Result<()> {
    let mut child = Guard(
        command
            .stdin(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .with_context(|| format!("{step}: can't start {}", shown(command)))?,
    );
    let (send, lines) = mpsc::channel();
    let stderr = child.0.stderr.take();
    std::thread::spawn(move || {
        for line in stderr.into_iter().flat_map(|pipe| BufReader::new(pipe).lines().map_while(Result::ok)) {
            let answered = !waiting(&line);
            if !line.trim().is_empty() {
                eprintln!("  {line}");
            }
            if answered {
                // Nobody listens any more once the first answer came.
                let _ = send.send(());
            }
        }
    });
    if let Err(mpsc::RecvTimeoutError::Timeout) = lines.recv_timeout(limit) {
        bail!("{step}: no answer in {} s", limit.as_secs());
    }
    let status = child.0.wait().with_context(|| format!("{step}: lost the process"))?;
    if !status.success() {
        bail!("{step} failed ({})", ended(status));
    }
    Ok(())
}

/// A child process that is stopped when this value goes, on every way out.
pub struct Guard(pub Child);

impl Drop for Guard {
    fn drop(&mut self) {
        // Both fail only when the process is gone already, which is what is wanted.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Where a program of this name is on the `PATH`.
pub fn find(program: &str) -> Option<PathBuf> {
    let names =
        if cfg!(windows) { vec![format!("{program}.exe"), format!("{program}.cmd")] } else { vec![program.to_owned()] };
    std::env::split_paths(&std::env::var_os("PATH")?)
        .flat_map(|folder| names.iter().map(move |name| folder.join(name)).collect::<Vec<_>>())
        .find(|path| path.is_file())
}

/// The command as a person would type it in a POSIX shell, with the variables it sets.
pub fn shown(command: &Command) -> String {
    let mut words: Vec<String> = command
        .get_envs()
        .filter_map(|(name, value)| Some(format!("{}={}", name.to_string_lossy(), quoted(value?))))
        .collect();
    words.push(quoted(command.get_program()));
    words.extend(command.get_args().map(quoted));
    match command.get_current_dir() {
        Some(folder) if folder != Path::new(".") => {
            format!("(cd {} && {})", quoted(folder.as_os_str()), words.join(" "))
        }
        _ => words.join(" "),
    }
}

fn quoted(word: &OsStr) -> String {
    let word = word.to_string_lossy();
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./=:,@+%".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.into_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

fn ended(status: ExitStatus) -> String {
    status.code().map_or_else(|| "stopped by a signal".to_owned(), |code| format!("exit code {code}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_shown_as_it_can_be_typed() {
        let mut command = Command::new("cargo");
        command.args(["test", "--", "it's odd", ""]).env("A", "b c");
        command.env_remove("GONE");
        assert_eq!(shown(&command), r"A='b c' cargo test -- 'it'\''s odd' ''");
    }

    #[cfg(unix)]
    #[test]
    fn a_failing_step_names_itself_and_the_command_in_one_line() {
        let error = run("the step", Command::new("sh").args(["-c", "exit 3"])).unwrap_err();
        assert_eq!(error.to_string(), "the step failed (exit code 3); by hand: sh -c 'exit 3'");
    }

    #[cfg(unix)]
    #[test]
    fn a_download_without_an_answer_is_given_up() {
        let mut command = Command::new("sh");
        command.args(["-c", "echo waiting >&2; exec sleep 60"]);
        let limit = Duration::from_millis(300);
        let error = run_if_answered("fetch", &mut command, limit, |line| line == "waiting").unwrap_err();
        assert_eq!(error.to_string(), "fetch: no answer in 0 s");
    }

    #[cfg(unix)]
    #[test]
    fn a_download_that_answers_is_waited_for() {
        let mut command = Command::new("sh");
        command.args(["-c", "echo here >&2; sleep 0.5; exit 0"]);
        let limit = Duration::from_secs(30);
        run_if_answered("fetch", &mut command, limit, |line| line == "waiting").unwrap();
    }
}
