//! A host may run a call again from its beginning: nothing but input, connection and answers counts.

use plugin_host_core::http::Failure;
use plugin_host_core::trial::{Ending, Trial};

use super::super::bench::{Bench, failed, scripted};
use super::super::rule::REPLAY;
use super::super::scenario::Scenario;

/// Runs a scenario again: on a new instance, on one that others have used, and answer by answer.
///
/// # Errors
/// If there is no instance to call.
pub fn check(bench: &mut Bench<'_>, scenario: &Scenario) -> Result<(), String> {
    bench.findings.tried(&REPLAY);
    let answers = scenario.answers();
    let whole = || scripted(answers.clone(), failed(Failure::Reset));
    // After all that the other checks have done with it.
    let used = bench.run(&scenario.call, whole(), &scenario.name)?;
    let new = bench.run_anew(&scenario.call, whole(), &scenario.name)?;
    if let Some(what) = difference(&new, &used) {
        let what = format!("{what} on an instance that other calls have used");
        bench.add(&REPLAY, &scenario.call, &what, &scenario.name);
    }
    for place in 0..=new.requests.len() {
        let so_far = answers[..place.min(answers.len())].to_vec();
        if place == new.requests.len() {
            let again = bench.run(&scenario.call, whole(), &scenario.name)?;
            if let Some(what) = difference(&new, &again) {
                bench.add(&REPLAY, &scenario.call, &format!("{what} when it is run again"), &scenario.name);
            }
            break;
        }
        let partly = bench.run(&scenario.call, scripted(so_far, failed(Failure::NotSent)), &scenario.name)?;
        if partly.requests.get(..=place) != new.requests.get(..=place) {
            let what = "asks for something else when it is run again with the answers so far";
            bench.add(&REPLAY, &scenario.call, what, &scenario.name);
            break;
        }
    }
    Ok(())
}

/// In what two calls differ that were given the same.
fn difference(one: &Trial, other: &Trial) -> Option<&'static str> {
    let ending = |trial: &Trial| match &trial.ending {
        Ending::Trap(_) => None,
        said => Some(said.clone()),
    };
    if one.requests != other.requests {
        Some("makes other requests")
    } else if ending(one) != ending(other) {
        Some("ends otherwise")
    } else {
        None
    }
}
