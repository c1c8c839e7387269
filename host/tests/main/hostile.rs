//! Plugins that mean harm, or are broken as if they did: each is ended in seconds, by a cap that its
//! error names, and nothing of it is left.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use plugin_host_core::bundle::Bundle;
use plugin_host_core::engine::CALL_TIME;
use plugin_host_core::error::{Effect, Retry};
use plugin_host_core::runner::{Connected, Settings};
use plugin_host_core::{ActionError, Connection, LoadError, Runner};
use sha2::{Digest, Sha256};

use crate::common::COPY;
use crate::server::Step::{Again, Hang, Read};
use crate::server::{Server, Step};
use crate::support::{good_and_stay, limits, settings};

/// None of these may take longer, on a machine that is busy with others.
const SOON: Duration = Duration::from_secs(60);

/// The time of a call where it is to be over before anything else is.
const SHORT: Duration = Duration::from_secs(3);

const SECRET: &str = "hunter2\"hunter2/";

const DESCRIPTION: &str = r#"{"contract":1,"name":"hostile","title":"Hostile","version":"1","connection":{"schema":{"type":"object","required":["base_url"],"properties":{"base_url":{"type":"string"},"api_key":{"type":"string","writeOnly":true}}},"check":"check","origins":["base_url"]},"actions":[ACTIONS]}"#;

const VAR_SET: &str = r#"(import "extism:host/env" "var_set" (func $var_set (param i64 i64)))"#;

const PRELUDE: &str = r#"
  (import "extism:host/env" "alloc" (func $alloc (param i64) (result i64)))
  (import "extism:host/env" "free" (func $free (param i64)))
  (import "extism:host/env" "store_u8" (func $store (param i64 i32)))
  (import "extism:host/env" "load_u8" (func $load (param i64) (result i32)))
  (import "extism:host/env" "input_offset" (func $input (result i64)))
  (import "extism:host/env" "input_length" (func $input_length (result i64)))
  (import "extism:host/env" "output_set" (func $output (param i64 i64)))
  (import "extism:host/env" "error_set" (func $error (param i64)))
  (import "extism:host/env" "http_request" (func $request (param i64 i64) (result i64)))
  (import "extism:host/env" "var_set" (func $var_set (param i64 i64)))
  (import "extism:host/env" "log_error" (func $log (param i64)))
  (import "extism:host/env" "config_get" (func $config (param i64) (result i64)))
  (import "extism:host/env" "length" (func $length (param i64) (result i64)))
  (memory (export "memory") 1)
  (data (i32.const 0) "TEXT")
  (data (i32.const 60000) "base_url")
  COPY
  (func (export "describe") (result i32)
    DESCRIBE
    (call $output (call $text (i32.const 0) (i32.const LENGTH)) (i64.const LENGTH))
    (i32.const 0))
  (func (export "check") (result i32) (i32.const 0))
  ;; Puts its input out, or makes it its error, or its request.
  (func (export "echo") (result i32) (call $output (call $input) (call $input_length)) (i32.const 0))
  (func (export "fail") (result i32) (call $error (call $input)) (i32.const 1))
  ;; Tells its connection's address, which is no JSON.
  (func (export "tell") (result i32) (local $block i64)
    (local.set $block (call $config (call $text (i32.const 60000) (i32.const 8))))
    (call $output (local.get $block) (call $length (local.get $block)))
    (i32.const 0))
  (func (export "fetch") (result i32) (drop (call $request (call $input) (i64.const 0))) (i32.const 0))
"#;

/// A module whose description does this before anything else, with what is outside functions, and an
/// action `attack`.
#[derive(Default)]
pub struct Module<'a> {
    pub describe: &'a str,
    pub outside: &'a str,
    pub attack: &'a str,
}

impl<'a> Module<'a> {
    fn attack(attack: &'a str) -> Self {
        Self { attack, ..Self::default() }
    }

