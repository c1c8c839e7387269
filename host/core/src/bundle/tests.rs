use std::fs;

use super::*;

/// SHA-256 of "module".
const HASH: &str = "120970d812836f19888625587a4606a5ad23cef31c8684e601771552548fc6b9";

fn load(manifest: &str) -> Result<Bundle, BundleError> {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("m.wasm"), "module").unwrap();
    let path = folder.path().join("extism.json");
    fs::write(&path, manifest).unwrap();
    Bundle::load(&path)
}

fn refusal(manifest: &str) -> String {
    load(manifest).err().unwrap().to_string()
}

#[test]
fn a_module_with_the_right_hash_is_loaded_with_its_caps() {
    let bundle = load(&format!(
        r#"{{"wasm":[{{"path":"m.wasm","hash":"{HASH}"}}],"memory":{{"max_pages":4,"max_http_response_bytes":10}}}}"#
    ))
    .unwrap();
    assert_eq!(bundle.wasm, b"module");
    assert!(load(&format!("\u{feff}{{\"wasm\":[{{\"path\":\"m.wasm\",\"hash\":\"{HASH}\"}}]}}")).is_ok());
    assert_eq!((bundle.max_pages, bundle.max_http_response_bytes), (Some(4), Some(10)));
}

#[test]
fn a_changed_module_is_refused() {
    let changed: String = HASH.chars().rev().collect();
    assert!(
        refusal(&format!(r#"{{"wasm":[{{"path":"m.wasm","hash":"{changed}"}}]}}"#))
            .contains("put its own SHA-256 into the manifest; if not, get the bundle again")
    );
}

#[test]
fn a_pinned_bundle_is_what_its_sums_say_in_all_that_is_read_of_it() {
    let folder = tempfile::tempdir().unwrap();
    let put = |name: &str, content: &str| fs::write(folder.path().join(name), content).unwrap();
    fs::create_dir(folder.path().join("i18n")).unwrap();
    let manifest = format!("\u{feff}{{\"wasm\":[{{\"path\":\"m.wasm\",\"hash\":\"{HASH}\"}}]}}");
    let texts = r#"{"/title":"t"}"#;
    put("m.wasm", "module");
    put("extism.json", &manifest);
    put("i18n/ru.json", texts);
    let sum = |name: &str, content: &str| format!("{}  {name}\n", sha256(content.as_bytes()));
    let sums = sum("extism.json", &manifest) + &sum("i18n/ru.json", texts) + &sum("m.wasm", "module");
    put(SUMS, &sums);
    let path = folder.path().join("extism.json");
    let load = || Bundle::load_pinned(&path, &sha256(sums.as_bytes()));
    let refused = || load().err().unwrap().to_string();
    assert_eq!(load().unwrap().languages.len(), 1);
    // What nobody signed for is not read.
    put("i18n/de.json", "[");
    assert_eq!(load().unwrap().languages.len(), 1);
    put("i18n/ru.json", "{}");
    assert!(refused().contains("i18n/ru.json is not what SHA256SUMS says"), "{}", refused());
    fs::remove_file(folder.path().join("i18n/ru.json")).unwrap();
    assert!(refused().contains("ru.json"), "{}", refused());
    put("i18n/ru.json", texts);
    put("extism.json", &manifest.replace("m.wasm", "./m.wasm"));
    assert!(refused().contains("extism.json is not what SHA256SUMS says. Get it again: plugin-host install"));
    put("extism.json", &manifest);
    assert!(load().is_ok());
    put(SUMS, &(sums.clone() + "\n"));
    assert!(refused().contains("the SHA-256 of its SHA256SUMS is "), "{}", refused());
    fs::remove_file(folder.path().join(SUMS)).unwrap();
    assert!(refused().contains("SHA256SUMS can't be read"), "{}", refused());
}

#[test]
fn languages_beside_the_manifest_come_with_the_module() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("extism.json");
    fs::write(folder.path().join("m.wasm"), "module").unwrap();
    fs::write(&path, format!(r#"{{"wasm":[{{"path":"m.wasm","hash":"{HASH}"}}]}}"#)).unwrap();
    assert!(Bundle::load(&path).unwrap().languages.is_empty());
    let i18n = folder.path().join("i18n");
    fs::create_dir(&i18n).unwrap();
    fs::write(i18n.join("ru.json"), r#"{"/title": "Магазин"}"#).unwrap();
    fs::write(i18n.join("README"), "no language").unwrap();
    let languages = Bundle::load(&path).unwrap().languages;
    assert_eq!((languages.len(), languages["ru"]["/title"].as_str()), (1, "Магазин"));
    for broken in ["", "[]", r#"{"/title": 7}"#] {
        fs::write(i18n.join("de.json"), broken).unwrap();
        let refusal = Bundle::load(&path).err().unwrap().to_string();
        assert!(refusal.contains("de.json is no JSON object of texts"), "{refusal}");
    }
}

#[test]
fn a_module_stands_in_the_folder_of_its_manifest() {
    for path in ["/etc/passwd", "../m.wasm", "a/../../m.wasm", ".."] {
        let told = refusal(&format!(r#"{{"wasm":[{{"path":"{path}","hash":"{HASH}"}}]}}"#));
        assert!(told.contains("outside of its own folder"), "{told}");
    }
    assert!(load(&format!(r#"{{"wasm":[{{"path":"./m.wasm","hash":"{HASH}"}}]}}"#)).is_ok());
}

#[test]
fn a_module_without_a_sha256_is_refused_and_what_stands_there_is_not_told() {
    assert!(refusal(r#"{"wasm":[{"path":"m.wasm"}]}"#).contains("has no hash for m.wasm that is a SHA-256"));
    for hash in ["hunter2".to_owned(), format!("{HASH}hunter2"), HASH.replace('1', "hunter2"), HASH[1..].to_owned()] {
        let told = refusal(&format!(r#"{{"wasm":[{{"path":"m.wasm","hash":"{hash}"}}]}}"#));
        assert!(told.contains("64 hexadecimal digits") && !told.contains(&hash), "{told}");
    }
}

#[test]
fn what_is_missing_or_malformed_is_named() {
    assert!(refusal("[").contains("is not an Extism manifest"));
    assert!(refusal(r#"{"wasm":[]}"#).contains("exactly one module"));
    assert!(refusal(r#"{"wasm":[{"path":"other.wasm","hash":""}]}"#).contains("other.wasm"));
    assert!(
        Bundle::load(Path::new("nowhere/extism.json"))
            .err()
            .unwrap()
            .to_string()
            .contains("`plugin-host build` makes one")
    );
}

#[test]
fn a_bundle_s_languages_are_added_to_those_that_the_description_has() {
    let languages = |texts: &[(&str, &str, &str)]| {
        let mut languages = Languages::new();
        for (language, pointer, text) in texts {
            let texts = languages.entry((*language).to_owned()).or_default();
            texts.insert((*pointer).to_owned(), (*text).to_owned());
        }
        languages
    };
    let bundle = languages(&[("ru", "/title", "Другой"), ("ru", "/description", "Продаёт"), ("de", "/title", "Laden")]);
    let own = r#"{"title":"Shop","i18n":{"ru":{"/title":"Магазин"}}}"#;
    let whole: Value = serde_json::from_str(&with_languages(own.to_owned(), &bundle)).unwrap();
    let russian = json!({ "/title": "Магазин", "/description": "Продаёт" });
    assert_eq!(whole, json!({ "title": "Shop", "i18n": { "ru": russian, "de": { "/title": "Laden" } } }));
    // What the plugin says is handed on to the letter where nothing is added.
    for text in [own, "no JSON", "[]"] {
        assert_eq!(with_languages(text.to_owned(), &Languages::new()), text);
    }
    for text in ["no JSON", "[]", r#"{"i18n":7}"#] {
        assert_eq!(with_languages(text.to_owned(), &bundle), text);
    }
    // What is no language stays, so that it can be told.
    let text = r#"{"i18n":{"ru":7}}"#.to_owned();
    assert_eq!(with_languages(text, &bundle), r#"{"i18n":{"ru":7,"de":{"/title":"Laden"}}}"#);
}
