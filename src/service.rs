//! One signed call of the service, from a form to a reply that is proven and says "done".

use crate::connection::Connection;
use crate::error::{Effect, Error, Kind, Upstream, presentable};
use crate::form::Form;
use crate::page;
use crate::reply::{self, NotAReply, Reply};
use crate::signature;
use crate::transport::{Failure, Response, Transport};

/// What a call is for, which decides what a failed one may have left behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// To change something.
    Change,
    /// To read: whatever goes wrong, nothing is changed.
    Read,
}

impl Purpose {
    /// `told` with what is not known of a change, each a whole sentence, and `next` to do.
    fn in_doubt(self, told: &str, next: &str) -> String {
        match self {
            Self::Change => format!("{told}, so it is not known whether the change was made. {next}"),
            Self::Read => format!("{told}. {next}"),
        }
    }

    /// What to do about a service that gave no answer. A repeat does no harm of itself, but may come
    /// after a later change.
    fn again(self) -> &'static str {
        match self {
            Self::Change => "Try again, unless the order was changed since.",
            Self::Read => "Try again.",
        }
    }
}

/// Calls `function` with the signed form.
///
/// # Errors
/// Every error but the two `invalid_…` kinds: the reply counts only if its hash is right and its
/// code is 0.
pub fn call(
    connection: &Connection,
    transport: &dyn Transport,
    function: &str,
    purpose: Purpose,
    form: &Form,
) -> Result<Reply, Error> {
    let response = transport.post(&connection.url_of(function), &signed_body(connection, form));
    judge(connection, &response, purpose).map_err(|error| match purpose {
        Purpose::Change => error,
        Purpose::Read => error.with_effect(Effect::None),
    })
}

/// What a response means.
fn judge(connection: &Connection, response: &Response, purpose: Purpose) -> Result<Reply, Error> {
    if response.status == 0 {
        return Err(no_response(connection, response, purpose));
    }
    let parsed = Reply::parse(&response.body);
    let verified = parsed.as_ref().is_ok_and(|reply| reply.is_signed_with(&connection.api_key));
    let checked = check_status(response.status, connection, purpose).and_then(|()| match &parsed {
        Ok(reply) => check_reply(reply, verified, connection, purpose),
        Err(reason) => Err(not_a_reply(*reason, purpose)),
    });
    if let Err(error) = checked {
        return Err(error.with_upstream(upstream(connection, response, parsed.as_ref().ok(), verified)));
    }
    parsed.map_err(|reason| not_a_reply(reason, purpose))
}

/// The form with its hash as the last parameter.
fn signed_body(connection: &Connection, form: &Form) -> String {
    let body = form.encode();
    let hash = signature::sign(&body, &connection.login, &connection.api_key);
    let before = if body.is_empty() { "hash=" } else { "&hash=" };
    [body.as_str(), before, &hash].concat()
}

fn no_response(connection: &Connection, response: &Response, purpose: Purpose) -> Error {
    let failure = Failure::from_body(&response.body);
    let url = &connection.base_url;
    let in_doubt = |told: String| purpose.in_doubt(&told, purpose.again());
    let (kind, message) = match failure {
        Failure::NotAllowed => (
            Kind::Unavailable,
            format!(
                "This host does not let the plugin connect to {url}. Allow the address in the host's settings, or correct the base URL."
            ),
        ),
        Failure::Dns => (
            Kind::Unavailable,
            format!(
                "There is no server of that name: {url}. Correct the base URL, as a name that does not exist will not exist later, or mend the network, if it is that."
            ),
        ),
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
        Failure::Timeout => (Kind::Unavailable, in_doubt(format!("{url} did not answer in time"))),
        Failure::Reset => (Kind::Unavailable, in_doubt(format!("{url} closed the connection without an answer"))),
        Failure::TooLarge => (
            Kind::UnexpectedReply,
            purpose.in_doubt(
                &format!("{url} sent more than this host takes as an answer"),
                "Check that the base URL is that of the JustClick account.",
            ),
        ),
        Failure::Unknown => (Kind::Unavailable, in_doubt(format!("{url} gave no answer"))),
    };
    let effect = if failure.before_sending() { Effect::None } else { Effect::Unknown };
    Error::new(kind, message).with_effect(effect).with_upstream(upstream(connection, response, None, false))
}

fn upstream(connection: &Connection, response: &Response, reply: Option<&Reply>, verified: bool) -> Upstream {
    let text = match reply {
        Some(reply) => presentable(&reply.text, &connection.api_key),
        None => presentable(&page::readable(&String::from_utf8_lossy(&response.body)), &connection.api_key),
    };
    Upstream {
        http_status: response.status,
        error_code: reply.map(|reply| reply.code),
        error_text: (!text.is_empty()).then_some(text),
        verified,
    }
}

/// Only a 2xx may carry a reply that counts; everything else is told apart by its status alone.
fn check_status(status: u16, connection: &Connection, purpose: Purpose) -> Result<(), Error> {
    match status {
        200..=299 => Ok(()),
        429 => {
            Err(Error::new(Kind::Throttled, "JustClick takes no more requests for now (HTTP 429). Try again later."))
        }
        408 | 423 | 425 | 500..=599 => Err(Error::new(
            Kind::Unavailable,
            purpose.in_doubt(&format!("JustClick is out of order (HTTP {status})"), purpose.again()),
        )),
        // Hosts that know where to add that at the end.
        300..=399 => Err(Error::new(
            Kind::UnexpectedReply,
            format!(
                "{} sends requests elsewhere (HTTP {status}), and the plugin does not follow. Set the base URL to the address that it leads to: with https, and the account's own.",
                connection.base_url
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

fn not_a_reply(reason: NotAReply, purpose: Purpose) -> Error {
    let (what, advice) = reason.told();
    Error::new(Kind::UnexpectedReply, purpose.in_doubt(what, advice))
}

fn check_reply(reply: &Reply, verified: bool, connection: &Connection, purpose: Purpose) -> Result<(), Error> {
    if reply.code == 0 {
        return if verified { Ok(()) } else { Err(forged(reply, "says that it succeeded", purpose)) };
    }
    let meaning = reply::meaning(reply.code);
    if !verified && meaning.kind != Kind::Auth {
        return Err(forged(reply, &format!("has code {}", reply.code), purpose));
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

fn forged(reply: &Reply, what: &str, purpose: Purpose) -> Error {
    let flaw = if reply.has_hash() { "its hash is wrong" } else { "it has no hash" };
    let look = match purpose {
        Purpose::Change => "Look at the order there before you try again, and check",
        Purpose::Read => "Check",
    };
    Error::new(
        Kind::ForgedReply,
        format!("The reply {what}, but {flaw}: it may not come from JustClick. {look} the base URL and the API key."),
    )
}
