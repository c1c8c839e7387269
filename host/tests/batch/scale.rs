//! Many rows, and not too fast.

use std::time::{Duration, Instant};

use crate::support::{Day, cancelling};

#[test]
#[cfg(target_os = "linux")]
fn memory_does_not_grow_with_the_rows() {
    let small = peak_kib(500);
    let large = peak_kib(20_000);
    assert!(large < small + 16 * 1024, "{small} KiB for 500 rows and {large} KiB for 20,000");
}

/// The most memory that a batch of so many rows has at a time.
#[cfg(target_os = "linux")]
fn peak_kib(rows: u32) -> u64 {
    let day = Day::new(1..=rows);
    let mut child = day.write("orders.csv", cancelling(1..=rows)).spawn(&["orders.csv", "--in-flight", "32"]);
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    while child.try_wait().unwrap().is_none() {
        let status = std::fs::read_to_string(&status).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        peak = line.map_or(peak, |line| line.trim_end_matches("kB").trim().parse().unwrap());
        std::thread::sleep(Duration::from_millis(20));
    }
    crate::support::wait(child).with_code(0);
    assert_eq!(day.sandbox.request_count(), u64::from(rows));
    assert_eq!(day.results().len(), rows as usize);
    peak
}

#[test]
fn the_service_is_not_asked_more_often_than_the_rate_allows() {
    let day = Day::new(1..=41);
    day.write("orders.csv", cancelling(1..=41));
    let begun = Instant::now();
    day.run(&["orders.csv", "--rate", "20/s", "--in-flight", "32"]).with_code(0);
    // 41 calls have 40 pauses between them.
    assert!(begun.elapsed() >= Duration::from_millis(40 * 50), "{:?}", begun.elapsed());
}
