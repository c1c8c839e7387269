//! Recording a call, and verifying with it.

use std::fs;

use justclick_sandbox::{SAMPLE_API_KEY, Sandbox};
use serde_json::Value;

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
    // What is there is not written over.
    assert!(!record(&[]).status.success());
    fs::remove_file(&file).unwrap();

    // A reply that is signed is right only with the key that it was signed with.
    assert!(record(&["--keep-secrets"]).status.success());
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
