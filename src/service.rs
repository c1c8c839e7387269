//! One signed call of the service, from a form to a reply that is proven and says "done".

use plugin_kit::error::{Problem, presentable};
use plugin_kit::json::Array;
use plugin_kit::{Call, Error, Field, Kind, Object, Response, Upstream, Values, json, reply as kit_reply};

use crate::form::Form;
use crate::reply::{self, NotAReply, Reply};
use crate::signature;

/// What to do about an answer that is not the service's.
const CHECK_ADDRESS: &str = "Check that the base URL is that of the JustClick account.";

/// Changes something by `function`, with the fields of the input, and gives back what was sent and
/// what the service said.
///
/// # Errors
/// As [`call`].
pub fn change(call: &Call, function: &str, fields: &'static [Field]) -> Result<Object, Error> {
    let reply = self::call(call, function, &Form::of(call.input(), fields))?;
    Ok(changed(call, &reply))
}

/// What was sent, and what the service said.
pub fn changed(call: &Call, reply: &Reply) -> Object {
    // What is nested too deeply to be passed on is left out. The kit takes secrets out of all.
    let result = reply.result.as_deref().and_then(|result| json::redact(result, call.secrets()));
    let output = call.input().object().text("message", &reply.text);
    output.json_if("unsigned_result", result.as_deref())
}

/// Calls `function` with the signed form.
///
/// # Errors
/// Every error but the two `invalid_…` kinds: the reply counts only if its hash is right and its
/// code is 0.
pub fn call(call: &Call, function: &str, form: &Form) -> Result<Reply, Error> {
    answer(call, function, form, &[])
}

/// Calls `function` with the signed form, where further codes are answers as well, such as one for
/// "there is none".
///
/// # Errors
/// As [`call`], but for these codes.
pub fn answer(call: &Call, function: &str, form: &Form, codes: &[i64]) -> Result<Reply, Error> {
    judge(call, &ask(call, function, form), codes)
}

/// Whatever comes when `function` is called with the signed form.
#[inline(never)]
pub fn ask(call: &Call, function: &str, form: &Form) -> Response {
    let body = signed_body(call, form);
    let path = ["/api/", function].concat();
    call.post(&path).body("application/x-www-form-urlencoded", body).answer()
}

/// Reads one object of a reply.
///
/// # Errors
/// [`Kind::UnexpectedReply`] that tells what came.
pub fn object(call: &Call, reply: &Reply, fields: &'static [Field]) -> Result<Values, Error> {
    kit_reply::object(reply.result(), fields).map_err(|why| unreadable(call, reply, reply.result(), &why))
}

/// Reads a list of a reply. None is an empty one.
///
/// # Errors
/// As [`object`].
pub fn list(call: &Call, reply: &Reply, fields: &'static [Field]) -> Result<Vec<Values>, Error> {
    match reply.result.as_deref() {
        None => Ok(Vec::new()),
        Some(result) => kit_reply::list(result, fields).map_err(|why| unreadable(call, reply, result, &why)),
    }
}

/// The output of a search.
pub fn items(items: &[Values]) -> Object {
    let mut array = Array::new();
    for item in items {
        array.json(&item.object().finish());
    }
    Object::new().json("items", &array.finish())
}

/// The error of an input that is not valid in a way that no field's type knows; `why` continues its name.
#[cold]
#[inline(never)]
pub fn invalid(field: &str, why: &str) -> Error {
    Error::invalid(Kind::InvalidInput, vec![Problem::new(field, [field, " ", why].concat())])
}

/// The error of a change that the service says it has made.
#[cold]
#[inline(never)]
pub fn in_doubt(mut error: Error) -> Error {
    error.message.push_str(" JustClick says that it was done: look at the shop before you try again.");
    error
}

/// An answer whose data has another shape than the service's pages say; `data` is the part of it that has.
#[cold]
#[inline(never)]
pub fn unreadable(call: &Call, reply: &Reply, data: &str, what: &str) -> Error {
    let told = ["The answer has ", what, ", which the plugin can't read. Please report this, with what came."].concat();
    let upstream = Upstream {
        http_status: reply.http_status,
        error_code: Some(reply.code),
        error_text: Some(presentable(data, call.secrets())),
        // The service's signature does not cover its data.
        verified: false,
    };
    Error::new(Kind::UnexpectedReply, told).with_upstream(upstream)
}

