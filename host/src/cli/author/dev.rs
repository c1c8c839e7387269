//! `dev`: from an edit to what comes of it.

use std::path::{Path, PathBuf};
use std::time::Instant;

use plugin_host_core::Runner;
use plugin_host_core::http::Failure as NoAnswer;
use plugin_host_core::trial::Ending;
use toolchain::ui::Paint;

use super::super::args::{Args, DevArgs};
use super::super::exit;
use super::super::failure::Failure;
use super::super::input::read_input;
use super::super::output::print;
use super::super::verify::{self, VerifyArgs};
use super::super::{open, show};
use super::shown;
use crate::author::build::{Profile, Source};
use crate::author::watch::Stamp;
use crate::verify::bench::{Plugin, failed, scripted};
use crate::verify::case;
use crate::verify::differences::differences;
use crate::verify::record::{input_of, known, network, observed};

/// Builds and calls, and again after each change, until it is told to stop.
///
/// # Errors
/// If there is nothing to build, or with `--once` what failed.
pub fn run(dev: &DevArgs, args: &Args) -> Result<(), Failure> {
    let source = Source::open(&dev.folder)?;
    let besides: Vec<PathBuf> =
        dev.input.iter().filter_map(|input| input.strip_prefix('@').map(PathBuf::from)).collect();
    let besides: Vec<&Path> = besides.iter().chain(&dev.case).map(PathBuf::as_path).collect();
    loop {
        // Before the build: what is saved meanwhile is a change.
        let stamp = Stamp::of(source.folder(), &besides);
        let outcome = round(dev, args, &source);
        if dev.once {
            return outcome;
        }
        match outcome {
            Ok(()) | Err(Failure::Told(_)) => {}
            Err(Failure::Action(error)) => eprint!("{}", show::error(&error)),
            Err(failure) => eprintln!("error: {failure}"),
        }
        stamp.wait(source.folder(), &besides);
        print("", false, format!("\n{}\n", Paint::stdout().dim(&"-".repeat(40))))?;
    }
}

fn round(dev: &DevArgs, args: &Args, source: &Source) -> Result<(), Failure> {
    let begun = Instant::now();
    let manifest = source.stage(&source.compile(Profile::Dev)?)?;
    let built = begun.elapsed();
    let mut opened = args.open.clone();
    opened.bundle = vec![manifest];
    let Some(export) = &dev.call else {
        let (runner, bundle) = open::runner_of(&opened)?;
        print("", false, show::description(runner.description(), None))?;
        let cases = Some(source.folder().join(case::FOLDER)).filter(|folder| folder.is_dir());
        return verify::run(&VerifyArgs { cases, ..VerifyArgs::default() }, false, (runner, bundle));
    };
    let input = dev.input.as_deref().map(read_input).transpose()?;
    let case = dev.case.as_deref().map(case::read_file).transpose().map_err(Failure::Usage)?;
    let (connected, input, answer) = match &case {
        Some(case) => {
            let (runner, _): (Runner, _) = open::runner_of(&opened)?;
            let plugin = Plugin::new(runner).map_err(Failure::Load)?;
            let recorded = if case.input.is_null() { String::new() } else { case.input.to_string() };
            let connected = plugin.connected(&case.connection);
            let input = match input {
                Some(given) => input_of(&connected, export, &given),
                None => known(&connected, export).map(|()| recorded),
            };
            (connected, input.map_err(Failure::Usage)?, scripted(case.answers(), failed(NoAnswer::NotSent)))
        }
        None => {
            let connected = open::one_of(&opened, args.languages())?;
            let answer = network(&connected);
            let input = input_of(&connected, export, &input.unwrap_or_default()).map_err(Failure::Usage)?;
            (connected, input, answer)
        }
    };
    let bytes = connected.runner().module().bytes();
    let seen = observed(&connected, export, &input, answer).map_err(Failure::Load)?;
    let paint = Paint::stdout();
    // With another input, or as another export, it is another call.
    let recorded = case.filter(|case| dev.input.is_none() && case.call == *export);
    let differences = recorded.map(|case| differences(&case, &seen.trial, connected.redactor())).unwrap_or_default();
    print("", false, shown::call(paint, export, &connected, &seen))?;
    print("", false, shown::differences(paint, &differences))?;
    print("", false, shown::cost(paint, &seen.trial, bytes, built, begun.elapsed()))?;
    match (&seen.trial.ending, seen.trial.error()) {
        _ if !differences.is_empty() => Err(Failure::Told(exit::LOAD)),
        (Ending::Output(_), _) => Ok(()),
        (_, Some(error)) => Err(Failure::Told(exit::of_kind(&error.kind))),
        (_, None) => Err(Failure::Told(exit::LOAD)),
    }
}
