//! How it ends.

use std::io::{BufRead, BufReader};
use std::process::Stdio;

use shop_service::Service;

use crate::support::{Listener, order, run, shop};

const BEGIN: [&str; 3] = ["order_created", "--start", "beginning"];

#[test]
fn both_signals_end_it_at_once_and_as_asked() {
    let (service, folder) = (Service::start().unwrap(), tempfile::tempdir().unwrap());
    for name in ["INT", "TERM"] {
        let state = folder.path().join(name);
        let mut listener = Listener::start(shop(&service, &state).args(BEGIN));
        listener.until_it_says("is asked for");
        listener.signal(name);
        listener.ended().with_code(0);
    }
}

#[test]
fn a_reader_that_goes_away_ends_it_and_the_next_has_what_that_one_did_not_take() {
    let (service, folder) = (Service::start().unwrap(), tempfile::tempdir().unwrap());
    let state = folder.path().join("state.sqlite");
    // More than a pipe holds.
    let numbers = order(&service, (0..400).map(|number| format!("r-{number}-{}", "x".repeat(40))));
    let mut child = shop(&service, &state).args(BEGIN).stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap();
    let mut stdout = BufReader::with_capacity(16, child.stdout.take().unwrap());
    let mut first = String::new();
    stdout.read_line(&mut first).unwrap();
    assert!(first.contains(&format!("created:{}\"", numbers[0])));
    drop(stdout);
    assert_eq!(child.wait().unwrap().code(), Some(0));
    let rest = run(shop(&service, &state), &[&BEGIN[..], &["--once"]].concat()).with_code(0).ids();
    let last = numbers.iter().map(|number| format!("created:{number}")).next_back();
    // What was in the pipe has been written; whoever closed it has lost that.
    assert_eq!(rest.last(), last.as_ref());
    assert!(rest.len() < 400 && !rest.contains(&format!("created:{}", numbers[0])), "{}", rest.len());
}

#[test]
#[cfg(unix)]
fn a_reader_that_goes_away_while_nothing_happens_ends_it_too() {
    let (service, folder) = (Service::start().unwrap(), tempfile::tempdir().unwrap());
    let state = folder.path().join("state.sqlite");
    let mut child = shop(&service, &state)
        .args(BEGIN)
        .args(["--every", "1h"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
#[cfg(target_os = "linux")]
fn what_can_not_be_printed_is_kept_and_comes_with_the_next_start() {
    let (service, folder) = (Service::start().unwrap(), tempfile::tempdir().unwrap());
    let state = folder.path().join("state.sqlite");
    order(&service, ["r-1".to_owned()]);
    let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
    let output = shop(&service, &state).args(BEGIN).stdin(Stdio::null()).stdout(full).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(22), "{said}");
    assert!(said.contains("can't print events") && said.contains("They are kept"), "{said}");
    assert_eq!(run(shop(&service, &state), &[&BEGIN[..], &["--once"]].concat()).with_code(0).events.len(), 1);
}
