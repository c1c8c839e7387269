//! Recorded calls: an input, the requests that it led to, their answers, and what came of it.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use plugin_host_core::http::{Failure, NoResponse, PreparedRequest, Response};
use plugin_host_core::redact::{MASK, is_credentials};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::values;

/// The folder of recorded calls: beside a bundle, or among a plugin's sources.
pub const FOLDER: &str = "cases";

/// A recorded call: a file of the folder of cases.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// The export: an action, a trigger, or the check of the connection.
    pub call: String,
    /// The values of the connection. Secrets that are left out are made up.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub connection: BTreeMap<String, String>,
    /// Its input.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub input: Value,
    /// What it asked for and what was answered, in order.
    pub exchanges: Vec<Exchange>,
    /// What came of it.
    pub outcome: Outcome,
    /// The file that it is, without its folder and its end.
    #[serde(skip)]
    pub name: String,
}

/// A request and its answer.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exchange {
    /// The request, with `***` in the place of secrets.
    pub request: RecordedRequest,
    /// The answer.
    pub answer: Answer,
}

/// A request, as it is compared. Headers that are left out may be anything.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordedRequest {
    /// The method.
    pub method: String,
    /// The whole address.
    pub url: String,
    /// Headers, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
    /// The body.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub body: String,
}

/// An answer, or why there was none.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(untagged, deny_unknown_fields)]
pub enum Answer {
    /// One of the contract's words.
    Failure {
        /// Such as `timeout`.
        failure: String,
    },
    /// An HTTP response.
    Response {
        /// The status.
        status: u16,
        /// Headers, by name in small letters.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        headers: BTreeMap<String, String>,
        /// The body, as text.
        #[serde(default)]
        body: String,
    },
}

/// What came of a call.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// An output, which is the whole.
    Output(Value),
    /// An error, of which these members are compared.
    Error(Value),
}

/// The words that the contract has for having no response.
pub const FAILURES: [Failure; 8] = [
    Failure::NotAllowed,
    Failure::Dns,
    Failure::Connect,
    Failure::Tls,
    Failure::NotSent,
    Failure::Timeout,
    Failure::Reset,
    Failure::TooLarge,
];

impl Answer {
    /// The answer as a plugin gets it.
    pub fn given(&self) -> Result<Response, NoResponse> {
        match self {
            Self::Failure { failure } => {
                let known = FAILURES.into_iter().find(|it| it.as_str() == failure);
                Err(known.unwrap_or(Failure::NotSent).into())
            }
            Self::Response { status, headers, body } => {
                Ok(Response::of(*status, headers.clone(), body.clone().into_bytes()))
            }
        }
    }

    /// What is recorded of an answer.
    pub fn of(given: &Result<Response, NoResponse>) -> Self {
        match given {
            Ok(response) => Self::Response {
                status: response.status,
                headers: response.headers.clone(),
                body: String::from_utf8_lossy(&response.body).into_owned(),
            },
            Err(none) => Self::Failure { failure: none.failure.as_str().to_owned() },
        }
    }
}

impl RecordedRequest {
    /// What is recorded of a request.
    pub fn of(request: &PreparedRequest) -> Self {
        let PreparedRequest { method, url, headers, body, .. } = request.clone();
        Self { method, url, headers, body }
    }

    /// How another request differs from this one, if it does.
    pub fn difference(&self, request: &PreparedRequest) -> Option<String> {
        let told = |what: &str, recorded: &str, now: &str| {
            (recorded != now).then(|| format!("its {what} is {now:?}, and was {recorded:?}"))
        };
        told("method", &self.method, &request.method)
            .or_else(|| told("address", &self.url, &request.url))
            .or_else(|| in_bodies(&self.body, &request.body))
            .or_else(|| told("body", &self.body, &request.body))
            .or_else(|| {
                let find = |wanted: &str| request.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case(wanted));
                self.headers.iter().find_map(|(name, value)| {
                    let now = find(name).map_or("", |(_, value)| value);
                    // As headers were recorded before more of them was shown.
                    let is_same = is_credentials(name) && value == MASK && now.contains(MASK);
                    if is_same { None } else { told(&format!("header {name}"), value, now) }
                })
            })
    }
}

