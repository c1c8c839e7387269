//! This project's own plugins.

use std::fs;
use std::path::PathBuf;

use crate::support::{broken, told, verify};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..")
}

#[test]
fn the_plugins_of_this_project_keep_the_contract_and_every_export_is_recorded() {
    for (bundle, cases) in [
        ("dist", "tests/cases"),
        ("dist/plugins/shop", "plugins/shop/cases"),
        ("dist/plugins/redmine", "plugins/redmine/cases"),
    ] {
        let cases = root().join(cases);
        let output = verify(&root().join(bundle), &["--cases", cases.to_str().unwrap()]);
        let told = told(&output);
        let broken = broken(&told);
        assert!(broken.is_empty() && output.status.success(), "{bundle}: {broken:#?}");
        assert!(told["tried"].as_object().unwrap().len() > 15, "{told}");
    }
}

#[test]
fn a_version_breaks_nothing_of_itself_and_a_junit_file_tells_of_every_rule() {
    let folder = tempfile::tempdir().unwrap();
    let junit = folder.path().join("junit.xml");
    let bundle = root().join("dist");
    let output = verify(&bundle, &["--compat", bundle.to_str().unwrap(), "--junit", junit.to_str().unwrap()]);
    assert!(output.status.success(), "{}", told(&output));
    let junit = fs::read_to_string(junit).unwrap();
    assert!(junit.contains("failures=\"0\"") && junit.contains("name=\"compat\"/>"), "{junit}");
}