    /// Writes the bundle into a folder, and returns its manifest.
    pub fn write(&self, folder: &Path) -> PathBuf {
        let action = |name| format!(r#"{{"name":"{name}","title":"t","description":"d","inputSchema":{{}}}}"#);
        let actions = ["attack", "echo", "fail", "fetch", "tell"].map(action).join(",");
        let description = DESCRIPTION.replace("ACTIONS", &actions);
        let text = PRELUDE
            .replace("COPY", COPY)
            .replace("DESCRIBE", self.describe)
            .replace("LENGTH", &description.len().to_string())
            .replace("TEXT", &description.replace('"', "\\22"));
        let attack =
            format!("(func (export \"attack\") (result i32) (local $block i64) (local $n i64) {}", self.attack);
        let mut module = format!("(module {text} {} {attack} (i32.const 0)))", self.outside);
        if !module.contains("(call $var_set ") {
            // What imports it is never run again.
            module = module.replace(VAR_SET, "");
        }
        let wasm = wat::parse_str(module).unwrap();
        std::fs::write(folder.join("m.wasm"), &wasm).unwrap();
        let hash: String = Sha256::digest(&wasm).iter().map(|byte| format!("{byte:02x}")).collect();
        let manifest = format!(r#"{{"wasm":[{{"path":"m.wasm","hash":"{hash}"}}],"memory":{{"max_pages":64}}}}"#);
        let path = folder.join("extism.json");
        std::fs::write(&path, manifest).unwrap();
        path
    }

    fn load(&self, settings: Settings) -> Result<Runner, LoadError> {
        let folder = tempfile::tempdir().unwrap();
        Runner::load(&Bundle::load(&self.write(folder.path())).unwrap(), settings)
    }

    /// Expects the module not to load, soon, for this reason.
    #[track_caller]
    fn is_refused(&self, why: &str) {
        let begun = Instant::now();
        let error = self.load(settings(limits(), &[], Default::default())).err().expect("it loads").to_string();
        assert!(begun.elapsed() < SOON, "it took {:?}", begun.elapsed());
        assert!(error.contains(why) && !error.contains('\n'), "{error}");
    }

    /// Expects the attack to be ended, soon, by this cap, and the next call to find all well.
    #[track_caller]
    fn is_ended(&self, cap: &str) {
        self.is_ended_within(CALL_TIME, cap);
    }

    #[track_caller]
    fn is_ended_within(&self, call_time: Duration, cap: &str) {
        let connected = self.connected_for(call_time, None);
        let error = ended(&connected, "", cap);
        assert_eq!(error.effect, Effect::None);
        assert_eq!(connected.call("echo", "1").unwrap(), "1");
    }

    fn connected(&self, server: Option<&Server>) -> Connected {
        self.connected_for(CALL_TIME, server)
    }

    fn connected_for(&self, call_time: Duration, server: Option<&Server>) -> Connected {
        let origin = server.map(Server::origin);
        let allowed: Vec<&str> = origin.iter().map(String::as_str).collect();
        let settings = settings(limits(), &allowed, Default::default());
        let runner = self.load(settings.call_time(call_time)).unwrap();
        let base_url = origin.unwrap_or_else(|| "https://shop.invalid".to_owned());
        runner.connect(Connection::new([("base_url", base_url.as_str()), ("api_key", SECRET)])).named("berlin")
    }
}

#[track_caller]
fn ended(connected: &Connected, input: &str, cap: &str) -> ActionError {
    let begun = Instant::now();
    let error = connected.call("attack", input).expect_err("the attack went well");
    assert!(begun.elapsed() < SOON, "it took {:?}", begun.elapsed());
    assert_eq!((error.kind.as_str(), error.retry), ("internal", Retry::Never), "{error:?}");
    assert!(error.message.contains(&format!("cap \"{cap}\"")) && !error.message.contains('\n'), "{}", error.message);
    *error
}

#[test]
fn what_the_host_does_for_a_plugin_is_paid_in_fuel() {
    let describe = "(loop $for_ever (call $free (call $alloc (i64.const 1000000))) (br $for_ever))";
    Module { describe, ..Module::default() }.is_refused("cap \"fuel\"");
    Module::attack("(loop $for_ever (call $free (call $alloc (i64.const 1000000))) (br $for_ever))").is_ended("fuel");
    // Many freed blocks, each too small for the next, are looked through every time.
    Module::attack(
        "(loop $more (local.set $n (i64.add (local.get $n) (i64.const 1)))
           (call $free (call $alloc (i64.const 1)))
           (local.set $block (call $alloc (i64.const 1)))
           (br_if $more (i64.lt_u (local.get $n) (i64.const 9000))))
         (loop $for_ever (call $free (local.get $block)) (call $free (call $alloc (i64.const 64))) (br $for_ever))",
    )
    .is_ended("fuel");
}

#[test]
fn a_plugin_that_computes_for_ever_has_an_end() {
    Module::attack("(loop $for_ever (br $for_ever))").is_ended("fuel");
    let describe = "(loop $for_ever (br $for_ever))";
    Module { describe, ..Module::default() }.is_refused("cap \"fuel\"");
    let outside = "(func $spin (loop $for_ever (br $for_ever))) (start $spin)";
    Module { outside, ..Module::default() }.is_refused("cap \"fuel\"");
    let outside = "(func (export \"_initialize\") (loop $for_ever (br $for_ever)))";
    Module { outside, ..Module::default() }.is_refused("cap \"fuel\"");
}

#[test]
fn instructions_that_do_much_at_once_are_paid_for_by_the_byte() {
    Module::attack(
        "(drop (memory.grow (i32.const 60)))
         (loop $for_ever
           (memory.fill (i32.const 0) (i32.const 1) (i32.const 3900000))
           (memory.copy (i32.const 0) (i32.const 8) (i32.const 3900000))
           (br $for_ever))",
    )
    .is_ended("fuel");
}

#[test]
fn a_call_whose_time_is_over_is_ended_while_it_computes() {
    Module::attack("(loop $for_ever (br $for_ever))").is_ended_within(Duration::from_millis(100), "time");
}

#[test]
fn memory_has_an_end_over_all_memories() {
    Module::attack("(loop $more (br_if $more (i32.ne (memory.grow (i32.const 8)) (i32.const -1)))) unreachable")
        .is_ended("memory");
    let outside = "(memory $b 40) (memory $c 40)";
    Module { outside, ..Module::default() }.is_refused("cap \"memory\"");
    let outside = "(memory 0) (memory 0) (memory 0) (memory 0)";
    Module { outside, ..Module::default() }.is_refused("can't be instantiated");
    Module {
        outside: "(memory $b 0 1000)",
        attack: "(loop $more (br_if $more (i32.ne (memory.grow $b (i32.const 8)) (i32.const -1)))) unreachable",
        ..Module::default()
    }
    .is_ended("memory");
}

#[test]
fn tables_have_an_end() {
    let outside = "(table 200000000 funcref)";
    Module { outside, ..Module::default() }.is_refused("can't be instantiated");
    let grown = Module {
        outside: "(table $t 1 funcref)",
        attack: "(if (i32.ne (table.grow $t (ref.null func) (i32.const 200000000)) (i32.const -1)) (then unreachable))
            (loop $more (br_if $more (i32.ne (table.grow $t (ref.null func) (i32.const 1000)) (i32.const -1))))
            (if (i32.gt_u (table.size $t) (i32.const 100000)) (then unreachable))
            (call $output (call $input) (call $input_length))",
        ..Module::default()
    };
    assert_eq!(grown.connected(None).call("attack", "true").unwrap(), "true");
}

#[test]
fn blocks_have_an_end_in_bytes_and_in_number() {
    Module::attack("(loop $for_ever (drop (call $alloc (i64.const 1))) (br $for_ever))").is_ended("blocks");
    Module::attack("(loop $for_ever (drop (call $alloc (i64.const 100000))) (br $for_ever))").is_ended("memory");
    Module::attack("(drop (call $alloc (i64.const 0x4000000000)))").is_ended("memory");
    Module::attack("(drop (call $alloc (i64.const -1)))").is_ended("memory");
}

#[test]
fn what_a_call_puts_out_has_an_end() {
    Module::attack("(call $output (i64.const 16) (i64.const 9000000))").is_ended("output");
    Module::attack("(call $error (call $alloc (i64.const 100000)))").is_ended("error");
}

/// An output of a hundred thousand lists within each other.
pub const DEEP: &str = "(local.set $block (call $alloc (i64.const 200000)))
    (loop $next
      (call $store
        (i64.add (local.get $block) (local.get $n))
        (select (i32.const 91) (i32.const 93) (i64.lt_u (local.get $n) (i64.const 100000))))
      (local.set $n (i64.add (local.get $n) (i64.const 1)))
      (br_if $next (i64.lt_u (local.get $n) (i64.const 200000))))
    (call $output (local.get $block) (i64.const 200000))";

#[test]
fn an_output_of_any_depth_overflows_no_stack_of_the_host() {
    let connected = Module::attack(DEEP).connected(None);
    assert_eq!(connected.call("attack", "").unwrap().len(), 200_000);
    assert_eq!(connected.call("echo", "1").unwrap(), "1");
}

#[test]
fn variables_have_an_end_in_bytes_and_in_number() {
    Module::attack("(call $var_set (call $alloc (i64.const 8)) (call $alloc (i64.const 2000000)))")
        .is_ended("variables");
    Module::attack(
        "(loop $for_ever
           (local.set $block (call $alloc (i64.const 3)))
           (call $store (local.get $block) (i32.wrap_i64 (local.get $n)))
           (call $store (i64.add (local.get $block) (i64.const 1)) (i32.wrap_i64 (i64.shr_u (local.get $n) (i64.const 8))))
           (call $var_set (local.get $block) (call $alloc (i64.const 1)))
           (local.set $n (i64.add (local.get $n) (i64.const 1)))
           (br $for_ever))",
    )
    .is_ended("variables");
}