/// In what two bodies of JSON differ.
fn in_bodies(recorded: &str, now: &str) -> Option<String> {
    let read = |body: &str| serde_json::from_str::<Value>(body).ok().filter(|it| it.is_object() || it.is_array());
    values::difference(&read(recorded)?, &read(now)?).map(|what| format!("in its body, {what}"))
}

/// The cases of a folder, by their names; none if the folder is not there.
///
/// # Errors
/// With every file that is none.
pub fn read(folder: &Path) -> Result<Vec<Case>, String> {
    let Ok(entries) = fs::read_dir(folder) else { return Ok(Vec::new()) };
    let files = entries.filter_map(|entry| Some(entry.ok()?.path()));
    let mut files: Vec<_> = files.filter(|file| file.extension().is_some_and(|end| end == "json")).collect();
    files.sort();
    let (mut cases, mut wrong) = (Vec::new(), Vec::new());
    for file in files {
        match read_file(&file) {
            Ok(case) => cases.push(case),
            Err(why) => wrong.push(why),
        }
    }
    if wrong.is_empty() { Ok(cases) } else { Err(wrong.join("\n")) }
}

/// A case by its file.
///
/// # Errors
/// If it is none.
pub fn read_file(file: &Path) -> Result<Case, String> {
    let read = fs::read(file).map_err(|error| error.to_string());
    let case = read.and_then(|bytes| serde_json::from_slice::<Case>(&bytes).map_err(|error| error.to_string()));
    let name = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let case = case.and_then(|case| case.checked()).map(|case| Case { name, ..case });
    case.map_err(|why| format!("{} is no recorded call: {why}", file.display()))
}

impl Case {
    /// The recorded answers, in their order.
    pub fn answers(&self) -> Vec<Result<Response, NoResponse>> {
        self.exchanges.iter().map(|exchange| exchange.answer.given()).collect()
    }

    /// Whether it succeeded.
    pub fn succeeds(&self) -> bool {
        matches!(self.outcome, Outcome::Output(_))
    }

    /// What it failed with, its kind before its message; `None` if it has succeeded.
    pub fn failure(&self) -> Option<(&str, &str)> {
        let Outcome::Error(error) = &self.outcome else { return None };
        Some((error["kind"].as_str().unwrap_or("an error"), error["message"].as_str().unwrap_or_default()))
    }

