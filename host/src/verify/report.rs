//! What was found, for people, for programs, and as JUnit has it.

use plugin_host_core::text::counted;
use serde_json::{Value, json};

use super::findings::{Finding, Findings};
use super::rule::{ALL, Rule};

/// Where the pages of the rules are.
const PAGES: &str = "docs/rules";

/// The last word where nobody has recorded anything.
const UNTRIED_ALL: &str = "No real answer was tried, as there is no recorded call: whether the plugin understands its service, nobody knows yet. Make one: verify --record FILE --call EXPORT --input JSON\n";

/// For people: what is broken, then what calls took, then how it went.
pub fn text(findings: &Findings, plugin: &str, module_bytes: usize) -> String {
    let mut text = String::new();
    for (first, places) in findings.grouped() {
        let word = if first.rule.is_advice { "advice" } else { "broken" };
        text.push_str(&format!("{word}  {}: {}\n", first.rule.name, told(first, &places)));
    }
    let mut broken: Vec<_> = findings.found.iter().map(|finding| finding.rule).collect();
    broken.dedup();
    for rule in ALL.iter().filter(|rule| broken.contains(rule)) {
        text.push_str(&format!("\n{}: {} {PAGES}/{}.md\n", rule.name, rule.asks, rule.name));
    }
    if !text.is_empty() {
        text.push('\n');
    }
    let width = findings.costs.keys().map(String::len).max().unwrap_or_default();
    text.push_str(&format!("{:width$}  {:>11}  {:>9}  {:>5}\n", "most of a call", "fuel", "memory", "calls"));
    for (export, cost) in &findings.costs {
        let kib = cost.memory >> 10;
        text.push_str(&format!("{export:width$}  {:>11}  {kib:>5} KiB  {:>5}\n", cost.fuel, cost.calls));
    }
    let rules = findings.tried.len();
    let calls: u32 = findings.costs.values().map(|cost| cost.calls).sum();
    let kb = module_bytes.div_ceil(1000);
    let advice = findings.found.iter().filter(|finding| finding.rule.is_advice).count();
    let faults = findings.found.len() - advice;
    let verdict = if findings.has_failed() {
        format!("breaks the contract: {}", counted(faults, "thing"))
    } else {
        "keeps the contract".to_owned()
    };
    let advice = format!("{} of advice", counted(advice, "piece"));
    let (rules, calls) = (counted(rules, "rule"), counted(calls as usize, "call"));
    text.push_str(&format!("\n{plugin} ({kb} kB) {verdict}, {advice}; {rules}, {calls}\n"));
    if !findings.has_real_answers() {
        text.push_str(UNTRIED_ALL);
    }
    text
}

/// What is wrong, and where: in one line, however many places there are.
fn told(first: &Finding, places: &[&str]) -> String {
    let Finding { what, when, .. } = first;
    match places {
        [place] => format!("{place} {}", first.message()),
        places if when.is_empty() => format!("each of {} {what}", places.join(", ")),
        places => format!("each of {} {what} (first: {when})", places.join(", ")),
    }
}

/// For programs.
pub fn json(findings: &Findings, plugin: &str, module_bytes: usize) -> Value {
    let found: Vec<_> = findings
        .found
        .iter()
        .map(|finding| {
            json!({
                "rule": finding.rule.name, "advice": finding.rule.is_advice, "place": finding.place,
                "message": finding.message(), "page": format!("{PAGES}/{}.md", finding.rule.name),
            })
        })
        .collect();
    let costs: serde_json::Map<_, _> = findings
        .costs
        .iter()
        .map(|(export, cost)| {
            (export.clone(), json!({ "fuel": cost.fuel, "memory": cost.memory, "calls": cost.calls }))
        })
        .collect();
    json!({ "plugin": plugin, "ok": !findings.has_failed(), "module_bytes": module_bytes, "findings": found,
        "tried": findings.tried, "costs": costs })
}

