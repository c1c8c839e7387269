use std::fs;

use super::*;

fn description() -> Description {
    let text = r#"{"contract":1,"name":"just-click","title":"t","version":"1","actions":[],"connection":{"check":"c","schema":{
        "type":"object","required":["login","api_key","base_url"],"additionalProperties":false,"properties":{
        "login":{"type":"string","description":"The login."},"api_key":{"type":"string","pattern":"\\S","description":"The key."},
        "base_url":{"type":"string","pattern":"^https://","description":"An https address.","examples":["https://shop.example"]},
        "area":{"type":"string","pattern":"^eu$","description":"Where."},"login_page":{"type":"string","format":"uri","pattern":"^http","description":"A page."},"allow_http":{"enum":["true","false"]}}}}}"#;
    Description::parse(text.to_owned()).unwrap()
}

fn read(toml: &str) -> Result<Connection, String> {
    with_file(toml, |file, variable| file.connection("shop", &description(), variable))
}

fn with_file<T>(
    toml: &str,
    work: impl FnOnce(&File, &dyn Fn(&str) -> Option<String>) -> Result<T, ConnectionError>,
) -> Result<T, String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("connections.toml");
    fs::write(&path, toml.replace("FOLDER", &folder.path().display().to_string())).unwrap();
    fs::write(folder.path().join("key"), "\u{feff}from a file\n").unwrap();
    let variable = |name: &str| (name == "SHOP_LOGIN").then(|| "from the environment".to_owned());
    File::read(&path).and_then(|file| work(&file, &variable)).map_err(|error| error.to_string())
}

#[test]
fn values_stand_in_the_file_the_environment_or_files_of_their_own() {
    let toml = "[shop]\nlogin = \"env:SHOP_LOGIN\"\napi_key = \"file:FOLDER/key\"\nbase_url = \"https://a.example\"\nallow_http = true";
    let connection = read(toml).unwrap();
    assert_eq!(connection.get("login"), Some("from the environment"));
    assert_eq!(connection.get("api_key"), Some("from a file"));
    assert_eq!(connection.get("allow_http"), Some("true"));
}

#[test]
fn all_that_is_wrong_is_told_at_once_and_no_value_is_shown() {
    let refusal = read("[shop]\nlogin = \"env:NOT_SET\"\nbase_url = \"hunter2\"\nkey = \"hunter2\"\nallow_http = []")
        .unwrap_err();
    for part in [
        "login is not to be had",
        "api_key is missing: The key.",
        "base_url is not what",
        "key is not known",
        "allow_http must be a text",
    ] {
        assert!(refusal.contains(part), "{part} is not in {refusal}");
    }
    assert_eq!(refusal.matches("login ").count() + refusal.matches(" login,").count(), 2, "{refusal}");
    assert!(!refusal.contains("hunter2"), "{refusal}");
}

#[test]
fn what_stands_where_a_name_belongs_is_not_shown_either() {
    for (written, why) in [
        ("env:hunter2-hunter2", "api_key is not to be had: what follows env: is no variable's name"),
        ("env:7hunter2", "api_key is not to be had: what follows env: is no variable's name"),
        ("env:", "api_key is not to be had: what follows env: is no variable's name"),
        ("file:https://a.example/hunter2", "api_key is not to be had: what follows file: is an address"),
        ("file:/nowhere", "api_key is not to be had: can't read /nowhere: "),
    ] {
        let toml = format!("[shop]\nlogin = \"l\"\nbase_url = \"https://a.example\"\napi_key = \"{written}\"");
        let refusal = read(&toml).unwrap_err();
        assert!(refusal.contains(why), "{refusal}");
        assert!(!refusal.contains("hunter2"), "{refusal}");
        let place = with_file(&toml, |file, _| Ok(format!("{:?}", file.places("shop")))).unwrap();
        assert!(!place.contains("hunter2"), "{place}");
    }
}

#[test]
fn what_stands_where_a_key_belongs_is_shown_only_if_it_is_nearly_one_or_plainly_a_name() {
    let good = "login = \"l\"\napi_key = \"k\"\nbase_url = \"https://a.example\"";
    for (written, why) in [
        ("lgoin = \"x\"", "lgoin is not known: the keys are login, "),
        ("password = \"x\"", "password is not known"),
        ("\"SeCrEtKeY0123456789\" = \"x\"", "a key (not shown, as it could be a secret) is not known: the keys are "),
        ("\"SeCrEtKeY0123456789\" = []", "a key (not shown, as it could be a secret) must be a text"),
        ("\"SeCrEtKeY0123456789\" = \"'x'\"", "a key (not shown, as it could be a secret) is not known"),
    ] {
        let refusal = read(&format!("[shop]\n{good}\n{written}")).unwrap_err();
        assert!(refusal.contains(why) && !refusal.contains("SeCrEt"), "{refusal}");
    }
    let refusal = read("\"SeCrEtKeY0123456789\" = \"x\"").unwrap_err();
    assert!(refusal.contains("belongs to no connection") && !refusal.contains("SeCrEt"), "{refusal}");
}

#[test]
fn what_is_wrong_with_any_connection_is_told_of_all_of_them() {
    let description = description();
    let all = |toml: &str| with_file(toml, |file, variable| file.all(|_| Ok(Some(&description)), variable));
    let good = "login = \"l\"\napi_key = \"k\"\nbase_url = \"https://a.example\"\n";
    let both = all(&format!("[berlin]\n{good}[paris]\n{good}")).unwrap();
    assert_eq!(both.iter().map(|(name, ..)| name.as_str()).collect::<Vec<_>>(), ["berlin", "paris"]);
    let refusal = all(&format!("[berlin]\n[paris]\n{good}[rome]\n{good}typo = \"x\"")).unwrap_err();
    for part in ["connection berlin", "login is missing", "connection rome", "typo is not known"] {
        assert!(refusal.contains(part), "{part} is not in {refusal}");
    }
    assert!(!refusal.contains("paris"), "{refusal}");
    assert!(all("").unwrap_err().contains("has no connection"));
}

