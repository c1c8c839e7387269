//! Disks that are full or can't be written.

use std::process::{Command, Stdio};

use crate::support::{Day, cancelling, ended};

#[test]
#[cfg(target_os = "linux")]
fn a_folder_that_can_not_be_written_is_told_before_anything_is_sent() {
    let day = Day::new([1]);
    day.write("orders.csv", cancelling([1]));
    // In this folder nobody, not even root, can make a file; the input is in it, so to say.
    let mut command = day.command(&["/proc/self/fd/0", "--format", "csv"]);
    let input = std::fs::File::open(day.path("orders.csv")).unwrap();
    let run = |command: &mut Command| ended(command.output().unwrap());
    run(command.stdin(input.try_clone().unwrap())).with_code(2).telling("can't write results").telling("--output FILE");
    command.args(["--output", "o.csv"]);
    run(command.stdin(input)).with_code(2).telling("can't write the journal").telling("--journal FILE");
    for (option, why) in [("--output", "can't write results"), ("--journal", "can't write the journal")] {
        day.run(&["orders.csv", option, "nowhere/at-all"]).with_code(2).telling(why);
    }
    assert_eq!((day.sandbox.request_count(), day.files()), (0, vec!["orders.csv".to_owned()]));
}

#[test]
#[cfg(target_os = "linux")]
fn results_that_find_no_room_are_still_in_the_journal() {
    let day = Day::new([1, 2]);
    day.write("orders.csv", cancelling([1, 2]));
    let full = ["orders.csv", "--output", "/dev/full"];
    day.run(&full).with_code(22).telling("No space left").telling("Nothing is lost");
    day.run(&["orders.csv", "--resume"]).with_code(0);
    assert_eq!((day.results().len(), day.sandbox.request_count()), (2, 2));
    // Without a journal they are kept elsewhere.
    let mut command = day.command(&["-", "--format", "csv", "--output", "/dev/full"]);
    command.env("TMPDIR", day.folder.path()).stdin(std::fs::File::open(day.path("orders.csv")).unwrap());
    ended(command.output().unwrap()).with_code(22).telling("the results are in");
    let rescued = day.files().into_iter().find(|name| name.starts_with("results-")).unwrap();
    assert_eq!(day.read(&rescued).lines().count(), 3);
}

#[test]
#[cfg(target_os = "linux")]
fn what_is_no_file_is_no_journal() {
    let day = Day::new([1]);
    day.write("orders.csv", cancelling([1]));
    day.run(&["orders.csv", "--journal", "/dev/full"]).with_code(2).telling("is not a file");
    day.run(&["orders.csv", "--journal", "orders.csv"]).with_code(2).telling("is not a journal");
    day.run(&["orders.csv", "--journal", "j", "--output", "j"]).with_code(2).telling("the same file");
    assert_eq!((day.sandbox.request_count(), day.read("orders.csv")), (0, cancelling([1])));
}

#[test]
#[cfg(unix)]
fn a_journal_that_finds_no_more_room_stops_the_batch_and_nothing_is_lost() {
    let day = Day::new(1..=300);
    day.write("orders.csv", cancelling(1..=300));
    // No file may grow beyond 8 MiB, of which the plugin's memory takes its share; a journal that is
    // long already has room for some rows and not for all.
    day.run(&["orders.csv", "--output", "/dev/null"]).with_code(0);
    let header = day.read("orders.csv.journal").lines().next().unwrap().to_owned();
    let journal = day.read("orders.csv.journal");
    let done = journal.lines().rfind(|line| line.contains("\"done\"")).unwrap();
    let long = format!("{header}\n{}{done}\n", "\n".repeat((8 << 20) - 10_000));
    day.write("orders.csv.journal", long);
    let before = day.sandbox.request_count();
    let command = day.command(&["orders.csv", "--resume"]);
    let mut limited = Command::new("/bin/sh");
    limited.arg("-c").arg("trap '' XFSZ; ulimit -f 16384; exec \"$@\"").arg("sh").arg(command.get_program());
    limited.args(command.get_args()).current_dir(day.folder.path()).stdin(Stdio::null());
    for (name, value) in command.get_envs() {
        limited.env(name, value.unwrap());
    }
    let stopped = ended(limited.output().unwrap()).with_code(22);
    let stopped = stopped.telling("Stopped: the journal can't be written").telling("--resume");
    assert!(!stopped.stdout.contains("in the results"), "there are none: {}", stopped.stdout);
    if stopped.stdout.contains("may or may not have been changed") {
        stopped.telling("may or may not have been changed: look at line").telling("of the input");
    }
    let (confirmed, sent) = (day.done().len() as u64, day.sandbox.request_count() - before);
    assert!(confirmed > 0 && sent < 300, "{confirmed} of {sent}");
    assert!(sent <= confirmed + 8, "rows were sent that the journal could not take");
    day.run(&["orders.csv", "--resume"]).with_code(0);
    assert_eq!(day.sandbox.request_count(), before + sent + 300 - confirmed);
    assert!((1..=300).all(|number| day.order(number).status == "cancel"));
}
