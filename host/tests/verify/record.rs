//! Recording a call, and verifying with it.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use justclick_sandbox::{SAMPLE_API_KEY, Sandbox};
use serde_json::Value;
use shop_service::{SAMPLE_TOKEN, Service};

use crate::common::{BUNDLE, plugin_host};
use crate::support::{broken, told, verify};

#[test]
fn a_call_to_the_service_is_recorded_and_does_the_same_without_it() {
    let sandbox = Sandbox::builder().start().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("groups.json");
    let record = |more: &[&str]| {
        let mut command = plugin_host(&sandbox);
        command.args(["verify", "--call", "list_groups", "--input", "{}", "--record"]).arg(&file).args(more);
        command.output().unwrap()
    };
    let output = record(&[]);
    assert!(output.status.success(), "{output:?}");
    let text = fs::read_to_string(&file).unwrap();
    assert!(!text.contains(SAMPLE_API_KEY), "{text}");
    let case: Value = serde_json::from_str(&text).unwrap();
    assert_eq!((&case["call"], case["exchanges"].as_array().unwrap().len()), (&Value::from("list_groups"), 1));
    // What is there is not written over, unless somebody says so.
    let refused = record(&["--keep-secrets"]);
    let why = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(!refused.status.success() && why.contains("is there already: give --force"), "{why}");
    assert_eq!(fs::read_to_string(&file).unwrap(), text);

    // A reply that is signed is right only with the key that it was signed with.
    let output = record(&["--keep-secrets", "--force"]);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(said.ends_with("groups.json: 1 request recorded, and the call succeeded\n"), "{said}");
    assert!(fs::read_to_string(&file).unwrap().contains(SAMPLE_API_KEY));
    drop(sandbox);
    let cases = folder.path().to_str().unwrap();
    let found = broken(&told(&verify(BUNDLE.as_ref(), &["--cases", cases])));
    assert!(!found.iter().any(|(rule, place)| rule == "recorded" || place.starts_with("list_groups ")), "{found:#?}");

    let changed = fs::read_to_string(&file).unwrap().replacen("/api/GetAllGroups", "/api/GetGroups", 1);
    fs::write(&file, changed).unwrap();
    let output = verify(BUNDLE.as_ref(), &["--cases", cases]);
    assert_eq!(output.status.code(), Some(3));
    let found = broken(&told(&output));
    assert!(found.iter().any(|(rule, what)| rule == "recorded" && what.contains("its address is")), "{found:#?}");
}

