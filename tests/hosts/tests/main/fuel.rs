//! What a call costs.

use std::collections::BTreeMap;
use std::fmt::Write;

use hosts::workspace;

use crate::every::{shop, story};
use crate::support::*;

/// Far more than a call takes.
const LIMIT: u64 = 1_000_000_000;

#[test]
fn a_successful_call_of_each_action_takes_at_most_a_tenth_more_fuel_than_recorded() {
    let sandbox = shop();
    let mut host = account(&sandbox.base_url()).fuel(LIMIT).build();
    // The first call also sets the instance up.
    done(&mut host, &seed());
    let mut taken = BTreeMap::new();
    for (action, input) in story() {
        host.call(action, input.to_string()).unwrap_or_else(|error| panic!("{action}: {error:?}"));
        taken.insert(action.to_owned(), host.fuel_consumed().unwrap());
    }

    let file = workspace().join("tests/hosts/fuel.txt");
    if std::env::var_os("BLESS").is_some_and(|bless| bless == "1") {
        let lines = taken.iter().fold(String::new(), |mut lines, (action, fuel)| {
            writeln!(lines, "{action} {fuel}").unwrap();
            lines
        });
        std::fs::write(&file, lines).unwrap();
    }
    let mend = "to record it: BLESS=1 cargo test -p hosts";
    let recorded = std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("no fuel.txt ({error}); {mend}"));
    let line = |line: &str| {
        let (action, fuel) = line.split_once(' ')?;
        Some((action.to_owned(), fuel.parse::<u64>().ok()?))
    };
    let recorded: BTreeMap<_, _> = recorded
        .lines()
        .map(|text| line(text).unwrap_or_else(|| panic!("fuel.txt has {text:?}, not an action and its fuel; {mend}")))
        .collect();
    assert!(recorded.keys().eq(taken.keys()), "fuel.txt has other actions; {mend}");
    for (action, fuel) in &taken {
        let recorded = recorded[action];
        assert!(
            fuel * 10 <= recorded * 11,
            "a call of {action} takes {fuel} fuel, more than a tenth above the {recorded} in tests/hosts/fuel.txt; if that is meant, {mend}"
        );
    }
}
