//! The API key, put where it does not belong.

use justclick_sandbox::SAMPLE_API_KEY;

use crate::support::Day;

#[test]
fn a_key_in_a_row_is_in_nothing_that_a_batch_writes() {
    let day = Day::new([1, 2]);
    let rows = format!(
        "bill_id,status,date,rpo,note\n1,sent,1700000000,{SAMPLE_API_KEY},\n2,cancel,,,my key: {SAMPLE_API_KEY}\n{SAMPLE_API_KEY},x,,,\n"
    );
    day.write("orders.csv", rows).run(&["orders.csv", "--log", "trace"]).with_code(20);
    let escaped = SAMPLE_API_KEY.replacen('X', "\\u0058", 1);
    let rows = format!(
        "{{\"bill_id\":1,\"status\":\"{SAMPLE_API_KEY}\"}}\n{{\"bill_id\":\"{escaped}\",\"status\":\"cancel\"}}\n{SAMPLE_API_KEY}\n"
    );
    day.write("more.ndjson", rows).run(&["more.ndjson", "--log", "trace"]).with_code(20);
    for name in ["orders.results.csv", "orders.csv.journal", "more.results.ndjson", "more.ndjson.journal"] {
        assert!(!day.read(name).contains(SAMPLE_API_KEY), "{name}");
    }
    let results = day.results();
    assert_eq!((results[&3]["ok"].as_str(), results[&3]["bill_id"].as_str()), ("true", "2"));
    assert!(results[&3]["note"] == "my key: ***" && results[&2]["rpo"] == "***");
    assert!(!day.read("more.results.ndjson").contains(&escaped));
    // In the header, and on the command line.
    day.write("head.csv", format!("bill_id,status,{SAMPLE_API_KEY}\n1,cancel,\n")).run(&["head.csv"]);
    assert!(!day.read("head.csv.journal").contains(SAMPLE_API_KEY));
    assert!(!day.read("head.results.csv").contains(SAMPLE_API_KEY));
    let field = format!("rpo={SAMPLE_API_KEY}");
    day.write("field.csv", "bill_id,status,date\n1,sent,1700000000\n")
        .run(&["field.csv", "--field", &field])
        .with_code(20);
    assert!(!day.read("field.csv.journal").contains(SAMPLE_API_KEY));
}