/// The form with its hash as the last parameter.
fn signed_body(call: &Call, form: &Form) -> String {
    let body = form.encode();
    let hash = signature::sign(&body, call.config("login"), &call.secret("api_key"));
    let before = if body.is_empty() { "hash=" } else { "&hash=" };
    [body.as_str(), before, &hash].concat()
}

/// What a response means; further codes than 0 may be answers.
///
/// # Errors
/// As [`answer`].
pub fn judge(call: &Call, response: &Response, codes: &[i64]) -> Result<Reply, Error> {
    if response.status == 0 {
        return Err(call.failure(response));
    }
    let parsed = Reply::parse(&response.body);
    let verified = parsed.as_ref().is_ok_and(|reply| reply.is_signed_with(&call.secret("api_key")));
    let status = match &parsed {
        Ok(reply) if counts(reply, response.status, verified) => Ok(()),
        _ => check_status(call, response),
    };
    let checked = status.and_then(|()| match &parsed {
        Ok(reply) if verified && codes.contains(&reply.code) => Ok(()),
        Ok(reply) => check_reply(call, reply, verified),
        Err(reason) => Err(not_a_reply(call, *reason)),
    });
    if let Err(error) = checked {
        return Err(error.with_upstream(upstream(call, response, parsed.as_ref().ok(), verified)));
    }
    let mut reply = parsed.map_err(|reason| not_a_reply(call, reason))?;
    reply.http_status = response.status;
    Ok(reply)
}

fn upstream(call: &Call, response: &Response, reply: Option<&Reply>, verified: bool) -> Upstream {
    let Some(reply) = reply else { return call.upstream(response) };
    let text = presentable(&reply.text, call.secrets());
    Upstream {
        http_status: response.status,
        error_code: Some(reply.code),
        error_text: (!text.is_empty()).then_some(text),
        verified,
    }
}

/// Whether a reply counts whatever the status that it came with: a signed one says what the service did. It has been
/// met with a 302, and no page says which status a refusal has. That something was done is not taken from what is
/// marked as a failure, and a wrong key's refusal, which can't be verified, not from somewhere else.
fn counts(reply: &Reply, status: u16, verified: bool) -> bool {
    match (status, reply.code) {
        (300..=399, _) => verified,
        (_, 0) => false,
        (_, code) => verified || reply::meaning(code).kind == Kind::Auth,
    }
}

/// Without a reply that counts, everything but a 2xx is told apart by its status alone.
fn check_status(call: &Call, response: &Response) -> Result<(), Error> {
    match response.status {
        200..=299 => Ok(()),
        300..=399 | 408 | 423 | 425 | 429 | 500..=599 => Err(call.failure(response)),
        status => Err(Error::new(
            Kind::UnexpectedReply,
            format!("The server refused the request (HTTP {status}). {CHECK_ADDRESS}"),
        )),
    }
}

fn not_a_reply(call: &Call, reason: NotAReply) -> Error {
    let (what, advice) = reason.told();
    Error::new(Kind::UnexpectedReply, call.in_doubt(what, advice))
}

/// What the service refuses with this reply.
#[cold]
#[inline(never)]
pub fn refusal(call: &Call, reply: &Reply) -> Error {
    let text = presentable(&reply.text, call.secrets());
    let meaning = reply::meaning(reply.code);
    Error::new(meaning.kind, format!("{} (code {}: {text}). {}", meaning.what, reply.code, meaning.advice))
}

fn check_reply(call: &Call, reply: &Reply, verified: bool) -> Result<(), Error> {
    if reply.code == 0 {
        return if verified { Ok(()) } else { Err(forged(call, reply, "says that it succeeded")) };
    }
    let mut error = refusal(call, reply);
    if !verified && error.kind != Kind::Auth {
        return Err(forged(call, reply, &format!("has code {}", reply.code)));
    }
    if !verified {
        // With a wrong key the service signs its refusal with the true one.
        error.message.push_str(" The reply could not be verified, as is to be expected with a wrong key.");
    }
    Err(error)
}

fn forged(call: &Call, reply: &Reply, what: &str) -> Error {
    let flaw = if reply.has_hash() { "its hash is wrong" } else { "it has no hash" };
    let look = match call.thing() {
        Some(thing) => &["Look at the ", thing, " there before you try again, and check"].concat(),
        None => "Check",
    };
    Error::new(
        Kind::ForgedReply,
        format!("The reply {what}, but {flaw}: it may not come from JustClick. {look} the base URL and the API key."),
    )
}
