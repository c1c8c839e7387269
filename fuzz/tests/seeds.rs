//! What holds for all bytes holds for the seeds, and for what once made a target fail.

use std::panic::catch_unwind;

use fuzz::told::SECRET;
use fuzz::{Target, host, plugin};

fn holds(target: &Target, data: &[u8]) {
    let held = catch_unwind(|| (target.run)(data));
    assert!(held.is_ok(), "{} fails with {:?}", target.name, String::from_utf8_lossy(data));
}

fn check(targets: &[Target]) {
    for target in targets {
        let mut seeds = 0;
        for seed in target.all_seeds().into_iter().chain([Vec::new()]) {
            holds(target, &seed);
            seeds += 1;
        }
        assert!(seeds > 1, "{} has no seeds", target.name);
    }
}

#[test]
fn what_plugins_read_holds_for_the_seeds() {
    check(&plugin::TARGETS);
}

#[test]
fn what_the_host_reads_holds_for_the_seeds() {
    check(&host::TARGETS);
}

#[test]
fn a_secret_anywhere_in_a_file_that_people_or_publishers_write_is_not_told() {
    let target = host::TARGETS.iter().find(|target| target.name == "files").expect("a target of this name");
    for seed in target.all_seeds() {
        // The first byte chooses which file it is.
        for place in 1..=seed.len() {
            let (before, behind) = seed.split_at(place);
            holds(target, &[before, SECRET.as_bytes(), behind].concat());
        }
    }
}
