//! A call as its author sees it.

use std::time::Duration;

use plugin_host_core::engine::{DEFAULT_PAGES, FUEL, LogLine, PAGE};
use plugin_host_core::error::ActionError;
use plugin_host_core::runner::Connected;
use plugin_host_core::trial::{Ending, Trial};
use serde_json::Value;
use toolchain::ui::Paint;
use tracing::Level;

use super::super::show;
use crate::verify::case::{Answer, Exchange};
use crate::verify::record::Observed;

/// What was asked and answered, and what came of it; all without secrets.
pub fn call(paint: Paint, export: &str, connected: &Connected, seen: &Observed) -> String {
    let mut text = String::new();
    let mut logged = seen.trial.logged.iter().peekable();
    for (made, it) in seen.exchanges.iter().enumerate() {
        while let Some(line) = logged.next_if(|line| line.requests <= made) {
            text += &log_line(paint, line);
        }
        text += &exchange(paint, it);
    }
    logged.for_each(|line| text += &log_line(paint, line));
    if let Some(why) = &seen.trial.refused {
        text += &format!("{} a request was refused by the host: {why}\n", paint.red("!"));
    }
    let masked = |said: &str| connected.redactor().json(said.to_owned());
    text += &match &seen.trial.ending {
        Ending::Output(output) => {
            let output = masked(output);
            let pretty =
                serde_json::from_str::<Value>(&output).ok().and_then(|it| serde_json::to_string_pretty(&it).ok());
            format!("{} {}\n", paint.green(export), pretty.unwrap_or(output))
        }
        Ending::Error(document) => {
            let document = masked(document);
            let told = serde_json::from_str::<ActionError>(&document).map(|error| show::error(&error));
            format!("{} failed\n{}", paint.red(export), told.unwrap_or(document + "\n"))
        }
        Ending::Trap(why) => format!("{} stopped in the middle: {why}\n", paint.red(export)),
    };
    text
}

/// A line that the plugin has logged.
fn log_line(paint: Paint, LogLine { level, text, .. }: &LogLine) -> String {
    let word = level.to_string().to_lowercase();
    let word = if *level <= Level::WARN { paint.yellow(&word) } else { paint.dim(&word) };
    format!("{} {word} {text}\n", paint.bold("|"))
}

fn exchange(paint: Paint, Exchange { request, answer }: &Exchange) -> String {
    let mut text = format!("{} {} {}\n", paint.bold(">"), request.method, request.url);
    for (name, value) in &request.headers {
        text += &paint.dim(&format!("  {name}: {value}\n"));
    }
    if !request.body.is_empty() {
        text += &format!("  {}\n", request.body);
    }
    match answer {
        Answer::Failure { failure } => text += &format!("{} {}\n", paint.bold("<"), paint.red(failure)),
        Answer::Response { status, headers, body } => {
            let status = status.to_string();
            let painted = if status.starts_with('2') { paint.green(&status) } else { paint.yellow(&status) };
            text += &format!("{} {painted}\n", paint.bold("<"));
            for (name, value) in headers {
                text += &paint.dim(&format!("  {name}: {value}\n"));
            }
            text += &format!("  {body}\n");
        }
    }
    text
}

/// What is not as it was recorded.
pub fn differences(paint: Paint, differences: &[String]) -> String {
    let line = |what: &String| format!("{} not as recorded: {what}\n", paint.yellow("!"));
    differences.iter().map(line).collect()
}

/// What it took, against what it may take.
pub fn cost(paint: Paint, trial: &Trial, module: usize, built: Duration, whole: Duration) -> String {
    let memory = DEFAULT_PAGES as usize * PAGE;
    let part = |taken: f64, most: f64| {
        let percent = taken / most * 100.0;
        let text = format!("{percent:.1} %");
        if percent > 50.0 { paint.yellow(&text) } else { paint.green(&text) }
    };
    format!(
        "\nfuel    {} of {FUEL}, {}\nmemory  {} of {} KiB, {}\nmodule  {} kB, built in a hurry\ntime    {:.1} s, {:.1} s of it to build\n",
        trial.seen.fuel,
        part(trial.seen.fuel as f64, FUEL as f64),
        trial.seen.memory >> 10,
        memory >> 10,
        part(trial.seen.memory as f64, memory as f64),
        module.div_ceil(1000),
        whole.as_secs_f32(),
        built.as_secs_f32(),
    )
}
