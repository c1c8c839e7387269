//! What the operator says with options and variables, and a plugin can't.

use std::process::{Command, Stdio};

use justclick_sandbox::Sandbox;

use crate::common::plugin_host;
use crate::hostile::Module;

fn run(command: &mut Command, args: &[&str]) -> (i32, String, String) {
    let output = command.args(args).stdin(Stdio::null()).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

#[test]
fn a_plugin_does_not_choose_the_variables_that_it_is_given() {
    let folder = tempfile::tempdir().unwrap();
    let bundle = Module::default().write(folder.path());
    let host = || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_plugin-host"));
        command.env_clear().env("PLUGIN_BUNDLE", &bundle);
        command.env("HOSTILE_BASE_URL", "https://hostile.example").env("SHOP_BASE_URL", "https://shop.example");
        command
    };
    for face in [&["check"][..], &["call", "tell", "--input", "{}"], &["serve", "--listen", "127.0.0.1:0"]] {
        let (code, _, stderr) = run(&mut host(), face);
        assert_eq!(code, 11, "{stderr}");
        assert!(stderr.contains("HOSTILE_BASE_URL with --env-prefix hostile"), "{stderr}");
        assert!(!stderr.contains("hostile.example"), "{stderr}");
    }
    for prefix in ["hostile", "HOSTILE_"] {
        let (_, _, stderr) = run(&mut host(), &["--env-prefix", prefix, "call", "tell", "--input", "{}"]);
        assert!(stderr.contains("\"https://hostile.example\""), "{stderr}");
    }
    let (_, _, stderr) = run(host().env("PLUGIN_ENV_PREFIX", "shop"), &["call", "tell", "--input", "{}"]);
    assert!(stderr.contains("\"https://shop.example\""), "{stderr}");
    let (code, _, stderr) = run(&mut host(), &["--env-prefix", "a b", "check"]);
    assert_eq!(code, 2, "{stderr}");
}

#[test]
fn the_description_tells_the_variables_that_would_be_read() {
    let folder = tempfile::tempdir().unwrap();
    let bundle = Module::default().write(folder.path());
    let host = || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_plugin-host"));
        command.env_clear().env("PLUGIN_BUNDLE", &bundle);
        command
    };
    // That the description has faults is told besides.
    let (_, stdout, _) = run(&mut host(), &["describe"]);
    assert!(stdout.contains("with --env-prefix PREFIX\n  PREFIX_BASE_URL"), "{stdout}");
    let (_, stdout, _) = run(&mut host(), &["--env-prefix", "shop", "describe"]);
    assert!(stdout.contains("SHOP_BASE_URL"), "{stdout}");
}

#[test]
fn a_proxy_of_the_environment_is_for_its_own_scheme_and_not_for_this_machine() {
    let sandbox = Sandbox::builder().sample_orders().start().unwrap();
    // Nobody listens there.
    const NOWHERE: &str = "http://127.0.0.1:9";
    for variable in ["HTTPS_PROXY", "https_proxy", "http_proxy", "HTTP_PROXY", "ALL_PROXY"] {
        let (code, _, stderr) = run(plugin_host(&sandbox).env(variable, NOWHERE), &["check"]);
        assert_eq!(code, 0, "{variable}: {stderr}");
    }
    let (code, _, stderr) = run(&mut plugin_host(&sandbox), &["--proxy", NOWHERE, "check"]);
    assert!(code == 16 && stderr.contains("proxy 127.0.0.1:9 (--proxy)"), "{stderr}");
    let excepted = [("NO_PROXY", "127.0.0.0/8")];
    let (code, _, stderr) = run(plugin_host(&sandbox).envs(excepted), &["--proxy", NOWHERE, "check"]);
    assert_eq!(code, 0, "{stderr}");
}

#[test]
fn a_socks_proxy_is_refused_by_the_name_of_its_variable_and_without_its_password() {
    let sandbox = Sandbox::builder().sample_orders().start().unwrap();
    let socks = || {
        let mut command = plugin_host(&sandbox);
        command.env("ALL_PROXY", "socks5://user:hunter2@127.0.0.1:9");
        command
    };
    let (code, _, stderr) = run(&mut socks(), &["check"]);
    assert!(code == 3 && stderr.contains("ALL_PROXY names a SOCKS proxy"), "{stderr}");
    assert!(stderr.contains("--proxy none") && !stderr.contains("hunter2"), "{stderr}");
    assert_eq!(run(&mut socks(), &["--proxy", "none", "check"]).0, 0);
    assert_eq!(run(&mut socks(), &["describe"]).0, 0);
}

#[test]
fn what_a_plugin_logs_is_on_standard_error_at_its_level() {
    let folder = tempfile::tempdir().unwrap();
    let module = Module { attack: "(call $log (call $input))", ..Module::default() };
    let bundle = module.write(folder.path());
    let logged = |args: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_plugin-host"));
        command.env_clear().env("PLUGIN_BUNDLE", &bundle).env("X_BASE_URL", "https://x.example");
        command.env("X_API_KEY", "hunter2hunter2").args(["--env-prefix", "x"]);
        let args = [args, &["call", "attack", "--input", r#"{"key":"hunter2hunter2"}"#]].concat();
        run(&mut command, &args).2
    };
    assert!(!logged(&[]).contains("key"), "{}", logged(&[]));
    let text = logged(&["--log", "error"]);
    assert!(text.contains(r#"ERROR plugin: {"key":"***"}"#), "{text}");
    let json = logged(&["--log", "error", "--log-format", "json"]);
    assert!(json.contains(r#""target":"plugin""#) && !json.contains("hunter2"), "{json}");
}
