use serde_json::json;

use super::*;

/// With everything that encodings change.
const ODD: &str = "hu\"n\\t/e+r 2%é&<";

fn redactor() -> Redactor {
    let schema = json!({ "properties": {
        "login": {}, "key": { "writeOnly": true }, "odd": { "format": "password" }, "short": { "writeOnly": true },
    }});
    let values = [("login", "username"), ("key", " \u{feff}hunter2hunter2\u{200b}\n"), ("odd", ODD), ("short", "abc")];
    Redactor::new(&schema, &Connection::new(values))
}

#[test]
fn secrets_alone_are_masked() {
    let redactor = redactor();
    assert_eq!(redactor.text("username abc hunter2"), "username abc hunter2");
    assert_eq!(redactor.text("a hunter2hunter2 b"), "a *** b");
    assert_eq!(redactor.text(&format!("<{ODD}><{ODD}>")), "<***><***>");
    assert!(matches!(Redactor::default().text("hunter2hunter2"), Cow::Borrowed(_)));
    assert_eq!(redactor.bytes(b"\xff hunter2hunter2").as_ref(), b"\xff ***");
}

#[test]
fn a_secret_is_found_in_every_wrapping_and_in_several() {
    let redactor = redactor();
    let form: String = url::form_urlencoded::byte_serialize(ODD.as_bytes()).collect();
    let component = "hu%22n%5Ct%2Fe%2Br%202%25%C3%A9%26%3C";
    let json = Value::from(ODD).to_string();
    let json = &json[1..json.len() - 1];
    let ascii = json.replace('é', "\\u00e9").replace('/', "\\/");
    let html = "hu&quot;n\\t/e+r 2%&#233;&amp;&lt;";
    let json_in_form: String = url::form_urlencoded::byte_serialize(json.as_bytes()).collect();
    let json_in_json = Value::from(json).to_string();
    let json_in_json = &json_in_json[1..json_in_json.len() - 1];
    let lower = component.to_lowercase();
    for wrapped in [form.as_str(), component, json, &ascii, html, &json_in_form, json_in_json, &lower] {
        assert_eq!(redactor.text(&format!("a={wrapped}&b=1")), "a=***&b=1", "{wrapped}");
    }
    // Every character of a secret may be wrapped, also where none needs to be.
    let needless: String = "hunter2hunter2".bytes().map(|byte| format!("%{byte:02x}")).collect();
    assert_eq!(redactor.text(&needless), "***");
    let needless: String = "hunter2hunter2".bytes().map(|byte| format!("\\u{byte:04X}")).collect();
    assert_eq!(redactor.text(&needless), "***");
}

#[test]
fn a_secret_inside_base64_takes_all_of_it_along() {
    let redactor = redactor();
    for encoded in [
        "aHVudGVyMmh1bnRlcjI=",            // hunter2hunter2
        "dTpodW50ZXIyaHVudGVyMg==",        // u:hunter2hunter2
        "dXM6aHVudGVyMmh1bnRlcjI6eA==",    // us:hunter2hunter2:x
        "dXNlcm5hbWU6aHVudGVyMmh1bnRlcjI", // username:hunter2hunter2
    ] {
        assert_eq!(redactor.text(&format!("Basic {encoded}, x")), "Basic ***, x", "{encoded}");
    }
}

#[test]
fn an_escape_and_what_stands_behind_it_do_not_read_like_a_secret() {
    let json = |secret: &str, document: &str| Redactor::of([secret]).json(document.to_owned());
    assert_eq!(json("0123456789", r#"{"a":"\u0123456789","b":"\n"}"#), r#"{"a":"ģ456789","b":"\n"}"#);
    // This one can't be written without its escape.
    assert_eq!(json("001f5678", r#"["\u001f5678"]"#), r#"["***"]"#);
}

#[test]
fn a_document_stays_json_and_all_else_in_it_is_as_it_was() {
    let redactor = redactor();
    let number = Redactor::of(["12345678"]);
    let odd = Value::from(ODD);
    let document = format!(r#"{{ "a" : {odd}, "n":1.50e+02, "id":12345678901234567890123, "x\u0041":"\u0041\/" }}"#);
    let masked = redactor.json(document.clone());
    assert_eq!(masked, document.replace(&odd.to_string(), r#""***""#));
    assert_eq!(
        number.json(r#"{"a":12345678,"b":[-123456780.5],"c":123}"#.to_owned()),
        r#"{"a":"***","b":["-***0.5"],"c":123}"#
    );
    let inner = json!({ "body": json!({ "key": ODD }).to_string(), "hunter2hunter2": [true, null] }).to_string();
    let masked: Value = serde_json::from_str(&redactor.json(inner)).unwrap();
    assert_eq!(masked, json!({ "body": r#"{"key":"***"}"#, "***": [true, null] }));
    for untouched in [r#"{"a":"b\n"}"#, "[]", r#""%41""#, "1", r#"{"a":"\\"}"#] {
        assert_eq!(redactor.json(untouched.to_owned()), untouched);
    }
}

#[test]
fn no_part_of_an_error_tells_a_secret() {
    let problem = |text: &str| crate::error::Problem { field: text.to_owned(), message: text.to_owned() };
    let upstream = crate::error::Upstream {
        http_status: 200,
        error_code: None,
        error_text: Some(format!("a {ODD}")),
        verified: false,
    };
    let mut error = ActionError {
        field: Some("hunter2hunter2".to_owned()),
        problems: vec![problem("hunter2hunter2")],
        upstream: Some(upstream),
        ..ActionError::invalid_input("x hunter2hunter2")
    };
    redactor().error(&mut error);
    let shown = json!(error).to_string();
    assert!(!shown.contains("hunter2") && shown.matches("***").count() == 5, "{shown}");
}

#[test]
fn a_request_is_shown_without_credentials() {
    let headers =
        [("Authorization", "Bearer of.something"), ("X-Redmine-API-Key", "hunter2hunter2"), ("accept", "a/b")];
    let request = |body: &str| PreparedRequest {
        method: "POST".to_owned(),
        url: "https://shop.example/?key=hunter2%68unter2".to_owned(),
        headers: headers.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
        body: body.to_owned(),
    };
    let shown = redactor().request(request("key=hunter2hunter2&a=1"));
    assert_eq!((shown.url.as_str(), shown.body.as_str()), ("https://shop.example/?key=***", "key=***&a=1"));
    assert_eq!((shown.headers["Authorization"].as_str(), shown.headers["accept"].as_str()), ("Bearer (hidden)", "a/b"));
    assert_eq!(shown.headers["X-Redmine-API-Key"], "***");
    let shown = redactor().request(request(&json!({ "key": ODD }).to_string()));
    assert_eq!(shown.body, r#"{"key":"***"}"#);
}

#[test]
fn a_key_of_several_lines_is_hidden_line_by_line() {
    let redactor = Redactor::of(["-----BEGIN KEY-----\nMIIEvQIBADANBgkqhkiG9w0B\n-----END KEY-----\n"]);
    assert_eq!(redactor.text("x MIIEvQIBADANBgkqhkiG9w0B y"), "x *** y");
}
