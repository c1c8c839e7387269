//! `doctor` as an operator calls it, with things that are right and things that are wrong.

mod common;

use std::fs;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::Path;
use std::process::Command;
use std::thread;

use common::{BUNDLE, connections, plugin_host};
use justclick_sandbox::{SAMPLE_API_KEY, Sandbox};
use serde_json::Value;

fn sandbox() -> Sandbox {
    Sandbox::builder().start().unwrap()
}

/// The exit code and what was found, as `status check subject: message`.
fn doctor(command: &mut Command, state: &Path, args: &[&str]) -> (i32, Vec<String>) {
    let output = command.env("STATE_DIRECTORY", state).args(["--json", "doctor"]).args(args).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(!text.contains(SAMPLE_API_KEY) && !text.contains("hunter2"), "{text}");
    let found: Value = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
    let line = |finding: &Value| {
        let part = |name: &str| finding[name].as_str().unwrap_or_default().to_owned();
        assert_eq!(part("status") == "ok", finding["next"].is_null(), "{finding}");
        assert!(!part("message").contains('\n'), "{finding}");
        format!("{} {} {}: {}", part("status"), part("check"), part("subject"), part("message"))
    };
    let lines: Vec<_> = found["findings"].as_array().unwrap().iter().map(line).collect();
    assert_eq!(found["ok"] == true, lines.iter().all(|line| !line.starts_with("fail")));
    (output.status.code().unwrap(), lines)
}

fn told(lines: &[String], what: &str) {
    assert!(lines.iter().any(|line| line.contains(what)), "{what} is not in {lines:#?}");
}

#[test]
fn where_all_is_well_each_line_says_so_and_the_services_are_asked_if_that_is_wanted() {
    let (sandbox, state) = (sandbox(), tempfile::tempdir().unwrap());
    let file = connections(&[("berlin", &sandbox), ("paris", &sandbox)]);
    let file = file.path().to_str().unwrap();
    let (code, lines) = doctor(&mut plugin_host(&sandbox), state.path(), &["--connections", file]);
    assert!(code == 0 && lines.iter().all(|line| line.starts_with("ok ")), "{lines:#?}");
    for what in [
        "version 1 of the contract",
        "ok connection paris: ",
        "nobody else can read it",
        "without a proxy",
        "MiB are free",
    ] {
        told(&lines, what);
    }
    assert!(sandbox.requests().is_empty() && !lines.iter().any(|line| line.contains(" clock ")));
    let (code, lines) = doctor(&mut plugin_host(&sandbox), state.path(), &["--connections", file, "--online"]);
    assert_eq!(code, 0, "{lines:#?}");
    told(&lines, "ok check berlin: the service takes the connection");
    told(&lines, " clock paris: ");
    // Nothing was made that was not there before.
    assert_eq!(state.path().read_dir().unwrap().count(), 0);
}

#[test]
fn one_thing_that_is_wrong_hides_no_other_and_people_read_a_line_each_with_the_next_step() {
    let (sandbox, state) = (sandbox(), tempfile::tempdir().unwrap());
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let broken = at("broken");
    fs::create_dir(&broken).unwrap();
    let mut manifest: Value = serde_json::from_slice(&fs::read(BUNDLE).unwrap()).unwrap();
    manifest["wasm"][0]["hash"] = "00".into();
    let module = manifest["wasm"][0]["path"].as_str().unwrap().to_owned();
    fs::copy(Path::new(BUNDLE).with_file_name(&module), broken.join(&module)).unwrap();
    fs::write(broken.join("extism.json"), manifest.to_string()).unwrap();
    fs::write(at("key"), "hunter2").unwrap();
    let key = at("key").display().to_string();
    let base = sandbox.base_url();
    let text = format!(
        "[berlin]\nlogin = \"u\"\napi_key = \"env:NOT_THERE\"\nbase_url = \"{base}\"\ncolour = \"red\"\n\n[paris]\nlogin = \"u\"\napi_key = \"file:{key}\"\nbase_url = \"{base}\"\n\n[rome]\nplugin = \"crm\"\n"
    );
    fs::write(at("shops.toml"), text).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(at("key"), fs::Permissions::from_mode(0o644)).unwrap();
    }
    fs::write(state.path().join("events.sqlite"), "no database at all, but long enough to be looked at as one")
        .unwrap();
    let shops = at("shops.toml").display().to_string();
    let (bundle, broken) = (BUNDLE.to_owned(), broken.display().to_string());
    let args = ["--bundle", &bundle, "--bundle", &broken, "--connections", &shops];
    let (code, lines) = doctor(&mut plugin_host(&sandbox), state.path(), &args);
    assert_eq!(code, 3);
    for what in [
        "get the bundle again",
        "fail connection berlin: api_key is not to be had: the environment has no NOT_THERE",
        "fail connection berlin: colour is not known",
        "ok connection paris: ",
        "fail connection rome: ",
        "events.sqlite: it should hold events: ",
    ] {
        told(&lines, what);
    }
    #[cfg(unix)]
    told(&lines, "others can read it, which is api_key of paris (mode 644)");
    let output = plugin_host(&sandbox).env("STATE_DIRECTORY", state.path()).arg("doctor").args(args).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let wrong: Vec<_> = text.lines().filter(|line| !line.starts_with("ok ")).collect();
    assert!(wrong.len() >= 5 && wrong.iter().all(|line| line.contains(". Next: ")), "{text}");
}