#[test]
fn requests_have_an_end() {
    const REPEAT: &str = "(loop $for_ever
        (local.set $block (call $alloc (call $input_length)))
        (local.set $n (i64.const 0))
        (loop $next
          (call $store (i64.add (local.get $block) (local.get $n)) (call $byte (local.get $n)))
          (local.set $n (i64.add (local.get $n) (i64.const 1)))
          (br_if $next (i64.lt_u (local.get $n) (call $input_length))))
        (call $free (call $request (local.get $block) BODY))
        (br $for_ever))";
    let outside = "(func $byte (param $at i64) (result i32) (call $load (i64.add (call $input) (local.get $at))))";
    let connected = |call_time, body: &str, server: Option<&Server>| {
        let attack = REPEAT.replace("BODY", body);
        Module { outside, attack: &attack, ..Module::default() }.connected_for(call_time, server)
    };
    let server = Server::start([Read, Step::Send(good_and_stay()), Again]);
    let input = format!(r#"{{"url":"{}","method":"POST"}}"#, server.origin());
    let error = ended(&connected(CALL_TIME, "(i64.const 0)", Some(&server)), &input, "requests");
    assert_eq!((error.effect, server.requests().len()), (Effect::Unknown, 100));
    // Bodies of a megabyte, which don't even leave.
    let elsewhere = r#"{"url":"http://10.0.0.1","method":"POST"}"#;
    let error = ended(&connected(CALL_TIME, "(call $alloc (i64.const 1000000))", None), elsewhere, "traffic");
    assert_eq!(error.effect, Effect::None);
    let hanging = Server::start([Read, Hang]);
    let input = format!(r#"{{"url":"{}","method":"POST"}}"#, hanging.origin());
    let error = ended(&connected(SHORT, "(i64.const 0)", Some(&hanging)), &input, "time");
    assert_eq!(error.effect, Effect::Unknown);
}

#[test]
fn what_ends_by_itself_is_told_for_what_it_is() {
    let told = |outside: &str, attack: &str| {
        let module = Module { outside, attack, ..Module::default() };
        module.connected(None).call("attack", "").unwrap_err().message
    };
    assert!(told("", "unreachable").contains("panicked"), "{}", told("", "unreachable"));
    let dive = told("(func $dive (result i32) (i32.add (call $dive) (i32.const 1)))", "(drop (call $dive))");
    assert!(dive.contains("cap \"stack\""), "{dive}");
}

#[test]
fn no_secret_leaves_whatever_a_plugin_does_with_it() {
    let connected = Module::default().connected(None);
    let json = serde_json::json!(SECRET).to_string();
    let output = connected.call("echo", &format!(r#"{{"a":{json},"n":1.0}}"#)).unwrap();
    assert_eq!(output, r#"{"a":"***","n":1.0}"#);
    let document = |message: &str| {
        serde_json::json!({
            "kind": "rejected", "message": message, "retry": "never", "effect": "none", "field": SECRET,
            "problems": [{ "field": "a", "message": message }],
            "upstream": { "http_status": 200, "error_text": message, "verified": false },
        })
        .to_string()
    };
    for text in [SECRET.to_owned(), "hunter2%22hunter2%2F".to_owned(), "hunter2\\\"hunter2\\/".to_owned()] {
        let error = connected.call("fail", &document(&format!("the key is {text}."))).unwrap_err();
        assert!(!format!("{error:?}").contains("hunter2"), "{error:?}");
        assert_eq!(error.message, "the key is ***.");
        let unread = connected.call("fail", &format!("no document, but {text}")).unwrap_err();
        assert!(unread.message.contains("***") && !unread.message.contains("hunter2"), "{}", unread.message);
    }
    let request = serde_json::json!({
        "url": "https://shop.invalid/?key=hunter2%22hunter2%2F",
        "headers": { "X-Api-Token": SECRET, "Authorization": "Basic eDpodW50ZXIyImh1bnRlcjIv" },
    });
    let shown = serde_json::json!(connected.dry_run("fetch", &request.to_string()).unwrap()).to_string();
    assert!(!shown.contains("hunter2") && !shown.contains("eDpodW50"), "{shown}");
}

#[test]
fn what_a_plugin_logs_is_told_without_secrets_and_in_so_many_lines() {
    let attack = "(loop $more
        (call $log (call $copy))
        (local.set $n (i64.add (local.get $n) (i64.const 1)))
        (br_if $more (i64.lt_u (local.get $n) (i64.const 1000))))";
    let outside = "(func $copy (result i64) (call $text (i32.const 0) (i32.const 10)))";
    let logged = Logged::default();
    let subscriber = {
        use tracing_subscriber::layer::SubscriberExt;
        let writer = logged.clone();
        let layer = tracing_subscriber::fmt::layer().with_ansi(false).with_writer(move || writer.clone());
        tracing_subscriber::registry().with(layer)
    };
    tracing::subscriber::with_default(subscriber, || {
        let many = Module { outside, attack, ..Module::default() }.connected(None);
        let _ = many.call("attack", "");
        let telling = Module::attack("(call $log (call $input))").connected(None);
        let _ = telling.call("attack", &format!("the key is {SECRET}\nERROR forged"));
    });
    let text = logged.text();
    let lines: Vec<&str> = text.lines().filter(|line| line.contains("plugin:")).collect();
    assert_eq!(lines.len(), 102, "{text}");
    assert!(lines[100].contains("left out"), "{}", lines[100]);
    let last = lines[101];
    assert!(last.contains("ERROR plugin: the key is ***\\nERROR forged") && last.contains("berlin"), "{last}");
    assert!(!text.contains("hunter2"), "{text}");
}

/// Collects what is logged.
#[derive(Clone, Default)]
pub struct Logged(std::sync::Arc<std::sync::Mutex<Vec<u8>>>);

impl Logged {
    pub fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl std::io::Write for Logged {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
