//! One signed call of the service, from a form to a reply that is proven and says "done".

use crate::connection::Connection;
use crate::error::{Effect, Error, Kind, Upstream, presentable};
use crate::form::Form;
use crate::reply::{self, Reply};
use crate::signature;
use crate::transport::{Failure, Response, Transport};

/// Calls `function` with the signed form.
///
/// # Errors
/// Every error but the two `invalid_…` kinds: the reply counts only if its hash is right and its
/// code is 0.
pub fn call(connection: &Connection, transport: &dyn Transport, function: &str, form: &Form) -> Result<Reply, Error> {
    let response = transport.post(&connection.url_of(function), &signed_body(connection, form));
    if response.status == 0 {
        return Err(no_response(connection, &response));
    }
    let parsed = Reply::parse(&response.body);
    let verified = parsed.as_ref().is_ok_and(|reply| reply.is_signed_with(&connection.api_key));
    let checked = check_status(response.status).and_then(|()| match &parsed {
        Ok(reply) => check_reply(reply, verified, connection),
        Err(reason) => Err(not_a_reply(reason.0)),
    });
    if let Err(error) = checked {
        return Err(error.with_upstream(upstream(connection, &response, parsed.as_ref().ok(), verified)));
    }
    parsed.map_err(|reason| not_a_reply(reason.0))
}

/// The form with its hash as the last parameter.
fn signed_body(connection: &Connection, form: &Form) -> String {
    let body = form.encode();
    let hash = signature::sign(&body, &connection.login, &connection.api_key);
    let before = if body.is_empty() { "hash=" } else { "&hash=" };
    [body.as_str(), before, &hash].concat()
}

fn no_response(connection: &Connection, response: &Response) -> Error {
    let failure = Failure::from_body(&response.body);
    let url = &connection.base_url;
    let (kind, message) = match failure {
        Failure::NotAllowed => (
            Kind::Unavailable,
            format!(
                "This host does not let the plugin connect to {url}. Allow the address in the host's settings, or correct the base URL."
            ),
        ),
        Failure::Dns => (Kind::Unavailable, format!("There is no server of that name: {url}. Check the base URL.")),
        Failure::Connect => (
            Kind::Unavailable,
            format!("No connection to {url}. Check the base URL and the network, or try again later."),
        ),
        Failure::Tls => (
            Kind::Unavailable,
            format!("No secure connection to {url}: its certificate could not be verified. Check the base URL."),
        ),
        Failure::NotSent => {
            (Kind::Unavailable, format!("The connection to {url} broke before the request was sent. Try again."))
        }
        Failure::Timeout => (
            Kind::Unavailable,
            format!("{url} did not answer in time; the change may or may not have been made. Trying again is safe."),
        ),
        Failure::Reset => (
            Kind::Unavailable,
            format!(
                "{url} closed the connection without an answer; the change may or may not have been made. Trying again is safe."
            ),
        ),
        Failure::TooLarge => (
            Kind::UnexpectedReply,
            format!(
                "{url} sent more than this host takes as an answer. Check that the base URL is that of the JustClick account."
            ),
        ),
        Failure::Unknown => (
            Kind::Unavailable,
            format!("{url} gave no answer; the change may or may not have been made. Trying again is safe."),
        ),
    };
    let effect = if failure.before_sending() { Effect::None } else { Effect::Unknown };
    Error::new(kind, message).with_effect(effect).with_upstream(upstream(connection, response, None, false))
}

fn upstream(connection: &Connection, response: &Response, reply: Option<&Reply>, verified: bool) -> Upstream {
    let text = match reply {
        Some(reply) => presentable(&reply.text, &connection.api_key),
        None => presentable(&String::from_utf8_lossy(&response.body), &connection.api_key),
    };
    Upstream {
        http_status: response.status,
        error_code: reply.map(|reply| reply.code),
        error_text: (!text.is_empty()).then_some(text),
        verified,
    }
}

/// Only a 2xx may carry a reply that counts; everything else is told apart by its status alone.
fn check_status(status: u16) -> Result<(), Error> {
    match status {
        200..=299 => Ok(()),
        429 => {
            Err(Error::new(Kind::Throttled, "JustClick takes no more requests for now (HTTP 429). Try again later."))
        }
        408 | 423 | 425 | 500..=599 => Err(Error::new(
            Kind::Unavailable,
            format!(
                "JustClick is out of order (HTTP {status}); the change may or may not have been made. Trying again is safe."
            ),
        )),
        300..=399 => Err(Error::new(
            Kind::UnexpectedReply,
            format!(
                "The server sent the request elsewhere (HTTP {status}), and the plugin does not follow. Check the base URL: https, and the account's own address."
            ),
        )),
        _ => Err(Error::new(
            Kind::UnexpectedReply,
            format!(
                "The server refused the request (HTTP {status}). Check that the base URL is that of the JustClick account."
            ),
        )),
    }
}

fn not_a_reply(reason: &str) -> Error {
    Error::new(
        Kind::UnexpectedReply,
        format!(
            "The answer {reason}, so it is not known whether the change was made. Check that the base URL is that of the JustClick account."
        ),
    )
}

fn check_reply(reply: &Reply, verified: bool, connection: &Connection) -> Result<(), Error> {
    if reply.code == 0 {
        return if verified { Ok(()) } else { Err(forged(reply, "says that it succeeded")) };
    }
    let meaning = reply::meaning(reply.code);
    if !verified && meaning.kind != Kind::Auth {
        return Err(forged(reply, &format!("has code {}", reply.code)));
    }
    let text = presentable(&reply.text, &connection.api_key);
    // With a wrong key the service signs its refusal with the true one, so it can't be verified.
    let unproven =
        if verified { "" } else { " The reply could not be verified, as is to be expected with a wrong key." };
    Err(Error::new(
        meaning.kind,
        format!("{} (code {}: {text}). {}{unproven}", meaning.what, reply.code, meaning.advice),
    ))
}

fn forged(reply: &Reply, what: &str) -> Error {
    let flaw = if reply.has_hash() { "its hash is wrong" } else { "it has no hash" };
    Error::new(
        Kind::ForgedReply,
        format!(
            "The reply {what}, but {flaw}: it may not come from JustClick. Look at the order there before you try again, and check the base URL and the API key."
        ),
    )
}
