//! What plugins and services say, in a terminal: it is read, and never obeyed.

use std::path::Path;
use std::process::{Command, Output};

use crate::hostile::{DEEP, Module};

/// Clears the screen, colours, turns the direction of text round, and begins a line anew.
const COMMANDS: &str = r"\u001b[2J\u009b31m\u202e\r";

fn run(bundle: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_plugin-host"));
    let command = command.env_clear().env("PLUGIN_BUNDLE", bundle).env("PLUGIN_ENV_PREFIX", "HOSTILE");
    command.env("HOSTILE_BASE_URL", "http://127.0.0.1:9").args(args).output().unwrap()
}

#[test]
fn what_a_plugin_says_commands_no_terminal() {
    let folder = tempfile::tempdir().unwrap();
    let bundle = Module::default().write(folder.path());
    // As it is within a text of JSON: some commands need no escape there.
    let raw = COMMANDS.replace(r"\u009b", "\u{9b}").replace(r"\u202e", "\u{202e}");
    let output = format!(r#"{{"items":[{{"a":"{raw}"}}],"a":"said {raw}"}}"#);
    let error = format!(r#"{{"kind":"rejected","message":"said {raw}","retry":"never","effect":"none"}}"#);
    for (action, input) in [("echo", &output), ("fail", &error)] {
        for options in [&[][..], &["--json"], &["--log", "trace"]] {
            let given = [options, &["call", action, "--input", input]].concat();
            let Output { stdout, stderr, .. } = run(&bundle, &given);
            let told = String::from_utf8([stdout, stderr].concat()).unwrap();
            assert!(told.contains("said "), "{given:?}: {told:?}");
            assert!(!told.contains(['\u{1b}', '\u{9b}', '\u{202e}', '\r']), "{given:?}: {told:?}");
            if options == ["--json"] {
                let value: serde_json::Value = serde_json::from_str(&told).unwrap();
                let said = value["a"].as_str().or(value["message"].as_str()).unwrap();
                assert_eq!(said, "said \u{1b}[2J\u{9b}31m\u{202e}\r");
            }
        }
    }
}

#[test]
fn an_output_of_any_depth_ends_no_command() {
    let folder = tempfile::tempdir().unwrap();
    let bundle = Module { attack: DEEP, ..Module::default() }.write(folder.path());
    for options in [&[][..], &["--json"]] {
        let told = run(&bundle, &[options, &["call", "attack", "--input", "{}"]].concat());
        assert!(told.status.success(), "{options:?}: {told:?}");
    }
}
