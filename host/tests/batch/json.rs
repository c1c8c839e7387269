//! JSON in the forms that people have it.

use serde_json::Value;

use crate::support::Day;

fn results(day: &Day, name: &str) -> Vec<Value> {
    day.read(name).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn an_array_and_spread_objects_are_read_one_by_one() {
    for text in [
        r#"[{"bill_id":"1","status":"cancel"},{"bill_id":"2","status":"return"}]"#,
        "\u{feff}[\n  {\n    \"bill_id\": 1,\n    \"status\": \"cancel\"\n  },\n  {\"bill_id\": 2, \"status\": \"return\"}\n]\n",
        "{\n  \"bill_id\": 1,\n  \"status\": \"cancel\"\n}\n{\n  \"bill_id\": 2,\n  \"status\": \"return\"\n}\n",
    ] {
        let day = Day::new([1, 2]);
        day.write("orders.json", text).run(&["orders.json"]).with_code(0).telling("\"line\" counts them");
        assert_eq!((day.order(1).status.as_str(), day.order(2).status.as_str()), ("cancel", "return"));
        let results = results(&day, "orders.results.ndjson");
        assert_eq!((&results[0]["line"], &results[1]["line"]), (&1.into(), &2.into()));
    }
}

#[test]
fn json_that_is_cut_short_is_refused_before_anything_is_sent() {
    let day = Day::new([1]);
    for text in
        ["[{\"bill_id\":1,\"status\":\"cancel\"},", "[{\"bill_id\":1,\"status\":\"cancel\"}] x", "{\n\"bill_id\":1,\n"]
    {
        day.write("orders.json", text).run(&["orders.json"]).with_code(2).telling("jq -c");
    }
    assert_eq!((day.sandbox.request_count(), day.files()), (0, vec!["orders.json".to_owned()]));
}

#[test]
fn a_name_that_is_given_twice_is_refused() {
    let day = Day::new([1, 2]);
    let text =
        "{\"bill_id\":\"1\",\"status\":\"cancel\",\"bill_id\":\"2\"}\n{\"bill_id\":\"1\",\"status\":\"cancel\"}\n";
    day.write("orders.ndjson", text)
        .run(&["orders.ndjson"])
        .with_code(20)
        .telling("line 1: invalid_input: bill_id is given twice");
    assert_eq!((day.changes(1), day.changes(2)), (1, 0));
}
