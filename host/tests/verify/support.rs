//! The command, and what it tells.

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

/// `plugin-host verify` of a bundle, with nothing in its environment.
pub fn verify(bundle: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_plugin-host"));
    command.env_clear().args(["--json", "--bundle"]).arg(bundle).arg("verify").args(arguments).output().unwrap()
}

/// What it tells.
pub fn told(output: &Output) -> Value {
    let text = String::from_utf8_lossy(&output.stdout);
    serde_json::from_str(&text).unwrap_or_else(|_| panic!("{text}{}", String::from_utf8_lossy(&output.stderr)))
}

/// The rules that are broken, by their names, with what is told of each.
pub fn broken(told: &Value) -> Vec<(String, String)> {
    let findings = told["findings"].as_array().unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    findings.iter().map(|it| (text(&it["rule"]), format!("{} {}", text(&it["place"]), text(&it["message"])))).collect()
}
