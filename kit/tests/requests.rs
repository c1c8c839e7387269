//! Requests and answers of an action, natively.

use std::cell::RefCell;

use plugin_kit::types::{Digits, Text, Token, Url};
use plugin_kit::{
    Action, Call, Connection, Error, Field, Idempotency, Kind, Object, Options, Plugin, Request, Response, Transport,
    json,
};

const CONNECTION: Connection = Connection::new(
    "Account",
    "An account.",
    &[
        Field::required("address", &Url::new("https://api.example.com")).about("The address."),
        Field::required("key", &Token::secret()).about("The key."),
    ],
);

const THING: &[Field] = &[Field::required("id", &Digits::new(9)).about("Its number.")];
const INPUT: &[Field] = &[
    Field::required("id", &Digits::new(9)).title("Thing").about("Its number."),
    Field::optional("name", &Text::new(40))
        .title("Full name")
        .about("Its name.")
        .options_by(&[("id", "id")])
        .options(Options { action: "list_names", value: "/id", title: "/id", search: None }),
];
const LISTED: &[Field] = &[INPUT[0].as_optional(), INPUT[1]];
const CHANGE: Action = Action::change("change_thing", "Change", "Changes a thing.", change)
    .idempotency(Idempotency::Natural)
    .input(INPUT)
    .output("Thing", THING);
const LIST: Action = Action::read("list_names", "List", "Lists names.", list).input(LISTED).output("Names", THING);
const ALL: Action = Action::read("list_all", "List all", "Lists names.", all).output("Names", THING);
const MISSPELT: Action = Action::read("misspelt", "Misspelt", "Asks for what is not there.", |call| {
    call.get("/names").header("x-key", call.secret("kye").expose()).send().map(|_| Object::new())
})
.output("Nothing", &[]);

plugin_kit::plugin! {
    /// Things.
    pub static PLUGIN: Plugin = Plugin::new("things", "Things", "1.0.0", "Changes things.", CONNECTION);
    check check_connection = |_| Ok(Object::new());
    actions { change_thing = CHANGE, list_names = LIST, list_all = ALL, misspelt = MISSPELT }
}

/// Looks, and then changes.
fn change(call: &Call) -> Result<Object, Error> {
    call.look("/things/1").send()?;
    let answer = call.request("PUT", "/things/1").json(call.input().object()).answer();
    if answer.status == 422 {
        let errors = json::items(call.at(&answer, "/errors")?);
        let sentences: Vec<_> = errors.into_iter().filter_map(json::string).map(Into::into).collect();
        return Err(call.refusal(&answer, &sentences, INPUT));
    }
    if answer.status != 200 {
        return Err(call.failure(&answer));
    }
    Ok(call.read(&answer, "/things/0", THING)?.object())
}

fn list(call: &Call) -> Result<Object, Error> {
    let answer = call.get("/names").given(&["id", "name"]).query_if("a", None).query_if("b", Some("c d")).send()?;
    Ok(Object::new().list("items", &call.list(&answer, "/names", THING)?))
}

/// Of a service that answers with a list.
fn all(call: &Call) -> Result<Object, Error> {
    Ok(Object::new().list("items", &call.list(&call.get("/names").send()?, "", THING)?))
}

/// Answers by method.
struct Service {
    look: Response,
    change: Response,
    sent: RefCell<Vec<String>>,
}

impl Transport for Service {
    fn send(&self, request: &Request) -> Response {
        self.sent.borrow_mut().push(format!("{} {}", request.method, request.url));
        if request.method == "GET" { self.look.clone() } else { self.change.clone() }
    }
}

fn config(key: &str) -> Option<Vec<u8>> {
    Some(if key == "key" { b"hunter2-hunter2".to_vec() } else { b"https://api.example.com".to_vec() })
}

fn run(action: &str, input: &str, look: (u16, &str), change: (u16, &str)) -> (Result<String, Error>, Vec<String>) {
    let response = |(status, body): (u16, &str)| Response { status, body: body.into() };
    let service = Service { look: response(look), change: response(change), sent: RefCell::default() };
    let outcome = PLUGIN.run(action, input.as_bytes(), &config, &service).unwrap();
    (outcome, service.sent.into_inner())
}