#[test]
fn a_key_that_the_service_refuses_a_proxy_that_is_none_and_a_clock_that_is_wrong_are_told() {
    let (sandbox, state) = (sandbox(), tempfile::tempdir().unwrap());
    let mut command = plugin_host(&sandbox);
    let (code, lines) = doctor(command.env("JUSTCLICK_API_KEY", "hunter2-hunter2"), state.path(), &["--online"]);
    assert_eq!(code, 3);
    told(&lines, "fail check default: ");
    let (code, lines) = doctor(&mut plugin_host(&sandbox), state.path(), &["--online", "--proxy", "socks5://a:1"]);
    assert_eq!(code, 3);
    told(&lines, "fail network all: --proxy names a SOCKS proxy");
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let _ = stream.read(&mut [0; 4096]);
            let _ = stream.write_all(
                b"HTTP/1.1 503 Busy\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
            );
        }
    });
    let mut command = plugin_host(&sandbox);
    command.env("JUSTCLICK_BASE_URL", format!("http://{address}"));
    let (code, lines) = doctor(&mut command, state.path(), &["--online"]);
    assert_eq!(code, 3);
    told(&lines, "fail clock default: this machine's clock is ");
    told(&lines, " s ahead of the service's");
}

#[test]
fn a_state_file_that_a_server_has_open_is_no_trouble_to_either() {
    let (sandbox, state) = (sandbox(), tempfile::tempdir().unwrap());
    let mut serve = plugin_host(&sandbox);
    serve.env("STATE_DIRECTORY", state.path()).args(["serve", "--listen", "127.0.0.1:0"]);
    let mut server = common::begun(&mut serve);
    let (code, lines) = doctor(&mut plugin_host(&sandbox), state.path(), &[]);
    server.child.kill().unwrap();
    server.child.wait().unwrap();
    assert_eq!(code, 0, "{lines:#?}");
    told(&lines, "serve.sqlite: a running process keeps its answers there");
    let (code, lines) = doctor(&mut plugin_host(&sandbox), state.path(), &[]);
    assert_eq!(code, 0, "{lines:#?}");
    told(&lines, "serve.sqlite: it is sound, and holds answers");
}

