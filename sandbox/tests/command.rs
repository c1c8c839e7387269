//! The command: what it prints, where it stops, how it fails.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_justclick-sandbox"));
    command.args(arguments).env_remove("SANDBOX_API_KEY");
    command
}

fn fails(arguments: &[&str]) -> (Option<i32>, String) {
    let Output { status, stdout, stderr } = command(arguments).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&stdout), "");
    (status.code(), String::from_utf8(stderr).unwrap())
}

/// A file that is gone after the test.
struct File(PathBuf);

impl File {
    fn new(name: &str, text: &str) -> Self {
        let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{}-{name}", std::process::id()));
        std::fs::write(&path, text).unwrap();
        Self(path)
    }

    fn path(&self) -> &str {
        self.0.to_str().unwrap()
    }
}

impl Drop for File {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

/// A running command, killed with the test.
struct Running {
    child: Child,
    address: String,
}

impl Running {
    fn start(command: &mut Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        let address = line.strip_prefix("JustClick sandbox on http://").and_then(|rest| rest.strip_suffix('\n'));
        Self { address: address.unwrap_or_else(|| panic!("printed {line:?}")).to_owned(), child }
    }

    fn ask(&self, request_line: &str, form: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        let length = form.len();
        write!(
            stream,
            "{request_line} HTTP/1.1\r\nHost: sandbox\r\nConnection: close\r\nContent-Length: {length}\r\n\
             Content-Type: application/x-www-form-urlencoded\r\n\r\n{form}"
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn it_prints_its_address_and_serves_the_sample_account_and_orders() {
    let running = Running::start(&mut command(&[]));
    assert!(running.address.starts_with("127.0.0.1:"), "{}", running.address);
    let answer = running.ask("POST /api/GetAllGroups", "hash=53de7e1144de71c41d1cb06887f4b179");
    assert!(answer.contains("cf2b10a8fd707c6d14f496e19503b0a1"), "{answer}");
    assert!(running.ask("GET /orders/100000", "").contains(r#""status":"new""#));
}

#[test]
fn its_options_are_what_it_serves() {
    let orders = File::new("orders.json", r#"{"orders": [{"bill_id": "7", "misbehaviour": "code-5"}]}"#);
    let arguments = ["--orders", orders.path(), "--login", "--me", "--misbehave", "slow", "--slow-ms", "1"];
    let running = Running::start(command(&arguments).env("SANDBOX_API_KEY", "a key"));
    assert!(running.ask("GET /orders/100000", "").starts_with("HTTP/1.1 404"));
    assert!(running.ask("GET /orders/7", "").contains("code-5"));
    assert!(running.ask("GET /misbehaviour", "").ends_with(r#"{"misbehaviour":"slow"}"#));
    // php -r 'echo md5("::--me::a key"), md5("0::OK::a key");'
    let answer = running.ask("POST /api/GetAllGroups", "hash=364a4ede65bf399ebb6e208521a79b23");
    assert!(answer.contains("f504449c630dbc71dd30a0061fb9e52f"), "{answer}");
}

#[cfg(unix)]
#[test]
fn it_ends_well_when_interrupted_or_terminated() {
    for signal in ["INT", "TERM"] {
        let mut running = Running::start(&mut command(&[]));
        let pid = running.child.id().to_string();
        assert!(Command::new("kill").args(["-s", signal, &pid]).status().unwrap().success());
        assert_eq!(running.child.wait().unwrap().code(), Some(0), "SIG{signal}");
        let mut more = String::new();
        running.child.stdout.as_mut().unwrap().read_to_string(&mut more).unwrap();
        assert_eq!(more, "", "SIG{signal}");
    }
}

#[test]
fn a_bad_orders_file_is_one_line_with_the_file_and_the_place() {
    let bad = File::new("bad.json", "{\"orders\": [\n  {\"bill_id\": \"1\", \"state\": \"new\"}\n]}");
    let (code, message) = fails(&["--orders", bad.path()]);
    assert_eq!((code, message.lines().count()), (Some(2), 1), "{message}");
    for named in [bad.path(), "`state`", "line 2"] {
        assert!(message.contains(named), "{message}");
    }
    let (code, message) = fails(&["--orders", "no/such/file.json"]);
    assert_eq!((code, message.lines().count()), (Some(2), 1), "{message}");
    assert!(message.contains("no/such/file.json"), "{message}");
}

#[test]
fn a_port_in_use_is_one_line_with_the_address() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let (code, message) = fails(&["--listen", &address]);
    assert_eq!((code, message.lines().count()), (Some(1), 1), "{message}");
    assert!(message.contains(&address) && message.contains("choose another port"), "{message}");
}

#[test]
fn an_unknown_misbehaviour_is_answered_with_the_known_ones() {
    let (code, message) = fails(&["--misbehave", "bad"]);
    assert_eq!(code, Some(2));
    assert!(message.contains("forged-hash") && message.contains("code-N"), "{message}");
}

#[test]
fn the_help_does_not_show_the_key_in_the_environment() {
    let output = command(&["--help"]).env("SANDBOX_API_KEY", "s3cret").output().unwrap();
    let help = String::from_utf8(output.stdout).unwrap();
    assert!(help.contains("SANDBOX_API_KEY") && help.contains("drop-after"), "{help}");
    assert!(!help.contains("s3cret"), "{help}");
}
