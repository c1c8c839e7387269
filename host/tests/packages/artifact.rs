//! Bundles as they are handed out: as one file, and in OCI's image layout.

use std::fs;
use std::io::Read;
use std::path::Path;
use std::process::Command;

use flate2::read::GzDecoder;
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::support::{Files, PLUGINS, below, bundle, only, package, parsed};

fn sha256(content: &[u8]) -> String {
    Sha256::digest(content).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A copy of what the sums of the made-up plugin's bundle name.
fn copied(folder: &Path) {
    let from = bundle("dist/plugins/shop");
    let sums = fs::read_to_string(from.join("SHA256SUMS")).unwrap();
    for name in sums.lines().map(|line| line.split_once("  ").unwrap().1).chain(["SHA256SUMS"]) {
        fs::create_dir_all(folder.join(name).parent().unwrap()).unwrap();
        fs::copy(from.join(name), folder.join(name)).unwrap();
    }
}

/// What is in a tar.
fn untarred(archive: impl Read) -> Files {
    let out = tempfile::tempdir().unwrap();
    tar::Archive::new(archive).unpack(out.path()).unwrap();
    below(out.path())
}

/// The files of a layout's only artifact, by their titles, with every digest and size made sure of.
fn pulled(made: &Files) -> Files {
    let layout = untarred(only(made, ".oci.tar").1);
    let blob = |of: &Value| {
        let digest = of["digest"].as_str().unwrap().strip_prefix("sha256:").unwrap();
        let content = layout[&format!("blobs/sha256/{digest}")].clone();
        assert_eq!((sha256(&content).as_str(), of["size"].as_u64()), (digest, Some(content.len() as u64)));
        content
    };
    let index = parsed(&layout, "index.json");
    let named = &index["manifests"][0];
    let manifest: Value = serde_json::from_slice(&blob(named)).unwrap();
    assert_eq!((&manifest["artifactType"], &manifest["mediaType"]), (&named["artifactType"], &named["mediaType"]));
    assert_eq!(blob(&manifest["config"]), b"{}");
    let layers = manifest["layers"].as_array().unwrap().iter();
    layers
        .map(|it| (it["annotations"]["org.opencontainers.image.title"].as_str().unwrap().to_owned(), blob(it)))
        .collect()
}

#[test]
fn a_bundle_in_a_file_and_in_a_layout_is_what_its_sums_name_and_runs() {
    for (name, folder) in PLUGINS {
        let bundle = bundle(folder);
        let archive = package("archive", &bundle, &[]).unwrap();
        assert_eq!(archive, package("archive", &bundle, &[]).unwrap());
        let (file, content) = only(&archive, ".tar.gz");
        let root = file.strip_suffix(".tar.gz").unwrap();
        let out = tempfile::tempdir().unwrap();
        tar::Archive::new(GzDecoder::new(content)).unpack(out.path()).unwrap();
        let unpacked = below(&out.path().join(root));
        let sums = String::from_utf8(unpacked["SHA256SUMS"].clone()).unwrap();
        let named: Files = sums
            .lines()
            .filter_map(|line| line.split_once("  "))
            .map(|(sum, name)| {
                assert_eq!(sha256(&unpacked[name]), sum);
                (name.to_owned(), unpacked[name].clone())
            })
            .chain([("SHA256SUMS".to_owned(), sums.clone().into_bytes())])
            .collect();
        assert_eq!(named, unpacked);
        let mut described = Command::new(env!("CARGO_BIN_EXE_plugin-host"));
        described.env_clear().arg("--bundle").arg(out.path().join(root)).args(["describe", "--json"]);
        let described: Value = serde_json::from_slice(&described.output().unwrap().stdout).unwrap();
        assert_eq!(described["name"], name);

        let layout = package("oci", &bundle, &[]).unwrap();
        assert_eq!(layout, package("oci", &bundle, &[]).unwrap());
        assert_eq!(pulled(&layout), unpacked);
    }
}

#[test]
fn a_signature_of_the_sums_goes_along() {
    let folder = tempfile::tempdir().unwrap();
    copied(folder.path());
    fs::write(folder.path().join("SHA256SUMS.minisig"), "untrusted comment: a signature\n").unwrap();
    fs::write(folder.path().join("notes.txt"), "in no sum").unwrap();
    let layout = package("oci", folder.path(), &[]).unwrap();
    let files = pulled(&layout);
    assert_eq!(files["SHA256SUMS.minisig"], b"untrusted comment: a signature\n");
    assert!(!files.contains_key("notes.txt"));
}

#[test]
fn what_its_sums_do_not_bear_out_is_not_handed_out() {
    let refused = |change: &dyn Fn(&Path)| {
        let folder = tempfile::tempdir().unwrap();
        copied(folder.path());
        change(folder.path());
        let told = ["archive", "oci"].map(|kind| package(kind, folder.path(), &[]).unwrap_err());
        assert_eq!(told[0], told[1]);
        told[0].clone()
    };
    let sums = |folder: &Path, change: &dyn Fn(String) -> String| {
        let file = folder.join("SHA256SUMS");
        fs::write(&file, change(fs::read_to_string(&file).unwrap())).unwrap();
    };
    let told = refused(&|folder| fs::remove_file(folder.join("SHA256SUMS")).unwrap());
    assert!(told.contains("a bundle that is handed out has it"), "{told}");
    let told = refused(&|folder| fs::remove_file(folder.join("connection.schema.json")).unwrap());
    assert!(told.contains("connection.schema.json: SHA256SUMS names it, and it is not there"), "{told}");
    let told = refused(&|folder| fs::write(folder.join("connection.schema.json"), "{}").unwrap());
    assert!(told.contains("connection.schema.json: it is not what SHA256SUMS says"), "{told}");
    let told = refused(&|folder| {
        sums(folder, &|text| {
            text.lines().filter(|line| !line.contains("extism.json")).map(|it| format!("{it}\n")).collect()
        });
    });
    assert!(told.contains("extism.json: "), "{told}");
    let told = refused(&|folder| sums(folder, &|text| format!("{text}{}  ../secret\n", "0".repeat(64))));
    assert!(told.contains("is no path within a package"), "{told}");
}
