//! Failing again and again costs nothing that is not given back.

use std::net::SocketAddr;
use std::process::Command;

use socket2::{Domain, Socket, Type};

use crate::server::Step::{Read, Reset};
use crate::server::{Server, Step};
use crate::support::*;

/// Set where a test runs in a process of its own, so that the others' memory is not counted.
const ALONE: &str = "PLUGIN_HOST_TEST_ALONE";

/// What may be lost to caches and fragments, in bytes: a fraction of a KiB for each call.
const SLACK: u64 = 20 << 20;

/// Runs the rest of a test in a process of its own: false in the one that started it.
fn alone(test: &str) -> bool {
    if std::env::var_os(ALONE).is_some() {
        return true;
    }
    let mut command = Command::new(std::env::current_exe().unwrap());
    let output = command.args(["--exact", test, "--nocapture"]).env(ALONE, "1").output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && text.contains("1 passed"), "{text}");
    false
}

/// Memory in use, in bytes. The page size is that of Linux on x86-64, and of most others.
fn resident() -> u64 {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap();
    statm.split(' ').nth(1).unwrap().parse::<u64>().unwrap() * 4096
}

fn open_files() -> usize {
    std::fs::read_dir("/proc/self/fd").unwrap().count()
}

#[test]
#[cfg(target_os = "linux")]
fn a_hundred_thousand_refused_calls_leave_memory_flat_and_the_next_call_good() {
    if !alone("endurance::a_hundred_thousand_refused_calls_leave_memory_flat_and_the_next_call_good") {
        return;
    }
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    socket.bind(&SocketAddr::from(([127, 0, 0, 1], 0)).into()).unwrap();
    let origin = format!("http://{}", socket.local_addr().unwrap().as_socket().unwrap());
    let runner = runner(&[&origin]);
    let connected = runner.connect(account(&origin));
    let fail = |times: u32| (0..times).for_each(|_| assert_nature(&refused(&connected), NOT_SENT));
    fail(1000);
    let (memory, files) = (resident(), open_files());
    fail(100_000);
    let grown = resident().saturating_sub(memory);
    assert!(grown < SLACK, "memory grew by {grown} bytes");
    assert_eq!(open_files(), files);
    socket.listen(16).unwrap();
    let _server = Server::on(socket.into(), [Read, Step::Send(good())], None);
    done(&connected);
}

#[test]
#[cfg(target_os = "linux")]
fn thousands_of_broken_connections_leave_memory_and_files_flat() {
    if !alone("endurance::thousands_of_broken_connections_leave_memory_and_files_flat") {
        return;
    }
    let server = Server::start([Read, Reset]);
    let runner = runner(&[&server.origin()]);
    let connected = runner.connect(account(&server.origin()));
    let fail = |times: u32| (0..times).for_each(|_| assert_nature(&refused(&connected), LOST));
    fail(500);
    let (memory, files) = (resident(), open_files());
    fail(3000);
    let grown = resident().saturating_sub(memory);
    assert!(grown < SLACK, "memory grew by {grown} bytes");
    // The server's end of the last connection may still be on its way out.
    assert!(open_files() <= files + 4, "{} files", open_files());
    server.play_well();
    done(&connected);
}