#[test]
fn a_search_is_recorded_with_all_its_pages_or_not_at_all() {
    let service = Service::start().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let bundle = Path::new(BUNDLE).with_file_name("plugins/shop/extism.json");
    let record = |action: &str, input: &str, more: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_plugin-host"));
        command.env_clear().env("SHOP_ADDRESS", service.base_url()).env("SHOP_TOKEN", SAMPLE_TOKEN);
        command.args(["--env-prefix", "SHOP", "--bundle"]).arg(&bundle).args(["verify", "--call", action]);
        command.args(["--input", input, "--pages", "--record"]).arg(folder.path().join("find.json")).args(more);
        command.output().unwrap()
    };
    let names = || {
        let entries = fs::read_dir(folder.path()).unwrap();
        let mut names: Vec<_> = entries.map(|it| it.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    };
    let said = |output: &Output| String::from_utf8_lossy(&output.stderr).into_owned();
    let output = record("find_customers", r#"{"limit":2}"#, &[]);
    assert!(said(&output).contains("there is more after 20 pages: narrow the search down"), "{output:?}");
    assert!(said(&record("send_note", "{}", &[])).contains("lists nothing"));
    assert_eq!(names(), [""; 0]);

    let output = record("find_customers", r#"{"name":"Bj","limit":4}"#, &[]);
    assert!(output.status.success(), "{output:?}");
    let all = ["find-page-2-smaller.json", "find-page-2.json", "find-page-3.json", "find-whole.json", "find.json"];
    assert_eq!(names(), all);
    let found = broken(&told(&verify(&bundle, &["--cases", folder.path().to_str().unwrap()])));
    let paging = found.iter().filter(|(rule, what)| rule == "paging" || what.starts_with("find_customers"));
    assert_eq!(paging.count(), 0, "{found:#?}");

    // One that is there is kept, and those that were written before it are taken away.
    fs::remove_file(folder.path().join("find.json")).unwrap();
    assert!(!record("find_customers", r#"{"name":"Bj","limit":4}"#, &[]).status.success());
    assert_eq!(names(), all[..4]);

    // Recorded anew, what is left of longer pages goes, and what is no page of it stays.
    fs::write(folder.path().join("find-nobody.json"), "{}").unwrap();
    assert!(record("find_customers", r#"{"name":"Bj","limit":6}"#, &["--force"]).status.success());
    assert_eq!(names(), ["find-nobody.json", all[0], all[1], "find-whole.json", "find.json"]);
}

#[test]
fn a_failure_is_recorded_and_told_as_one_and_a_slip_in_the_name_is_told() {
    let service = Service::start().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let record = |action: &str, input: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_plugin-host"));
        command.env_clear().env("SHOP_ADDRESS", service.base_url()).env("SHOP_TOKEN", SAMPLE_TOKEN);
        let bundle = Path::new(BUNDLE).with_file_name("plugins/shop/extism.json");
        command.args(["--env-prefix", "SHOP", "--bundle"]).arg(&bundle).args(["verify", "--call", action]);
        command.args(["--input", input, "--record"]).arg(folder.path().join("a.json")).output().unwrap()
    };
    let output = record("send_note", "{}");
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success() && told.trim().lines().count() == 1, "{output:?}");
    assert!(told.contains("a.json: 0 requests recorded, and the call failed: invalid_input: "), "{told}");
    let case: Value = serde_json::from_str(&fs::read_to_string(folder.path().join("a.json")).unwrap()).unwrap();
    assert_eq!(case["outcome"]["error"]["kind"], "invalid_input");

    let output = record("send_nots", "{}");
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(told.contains("has no export send_nots. Did you mean send_note? There are "), "{told}");
}

#[test]
fn a_trigger_is_recorded_by_its_own_fields() {
    let service = Service::start().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.json");
    let bundle = Path::new(BUNDLE).with_file_name("plugins/shop/extism.json");
    let record = |trigger: &str, more: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_plugin-host"));
        command.env_clear().env("SHOP_ADDRESS", service.base_url()).env("SHOP_TOKEN", SAMPLE_TOKEN);
        command.args(["--env-prefix", "SHOP", "--bundle"]).arg(&bundle).args(["verify", "--call", trigger]);
        command.args(["--force", "--record"]).arg(&file).args(more).output().unwrap()
    };
    let read = || serde_json::from_str::<Value>(&fs::read_to_string(&file).unwrap()).unwrap();
    let description: Value =
        serde_json::from_slice(&fs::read(bundle.with_file_name("describe.json")).unwrap()).unwrap();
    let of = |delivery: &str| {
        let triggers = description["triggers"].as_array().unwrap();
        triggers.iter().find(|it| it["delivery"] == delivery).unwrap()["name"].as_str().unwrap().to_owned()
    };
    let output = record(&of("poll"), &[]);
    assert!(output.status.success(), "{output:?}");
    let input = &read()["input"];
    assert_eq!(
        (&input["input"], &input["start"], &input["cursor"]),
        (&serde_json::json!({}), &"beginning".into(), &Value::Null)
    );
    assert!(input["now"].as_u64().unwrap() > 1_700_000_000 && read()["outcome"]["output"]["events"].is_array());
    let whole = r#"{"input":{},"start":"now","limit":1}"#;
    assert!(record(&of("poll"), &["--input", whole]).status.success());
    assert_eq!((&read()["input"]["start"], &read()["input"]["limit"]), (&"now".into(), &1.into()));

    let output = record(&of("webhook"), &["--input", "{}"]);
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success() && told.contains("is told by a request of the service"), "{told}");
}

#[test]
fn what_is_no_recorded_call_is_named_with_its_file() {
    let folder = tempfile::tempdir().unwrap();
    for (text, told) in [
        ("{", "is no recorded call"),
        (r#"{"call":"pay","exchanges":[],"outcome":{"output":{}}}"#, "calls pay, which the plugin does not have"),
    ] {
        fs::write(folder.path().join("a.json"), text).unwrap();
        let output = verify(BUNDLE.as_ref(), &["--cases", folder.path().to_str().unwrap()]);
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success() && error.contains(told), "{error}");
    }
    let output = verify(BUNDLE.as_ref(), &["--cases", "nowhere"]);
    assert!(String::from_utf8_lossy(&output.stderr).contains("there is no folder nowhere"));
}
