//! Events of which the service tells by a request to the host.

use std::borrow::Cow;
use std::ops::Deref;

use super::event::{Event, list};
use crate::base64;
use crate::call::Call;
use crate::error::{Error, Kind};
use crate::form::{Form, MAX_FIELDS, Malformed};
use crate::json::{self, Members, Object};
use crate::secret::Secret;
use crate::signature;
use crate::text::integer;

/// What a trigger makes of a request: events, or why it counts for nothing.
pub type Run = fn(&Webhook) -> Result<Received, Error>;

/// A way in which services sign their webhooks.
pub trait Scheme: Sync {
    /// Its name in the description.
    fn name(&self) -> &'static str;

    /// Checks a request.
    ///
    /// # Errors
    /// [`Kind::ForgedEvent`] if it is not signed, or not rightly.
    fn check(&self, webhook: &Webhook) -> Result<(), Error>;
}

/// A request of the service, as it came: nothing in it is proven yet. It is a [`Call`], with its
/// connection, its input and its requests.
pub struct Webhook<'a> {
    call: &'a Call<'a>,
    method: Cow<'a, str>,
    headers: Vec<(Cow<'a, str>, Cow<'a, str>)>,
    query: Cow<'a, str>,
    body: Vec<u8>,
    secret: Option<Secret>,
    now: i64,
}

impl Webhook<'_> {
    /// Its method, in capitals.
    pub fn method(&self) -> &str {
        &self.method
    }

    /// The value of a header, whose name is the same in any case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_ref())
    }

    /// The parameters of its address.
    ///
    /// # Errors
    /// [`Kind::UnexpectedReply`] if a name stands twice, or something is no text.
    pub fn query(&self) -> Result<Form, Error> {
        Form::parse(self.query.as_bytes()).map_err(|malformed| self.no_form("address", &malformed))
    }

    /// Its body, byte for byte.
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// Its body as a form.
    ///
    /// # Errors
    /// [`Kind::UnexpectedReply`] if a name stands twice, or something is no text.
    pub fn form(&self) -> Result<Form, Error> {
        Form::parse(&self.body).map_err(|malformed| self.no_form("body", &malformed))
    }

    /// Its body as a JSON object, whose values stay as they were written.
    ///
    /// # Errors
    /// [`Kind::UnexpectedReply`] if it is none, has more than 1000 members, or names one twice.
    pub fn json(&self) -> Result<Members<'_>, Error> {
        let members = std::str::from_utf8(&self.body).ok().and_then(|text| Members::parse(text).ok());
        match members {
            // First, as anybody may send it: to look for repeated names takes long where there are many.
            Some(members) if members.0.len() > MAX_FIELDS => {
                Err(self.unreadable("Its body has more than 1000 members"))
            }
            Some(members) if members.has_repeated_names() => Err(self.unreadable("Its body names something twice")),
            Some(members) => Ok(members),
            None => Err(self.unreadable("Its body is not the JSON object that was expected")),
        }
    }

    /// The time, in UNIX seconds, as the host tells it.
    pub const fn now(&self) -> i64 {
        self.now
    }

    /// The secret of the subscription, if the host made one for the trigger.
    pub const fn subscription_secret(&self) -> Option<&Secret> {
        self.secret.as_ref()
    }

    /// Checks a signature in hexadecimal digits, in any case; the comparison takes the same time wherever
    /// they differ.
    ///
    /// # Errors
    /// [`Kind::ForgedEvent`] if it is another, or missing.
    pub fn check(&self, claimed: Option<&str>, expected: &str) -> Result<(), Error> {
        match claimed {
            Some(claimed) if signature::same_hex(claimed, expected) => Ok(()),
            Some(_) => Err(self.forged("its signature is wrong")),
            None => Err(self.forged("it has no signature")),
        }
    }

    /// An event of which nothing proves that it is the service's; `why` continues "An event came, but …".
    #[cold]
    #[inline(never)]
    pub fn forged(&self, why: &str) -> Error {
        let (service, account) = (self.call.service(), self.call.account());
        let told = [
            "An event came, but ",
            why,
            ": it may not come from ",
            service,
            ". If it does, check the secrets of the ",
            account,
            ".",
        ];
        Error::new(Kind::ForgedEvent, told.concat())
    }

    /// An event that can't be read; `told` is a sentence without its full stop.
    #[cold]
    #[inline(never)]
    pub fn unreadable(&self, told: &str) -> Error {
        let told = ["An event came that is not what ", self.call.service(), " sends. ", told, "."];
        Error::new(Kind::UnexpectedReply, told.concat())
    }

    #[cold]
    #[inline(never)]
    fn no_form(&self, place: &str, malformed: &Malformed) -> Error {
        let why = match malformed {
            Malformed::Twice => " names something twice",
            Malformed::NoText => " holds something that is not UTF-8 text",
            Malformed::TooMany => " has more than 1000 fields",
        };
        self.unreadable(&["Its ", place, why].concat())
    }
}

