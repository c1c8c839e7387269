//! What a call costs.

use hosts::workspace;

use crate::support::*;

/// Far more than a call takes.
const LIMIT: u64 = 1_000_000_000;

#[test]
fn a_successful_call_takes_at_most_a_tenth_more_fuel_than_recorded() {
    let sandbox = sandbox();
    let mut host = account(&sandbox.base_url()).fuel(LIMIT).build();
    // The first call also sets the instance up.
    done(&mut host, &seed());
    done(&mut host, &seed());
    let fuel = host.fuel_consumed().unwrap();

    let file = workspace().join("tests/hosts/fuel.txt");
    if std::env::var_os("BLESS").is_some_and(|bless| bless == "1") {
        std::fs::write(&file, format!("{fuel}\n")).unwrap();
    }
    let mend = "to record it: BLESS=1 cargo test -p hosts";
    let recorded = std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("no fuel.txt ({error}); {mend}"));
    let recorded: u64 = recorded.trim().parse().unwrap_or_else(|_| panic!("fuel.txt is not a number; {mend}"));
    assert!(
        fuel * 10 <= recorded * 11,
        "a call takes {fuel} fuel, more than a tenth above the {recorded} in tests/hosts/fuel.txt; if that is meant, {mend}"
    );
}
