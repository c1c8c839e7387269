//! What searches list: how much of it, and in which form.

use std::collections::BTreeSet;
use std::fs;
use std::process::Stdio;

use serde_json::{Value, json};
use shop_service::Misbehaviour::{Busy, DelayMs};

use crate::support::{command, run, service};

#[test]
fn all_items_are_listed_page_after_page_and_each_once() {
    let service = service();
    let (code, stdout, stderr) = run(&service, &["call", "find_customers", "--all", "--output-format", "ndjson"]);
    assert_eq!((code, stderr.as_str()), (0, ""));
    let ids: BTreeSet<_> =
        stdout.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()["id"].to_string()).collect();
    assert_eq!((stdout.lines().count(), ids.len(), service.requests().len()), (250, 250, 3));
}

#[test]
fn so_many_items_are_a_table_csv_or_json() {
    let service = service();
    let listed = |args: &[&str]| {
        let (code, stdout, stderr) = run(&service, &[&["call", "find_customers", "--limit", "2"], args].concat());
        assert_eq!((code, stderr.as_str()), (0, ""));
        stdout
    };
    assert_eq!(listed(&[]), "id  name        city\n1   Anna Adams  Athens\n2   Anna Baker  Bremen\n");
    assert_eq!(listed(&["--output-format", "csv"]), "id,name,city\n1,Anna Adams,Athens\n2,Anna Baker,Bremen\n");
    let json: Value = serde_json::from_str(&listed(&["--json"])).unwrap();
    assert_eq!((json["items"][1]["name"].as_str(), &json["nextCursor"]), (Some("Anna Baker"), &json!("2")));
    assert_eq!(service.requests().len(), 3, "no page more than is needed");
}

#[test]
fn without_a_word_it_is_the_first_page_and_the_rest_is_told_of() {
    let service = service();
    let (code, stdout, stderr) = run(&service, &["call", "find_customers", "--field", "name=Anna"]);
    assert_eq!((code, stdout.lines().count(), stderr.as_str()), (0, 11, ""));
    let (_, stdout, stderr) = run(&service, &["call", "find_customers"]);
    assert!(stdout.lines().count() < 250 && stderr.contains("note: there is more: --all"), "{stderr}");
    let (_, stdout, _) = run(&service, &["call", "find_customers", "--field", "name=Nobody"]);
    assert_eq!(stdout, "Nothing was found.\n");
}

#[test]
fn a_search_that_does_not_come_to_its_end_is_no_result() {
    let service = service();
    let args = ["call", "find_customers", "--all", "--max-pages", "2", "--output-format", "csv"];
    let (code, stdout, stderr) = run(&service, &args);
    assert_eq!((code, stdout.as_str()), (2, ""), "{stderr}");
    assert!(
        stderr
            .contains("there is more after 2 pages: raise --max-pages, or go on behind them with --field 'cursor=200'"),
        "{stderr}"
    );
    service.misbehave([shop_service::Misbehaviour::Ok, Busy]);
    let (code, stdout, _) = run(&service, &["call", "find_customers", "--all", "--output-format", "csv"]);
    assert_eq!((code, stdout.as_str()), (16, ""));
    let (code, _, stderr) = run(&service, &["call", "mark_paid", "--field", "order_id=1", "--all"]);
    assert!(code == 2 && stderr.contains("mark_paid lists nothing"), "{stderr}");
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_a_search_between_two_pages() {
    use std::io::{BufRead, BufReader, Read};

    let service = service();
    service.misbehave([shop_service::Misbehaviour::Ok, DelayMs(1000)]);
    let mut command = command(&service);
    command.args(["call", "find_customers", "--all", "--output-format", "ndjson"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    let mut first = String::new();
    out.read_line(&mut first).unwrap();
    assert!(std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
    let mut rest = String::new();
    out.read_to_string(&mut rest).unwrap();
    let mut said = String::new();
    child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130), "{said}");
    assert_eq!((rest.lines().count() + 1) % 100, 0, "whole pages");
    assert!(rest.lines().count() < 249 && said.contains("Stopped after") && said.contains("there is more"), "{said}");
}

#[test]
fn what_comes_out_as_csv_goes_in_again() {
    let (service, folder) = (service(), tempfile::tempdir().unwrap());
    let (_, stdout, _) = run(&service, &["call", "find_customers", "--limit", "3", "--output-format", "csv"]);
    fs::write(folder.path().join("customers.csv"), stdout).unwrap();
    let mut again = command(&service);
    let output = again.current_dir(folder.path()).args(["batch", "find_customers", "customers.csv"]).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let results = fs::read_to_string(folder.path().join("customers.results.csv")).unwrap();
    assert!(results.contains("Anna Baker") && results.lines().count() == 4, "{results}");
}
