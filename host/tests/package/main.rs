//! `plugin-host package`: what it writes for platforms in JavaScript, of whichever plugin. That the platforms take it, the
//! e2e suites show.

#[path = "../common/mod.rs"]
mod common;

use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use flate2::read::GzDecoder;
use serde_json::{Value, json};

const PLATFORMS: [&str; 3] = ["n8n", "node-red", "zapier"];

fn bundle(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../dist").join(name)
}

/// The command with nothing in its environment.
fn package(platform: &str, bundle: &Path, out: &Path, more: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_plugin-host"));
    command.env_clear().args(["--json", "package", platform]).arg(bundle).arg("--out").arg(out);
    command.args(more).output().unwrap()
}

/// What it says it has made.
fn made(output: &Output) -> Value {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Whether the shells are in the command: they are built where Node is. Without them it says so, and writes nothing.
fn has_shells() -> bool {
    if plugin_host_shells::SHELLS.is_empty() {
        let out = tempfile::tempdir().unwrap();
        let refused = package("n8n", &bundle("plugins/shop"), out.path(), &[]);
        let told = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert!(told.contains("was built without the shells") && told.trim().lines().count() == 1, "{told}");
        assert_eq!(fs::read_dir(out.path()).unwrap().count(), 0);
    }
    !plugin_host_shells::SHELLS.is_empty()
}

/// The files below a folder, but for the record of packages.
fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for path in fs::read_dir(next).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                folders.push(path);
            } else if !path.ends_with(".packages.sha256") {
                found.insert(path.strip_prefix(folder).unwrap().to_owned(), fs::read(&path).unwrap());
            }
        }
    }
    found
}

#[test]
fn a_package_has_the_same_bytes_each_time_and_takes_the_place_of_an_older_one() {
    if !has_shells() {
        return;
    }
    for platform in PLATFORMS {
        let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        for _ in 0..2 {
            made(&package(platform, &bundle("plugins/shop"), one.path(), &[]));
        }
        made(&package(platform, &bundle("plugins/shop/extism.json"), other.path(), &[]));
        assert!(!files(one.path()).is_empty());
        assert!(files(one.path()) == files(other.path()), "{platform}");
    }
}

#[test]
fn what_is_for_npm_is_an_archive_of_a_package_with_licences_and_the_module() {
    if !has_shells() {
        return;
    }
    let out = tempfile::tempdir().unwrap();
    for (platform, name) in [("n8n", "n8n-nodes-shop"), ("node-red", "node-red-contrib-shop")] {
        let told = made(&package(platform, &bundle("plugins/shop"), out.path(), &[]));
        let archive = told["package"].as_str().unwrap();
        assert!(told["next"].as_str().unwrap().contains(&format!("npm install {archive}")), "{told}");
        let mut unpacked = Vec::new();
        GzDecoder::new(fs::File::open(archive).unwrap()).read_to_end(&mut unpacked).unwrap();
        let mut archive = tar::Archive::new(&unpacked[..]);
        let mut texts = BTreeMap::new();
        for entry in archive.entries().unwrap() {
            let mut entry = entry.unwrap();
            let path = entry.path().unwrap().to_string_lossy().into_owned();
            let mut text = String::new();
            entry.read_to_string(&mut text).unwrap();
            texts.insert(path, text);
        }
        let manifest: Value = serde_json::from_str(&texts["package/package.json"]).unwrap();
        assert_eq!((&manifest["name"], &manifest["version"]), (&json!(name), &json!("2.0.0")));
        for file in ["package/README.md", "package/dist/LICENSE-MIT", "package/dist/THIRD-PARTY-NOTICES.txt"] {
            assert!(texts.contains_key(file), "{platform}: {file}");
        }
        let unpacked = tempfile::tempdir().unwrap();
        made(&package(platform, &bundle("plugins/shop"), unpacked.path(), &["--unpacked"]));
        let folder = unpacked.path().join(name);
        let packed: BTreeMap<_, _> = texts.iter().map(|(path, text)| (path.as_str(), text.as_bytes())).collect();
        let same = files(&folder);
        let same = same.iter().map(|(path, text)| (format!("package/{}", path.display()), text));
        assert!(same.clone().all(|(path, text)| packed[path.as_str()] == &text[..]) && same.count() == packed.len());
    }
}

#[test]
fn a_stranger_s_texts_are_texts_in_every_file() {
    if !has_shells() {
        return;
    }
    let hostile = "</script><script>alert(1)</script>`${process.exit()}`'\"\\__proto__ ../../..";
    let changes = [
        ("/title", json!(hostile)),
        ("/description", json!(hostile)),
        ("/actions/0/title", json!(hostile)),
        ("/actions/0/description", json!(hostile)),
    ];
    let folder = tempfile::tempdir().unwrap();
    let bundle = common::altered_bundle(&bundle("plugins/shop/extism.json"), folder.path(), &changes);
    for platform in PLATFORMS {
        let out = tempfile::tempdir().unwrap();
        let more: &[&str] = if platform == "zapier" { &[] } else { &["--unpacked"] };
        made(&package(platform, &bundle, out.path(), more));
        for (path, content) in files(out.path()) {
            let text = String::from_utf8(content).unwrap();
            match path.extension().and_then(|it| it.to_str()) {
                Some("json") => drop(serde_json::from_str::<Value>(&text).unwrap()),
                Some("html" | "svg") => assert!(!text.contains("<script>alert"), "{}", path.display()),
                Some("js") if path.ends_with("bundle.js") => {
                    assert!(text.contains("\\u003c/script>") && !text.contains("</script"), "{}", path.display());
                }
                _ => {}
            }
        }
    }
}

#[test]
fn nothing_is_made_of_what_is_not_the_module_s_own() {
    let (folder, out) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let altered = common::altered_bundle(&bundle("plugins/shop/extism.json"), folder.path(), &[]);
    fs::write(folder.path().join("describe.json"), r#"{"contract":1}"#).unwrap();
    let refused = package("n8n", &altered, out.path(), &[]);
    assert_eq!(refused.status.code(), Some(3));
    let told = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(told.contains("describe.json: it is not what the module says of itself"), "{told}");
    fs::remove_file(folder.path().join("describe.json")).unwrap();
    fs::write(folder.path().join("SHA256SUMS"), format!("{}  icon.svg\n", "0".repeat(64))).unwrap();
    fs::write(folder.path().join("icon.svg"), "<svg/>").unwrap();
    if has_shells() {
        let told = String::from_utf8_lossy(&package("n8n", &altered, out.path(), &[]).stderr).into_owned();
        assert!(told.contains("icon.svg: it is not what SHA256SUMS says"), "{told}");
    }
    assert_eq!(fs::read_dir(out.path()).unwrap().count(), 0);
}
