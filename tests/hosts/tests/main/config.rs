//! What a connection must be.

use hosts::{CallError, Host, HostBuilder};
use justclick_sandbox::{SAMPLE_API_KEY, SAMPLE_LOGIN};

use crate::support::*;

const URL: &str = "https://username.justclick.ru";

fn invalid(host: HostBuilder, fields: &[&str]) {
    let mut host = host.build();
    for (export, input) in [(ACTION, seed().to_string()), ("check_connection", String::new())] {
        let error = contract_error(host.call(export, &input));
        assert_eq!(error["kind"], "invalid_connection", "{error}");
        assert_eq!((&error["retry"], &error["effect"]), (&"never".into(), &"none".into()), "{error}");
        assert_eq!(problem_fields(&error), fields, "{error}");
        assert_eq!(error["field"], fields[0]);
        let message = error["message"].as_str().unwrap();
        assert!(fields.iter().all(|field| message.contains(field)), "{message}");
    }
}

#[test]
fn every_missing_key_is_told_at_once() {
    let pairs = [("login", SAMPLE_LOGIN), ("api_key", SAMPLE_API_KEY), ("base_url", URL)];
    for present in 0..7 {
        let given = |place: usize| present & (1 << place) != 0;
        let all = pairs.iter().enumerate();
        let missing: Vec<_> = all.clone().filter(|(place, _)| !given(*place)).map(|(_, pair)| pair.0).collect();
        let config = |blank: Option<&str>| {
            all.clone().fold(Host::builder(), |host, (place, (key, value))| match blank {
                _ if given(place) => host.config(key, value),
                Some(blank) => host.config(key, blank),
                None => host,
            })
        };
        invalid(config(None), &missing);
        invalid(config(Some("")), &missing);
        invalid(config(Some(" \t")), &missing);
    }
}

#[test]
fn every_malformed_key_is_told_at_once() {
    let host = Host::builder().config("login", "user\nname").config("api_key", "a\u{0}b").config("base_url", "ftp://x");
    invalid(host.config("allow_http", "perhaps"), &["login", "api_key", "base_url", "allow_http"]);
}

#[test]
fn an_address_that_is_not_the_account_s_is_refused() {
    for base_url in [
        "username.justclick.ru",
        "ftp://username.justclick.ru",
        "https:/username.justclick.ru",
        "https://",
        "https:///",
        "https://user:pass@username.justclick.ru",
        "https://username.justclick.ru?a=b",
        "https://username.justclick.ru/#a",
        "https://username.justclick.ru:0",
        "https://username.justclick.ru:65536",
        "https://username.justclick.ru:x",
        "https://user name.justclick.ru",
        "https://username..ru",
        "https://[::1",
        "https://юзер.рф",
        "https://username.justclick.ru/a/../b",
        "https://username.justclick.ru\\@evil.example",
    ] {
        invalid(account(base_url), &["base_url"]);
    }
}

#[test]
fn plain_http_to_another_machine_is_refused_unless_it_is_allowed() {
    for base_url in [
        "http://username.justclick.ru",
        "HTTP://username.justclick.ru",
        "http://10.0.0.1",
        "http://0.0.0.0",
        "http://localhost.justclick.ru",
        "http://127.0.0.1.justclick.ru",
        "http://[::2]",
    ] {
        invalid(account(base_url), &["base_url"]);
        invalid(account(base_url).config("allow_http", "false"), &["base_url"]);
        for on in ["true", " TRUE ", "1", "yes"] {
            reaches_http(account(base_url).config("allow_http", on), base_url);
        }
    }
}

#[test]
fn plain_http_to_this_machine_needs_no_permission() {
    for base_url in
        ["http://127.0.0.1:9", "http://127.0.0.2", "http://localhost:9", "http://LOCALHOST", "http://[::1]:9"]
    {
        reaches_http(account(base_url), base_url);
    }
}

/// Expects that the request is made: a host that answers it all sees it.
fn reaches_http(host: HostBuilder, base_url: &str) {
    let mut host = host.http(|| (200, signed(0, "OK").to_string().into_bytes())).build();
    done(&mut host, &seed());
    assert!(host.call("check_connection", "").is_ok(), "{base_url}");
}

#[test]
fn blanks_around_a_value_do_no_harm() {
    let sandbox = sandbox();
    let mut host = Host::builder()
        .config("login", &format!(" {SAMPLE_LOGIN}\n\u{200b}"))
        .config("api_key", &format!("\u{feff}\t{SAMPLE_API_KEY} "))
        .config("base_url", &format!("\u{a0}{}/\u{a0} ", sandbox.base_url()))
        .build();
    done(&mut host, &seed());
    assert!(sandbox.requests()[0].signature_ok);
}

#[test]
fn what_was_pasted_with_a_value_is_told_and_not_sent_as_a_wrong_key() {
    for value in ["\"username\"", "user\u{200b}name", "us\u{435}rname", "${JUSTCLICK_LOGIN}"] {
        invalid(account(URL).config("login", value), &["login"]);
    }
    for value in ["\"key of the account\"", "key\u{200b}of", "k\u{435}y of", "${KEY_OF_ACCOUNT}"] {
        invalid(account(URL).config("api_key", value), &["api_key"]);
    }
    invalid(account(&format!("“{URL}”")), &["base_url"]);
}

#[test]
fn a_stock_host_reaches_nothing_but_the_service_and_what_it_was_told() {
    let outcome = host("https://justclick.example").call(ACTION, seed().to_string());
    let Err(CallError::Trap(why)) = outcome else { panic!("{outcome:?}") };
    assert!(why.contains("not allowed"), "{why}");
}