#[test]
fn what_fails_before_a_change_has_no_effect_and_what_fails_in_it_is_not_known() {
    let effect = |look, change| {
        let error = run("change_thing", r#"{"id":1}"#, look, change).0.unwrap_err();
        let json = error.to_json();
        (json.contains(r#""effect":"none""#), error.message.contains("not known whether the change was made"))
    };
    for failure in [(503, ""), (0, "timeout"), (200, "<html>")] {
        if failure.0 != 200 {
            assert_eq!(effect(failure, (200, "{}")), (true, false), "{failure:?}");
        }
        assert_eq!(effect((200, "{}"), failure), (false, true), "{failure:?}");
    }
}

#[test]
fn what_is_in_an_answer_is_read_by_its_place_or_told_to_be_missing() {
    let change = |body| run("change_thing", r#"{"id":1}"#, (200, "{}"), (200, body)).0;
    assert_eq!(change(r#"{"things":[{"id":7,"more":1}]}"#).as_deref(), Ok(r#"{"id":"7"}"#));
    for (body, told) in [
        (r#"{"things":[]}"#, "The answer has nothing at /things/0"),
        (r#"{"things":[{}]}"#, "The answer has no id"),
        ("[]", "The answer has nothing at /things/0"),
        ("<html>", "The answer is not the JSON that was expected"),
    ] {
        let message = change(body).unwrap_err().message;
        assert!(message.starts_with(told), "{message}");
    }
}

#[test]
fn an_answer_that_is_a_list_is_read_as_one() {
    let all = |body| run("list_all", "{}", (200, body), (500, "")).0;
    assert_eq!(all("\u{feff} [ {\"id\":1} , {\"id\":\"2\"}]\n").as_deref(), Ok(r#"{"items":[{"id":"1"},{"id":"2"}]}"#));
    assert_eq!(all("[]").as_deref(), Ok(r#"{"items":[]}"#));
    for body in ["{\"message\":\"no\"}", "[1]", "[{}]", "null", "[{\"id\":1}"] {
        assert_eq!(all(body).unwrap_err().kind, Kind::UnexpectedReply, "{body}");
    }
}

#[test]
#[should_panic = "The connection has no field kye."]
fn a_key_that_no_connection_has_is_no_empty_one() {
    let _ = run("misspelt", "{}", (200, "{}"), (200, "{}"));
}

#[test]
fn what_is_put_into_a_path_is_encoded() {
    assert_eq!(plugin_kit::http::percent_encoded("a/b c?ä"), "a%2Fb%20c%3F%C3%A4");
}

#[test]
fn sentences_about_fields_are_their_problems() {
    let change = |body| run("change_thing", r#"{"id":1}"#, (200, "{}"), (422, body)).0.unwrap_err();
    let error = change(r#"{"errors":["Full name is too long","Thing is gone"]}"#);
    assert_eq!(error.message, "name is too long; id is gone");
    assert_eq!((error.field(), error.problems.len()), (Some("name"), 2));
    for (body, message) in [
        (r#"{"errors":["Full name is bad","Today is Sunday"]}"#, "Full name is bad; Today is Sunday"),
        (r#"{"errors":["Full names are bad"]}"#, "Full names are bad"),
        (r#"{"errors":["hunter2-hunter2 is bad"]}"#, "*** is bad"),
        (r#"{"errors":[]}"#, ""),
    ] {
        let error = change(body);
        assert_eq!(error.message, format!("Things refused the request: {message}"));
        assert!(error.problems.is_empty() && error.to_json().contains(r#""effect":"none""#), "{body}");
    }
}

#[test]
fn parameters_are_those_that_are_given() {
    let (output, sent) = run("list_names", r#"{"name":"a&b"}"#, (200, r#"{"names":[{"id":1},{"id":"2"}]}"#), (500, ""));
    assert_eq!(output.as_deref(), Ok(r#"{"items":[{"id":"1"},{"id":"2"}]}"#));
    assert_eq!(sent, ["GET https://api.example.com/names?name=a%26b&b=c%20d"]);
}

#[test]
fn what_choices_depend_on_is_told() {
    let told = r#""name":{"action":"list_names","value":"/id","title":"/id","arguments":{"id":"id"}}"#;
    assert!(plugin_kit::describe::description(&PLUGIN).contains(told));
}
