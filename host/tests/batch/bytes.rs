//! Whatever bytes a file has: nothing panics, and either every row is in the results or nothing was
//! sent.

use std::collections::BTreeSet;

use crate::support::Day;
use pieces::PIECES;

#[path = "../common/pieces.rs"]
mod pieces;

fn file(random: &mut fastrand::Rng) -> Vec<u8> {
    let begins: [&[u8]; 8] = [
        b"bill_id,status\n1,cancel\n",
        b"bill_id;status\r\n2;cancel\r\n",
        b"{\"bill_id\":1,\"status\":\"cancel\"}\n",
        b"bill_id;status\r\n",
        b"{\"bill_id\":1,",
        b"",
        b"PK\x03\x04",
        b"\xff\xfe",
    ];
    let mut file = begins[random.usize(..begins.len())].to_vec();
    // Often few pieces, so that much of what is tried begins.
    let most = if random.bool() { 6 } else { 40 };
    for _ in 0..random.usize(..most) {
        file.extend(PIECES[random.usize(..PIECES.len())]);
    }
    file
}

#[test]
fn every_row_is_accounted_for_or_nothing_was_sent() {
    let mut random = fastrand::Rng::with_seed(7);
    let day = Day::new([1, 2]);
    let mut begun = 0;
    for round in 0..60 {
        let bytes = file(&mut random);
        let name = ["orders.csv", "orders.ndjson"][round % 2];
        let results = ["orders.results.csv", "orders.results.ndjson"][round % 2];
        let before = day.sandbox.request_count();
        let ended = day.write(name, &bytes).run(&["--json", name]);
        assert!(!ended.stderr.contains("panicked"), "{bytes:?}: {}", ended.stderr);
        match ended.code {
            Some(2) => assert_eq!((day.sandbox.request_count(), day.files().len()), (before, 1), "{bytes:?}"),
            Some(0 | 20) => {
                begun += 1;
                let summary: serde_json::Value = serde_json::from_str(&ended.stdout).unwrap();
                let rows = summary["rows"].as_u64().unwrap();
                // The results are read as a batch is: so many rows, and each line once.
                let again = day.run(&["--json", results, "--dry-run"]);
                let told: serde_json::Value = serde_json::from_str(&again.stdout).unwrap_or_default();
                if round % 2 == 0 {
                    assert_eq!(told["rows"].as_u64(), Some(rows), "{bytes:?}: {}", again.stderr);
                } else {
                    let text = day.read(results);
                    let lines: BTreeSet<_> = text
                        .lines()
                        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()["line"].as_u64())
                        .collect();
                    assert_eq!(lines.len() as u64, rows, "{bytes:?}");
                }
            }
            code => panic!("{bytes:?}: {code:?} {}", ended.stderr),
        }
        for file in day.files() {
            std::fs::remove_file(day.path(&file)).unwrap();
        }
    }
    assert!(begun > 5, "the files were too bad to test anything: {begun}");
}
