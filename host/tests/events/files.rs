//! The file in which events and places are kept.

use std::fs;
use std::process::{Command, Stdio};

use rusqlite::Connection;
use shop_service::Service;

use crate::support::{Listener, justclick, order, run, sandbox, shop};

const ONCE: [&str; 4] = ["order_created", "--start", "beginning", "--once"];

#[test]
fn a_file_of_another_process_or_command_or_one_that_is_damaged_is_told_in_one_line() {
    let (service, folder) = (Service::start().unwrap(), tempfile::tempdir().unwrap());
    let state = folder.path().join("state.sqlite");
    let mut listener = Listener::start(shop(&service, &state).arg("order_created"));
    listener.until_it_says("is asked for");
    run(shop(&service, &state), &ONCE).with_code(2).telling("another process has it open");
    listener.stop().with_code(0);

    let answers = folder.path().join("answers.sqlite");
    let file = Connection::open(&answers).unwrap();
    file.execute_batch("create table answers (key blob); pragma user_version = 2;").unwrap();
    drop(file);
    run(shop(&service, &answers), &ONCE).with_code(2).telling("another command of it, made it");

    let text = folder.path().join("text");
    fs::write(&text, "not a database, but long enough to be taken for one".repeat(20)).unwrap();
    for bad in [text.as_path(), folder.path()] {
        let ended = run(shop(&service, bad), &ONCE).with_code(2).telling("--state FILE");
        assert_eq!(ended.said.lines().count(), 1, "{}", ended.said);
    }
    order(&service, ["r-1".to_owned()]);
    run(shop(&service, &state), &ONCE).with_code(0);
    // What is in the log beside the file goes into it.
    Connection::open(&state).unwrap().query_row("pragma wal_checkpoint(truncate)", [], |_| Ok(())).unwrap();
    let mut bytes = fs::read(&state).unwrap();
    for byte in &mut bytes[200..] {
        *byte ^= 0x5a;
    }
    fs::write(&state, bytes).unwrap();
    let ended = run(shop(&service, &state), &ONCE).with_code(2).telling("--state FILE");
    assert_eq!(ended.said.lines().count(), 1, "{}", ended.said);
}

#[test]
fn whatever_stands_as_a_cursor_in_it_is_told_and_nothing_is_made_of_it() {
    let (sandbox, folder) = (sandbox(1..=1), tempfile::tempdir().unwrap());
    let state = folder.path().join("state.sqlite");
    let once = ["paid_order", "--start", "beginning", "--once"];
    run(justclick(&sandbox, &state), &once).with_code(0);
    let mut random = fastrand::Rng::with_seed(7);
    for round in 0..24 {
        let cursor: String = match round {
            0 => String::new(),
            1 => "9".repeat(400),
            2 => "1362254400/".to_owned(),
            3 => "-1/0-1".to_owned(),
            _ => (0..random.usize(1..40)).map(|_| random.char(..)).collect(),
        };
        let file = Connection::open(&state).unwrap();
        assert_eq!(file.execute("update cursors set cursor = ?", [&cursor]).unwrap(), 1);
        drop(file);
        run(justclick(&sandbox, &state), &once).with_code(10).telling("The cursor is not one of this trigger");
    }
}

#[test]
#[cfg(unix)]
fn without_room_for_an_event_nothing_is_taken_as_told_and_with_room_again_it_comes() {
    let (service, folder) = (Service::start().unwrap(), tempfile::tempdir().unwrap());
    let state = folder.path().join("state.sqlite");
    run(shop(&service, &state), &ONCE).with_code(0);
    let long = "x".repeat(40);
    order(&service, (0..2000).map(|number| format!("r-{number}-{long}")));
    let command = shop(&service, &state);
    let mut limited = Command::new("/bin/sh");
    // No file may grow beyond so many blocks of 512 bytes; what the engine makes of a module is in memory.
    limited.arg("-c").arg("trap '' XFSZ; ulimit -f 16384; exec \"$@\"").arg("sh").arg(command.get_program());
    limited.args(command.get_args()).args(ONCE).stdin(Stdio::null());
    for (name, value) in command.get_envs() {
        limited.env(name, value.unwrap());
    }
    // The file is that long already.
    grow(&state, 16384 * 512);
    let first = Listener::start(&mut limited).ended();
    assert!(first.code == Some(2), "{:?} {}", first.code, first.said);
    assert!(first.said.contains("can't keep events"), "{}", first.said);
    let second = run(shop(&service, &state), &ONCE).with_code(0);
    let mut seen: Vec<_> = first.ids().into_iter().chain(second.ids()).collect();
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), 2000);
}

/// Fills the file with what nobody asks for, up to nearly this length.
fn grow(state: &std::path::Path, length: u64) {
    let file = Connection::open(state).unwrap();
    file.execute_batch("pragma journal_mode = delete").unwrap();
    let mut number = 0;
    while fs::metadata(state).unwrap().len() + 100_000 < length {
        number += 1;
        let id = format!("filler-{number}-{}", "y".repeat(30_000));
        file.execute("insert into seen values ('nobody', ?, 4102444800)", [id]).unwrap();
    }
}
