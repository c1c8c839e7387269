//! The input of actions: it is refused before anything is sent, or read into values that, written down, are
//! read as the same again. What its schema takes, the plugin takes.

use plugin_kit::{Kind, testing};
use serde_json::Value;

use super::service::{ACTIONS, Known, Service, check, config};
use crate::memory;
use crate::seeds::{self, Seeds};
use crate::target::{Target, choice};

pub const TARGET: Target = Target { name: "input", seeds, run };

fn seeds(seeds: &mut Seeds) {
    let cases: Vec<_> = seeds::cases().collect();
    for (place, known) in ACTIONS.iter().enumerate() {
        for case in cases.iter().filter(|case| case["call"] == known.action.name()) {
            seeds.choosing(place, case["input"].to_string());
        }
        let examples = testing::counter_examples(known.plugin);
        for example in examples.iter().filter(|example| example.action == known.action.name()) {
            seeds.choosing(place, &example.input);
        }
    }
}

fn run(data: &[u8]) {
    let (place, input) = choice(data);
    let Known { plugin, action, input_schema, .. } = &ACTIONS[place % ACTIONS.len()];
    let service = Service::new(200, b"");
    let outcome = memory::at_most(64 * input.len() + (256 << 10), || {
        plugin.run(action.name(), input, &config, &service).expect("the action is there")
    });
    // The answer is empty, which no action takes.
    let error = outcome.expect_err("an empty answer is an error");
    check(&error);
    let read = std::str::from_utf8(input).ok().and_then(|text| testing::read(action, text).ok());
    let is_refused = error.kind == Kind::InvalidInput;
    if is_refused {
        assert!(service.sent.borrow().is_empty(), "something was sent with an input that is refused");
    }
    if let Some(values) = &read {
        let written = values.object().finish();
        let again = testing::read(action, &written).unwrap_or_else(|error| panic!("{written}: {}", error.message));
        assert_eq!(&again, values, "{written}");
        // Its canonical form is what the schema shows.
        let value: Value = serde_json::from_str(&written).expect("what is written is JSON");
        assert!(input_schema.is_valid(&value), "{} reads {written}, which breaks its schema", action.name());
    } else {
        assert!(is_refused, "{}", error.message);
    }
}
