//! Bills of materials in CycloneDX's JSON: what is inside of what is released.
//!
//! Nothing in one says when it was made, so the same files have the same bill.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use toolchain::bundle::sha256;
use toolchain::crates::Crate;

/// The version of the format.
const SPECIFICATION: &str = "1.6";

/// The SHA-256 of crates as the registry has them, from a lock file, by name and version.
pub struct Checksums(BTreeMap<(String, String), String>);

impl Checksums {
    /// Reads a `Cargo.lock`.
    pub fn read(lock: &str) -> Self {
        let mut sums = BTreeMap::new();
        for package in lock.split("[[package]]").skip(1) {
            let value = |key: &str| {
                let line = package.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(" = \""))?;
                line.strip_suffix('"').map(str::to_owned)
            };
            if let (Some(name), Some(version), Some(sum)) = (value("name"), value("version"), value("checksum")) {
                sums.insert((name, version), sum);
            }
        }
        Self(sums)
    }

    fn of(&self, crate_: &Crate) -> Option<&str> {
        self.0.get(&(crate_.name.clone(), crate_.version.clone())).map(String::as_str)
    }
}

/// A bill of something released: what it is, and what is in it.
pub fn bill(subject: &Value, components: &[Value]) -> String {
    let bill = json!({
        "$schema": format!("http://cyclonedx.org/schema/bom-{SPECIFICATION}.schema.json"),
        "bomFormat": "CycloneDX",
        "specVersion": SPECIFICATION,
        "version": 1,
        "metadata": { "component": subject },
        "components": components,
    });
    format!("{bill:#}\n")
}

/// Something released: an application or a library, by its package URL, with the hash of its file.
pub fn subject(kind: &str, name: &str, version: &str, purl: &str, file: &[u8]) -> Value {
    json!({ "type": kind, "bom-ref": purl, "name": name, "version": version, "purl": purl, "hashes": hashes(&sha256(file)) })
}

/// A file with what is in it.
pub fn file(name: &str, version: &str, content: &[u8], components: &[Value]) -> Value {
    let hash = sha256(content);
    json!({ "type": "file", "bom-ref": format!("{name}@{hash}"), "name": name, "version": version,
        "hashes": hashes(&hash), "components": components })
}

/// Crates, and Rust's standard library of this version.
pub fn crates(crates: &[Crate], sums: &Checksums, rust: &str) -> Vec<Value> {
    let library = json!({ "type": "library", "name": "rust-std", "version": rust,
        "licenses": [{ "expression": "MIT OR Apache-2.0" }],
        "purl": format!("pkg:github/rust-lang/rust@{rust}") });
    crates.iter().map(|it| component(it, sums)).chain([library]).collect()
}

fn component(crate_: &Crate, sums: &Checksums) -> Value {
    let Crate { name, version, licence, repository, .. } = crate_;
    let purl = format!("pkg:cargo/{name}@{}", version.replace('+', "%2B"));
    let mut component = json!({ "type": "library", "name": name, "version": version, "purl": purl });
    if !licence.is_empty() {
        // Older crates write a slash for OR.
        component["licenses"] = json!([{ "expression": licence.replace('/', " OR ") }]);
    }
    if let Some(sum) = sums.of(crate_) {
        component["hashes"] = hashes(sum);
    }
    if repository.starts_with("https://") {
        component["externalReferences"] = json!([{ "type": "vcs", "url": repository }]);
    }
    component
}

/// What a package asks to be installed beside it, in any of these versions.
pub fn required(ecosystem: &str, name: &str, versions: &str) -> Value {
    json!({ "type": "library", "name": name, "scope": "required", "purl": format!("pkg:{ecosystem}/{name}"),
        "properties": [{ "name": "versions", "value": versions }] })
}

fn hashes(sha256: &str) -> Value {
    json!([{ "alg": "SHA-256", "content": sha256 }])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crate_is_told_with_its_licence_and_the_hash_that_the_lock_file_has() {
        let lock = "version = 4\n\n[[package]]\nname = \"a\"\nversion = \"1.0.0+7\"\nsource = \"r\"\nchecksum = \"ab12\"\n\n[[package]]\nname = \"own\"\nversion = \"0.1.0\"\n";
        let sums = Checksums::read(lock);
        let a = Crate {
            name: "a".into(),
            version: "1.0.0+7".into(),
            licence: "MIT/Apache-2.0".into(),
            repository: "https://a.example".into(),
            folder: "/nowhere".into(),
        };
        let [component, library] = &crates(&[a], &sums, "1.96.0")[..] else { panic!("two components") };
        assert_eq!(component["purl"], "pkg:cargo/a@1.0.0%2B7");
        assert_eq!(component["licenses"], json!([{ "expression": "MIT OR Apache-2.0" }]));
        assert_eq!(component["hashes"], json!([{ "alg": "SHA-256", "content": "ab12" }]));
        assert!(!component.to_string().contains("nowhere"), "{component}");
        assert_eq!((&library["name"], &library["version"]), (&json!("rust-std"), &json!("1.96.0")));
        assert_eq!(sums.0.len(), 1);
    }

    #[test]
    fn a_bill_says_what_it_is_of_by_its_hash() {
        let bill =
            bill(&subject("application", "p", "1.0.0", "pkg:generic/p@1.0.0", b"x"), &[required("npm", "q", "1.2.3")]);
        let bill: Value = serde_json::from_str(&bill).unwrap();
        assert_eq!((&bill["bomFormat"], &bill["specVersion"]), (&json!("CycloneDX"), &json!("1.6")));
        assert_eq!(bill["metadata"]["component"]["hashes"][0]["content"], sha256(b"x"));
        assert_eq!(bill["components"][0]["purl"], "pkg:npm/q");
    }
}