/// As JUnit has it: a test case for each rule that was tried, failed by what breaks it.
pub fn junit(findings: &Findings, plugin: &str) -> String {
    let tried =
        |rule: &&Rule| findings.tried.contains_key(rule.name) || findings.found.iter().any(|it| it.rule == *rule);
    let broken =
        |rule: &Rule| findings.found.iter().filter(|it| it.rule == rule && !rule.is_advice).collect::<Vec<_>>();
    let rules: Vec<_> = ALL.iter().filter(tried).collect();
    let failures = rules.iter().filter(|rule| !broken(rule).is_empty()).count();
    let name = escaped(plugin);
    let mut text = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuite name=\"{name}\" tests=\"{}\" failures=\"{failures}\">\n",
        rules.len()
    );
    for rule in rules {
        let broken = broken(rule);
        let case = format!("  <testcase classname=\"{name}\" name=\"{}\"", rule.name);
        if broken.is_empty() {
            text.push_str(&format!("{case}/>\n"));
            continue;
        }
        let told: Vec<_> = broken.iter().map(|finding| format!("{} {}", finding.place, finding.message())).collect();
        let (asks, told) = (escaped(rule.asks), escaped(&told.join("\n")));
        text.push_str(&format!("{case}>\n    <failure message=\"{asks}\">{told}</failure>\n  </testcase>\n"));
    }
    text.push_str("</testsuite>\n");
    text
}

/// A text in XML, without the characters that XML can't have.
fn escaped(text: &str) -> String {
    let plain: String = text.chars().filter(|char| !char.is_control() || matches!(char, '\n' | '\t')).collect();
    quick_xml::escape::escape(&plain).into_owned()
}

#[cfg(test)]
mod tests {
    use super::super::rule::{COST, OUTPUT, TRAP};
    use super::*;

    fn findings() -> Findings {
        let mut findings = Findings::default();
        findings.tried(&TRAP);
        findings.tried(&OUTPUT);
        findings.add(&OUTPUT, "get", "gives <b> & \u{1}\"more\"", "");
        findings.add(&COST, "get", "takes much", "");
        findings
    }

    #[test]
    fn people_read_what_is_broken_and_where_its_page_is() {
        let told = text(&findings(), "shop 1.0", 1);
        assert!(told.starts_with("broken  output: get gives <b>"), "{told}");
        assert!(
            told.contains("docs/rules/output.md")
                && told.contains("breaks the contract: 1 thing, 1 piece of advice; 2 rules, 0 calls\n"),
            "{told}"
        );
        assert!(text(&Findings::default(), "shop", 1).contains("keeps the contract"));
    }

    #[test]
    fn the_same_in_several_places_is_one_line_with_all_of_them() {
        let mut findings = findings();
        findings.add(&TRAP, "get", "stops", "the answer is empty");
        findings.add(&TRAP, "put", "stops", "the answer is a page");
        findings.add(&COST, "put", "takes much", "");
        let told = text(&findings, "shop", 1);
        for line in [
            "broken  trap: each of get, put stops (first: the answer is empty)\n",
            "cost: each of get, put takes much\n",
        ] {
            assert!(told.contains(line), "{told}");
        }
        assert!(told.contains("breaks the contract: 3 things, 2 pieces of advice;"), "{told}");
    }

    #[test]
    fn where_nothing_is_recorded_the_last_word_is_that_no_real_answer_was_tried() {
        let mut findings = Findings::default();
        assert!(text(&findings, "shop", 1).lines().last().unwrap().starts_with("No real answer was tried"));
        findings.tried(&super::super::rule::RECORDED);
        assert!(text(&findings, "shop", 1).lines().last().unwrap().contains("keeps the contract"));
    }

    #[test]
    fn programs_read_whether_it_is_all_right() {
        assert_eq!(json(&findings(), "shop", 1)["ok"], false);
        assert_eq!(json(&findings(), "shop", 1)["findings"][0]["rule"], "output");
        assert_eq!(json(&Findings::default(), "shop", 1)["ok"], true);
    }

    #[test]
    fn junit_has_a_case_for_each_rule_and_is_xml() {
        let told = junit(&findings(), "shop \"1\"");
        assert!(
            told.contains("tests=\"3\" failures=\"1\"") && told.contains("&lt;b&gt; &amp; &quot;more&quot;"),
            "{told}"
        );
        assert!(told.contains("name=\"trap\"/>") && told.contains("name=\"cost\"/>"), "{told}");
        let mut reader = quick_xml::Reader::from_str(&told);
        while reader.read_event().expect("XML") != quick_xml::events::Event::Eof {}
    }
}
