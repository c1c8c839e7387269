//! The table of dates as people and programs write them, as the plugin reads them: it takes instants
//! alone, and what it refuses it suspects of what the table says.

use plugin_kit::flaw::Flaw;
use plugin_kit::given::Given;
use plugin_kit::text;
use plugin_kit::types::Moment;
use serde_json::Value;

fn rows() -> Vec<Value> {
    let table: Value = serde_json::from_str(include_str!("vectors/moments.json")).unwrap();
    table["moments"].as_array().unwrap().clone()
}

fn read(given: &Value) -> Result<i64, String> {
    let number = given.to_string();
    let given = match given.as_str() {
        // What is around a text is taken off before.
        Some(text) => Given::Text(text::trim(text).into()),
        None => Given::Number(&number),
    };
    Moment::seconds(given)
}

/// Whether a value says by itself which moment it is, in a form that a plugin takes.
fn is_instant(given: &Value) -> bool {
    let Some(text) = given.as_str().map(str::trim) else {
        return given.as_u64().is_some_and(|number| number < 10_000_000_000);
    };
    let seconds = text.trim_end_matches(".0");
    let has_zone = ["Z", "z", "UTC"].iter().any(|zone| text.ends_with(zone))
        || text.get(11..).is_some_and(|time| time.contains(['+', '-']));
    seconds.len() == 10 && seconds.bytes().all(|b| b.is_ascii_digit())
        || text.as_bytes()[0].is_ascii_digit() && has_zone
}

#[test]
fn every_instant_of_the_table_is_taken_and_nothing_else() {
    let (mut taken, mut left) = (0, 0);
    for row in rows().iter().filter(|row| row.get("seconds").is_some()) {
        let read = read(&row["given"]);
        if is_instant(&row["given"]) {
            assert_eq!(read, Ok(row["seconds"].as_i64().unwrap()), "{row}");
            taken += 1;
        } else {
            assert!(read.is_err(), "{row}: which moment it is depends on who writes it");
            left += 1;
        }
    }
    assert!(taken >= 14 && left >= 20, "{taken} {left}");
}

#[test]
fn what_the_table_refuses_is_refused_with_its_suspicion() {
    for row in rows() {
        if let Some(suspicion) = row["refused"].as_str() {
            let told = match row["given"].as_str().and_then(Flaw::of) {
                Some(flaw) => flaw.told("").replace("no value", "not a date"),
                None => read(&row["given"]).unwrap_err(),
            };
            assert!(told.contains(suspicion), "{row}: {told}");
        }
    }
}
