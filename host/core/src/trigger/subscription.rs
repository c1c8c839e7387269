//! Where a service is to send its webhooks, for services that have a call for that.

use std::fmt;

use serde::Serialize;
use serde_json::value::RawValue;

use super::members::{given, member, read, text};
use crate::error::ActionError;

/// Where the service is to send its webhooks.
#[derive(Clone, Serialize)]
pub struct Subscribe {
    /// What narrows down what the trigger tells of: JSON of its `inputSchema`.
    pub input: Box<RawValue>,
    /// The address.
    pub url: String,
    /// A secret that the host made by chance.
    pub secret: String,
    /// The time, in UNIX seconds.
    pub now: i64,
}

/// What a service keeps of it.
#[derive(Clone, PartialEq, Eq)]
pub struct Subscription {
    /// Its id there.
    pub subscription: String,
    /// The secret to be used instead of the host's.
    pub secret: Option<String>,
    /// When it ends by itself, in UNIX seconds.
    pub expires: Option<i64>,
}

impl Subscription {
    /// Reads the answer of a trigger's `subscribe`.
    ///
    /// # Errors
    /// With kind `internal`, if it breaks the contract.
    pub fn read(export: &str, output: &str) -> Result<Self, Box<ActionError>> {
        read(export, output, |answer| {
            let subscription = text(member(answer, "subscription")?, "subscription")?;
            let secret = given(answer, "secret").map(|secret| text(secret, "secret")).transpose()?;
            let expires = given(answer, "expires").map(|expires| serde_json::from_str(expires.get())).transpose();
            let expires = expires.map_err(|_| "expires is no number of UNIX seconds.".to_owned())?;
            Ok(Self { subscription, secret, expires })
        })
    }
}

/// Without its secret.
impl fmt::Debug for Subscribe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Subscribe").field("input", &self.input).field("now", &self.now).finish_non_exhaustive()
    }
}

/// Without its secret.
impl fmt::Debug for Subscription {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Subscription").field("subscription", &self.subscription).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subscription_is_read_and_its_secret_is_never_shown() {
        let read = |output: &str| Subscription::read("subscribe", output);
        let all = read(r#"{"subscription":"7","secret":"hunter22","expires":9}"#).unwrap();
        assert_eq!((all.secret.as_deref(), all.expires), (Some("hunter22"), Some(9)));
        assert!(!format!("{all:?}").contains("hunter22"));
        assert_eq!(read(r#"{"subscription":"7","secret":null}"#).unwrap().secret, None);
        for (output, told) in [
            ("{}", "no subscription"),
            (r#"{"subscription":7}"#, "subscription is no text"),
            (r#"{"subscription":"7","secret":1}"#, "secret is no text"),
            (r#"{"subscription":"7","expires":"soon"}"#, "expires is no number"),
        ] {
            assert!(read(output).unwrap_err().message.contains(told), "{output}");
        }
    }
}
