//! A Redmine account: who calls, and what Redmine's refusals mean.

use plugin_kit::call::Draft;
use plugin_kit::json;
use plugin_kit::types::{Text, Token, Url};
use plugin_kit::{Call, Connection, Error, Field, Kind, Object, Response, Retry};

use crate::issue::NEW;

pub const CONNECTION: Connection = Connection::new(
    "Redmine account",
    "An account of a Redmine whose administrator has turned the REST API on, under Administration, Settings, API.",
    &[
        Field::required("base_url", &Url::new("https://redmine.example.com").without("projects"))
            .title("Address")
            .about("Redmine's address as a browser has it, with the path before /projects if there is one.")
            .examples(r#"["https://redmine.example.com","https://www.example.com/redmine"]"#),
        Field::required("api_key", &Token::secret()).title("API key").about("The account's key, from My account."),
        Field::ALLOW_HTTP,
    ],
);
const USER: &[Field] = &[Field::required("login", &Text::new(255)).about("The account's login.")];

/// Proves who calls. With a wrong key, Redmine takes him for somebody who is not signed in, and answers
/// most of what he asks as it would answer everybody; so all else begins with this.
pub fn check(call: &Call) -> Result<Object, Error> {
    Ok(call.read(&send(call, look(call, "/users/current.json"))?, "/user", USER)?.object())
}

pub fn look<'c>(call: &'c Call, path: &str) -> Draft<'c> {
    call.look(path).header("x-redmine-api-key", call.secret("api_key").expose())
}

pub fn write(call: &Call, method: &'static str, path: &str, issue: Object) -> Result<Response, Error> {
    let draft = call.request(method, path).header("x-redmine-api-key", call.secret("api_key").expose());
    send(call, draft.json(Object::new().json("issue", &issue.finish())))
}

pub fn send(call: &Call, draft: Draft) -> Result<Response, Error> {
    let answer = draft.answer();
    match answer.status {
        200..300 => Ok(answer),
        // A key that is wrong gets 401.
        403 => Err(Error::new(Kind::Auth, FORBIDDEN).with_upstream(call.upstream(&answer))),
        422 => Err(refused(call, &answer)),
        _ => Err(call.failure(&answer)),
    }
}
const FORBIDDEN: &str =
    "Redmine does not let this account do that (HTTP 403). Give its role the permission, or use another account.";

/// Redmine's sentences begin with its labels of the fields, where the account's language is English.
fn refused(call: &Call, answer: &Response) -> Error {
    let Ok(errors) = call.at(answer, "/errors").map(json::items) else { return call.failure(answer) };
    if errors.is_empty() {
        let told = "Somebody else changed the issue at the same moment, and nothing of this was saved. Try again.";
        return Error { retry: Retry::Later, ..Error::new(Kind::Rejected, told) };
    }
    let is_given = |label: &str| NEW.iter().any(|it| it.label() == label && call.input().get(it.name()).is_some());
    let sentence = |error: &str| match error.strip_suffix(" cannot be blank").filter(|label| is_given(label)) {
        Some(label) => [label, " names nothing that this account may use"].concat(),
        None => error.to_owned(),
    };
    let mut sentences: Vec<_> = errors.into_iter().filter_map(json::string).map(|error| sentence(&error)).collect();
    // The rest follows from it.
    if sentences.first().is_some_and(|first| first.starts_with("Project ")) {
        sentences.truncate(1);
    }
    call.refusal(answer, &sentences, NEW)
}