#[test]
fn a_connection_names_its_plugin_where_there_are_several() {
    let plugin = |toml: &str, plugins: &[&'static str]| with_file(toml, |file, _| file.plugin("shop", plugins));
    assert_eq!(plugin("[shop]", &["crm"]), Ok("crm"));
    assert_eq!(plugin("[shop]\nplugin = \"crm\"", &["crm"]), Ok("crm"));
    assert_eq!(plugin("[shop]\nplugin = \" pay \"", &["crm", "pay"]), Ok("pay"));
    let refusal = plugin("[shop]", &["crm", "pay"]).unwrap_err();
    assert!(refusal.contains("connection shop does not say") && refusal.ends_with("one of: crm, pay"), "{refusal}");
    for given in ["\"hunter2\"", "7"] {
        let refusal = plugin(&format!("[shop]\nplugin = {given}"), &["crm"]).unwrap_err();
        assert!(refusal.contains("no plugin that is loaded") && !refusal.contains("hunter2"), "{refusal}");
    }
    let good = "login = \"l\"\napi_key = \"k\"\nbase_url = \"https://a.example\"\n";
    assert!(read(&format!("[shop]\nplugin = \"just-click\"\n{good}")).unwrap().get(PLUGIN).is_none());
}

#[test]
fn what_belongs_to_no_connection_is_told_with_the_line_that_is_missing() {
    assert!(read("").unwrap_err().contains("has no connection: give it a table"));
    let refusal = read("login = \"hunter2\"\n").unwrap_err();
    assert!(refusal.contains("login belongs to no connection") && !refusal.contains("hunter2"), "{refusal}");
}

#[test]
fn a_connection_that_is_not_there_is_told_with_those_that_are() {
    assert!(read("[other]\n[third]").unwrap_err().contains("Its connections: other, third"));
}

#[test]
fn a_broken_file_is_told_by_its_line_without_the_line() {
    let refusal = read("[shop]\napi_key = hunter2\n").unwrap_err();
    assert!(refusal.contains("line 2") && !refusal.contains("hunter2"), "{refusal}");
}

#[test]
fn a_variable_is_named_after_prefix_and_key() {
    assert_eq!(variable_name("just-click", "api_key"), "JUST_CLICK_API_KEY");
    let variable = |name: &str| match name {
        "JUST_CLICK_BASE_URL" => Some("https://a.example\u{a0}\n".to_owned()),
        "JUST_CLICK_ALLOW_HTTP" => Some("Yes".to_owned()),
        "JUST_CLICK_AREA" | "JUST_CLICK_LOGIN_PAGE" => None,
        _ => Some(name.to_owned()),
    };
    let connection = from_env(&description(), "just-click", variable).unwrap();
    assert_eq!(connection.get("api_key"), Some("JUST_CLICK_API_KEY"));
    assert_eq!(connection.get("base_url"), Some("https://a.example"));
    assert_eq!(connection.get("allow_http"), Some("true"));
}

#[test]
fn the_environment_is_held_to_the_schema_as_a_file_is_and_told_by_its_variables() {
    let refused =
        |variable: &dyn Fn(&str) -> Option<String>| from_env(&description(), "shop", variable).unwrap_err().to_string();
    let told = refused(&|name| (name == "SHOP_BASE_URL").then(|| "hunter2".to_owned()));
    for part in [
        "SHOP_LOGIN is missing: The login.",
        "SHOP_API_KEY is missing: The key.",
        "SHOP_BASE_URL is not what it should be: An https address. (such as https://shop.example)",
    ] {
        assert!(told.contains(part), "{part} is not in {told}");
    }
    assert!(!told.contains("hunter2"), "{told}");
    let told = refused(&|name| Some(if name == "SHOP_ALLOW_HTTP" { "maybe" } else { "https://a.example" }.to_owned()));
    assert!(
        told.contains(r#"SHOP_ALLOW_HTTP is not what it should be:  (it must be one of ["true","false"])"#),
        "{told}"
    );
    let told = refused(&|name| Some(if name == "SHOP_AREA" { "us" } else { "https://a.example" }.to_owned()));
    assert!(told.contains("SHOP_AREA is not what it should be: Where. (it must match ^eu$)"), "{told}");
    let told = refused(&|name| Some(if name == "SHOP_LOGIN_PAGE" { "us" } else { "https://a.example" }.to_owned()));
    assert!(told.contains("A page. (a whole address, such as https://service.example)"), "{told}");
    for quoted in ["\"https://a.example\"", "'https://a.example'", "“https://a.example”"] {
        let told = refused(&|_| Some(quoted.to_owned()));
        assert!(told.contains("SHOP_BASE_URL is in quotation marks: take them off"), "{told}");
    }
}

#[test]
fn where_a_value_stands_is_told_and_the_value_is_not() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let text = "[shop]\nplugin = \"shop\"\na = \"env:KEY\"\nb = \"file:/run/key\"\nc = \"hunter2\"\nd = true\n";
    std::fs::write(file.path(), text).unwrap();
    let file = File::read(file.path()).unwrap();
    let places = [
        ("a", Place::Variable("KEY".to_owned())),
        ("b", Place::File("/run/key".into())),
        ("c", Place::Here),
        ("d", Place::Here),
    ];
    assert_eq!(file.places("shop"), places);
    assert!(file.places("other").is_empty());
}
