use super::*;

fn refusal(bytes: impl AsRef<[u8]>) -> String {
    object(bytes.as_ref()).unwrap_err().to_string()
}

fn utf16(text: &str, unit: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(unit).collect()
}

#[test]
fn values_stay_as_they_were_written() {
    let text = r#"{"a":12345678901234567890123,"b":1.50e+400,"c":"\u0041\/","d":[1.0, {"e":-0}],"f":null}"#;
    let read = object(text.as_bytes()).unwrap();
    assert_eq!(read.to_string(), text);
    assert_eq!(read.get("a").unwrap().get(), "12345678901234567890123");
    assert_eq!((read.text("c").as_deref(), read.text("a"), read.text("g")), (Some("A/"), None, None));
}

#[test]
fn members_are_taken_out_and_set_in_their_place() {
    let mut read = object(br#" { "b" : 1 , "a" : 2.0 } "#).unwrap();
    read.set("b", "x");
    read.set("c", 3);
    assert_eq!(read.remove("a").unwrap().get(), "2.0");
    assert!(read.remove("a").is_none());
    assert_eq!(read.to_string(), r#"{"b":"x","c":3}"#);
}

#[test]
fn a_byte_order_mark_of_utf_8_is_passed_over_once() {
    assert_eq!(object(b"\xef\xbb\xbf{\"a\":1}\r\n").unwrap().to_string(), r#"{"a":1}"#);
    assert!(refusal("\u{feff}\u{feff}{}").contains("invisible character (U+FEFF)"));
}

#[test]
fn other_encodings_are_named_with_the_way_out() {
    let text = "{\"a\": \"\u{436}\"}";
    let utf32: Vec<u8> = text.chars().flat_map(|c| u32::from(c).to_le_bytes()).collect();
    for (bytes, name) in [
        (utf16(text, u16::to_le_bytes), "UTF-16"),
        (utf16(text, u16::to_be_bytes), "UTF-16"),
        (utf16(&format!("\u{feff}{text}"), u16::to_le_bytes), "UTF-16"),
        (utf16(&format!("\u{feff}{text}"), u16::to_be_bytes), "UTF-16"),
        (utf16("{}", u16::to_le_bytes), "UTF-16"),
        (utf32.clone(), "UTF-32"),
        ([&b"\xff\xfe\0\0"[..], &utf32].concat(), "UTF-32"),
    ] {
        assert_eq!(refusal(&bytes), format!("The input is {name}, and JSON is UTF-8: save it as UTF-8."), "{bytes:?}");
    }
    // windows-1251, in the second line.
    assert_eq!(refusal(b"{\n\"a\": \"\xe6\"}"), "The input is not UTF-8 (line 2, column 7): save it as UTF-8.");
}

#[test]
fn a_name_that_is_given_twice_is_named_and_its_values_are_not() {
    for text in [
        r#"{"id": "hunter2", "x": 1, "id": "hunter3"}"#,
        r#"{"id": "hunter2", "\u0069d": "hunter2"}"#,
        r#"{"items": [1, {"deep": {"id": "hunter2", "id": null}}]}"#,
    ] {
        assert_eq!(refusal(text), "id is given twice: leave one out.", "{text}");
    }
    // Two objects may each have it.
    assert!(object(br#"{"a": {"id": 1}, "b": [{"id": 1}, {"id": 2}], "id": 3}"#).is_ok());
    let error: Box<ActionError> = object(br#"{"id": 1, "id": 1}"#).unwrap_err().into();
    assert_eq!((error.kind.as_str(), error.field.as_deref()), ("invalid_input", Some("id")));
    assert_eq!(error.problems[0].message, error.message);
}

#[test]
fn a_name_of_any_kind_makes_one_short_line() {
    let long = "n".repeat(5000);
    for name in ["", "\\n\\u001b", &long] {
        let refusal = refusal(format!("{{\"{name}\": 1, \"{name}\": 2}}"));
        assert!(refusal.len() < 120 && !refusal.contains(char::is_control), "{refusal:?}");
    }
}

#[test]
fn what_is_no_object_is_told_with_the_way_out() {
    for (text, told) in [
        ("", "is empty"),
        (" \r\n\t", "is empty"),
        (r#"[{"a": 1}]"#, "batch, which takes an array"),
        ("[1", "is a JSON array"),
        (r#""{\"a\": 1}""#, "without quotation marks around it"),
        ("17", "is no JSON object"),
        ("null", "is no JSON object"),
    ] {
        assert!(refusal(text).contains(told), "{text}: {}", refusal(text));
    }
}

#[test]
fn what_is_no_json_is_told_by_line_and_column_and_not_shown() {
    for (text, told) in [
        ("{\"ж\": \"hunter2\", }", "(line 1, column 18): trailing comma"),
        ("{\n  \"a\": \"hunter2\"\n  \"b\": 1}", "(line 3, column 3): expected `,` or `}`"),
        ("{\"a\": \"hunter2", "(line 1, column 14): it ends too early"),
        ("{\"a\": 1} {\"a\": 2}", "(line 1, column 10): trailing characters"),
        ("{“a”: 1}", "(line 1, column 2): “ is no quotation mark of JSON"),
        ("{'a': 1}", "(line 1, column 2): ' is no quotation mark of JSON"),
        ("{\"a\": None}", "(line 1, column 7): JSON has null, true and false"),
        ("{\"a\": NaN}", "(line 1, column 7): JSON has null, true and false"),
        ("{\u{a0}\"a\": 1}", "(line 1, column 2): an invisible character (U+00A0)"),
        ("{\"a\": \"\tb\"}", "control character"),
        ("{\"\\ud800\": 1}", "(line 1"),
        ("hunter2", "(line 1, column 1)"),
    ] {
        let refusal = refusal(text);
        assert!(refusal.starts_with("The input is not JSON") && refusal.contains(told), "{text}: {refusal}");
        assert!(!refusal.contains("hunter2"), "{refusal}");
    }
}

#[test]
fn what_is_nested_without_end_is_refused_in_little_time() {
    let nested = |levels: usize| format!("{{\"a\":{}1{}}}", "[".repeat(levels), "]".repeat(levels));
    assert!(object(nested(DEEPEST).as_bytes()).is_ok());
    assert_eq!(object(nested(DEEPEST + 1).as_bytes()).unwrap_err(), Malformed::TooDeep);
    assert_eq!(object(nested(400_000).as_bytes()).unwrap_err(), Malformed::TooDeep);
    let many: String = (0..50_000).map(|n| format!("\"n{n}\":{n},")).collect();
    assert!(object(format!("{{{many}\"end\":0}}").as_bytes()).is_ok());
}

#[test]
fn the_refusal_is_about_what_the_caller_calls_it() {
    assert_eq!(object(b"1").unwrap_err().of("The row").split(" is ").next(), Some("The row"));
}

proptest::proptest! {
    #![proptest_config(proptest::test_runner::Config { cases: 2048, failure_persistence: None, ..Default::default() })]

    #[test]
    fn any_bytes_are_an_object_that_reads_as_itself_or_one_clear_line(
        bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..60),
        text in proptest::string::string_regex("[{}\\[\\]:,\" \nab0-9.eE+\\\\u\u{feff}-]{0,60}").unwrap(),
        nested in 0..200_usize,
    ) {
        let deep = format!("{{\"a\":{}{}}}", "[".repeat(nested), "]".repeat(nested));
        for bytes in [bytes.as_slice(), text.as_bytes(), deep.as_bytes()] {
            match object(bytes) {
                Ok(read) => {
                    let again = object(read.to_string().as_bytes()).map_err(|why| why.of("It"));
                    proptest::prop_assert_eq!(again.map(|again| again.to_string()), Ok(read.to_string()));
                }
                Err(why) => {
                    let why = why.of("The input");
                    proptest::prop_assert!(why.starts_with("The input") || why.contains("twice"), "{why}");
                    proptest::prop_assert!(!why.contains(['\n', '\r']), "{why:?}");
                }
            }
        }
    }
}

#[test]
fn what_is_no_such_data_is_told_without_what_stands_there() {
    #[derive(Debug, serde::Deserialize)]
    struct Data {
        #[serde(rename = "list")]
        _list: Vec<u8>,
    }
    for (text, expected) in [
        (r#"{"list":"hunter2, expected x"}"#, "expected a sequence at line 1 column 29"),
        (r#"{"list":[4711]}"#, "expected u8 at line 1 column 13"),
        ("{}", "missing field `list` at line 1 column 2"),
        (r#"{"list":["#, "EOF while parsing a list at line 1 column 9"),
    ] {
        assert_eq!(told(&serde_json::from_str::<Data>(text).unwrap_err()), expected, "{text}");
    }
}
