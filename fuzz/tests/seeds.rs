//! What holds for all bytes holds for the seeds, and for what once made a target fail.

use fuzz::{Target, host, plugin};

fn check(targets: &[Target]) {
    for target in targets {
        let mut seeds = 0;
        for seed in target.all_seeds().into_iter().chain([Vec::new()]) {
            let held = std::panic::catch_unwind(|| (target.run)(&seed));
            assert!(held.is_ok(), "{} fails with {:?}", target.name, String::from_utf8_lossy(&seed));
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
