//! Small texts from outside: languages, paths, origins, moments, plain names. What is read and written is read
//! as the same again.

use plugin_host::moment::{Clock, Moment};
use plugin_host_core::Subject;
use plugin_host_core::http::{Origin, Rule};
use plugin_host_core::language::Languages;
use plugin_host_core::path::Path;
use plugin_host_core::text::{cut, is_deceptive, on_one_line, printable, printable_json, unquoted};

use crate::seeds::{self, Seeds};
use crate::target::{Target, choice};

pub const TARGET: Target = Target { name: "texts", seeds, run };

const READERS: [fn(&str); 5] = [language, path, origin, moment, shown];

fn seeds(seeds: &mut Seeds) {
    for (reader, texts) in [
        (0, &["ru-RU, ru;q=0.9, en;q=0.5", "zh-Hant-CN-x-a", "*;q=1.001", "c-a;q=NaN"][..]),
        (1, &["goods[0].sku", "a[].b[12]", "x.y", "a[99999999999999999999]", "[]"]),
        (
            2,
            &["https://a.example:443/x?y", "http://[::1]:80", "https://*.a.example", "http://user:p@h", "http://127.1"],
        ),
        (4, &["\u{1b}[31mred\u{202e}", "“quoted”", "a\r\n\tb\u{feff}"]),
    ] {
        texts.iter().for_each(|text| seeds.choosing(reader, text));
    }
    let moments: serde_json::Value = serde_json::from_str(&seeds::text("tests/vectors/moments.json")).expect("JSON");
    walk(&moments, &mut |text| seeds.choosing(3, text));
}

fn walk(value: &serde_json::Value, each: &mut impl FnMut(&str)) {
    match value {
        serde_json::Value::String(text) => each(text),
        serde_json::Value::Array(values) => values.iter().for_each(|value| walk(value, each)),
        serde_json::Value::Object(members) => members.values().for_each(|value| walk(value, each)),
        _ => {}
    }
}

fn run(data: &[u8]) {
    let (reader, data) = choice(data);
    if let Ok(text) = std::str::from_utf8(data) {
        READERS[reader % READERS.len()](text);
    }
}

fn language(text: &str) {
    let there = ["ru", "pt-BR", "zh-Hant", "de"];
    let found = Languages::of_header(text).lookup(&there);
    assert!(found.is_none_or(|found| there.contains(&found)));
    // What a person writes is the same but for the underscores.
    if let Ok(languages) = text.parse::<Languages>() {
        assert_eq!(languages, Languages::of_header(&text.replace('_', "-")));
    }
    Languages::of_environment(|_| Some(text.to_owned())).lookup(&there);
}

fn path(text: &str) {
    if let Ok(path) = Path::read(text) {
        let written = path.to_string();
        assert_eq!(Path::read(&written).as_ref(), Ok(&path), "{text:?} is {written:?}");
    }
}

fn origin(text: &str) {
    if let Ok(origin) = text.parse::<Origin>() {
        let written = origin.to_string();
        assert!(!written.contains('@'), "{written}");
        assert_eq!(written.parse::<Origin>().ok(), Some(origin), "{text:?} is {written:?}");
    }
    let _ = text.parse::<Rule>();
}

fn moment(text: &str) {
    let clock = Clock::new(Some("Europe/Moscow"), Vec::new()).expect("a time zone");
    if let Moment::At { seconds, .. } = clock.read(text) {
        let again = clock.read(&seconds.to_string());
        assert!(matches!(again, Moment::At { seconds: same, .. } if same == seconds), "{text:?} is {seconds}");
    }
}

fn shown(text: &str) {
    assert!(!printable(text).contains(is_deceptive), "{text:?}");
    assert!(!printable_json(text).contains(is_deceptive), "{text:?}");
    let line = on_one_line(text);
    assert!(!line.contains(['\n', '\r', '\t']) && on_one_line(&line) == line, "{text:?}");
    assert!(cut(text, 7).chars().count() <= 8);
    assert!(text.contains(unquoted(text)));
    let canonical = Subject::canonical(text).into_owned();
    assert_eq!(Subject::canonical(&canonical), canonical, "{text:?}");
}
