//! A batch's journal: it is gone on with or refused in one line. Of no row it says that nothing was sent if
//! something of it is damaged, and read again it says the same.

use std::fs;

use plugin_host::batch::journal::{Header, Journal, Mark};
use sha2::{Digest, Sha256};

use super::scratch;
use crate::memory;
use crate::seeds::Seeds;
use crate::target::{Target, choice};
use crate::told::one_line;

pub const TARGET: Target = Target { name: "journal", seeds, run };

/// Buffers.
const MOST: usize = 1 << 20;

/// Rows that are looked at.
const ROWS: u64 = 12;

fn header() -> Header {
    let text = str::to_owned;
    Header {
        journal: Header::VERSION,
        id: Some(text("i")),
        plugin: text("p"),
        plugin_version: text("1"),
        action: text("a"),
        connection: String::new(),
        account: text("x"),
        input: text("o.csv"),
        input_sha256: text("y"),
        columns_sha256: text("z"),
        rows: 9,
    }
}

fn seeds(seeds: &mut Seeds) {
    let error = r#"{"kind":"unavailable","message":"m","retry":"later","effect":"unknown"}"#;
    let text = format!(
        "{{\"begun\":2}}\n{{\"done\":2,\"output\":{{\"a\":1}}}}\n{{\"open\":3,\"error\":{error}}}\n{{\"held\":4,\"by\":3}}\n{{\"failed\":5,\"error\":{error}}}\n{{\"results\":\"00\"}}\n\0\0\n"
    );
    (0..3).for_each(|choice| seeds.choosing(choice, &text));
    seeds.choosing(3, header().line());
    // As many rows as there can be lie between these.
    seeds.choosing(0, "{\"begun\":1}\n{\"begun\":4294967295}\n{\"begun\":4294967296}\n");
}

fn run(data: &[u8]) {
    let (how, data) = choice(data);
    // What is not sealed is only ever damaged: so the lines get their sums, or the first of them does.
    let (line, seal) = (header().line(), seal(&header()));
    let text = match how % 4 {
        0 => [line.as_bytes(), &sealed(data, &seal)].concat(),
        1 => [line.as_bytes(), data].concat(),
        2 => [line.as_bytes(), &sealed(data, &seal), b"{\"done\":7,"].concat(),
        _ => sealed(data, &[0; 32]),
    };
    let path = scratch::file("journal", &text);
    let resume = || Journal::resume(&path, &header());
    let first = memory::at_most(MOST + 64 * text.len(), resume);
    let (journal, found) = match first {
        Ok(read) => read,
        Err(refusal) => return one_line(&refusal.0),
    };
    assert_eq!(found.plugin, header().plugin);
    let marks = |journal: &Journal| (0..ROWS).map(|row| journal.ledger().mark(row)).collect::<Vec<_>>();
    let damage = journal.ledger().damage;
    let said = marks(&journal);
    assert!(!damage.is_any() || !said.contains(&Mark::New), "a row is new in a journal that is damaged");
    for (row, mark) in said.iter().enumerate().filter(|(_, mark)| **mark == Mark::Done) {
        let (says, words) = (format!("\"done\":{row}"), String::from_utf8_lossy(&text).replace([' ', '\t', '\r'], ""));
        // A name may be written in other ways, which are not looked for.
        assert!(words.contains(&says) || words.contains("\\u"), "{row} is {mark:?}");
    }
    drop(journal);
    // What was torn off is gone, and nothing else.
    let kept = fs::read(&path).expect("the journal");
    assert!(text.starts_with(&kept) || kept == line.as_bytes(), "the journal was changed");
    let (journal, _) = resume().unwrap_or_else(|refusal| panic!("it is refused the second time: {}", refusal.0));
    assert_eq!((marks(&journal), journal.ledger().damage), (said, damage));
}

/// What the host's own seals are made of, written a second time.
fn seal(header: &Header) -> [u8; 32] {
    let mut digest = Sha256::new();
    for part in [
        &header.plugin,
        &header.action,
        &header.connection,
        &header.account,
        &header.input_sha256,
        &header.columns_sha256,
    ] {
        digest.update((part.len() as u64).to_be_bytes());
        digest.update(part);
    }
    digest.finalize().into()
}

fn sealed(text: &[u8], seal: &[u8; 32]) -> Vec<u8> {
    let mut out = Vec::new();
    for line in text.split_inclusive(|byte| *byte == b'\n') {
        match line.strip_suffix(b"}\n") {
            None => out.extend(line),
            Some(body) => {
                let hash = Sha256::new().chain_update(seal).chain_update(body).finalize();
                let sum: String = hash[..4].iter().map(|byte| format!("{byte:02x}")).collect();
                out.extend([body, b",\"sum\":\"", sum.as_bytes(), b"\"}\n"].concat());
            }
        }
    }
    out
}
