//! Servers that are hard to reach, through the whole command: those that close kept connections by
//! themselves, and those with an address that does not answer.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use justclick_sandbox::{SAMPLE_API_KEY, SAMPLE_LOGIN};

use crate::common::BUNDLE;
use crate::server::Step::{Pause, Read, Send};
use crate::server::{Server, Step};
use crate::support::good_and_stay;

const ROWS: usize = 40;

fn batch(server: &Server, folder: &Path, args: &[&str]) -> (i32, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_plugin-host"));
    command.env_clear().env("PLUGIN_BUNDLE", BUNDLE).env("PLUGIN_ENV_PREFIX", "JUSTCLICK");
    command.env("JUSTCLICK_LOGIN", SAMPLE_LOGIN);
    command.env("JUSTCLICK_API_KEY", SAMPLE_API_KEY).env("JUSTCLICK_BASE_URL", server.origin());
    command.current_dir(folder).args(["batch", "update_order_status", "orders.csv", "--in-flight", "1"]).args(args);
    let output = command.stdin(Stdio::null()).output().unwrap();
    (output.status.code().unwrap(), String::from_utf8(output.stderr).unwrap())
}

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let rows: String = (1..=ROWS).map(|row| format!("{row},cancel\n")).collect();
    std::fs::write(folder.path().join("orders.csv"), format!("bill_id,status\n{rows}")).unwrap();
    folder
}

/// The orders of the requests that the server has read.
fn read_by(server: &Server) -> Vec<String> {
    let order = |request: &String| {
        let (_, rest) = request.split_once("bill_id=").unwrap();
        rest.split('&').next().unwrap().to_owned()
    };
    server.requests().iter().map(order).collect()
}

/// By order: whether it is done, when to try again, and what is known of its effect.
fn results(folder: &Path) -> BTreeMap<String, [String; 3]> {
    let mut reader = csv::Reader::from_path(folder.join("orders.results.csv")).unwrap();
    let row = |row: BTreeMap<String, String>| {
        (row["bill_id"].clone(), ["ok", "retry", "effect"].map(|column| row[column].clone()))
    };
    reader.deserialize().map(|read| row(read.unwrap())).collect()
}

/// The server closes a connection that it said it would keep, so long after its answer.
fn closing_after(pause: Duration) -> [Step; 3] {
    [Read, Send(good_and_stay()), Pause(pause)]
}

#[test]
fn what_meets_a_close_of_the_server_is_told_as_it_is_and_made_in_the_end() {
    for (pause, rate) in [(0, None), (50, None), (50, Some("20/s")), (50, Some("10/s"))] {
        let server = Server::start(closing_after(Duration::from_millis(pause)));
        let folder = folder();
        let rate = rate.map_or(vec![], |rate| vec!["--rate", rate]);
        let case = format!("{pause} ms, {rate:?}");
        let (code, stderr) = batch(&server, folder.path(), &[&["--retries", "0"], &rate[..]].concat());
        assert!(code == 0 || code == 20, "{case}: {stderr}");
        let read: BTreeSet<_> = read_by(&server).into_iter().collect();
        assert_eq!(read_by(&server).len(), read.len(), "{case}: something was sent twice by itself");
        let told = results(folder.path());
        assert_eq!(told.len(), ROWS, "{case}");
        for (order, [ok, retry, effect]) in &told {
            match (ok == "true", read.contains(order)) {
                (true, was_read) => assert!(was_read, "{case}: {order}"),
                (false, true) => assert_eq!((retry.as_str(), effect.as_str()), ("later", "unknown"), "{case}: {order}"),
                (false, false) => assert_eq!(retry, "later", "{case}: {order}"),
            }
        }
        // A connection that was closed long ago is not used: then hardly anything fails.
        let done = told.values().filter(|[ok, ..]| ok == "true").count();
        let least = if rate == ["--rate", "10/s"] { ROWS * 9 / 10 } else { ROWS / 3 };
        assert!(done >= least, "{case}: {done} of {ROWS}: {stderr}");
        let (code, stderr) = batch(&server, folder.path(), &["--resume", "--retries", "9"]);
        assert_eq!(code, 0, "{case}: {stderr}");
        assert_eq!(read_by(&server).into_iter().collect::<BTreeSet<_>>().len(), ROWS, "{case}");
    }
}

#[test]
#[cfg(target_os = "linux")]
fn a_name_is_reached_at_an_address_that_answers_whichever_comes_first() {
    use std::net::{SocketAddr, TcpListener, TcpStream};

    use socket2::{Domain, Socket, Type};

    let is_allowed = Command::new("unshare").args(["-rm", "true"]).stderr(Stdio::null()).status();
    if !is_allowed.is_ok_and(|status| status.success()) {
        return eprintln!("not tried: this system lets nobody give a name two addresses for a process alone");
    }
    let folder = tempfile::tempdir().unwrap();
    let hosts = folder.path().join("hosts");
    std::fs::write(&hosts, "127.0.0.1 shop.test\n127.0.0.2 shop.test\n").unwrap();
    for (well, dead) in [([127, 0, 0, 1], [127, 0, 0, 2]), ([127, 0, 0, 2], [127, 0, 0, 1])] {
        // A port that is free at one address may be taken at the other.
        let (listener, port, socket) = loop {
            let listener = TcpListener::bind(SocketAddr::from((well, 0))).unwrap();
            let port = listener.local_addr().unwrap().port();
            let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
            if socket.bind(&SocketAddr::from((dead, port)).into()).is_ok() {
                break (listener, port, socket);
            }
        };
        let server = Server::on(listener, closing_after(Duration::ZERO), None);
        // Linux answers no more handshakes when one more than the backlog waits to be accepted.
        socket.listen(0).unwrap();
        let _waiting = TcpStream::connect(SocketAddr::from((dead, port))).unwrap();
        let mut command = Command::new("unshare");
        command.args(["-rm", "sh", "-c", "mount --bind \"$0\" /etc/hosts && exec \"$@\""]).arg(&hosts);
        command.arg(env!("CARGO_BIN_EXE_plugin-host")).args(["--retries", "0", "call", "update_order_status"]);
        command.args(["--allow", &format!("http://shop.test:{port}")]);
        command.args(["--field", "bill_id=1", "--field", "status=cancel"]);
        command.env("PLUGIN_BUNDLE", BUNDLE).env("PLUGIN_ENV_PREFIX", "JUSTCLICK").env("NO_PROXY", "*");
        command.env("JUSTCLICK_LOGIN", SAMPLE_LOGIN);
        command.env("JUSTCLICK_API_KEY", SAMPLE_API_KEY).env("JUSTCLICK_ALLOW_HTTP", "true");
        command.env("JUSTCLICK_BASE_URL", format!("http://shop.test:{port}"));
        let output = command.stdin(Stdio::null()).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        assert_eq!(read_by(&server), ["1"]);
    }
}
