//! Wheels and their sources.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::common::altered_bundle;
use crate::support::{Files, PLUGINS, bundle, hostile, only, package, unzipped};

/// The headers of a wheel's `METADATA`, and the text behind them.
fn metadata(wheel: &Files) -> (Vec<(String, String)>, String) {
    let (_, content) = only(wheel, ".dist-info/METADATA");
    let text = std::str::from_utf8(content).unwrap();
    let (headers, body) = text.split_once("\n\n").unwrap();
    let pair = |line: &str| line.split_once(": ").map(|(name, value)| (name.to_owned(), value.to_owned())).unwrap();
    (headers.lines().map(pair).collect(), body.to_owned())
}

#[test]
fn a_wheel_has_a_record_of_all_its_files_and_is_the_same_each_time() {
    for (name, folder) in PLUGINS {
        let made = package("python", &bundle(folder), &[]).unwrap();
        assert_eq!(made, package("python", &bundle(folder), &[]).unwrap());
        let (file, wheel) = only(&made, ".whl");
        assert!(file.starts_with(&format!("{name}_plugin-")) && file.ends_with("-py3-none-any.whl"), "{file}");
        let wheel = unzipped(wheel);
        let (record, lines) = only(&wheel, ".dist-info/RECORD");
        let mut expected = String::new();
        let mut told: Vec<&str> = std::str::from_utf8(lines).unwrap().lines().collect();
        for (path, content) in &wheel {
            let hash = BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(content));
            expected =
                if path == record { format!("{path},,") } else { format!("{path},sha256={hash},{}", content.len()) };
            let at = told.iter().position(|line| *line == expected).unwrap_or_else(|| panic!("{expected}"));
            told.remove(at);
        }
        assert!(told.is_empty() && !expected.is_empty(), "{told:?}");
        for part in ["py.typed", "_faces.json", "prefect.pyi", "airflow/operator.pyi", "bundle/describe.json"] {
            assert!(wheel.contains_key(&format!("{name}_plugin/{part}")), "{part}");
        }
    }
}

#[test]
fn the_source_has_what_the_wheel_has_and_says_the_same_of_itself() {
    let made = package("python", &bundle("dist/plugins/shop"), &[]).unwrap();
    let (wheel, source) = (unzipped(only(&made, ".whl").1), only(&made, ".tar.gz"));
    let mut unpacked = Files::new();
    let mut archive = tar::Archive::new(flate2::read::GzDecoder::new(source.1));
    for entry in archive.entries().unwrap() {
        let mut entry = entry.unwrap();
        let (path, mut content) = (entry.path().unwrap().to_str().unwrap().to_owned(), Vec::new());
        std::io::Read::read_to_end(&mut entry, &mut content).unwrap();
        unpacked.insert(path, content);
    }
    let stem = source.0.trim_end_matches(".tar.gz");
    for (path, content) in wheel.iter().filter(|(path, _)| path.starts_with("shop_plugin/")) {
        assert_eq!(&unpacked[&format!("{stem}/src/{path}")], content, "{path}");
    }
    assert_eq!(unpacked[&format!("{stem}/PKG-INFO")], only(&wheel, "/METADATA").1);
    let settings = std::str::from_utf8(&unpacked[&format!("{stem}/pyproject.toml")]).unwrap();
    let settings: toml::Table = settings.parse().unwrap();
    let needed = |name: &str| settings["project"][name].as_array().unwrap().len();
    let (headers, _) = metadata(&wheel);
    let told = |name: &str, extra: bool| {
        headers.iter().filter(|(header, value)| header == name && value.contains("; extra") == extra).count()
    };
    assert_eq!(needed("dependencies"), told("Requires-Dist", false));
    assert_eq!(needed("classifiers"), told("Classifier", false));
}

#[test]
fn a_strangers_texts_stay_texts_in_a_wheel() {
    let folder = tempfile::tempdir().unwrap();
    let made = package("python", &hostile(folder.path()), &[]).unwrap();
    let (headers, body) = metadata(&unzipped(only(&made, ".whl").1));
    let names: Vec<_> = headers.iter().filter(|(name, _)| name == "Name").map(|(_, value)| value.as_str()).collect();
    assert_eq!(names, ["shop-plugin"]);
    let (_, summary) = headers.iter().find(|(name, _)| name == "Summary").unwrap();
    assert!(summary.starts_with("Sells Name: evil") && !summary.contains(['\u{0}', '\u{1b}', '\u{2028}', '\u{202e}']));
    // The one block of code is ours.
    assert_eq!(body.lines().filter(|line| line.starts_with("```")).count(), 2, "{body}");
    assert!(!body.lines().any(|line| line.starts_with("import os")), "{body}");
}

#[test]
fn a_version_that_python_does_not_know_makes_no_package() {
    let folder = tempfile::tempdir().unwrap();
    let shop = bundle("dist/plugins/shop").join("extism.json");
    let altered = altered_bundle(&shop, folder.path(), &[("/version", json!("1.0.0-next.1"))]);
    let refusal = package("python", &altered, &[]).unwrap_err();
    assert!(refusal.contains("1.0.0-next.1") && refusal.contains("write it as"), "{refusal}");
}