    /// A word that is none of the contract would be read as another.
    fn checked(self) -> Result<Self, String> {
        let words: Vec<_> = FAILURES.iter().map(|word| word.as_str()).collect();
        for exchange in &self.exchanges {
            if let Answer::Failure { failure } = &exchange.answer
                && !words.contains(&failure.as_str())
            {
                return Err(format!("{failure:?} is no failure: there are {}", words.join(", ")));
            }
        }
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn case(answer: &str) -> Result<Case, String> {
        let text = format!(
            r#"{{"call":"get","exchanges":[{{"request":{{"method":"GET","url":"https://a/"}},"answer":{answer}}}],"outcome":{{"output":{{}}}}}}"#
        );
        serde_json::from_str::<Case>(&text).map_err(|error| error.to_string()).and_then(Case::checked)
    }

    #[test]
    fn an_answer_is_a_response_or_a_word_of_the_contract() {
        let given = case(r#"{"status":200,"body":"{}"}"#).unwrap().exchanges[0].answer.given().unwrap();
        assert_eq!((given.status, &given.body[..]), (200, &b"{}"[..]));
        let none = case(r#"{"failure":"timeout"}"#).unwrap().exchanges[0].answer.given().unwrap_err();
        assert_eq!(none.failure, Failure::Timeout);
        assert!(case(r#"{"failure":"timed_out"}"#).unwrap_err().contains("there are not_allowed, dns"));
        assert!(case(r#"{"status":200,"bdoy":""}"#).is_err());
    }

    #[test]
    fn the_schema_of_a_case_shows_what_is_read_and_what_is_not() {
        let schema: Value = serde_json::from_str(include_str!("case.schema.json")).unwrap();
        let rules = jsonschema::validator_for(&schema).unwrap();
        let agreed = |case: &Value| {
            let is_read = serde_json::from_value::<Case>(case.clone()).is_ok_and(|case| case.checked().is_ok());
            assert_eq!(rules.is_valid(case), is_read, "{case}");
            is_read
        };
        assert!(agreed(&schema["examples"][0]));
        let mut refused = 0;
        let mut look = |place: &str, case: &str| {
            let rule = schema.pointer(place).unwrap();
            for (name, member) in rule["properties"].as_object().unwrap() {
                for example in member["antiExamples"].as_array().into_iter().flatten() {
                    let mut broken = schema["examples"][0].clone();
                    broken.pointer_mut(case).unwrap()[name] = example["example"].clone();
                    assert!(!agreed(&broken), "{broken}");
                    refused += 1;
                }
            }
        };
        let exchange = "/properties/exchanges/items";
        look("", "");
        look(exchange, "/exchanges/0");
        look(&format!("{exchange}/properties/request"), "/exchanges/0/request");
        look(&format!("{exchange}/properties/answer"), "/exchanges/0/answer");
        assert!(refused > 10, "{refused} counter-examples");
        for folder in ["tests/cases", "plugins/shop/cases"] {
            let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(folder);
            for file in fs::read_dir(folder).unwrap() {
                let case = serde_json::from_slice(&fs::read(file.unwrap().path()).unwrap()).unwrap();
                assert!(rules.is_valid(&case), "{case}");
            }
        }
    }

    fn request(url: &str, body: &str, header: (&str, &str)) -> PreparedRequest {
        let request =
            serde_json::json!({ "url": url, "method": "POST", "headers": { (header.0): header.1, "b": "2" } });
        serde_json::from_value::<plugin_host_core::http::Request>(request).unwrap().prepared(body.as_bytes())
    }

    #[test]
    fn requests_differ_in_what_was_recorded_of_them() {
        let recorded = |body: &str| RecordedRequest {
            method: "POST".into(),
            url: "https://a/".into(),
            headers: [("X-A".to_owned(), "1".to_owned())].into(),
            body: body.into(),
        };
        let form = recorded("a=1");
        assert_eq!(form.difference(&request("https://a/", "a=1", ("x-a", "1"))), None);
        for (request, told) in [
            (request("https://b/", "a=1", ("x-a", "1")), r#"its address is "https://b/", and was "https://a/""#),
            (request("https://a/", "a=2", ("x-a", "1")), r#"its body is "a=2", and was "a=1""#),
            (request("https://a/", "a=1", ("x-a", "2")), r#"its header X-A is "2", and was "1""#),
        ] {
            assert_eq!(form.difference(&request).as_deref(), Some(told));
        }
        let json = recorded(r#"{"a":{"b":1}}"#).difference(&request("https://a/", r#"{"a":{"b":2}}"#, ("x-a", "1")));
        assert_eq!(json.as_deref(), Some("in its body, a.b is 2, and was 1"));
        let blank = recorded(r#"{"a":1}"#).difference(&request("https://a/", r#"{"a": 1}"#, ("x-a", "1")));
        assert!(blank.is_some_and(|told| told.starts_with("its body is")), "the bytes are told");
    }

    #[test]
    fn a_header_without_the_secret_is_not_the_one_that_was_recorded() {
        let differs = |recorded: &str, now: &str| {
            let headers = [("authorization".to_owned(), recorded.to_owned())].into();
            let recorded =
                RecordedRequest { method: "POST".into(), url: "https://a/".into(), headers, body: String::new() };
            let redactor = plugin_host_core::redact::Redactor::of(["hunter2hunter2"]);
            recorded.difference(&redactor.request(request("https://a/", "", ("Authorization", now)))).is_some()
        };
        // As it is written now, and as it was written before.
        for recorded in ["token ***", "***"] {
            assert!(!differs(recorded, "token hunter2hunter2"), "{recorded}");
            for now in ["token ", "token another", "", "hunter2"] {
                assert!(differs(recorded, now), "{recorded} {now}");
            }
        }
        assert!(differs("token ***", "Bearer hunter2hunter2") && !differs("Bearer (hidden)", "Bearer a.b"));
    }
}
