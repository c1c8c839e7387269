//! Asks a person whether they agree.

use std::io::{self, BufRead, IsTerminal};

use crate::cli::failure::Failure;
use crate::cli::terminal::say;

/// Shows what it is about, and asks. `yes` is who has agreed already.
///
/// # Errors
/// If they do not agree, or nobody can be asked.
pub fn ask(text: &str, question: &str, yes: bool, json: bool) -> Result<(), Failure> {
    if yes && json {
        return Ok(());
    }
    say(text);
    if yes {
        return Ok(());
    }
    if json || !io::stdin().is_terminal() || !io::stderr().is_terminal() {
        let why =
            "nobody is at a terminal to be asked: read above what it may do, and agree with --yes; nothing was changed";
        return Err(Failure::Usage(why.to_owned()));
    }
    say(&format!("{question} [y/N] "));
    if is_yes(&mut io::stdin().lock()) {
        return Ok(());
    }
    Err(Failure::Usage("not agreed to; nothing was changed".to_owned()))
}

/// Whether an answer is a clear yes. None is not.
fn is_yes(answers: &mut impl BufRead) -> bool {
    let mut line = String::new();
    answers.read_line(&mut line).is_ok() && matches!(line.trim().to_lowercase().as_str(), "y" | "yes")
}

#[cfg(test)]
mod tests {
    use super::is_yes;

    #[test]
    fn only_a_clear_yes_is_one() {
        let said = |text: &str| is_yes(&mut text.as_bytes());
        assert!(said("y\n") && said(" Yes \r\n"));
        assert!(!said("") && !said("\n") && !said("no\n") && !said("yesterday\n"));
    }
}