#[test]
fn a_batch_that_is_not_at_its_end_is_told_with_the_command_that_goes_on() {
    let (sandbox, state, folder) = (sandbox(), tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    sandbox.put_order(justclick_sandbox::Order::new("1"));
    fs::write(folder.path().join("orders.csv"), "bill_id,status\n1,cancel\n2,cancel\n").unwrap();
    let batch = |args: &[&str]| {
        let mut command = plugin_host(&sandbox);
        command.current_dir(folder.path()).args(["batch", "update_order_status"]).args(args).output().unwrap();
    };
    let look = |args: &[&str]| doctor(plugin_host(&sandbox).current_dir(folder.path()), state.path(), args);
    batch(&["orders.csv"]);
    let (code, lines) = look(&[]);
    assert_eq!(code, 0, "what is warned of fails nothing: {lines:#?}");
    let rows = "1 of the 2 rows of orders.csv are done (update_order_status of justclick)";
    told(&lines, &format!("warn journal orders.csv.journal: {rows}, and 1 failed"));
    sandbox.put_order(justclick_sandbox::Order::new("2"));
    batch(&["orders.csv", "--resume", "--retry-failed"]);
    told(&look(&[]).1, "ok journal orders.csv.journal: 2 of the 2 rows");
    // What the last line said is lost, as after a power cut.
    let journal = fs::read_to_string(folder.path().join("orders.csv.journal")).unwrap();
    let begun: String = journal.lines().take(3).map(|line| format!("{line}\n")).collect();
    fs::write(folder.path().join("elsewhere"), begun).unwrap();
    let (_, lines) = look(&["--journal", "elsewhere", "--journal", "orders.csv"]);
    told(&lines, "warn journal elsewhere: ");
    told(&lines, " are open");
    told(&lines, "fail journal orders.csv: it is no journal of a batch");
}

#[test]
fn events_that_wait_are_told_with_the_age_of_the_oldest() {
    let (sandbox, state) = (sandbox(), tempfile::tempdir().unwrap());
    let mut serve = plugin_host(&sandbox);
    serve.env("STATE_DIRECTORY", state.path());
    let mut server =
        common::begun(serve.args(["serve", "--listen", "127.0.0.1:0", "--deliver", "http://127.0.0.1:9/x"]));
    server.child.kill().unwrap();
    server.child.wait().unwrap();
    told(&doctor(&mut plugin_host(&sandbox), state.path(), &[]).1, "it is sound, and no event waits in it");
    let file = rusqlite::Connection::open(state.path().join("events.sqlite")).unwrap();
    let put = "insert into outbox (account, plugin, connection, trigger_name, id, event, taken_in, confirmed)
        values ('a', 'p', 'c', 't', ?, '{}', cast(strftime('%s') as integer) - ?, 1)";
    file.execute(put, ("one", 5)).unwrap();
    told(
        &doctor(&mut plugin_host(&sandbox), state.path(), &[]).1,
        "it is sound, and 1 events wait in it, the oldest for ",
    );
    file.execute(put, ("two", 7_300)).unwrap();
    drop(file);
    let (code, lines) = doctor(&mut plugin_host(&sandbox), state.path(), &[]);
    assert_eq!(code, 0);
    told(&lines, "events.sqlite: 2 events wait in it, the oldest for 2 hours");
}

#[test]
#[cfg(unix)]
fn tokens_that_are_for_nothing_and_an_audit_that_can_not_be_written_are_told_before_a_server_begins() {
    use std::os::unix::fs::PermissionsExt;
    let (sandbox, state, folder) = (sandbox(), tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let at = |name: &str| folder.path().join(name).display().to_string();
    let write = |name: &str, mode: u32, text: &str| {
        fs::write(at(name), text).unwrap();
        fs::set_permissions(at(name), fs::Permissions::from_mode(mode)).unwrap();
    };
    let token = |name: &str, more: &str| format!("[tokens.{name}]\nsha256 = \"{}\"\n{more}\n", hash(name));
    let right = token("n8n", "connections = [\"def*\"]\nactions = [\"get_*\"]");
    write("tokens", 0o644, &right);
    write("audit", 0o600, "");
    let all_well = ["--tokens", &at("tokens"), "--audit", &at("audit")];
    let (code, lines) = doctor(&mut plugin_host(&sandbox), state.path(), &all_well);
    assert!(code == 0 && lines.iter().all(|line| line.starts_with("ok ")), "{lines:#?}");
    for what in [
        "tokens: it has 1 token",
        "nobody else can write it, which says who may call",
        "audit: it can be written, and ",
    ] {
        told(&lines, what);
    }

    let old = token("old", "expires = 2020-01-31T00:00:00Z");
    write("tokens", 0o666, &format!("{right}{old}{}", token("lost", "connections = [\"paris\"]\nactions = [\"fly\"]")));
    write("plain", 0o640, "hunter2hunter2hunter2\n");
    write("audit", 0o644, "");
    let wrong = ["--tokens", &at("tokens"), "--token-file", &at("plain"), "--audit", &at("audit")];
    let (code, lines) = doctor(&mut plugin_host(&sandbox), state.path(), &wrong);
    assert_eq!(code, 3);
    for what in [
        "tokens: it has 3 tokens",
        "tokens: the token old has expired (2020-01-31T00:00:00Z), and is not let in",
        "tokens: the token lost is for the connection paris, and none is called so",
        "tokens: the token lost is for the action fly, and none is called so",
        "others can write it, which says who may call (mode 666)",
        "plain: it has 1 token",
        "others can read it, which holds tokens (mode 640)",
        "others can read it, which says who called what (mode 644)",
    ] {
        told(&lines, what);
    }

    write("tokens", 0o600, "[tokens.n8n]\nsha256 = \"hunter2\"\n");
    for (audit, why) in [(at(""), "it is a folder"), (at("none/audit"), "it is not there, and can't be made")] {
        let (code, lines) =
            doctor(&mut plugin_host(&sandbox), state.path(), &["--tokens", &at("tokens"), "--audit", &audit]);
        assert_eq!(code, 3);
        told(&lines, why);
        told(&lines, "tokens.n8n: sha256 is not 64 hexadecimal digits");
    }
    let (code, lines) = doctor(&mut plugin_host(&sandbox), state.path(), &["--audit", &at("new")]);
    assert_eq!(code, 0, "{lines:#?}");
    told(&lines, "new: it is not there yet, and can be made, and ");
    assert!(!Path::new(&at("new")).exists());
}

/// Something of 64 digits that is each name's own.
fn hash(name: &str) -> String {
    name.bytes().cycle().take(32).map(|byte| format!("{byte:02x}")).collect()
}
