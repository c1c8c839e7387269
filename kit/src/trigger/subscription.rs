//! The calls by which a service is told where to send its webhooks, and that it may stop.

use std::borrow::Cow;
use std::ops::Deref;

use super::webhook::secret;
use crate::call::Call;
use crate::error::{Error, Kind};
use crate::json::{self, Members, Object};
use crate::secret::Secret;
use crate::text::integer;

/// Tells the service where to send its webhooks.
pub type SubscribeRun = fn(&Subscribe) -> Result<Subscription, Error>;

/// Tells the service that it may stop. A subscription that is not there any more is
/// [`Kind::NotFound`], which hosts take for done.
pub type UnsubscribeRun = fn(&Unsubscribe) -> Result<(), Error>;

/// A wish for webhooks. It is a [`Call`], with its connection, its input and its requests.
pub struct Subscribe<'a> {
    call: &'a Call<'a>,
    url: Cow<'a, str>,
    secret: Option<Secret>,
    now: i64,
}

impl Subscribe<'_> {
    /// Where the service is to send them.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// A secret that the host made for this subscription, if the service lets its client choose with
    /// what it signs.
    pub const fn secret(&self) -> Option<&Secret> {
        self.secret.as_ref()
    }

    /// The time, in UNIX seconds, as the host tells it.
    pub const fn now(&self) -> i64 {
        self.now
    }
}

impl<'a> Deref for Subscribe<'a> {
    type Target = Call<'a>;

    fn deref(&self) -> &Call<'a> {
        self.call
    }
}

/// What the service calls a subscription.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscription {
    id: String,
    secret: Option<Secret>,
    expires: Option<i64>,
}

impl Subscription {
    /// A subscription by its id, with which it is ended.
    pub fn new(id: impl Into<String>) -> Self {
        Self { id: id.into(), secret: None, expires: None }
    }

    /// The secret that the service made to sign with. The host keeps it as one, and gives it to the
    /// webhook.
    #[must_use]
    pub fn secret(mut self, secret: Secret) -> Self {
        self.secret = Some(secret);
        self
    }

    /// When it ends by itself, in UNIX seconds: the host subscribes anew before.
    #[must_use]
    pub const fn expires(mut self, seconds: i64) -> Self {
        self.expires = Some(seconds);
        self
    }
}

/// The end of a subscription. It is a [`Call`], with its connection, its input and its requests.
pub struct Unsubscribe<'a> {
    call: &'a Call<'a>,
    id: Cow<'a, str>,
}

impl Unsubscribe<'_> {
    /// The subscription's id.
    pub fn id(&self) -> &str {
        &self.id
    }
}

impl<'a> Deref for Unsubscribe<'a> {
    type Target = Call<'a>;

    fn deref(&self) -> &Call<'a> {
        self.call
    }
}

/// Subscribes: `{url, secret, now}` in, `{subscription, secret?, expires?}` out.
pub(super) fn begin(run: SubscribeRun, call: &Call, given: &Members) -> Result<Object, Error> {
    let read = || {
        let url = json::string(given.get("url")?).filter(|url| !url.is_empty())?;
        Some(Subscribe { call, url, secret: secret(given), now: integer(given.get("now")?)? })
    };
    let wish = read().ok_or_else(|| {
        let told = r#"A subscription is {"input": {…}, "url": an address, "secret": a text, "now": UNIX seconds}."#;
        Error::new(Kind::InvalidInput, told)
    })?;
    let made = run(&wish)?;
    if made.id.is_empty() {
        return Err(Error::new(Kind::UnexpectedReply, "The service named no subscription, so it could not be ended."));
    }
    // The host's own need not come back.
    let secret = made.secret.filter(|secret| Some(secret) != wish.secret.as_ref());
    let told = Object::new().text("subscription", &made.id).text_if("secret", secret.as_ref().map(Secret::expose));
    Ok(told.json_if("expires", made.expires.map(|seconds| seconds.to_string()).as_deref()))
}

/// Unsubscribes: `{subscription}` in, `{}` out.
pub(super) fn end(run: UnsubscribeRun, call: &Call, given: &Members) -> Result<Object, Error> {
    let id = given.get("subscription").and_then(json::string).filter(|id| !id.is_empty());
    let id = id.ok_or_else(|| {
        Error::new(Kind::InvalidInput, r#"The end of a subscription is {"input": {…}, "subscription": its id}."#)
    })?;
    run(&Unsubscribe { call, id })?;
    Ok(Object::new())
}
