//! The signatures of Standard Webhooks (<https://www.standardwebhooks.com>).

use super::webhook::{Scheme, Webhook};
use crate::base64;
use crate::error::{Error, Kind, Problem};
use crate::signature::{hmac_sha256, same};

/// How far a service's clock and the host's may be apart, in seconds: an event that is older may have
/// been kept by somebody to send it again.
const TOLERANCE_S: u64 = 300;

/// The service signs as Standard Webhooks do: HMAC-SHA256 over the id, the timestamp and the body, in
/// the headers `webhook-id`, `webhook-timestamp` and `webhook-signature`.
///
/// With the feature `hmac-sha256`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StandardWebhooks {
    key: &'static str,
}

impl StandardWebhooks {
    /// With the secret of the subscription where there is one, else with that in this key of the
    /// connection.
    pub const fn new(key: &'static str) -> Self {
        Self { key }
    }

    fn key(&self, webhook: &Webhook) -> Result<Vec<u8>, Error> {
        let secret = webhook.subscription_secret().map_or_else(|| webhook.config(self.key), |secret| secret.expose());
        let key = base64::decode(secret.strip_prefix("whsec_").unwrap_or(secret)).filter(|key| !key.is_empty());
        key.ok_or_else(|| {
            let told = [self.key, " is no secret of Standard Webhooks, whsec_ and base64: copy it anew"].concat();
            Error::invalid(Kind::InvalidConnection, vec![Problem::new(self.key, told)])
        })
    }
}

impl Scheme for StandardWebhooks {
    fn name(&self) -> &'static str {
        "standard-webhooks"
    }

    fn check(&self, webhook: &Webhook) -> Result<(), Error> {
        let key = self.key(webhook)?;
        let header = |name: &str| webhook.header(name).ok_or_else(|| webhook.forged("it is not signed"));
        let (id, time) = (header("webhook-id")?, header("webhook-timestamp")?);
        let signatures = header("webhook-signature")?;
        let expected = hmac_sha256(&key, &[id.as_bytes(), b".", time.as_bytes(), b".", webhook.body()]);
        // There is one for each key, while one takes the place of another.
        let is_signed = signatures.split(' ').filter_map(|one| one.strip_prefix("v1,")).filter_map(base64::decode);
        if !is_signed.fold(false, |found, one| found | same(&one, &expected)) {
            return Err(webhook.forged("its signature is wrong"));
        }
        match time.parse::<i64>() {
            Ok(time) if time.abs_diff(webhook.now()) <= TOLERANCE_S => Ok(()),
            _ => Err(webhook.forged("it is signed with a time more than 5 minutes from now")),
        }
    }
}
