//! Recorded calls do as they did.

use std::collections::BTreeSet;

use plugin_host_core::http::Failure;

use super::super::bench::{Bench, Plugin, failed, scripted};
use super::super::case::Case;
use super::super::differences::differences;
use super::super::findings::Findings;
use super::super::rule::{RECORDED, UNTRIED};
use super::super::scenario::Scenario;

/// Which exports nobody has recorded a success of.
pub fn coverage(plugin: &Plugin, cases: &[Case], findings: &mut Findings) {
    let recorded: BTreeSet<_> = cases.iter().filter(|case| case.succeeds()).map(|case| case.call.as_str()).collect();
    let description = plugin.description();
    let actions = description.actions.iter().map(|action| action.name.as_str());
    for export in actions.chain(description.triggers.iter().map(|trigger| trigger.name.as_str())) {
        findings.tried(&UNTRIED);
        if !recorded.contains(export) {
            let failed = failures(export, cases);
            let what = match &failed[..] {
                [] => "has no recorded call: make one with --record".to_owned(),
                files => {
                    let files = files.join(", ");
                    format!("has no recorded call that succeeds: {files}; make one that does, with --record")
                }
            };
            findings.add(&UNTRIED, export, &what, "");
        }
    }
}

/// The recorded calls of an export that failed, by their files.
fn failures(export: &str, cases: &[Case]) -> Vec<String> {
    let failed = cases.iter().filter(|case| case.call == export).filter_map(|case| Some((case, case.failure()?)));
    failed.map(|(case, (kind, _))| format!("{}.json failed ({kind})", case.name)).collect()
}

/// Makes a recorded call again.
///
/// # Errors
/// If there is no instance to call.
pub fn check(bench: &mut Bench<'_>, scenario: &Scenario) -> Result<(), String> {
    let Some(case) = &scenario.case else { return Ok(()) };
    bench.findings.tried(&RECORDED);
    let trial = bench.run(&scenario.call, scripted(scenario.answers(), failed(Failure::NotSent)), &scenario.name)?;
    for what in differences(case, &trial, bench.connected.redactor()) {
        bench.add(&RECORDED, &scenario.call, &what, &scenario.name);
    }
    Ok(())
}