impl<'a> Deref for Webhook<'a> {
    type Target = Call<'a>;

    fn deref(&self) -> &Call<'a> {
        self.call
    }
}

/// What a request told of, and what the service is answered once that is safe.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    events: Vec<Event>,
    status: u16,
    headers: Object,
    body: Option<String>,
}

impl Received {
    /// Events, the oldest first. The service is answered with 200.
    pub fn events(events: Vec<Event>) -> Self {
        Self { events, status: 200, headers: Object::new(), body: None }
    }

    /// Nothing that this trigger is about: another event, or a service that tries the address out. It
    /// is answered with 200, as it would send the same again else.
    pub fn nothing() -> Self {
        Self::events(Vec::new())
    }

    /// Another status for the service, from 200 to 599.
    #[must_use]
    pub const fn status(mut self, status: u16) -> Self {
        self.status = status;
        self
    }

    /// Adds a header of the answer.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers = self.headers.text(name, value);
        self
    }

    /// The body of the answer, with its media type: where the service wants to be told its own word
    /// back.
    #[must_use]
    pub fn body(mut self, media_type: &str, body: String) -> Self {
        self.body = Some(body);
        self.header("content-type", media_type)
    }
}

/// Answers a webhook: `{method, headers, query, body, now}` in, `{events, response}` out.
pub(super) fn deliver(
    run: Run,
    scheme: Option<&'static dyn Scheme>,
    call: &Call,
    given: &Members,
) -> Result<Object, Error> {
    let webhook = read(call, given).ok_or_else(|| Error::new(Kind::InvalidInput, MALFORMED))?;
    for (place, (name, _)) in webhook.headers.iter().enumerate() {
        if webhook.headers[..place].iter().any(|(other, _)| other.eq_ignore_ascii_case(name)) {
            return Err(webhook.unreadable("A header of it stands twice"));
        }
    }
    if let Some(scheme) = scheme {
        scheme.check(&webhook)?;
    }
    let received = run(&webhook)?;
    if !(200..600).contains(&received.status) {
        return Err(Error::new(Kind::Internal, "The trigger answers with a status that is not from 200 to 599."));
    }
    let response = Object::new().number("status", received.status.into());
    let headers = (!received.headers.is_empty()).then(|| received.headers.finish());
    let response = response.json_if("headers", headers.as_deref()).text_if("body", received.body.as_deref());
    Ok(Object::new().json("events", &list(received.events)?).json("response", &response.finish()))
}

const MALFORMED: &str = r#"A webhook is {"input": {…}, "method": "POST", "headers": {name: text}, "query": "a=1&b=2", "body": in base64, "now": UNIX seconds}."#;

fn read<'a>(call: &'a Call<'a>, given: &Members<'a>) -> Option<Webhook<'a>> {
    let text = |name: &str| match given.get(name) {
        None | Some("null") => Some(Cow::Borrowed("")),
        Some(text) => json::string(text),
    };
    let mut headers = Vec::new();
    for (name, value) in Members::parse(given.get("headers")?).ok()?.0 {
        headers.push((name, json::string(value)?));
    }
    Some(Webhook {
        call,
        method: text("method")?,
        headers,
        query: text("query")?,
        body: base64::decode(&text("body")?)?,
        secret: secret(given),
        now: integer(given.get("now")?)?,
    })
}

/// The secret of the subscription, if there is one.
pub(crate) fn secret(given: &Members) -> Option<Secret> {
    let secret = json::string(given.get("secret")?)?;
    (!secret.is_empty()).then(|| Secret::new(secret.into_owned()))
}
