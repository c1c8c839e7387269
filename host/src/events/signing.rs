//! Standard Webhooks 1.0.0: by what a receiver knows that an event is this server's, and no older than it
//! says.

use std::fmt;
use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac};
use sha2::Sha256;

/// What a secret begins with.
const PREFIX: &str = "whsec_";
/// How many bytes a secret may have, by the standard.
const BYTES: std::ops::RangeInclusive<usize> = 24..=64;

/// The secrets that events are signed with. While one is replaced there are two, apart by blanks, and both
/// sign.
#[derive(Clone, PartialEq, Eq)]
pub struct SigningSecrets(Vec<Vec<u8>>);

impl SigningSecrets {
    /// The value of `webhook-signature`, for a body that is sent with this `webhook-id` and
    /// `webhook-timestamp`, in UNIX seconds.
    pub fn sign(&self, id: &str, timestamp: u64, body: &[u8]) -> String {
        let signature = |secret: &Vec<u8>| {
            let mut mac = Hmac::<Sha256>::new_from_slice(secret).expect("HMAC takes keys of any length");
            mac.update(format!("{id}.{timestamp}.").as_bytes());
            mac.update(body);
            format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
        };
        self.0.iter().map(signature).collect::<Vec<_>>().join(" ")
    }
}

impl FromStr for SigningSecrets {
    type Err = String;

    /// Never shows what it was given.
    fn from_str(text: &str) -> Result<Self, String> {
        let secret = |text: &str| {
            let bytes = text.strip_prefix(PREFIX).and_then(|rest| STANDARD.decode(rest).ok());
            bytes.filter(|bytes| BYTES.contains(&bytes.len())).ok_or_else(|| {
                "is no secret of Standard Webhooks, which is whsec_ and 24 to 64 bytes in base64: make one with `echo whsec_$(openssl rand -base64 32)`".to_owned()
            })
        };
        match text.split_whitespace().map(secret).collect::<Result<Vec<_>, _>>()? {
            secrets if secrets.is_empty() => Err("is empty".to_owned()),
            secrets => Ok(Self(secrets)),
        }
    }
}

impl fmt::Debug for SigningSecrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} secrets", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    /// The vector that the libraries of the standard share.
    #[test]
    fn a_signature_is_that_of_the_standards_own_libraries() {
        let secrets: SigningSecrets = SECRET.parse().unwrap();
        let signed = secrets.sign("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, br#"{"test": 2432232314}"#);
        assert_eq!(signed, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn while_a_secret_is_replaced_both_sign() {
        let new = format!("whsec_{}", STANDARD.encode([7; 32]));
        let both: SigningSecrets = format!("{SECRET} {new}\n").parse().unwrap();
        let alone = |secret: &str| secret.parse::<SigningSecrets>().unwrap().sign("a", 1, b"{}");
        assert_eq!(both.sign("a", 1, b"{}"), format!("{} {}", alone(SECRET), alone(&new)));
    }

    #[test]
    fn what_is_no_secret_is_told_and_not_shown() {
        for wrong in ["", "hunter2hunter2", "whsec_c2hvcnQ=", "whsec_!", &SECRET[6..]] {
            let told = wrong.parse::<SigningSecrets>().unwrap_err();
            assert!(wrong.is_empty() || !told.contains(wrong), "{told}");
        }
        assert_eq!(format!("{:?}", SECRET.parse::<SigningSecrets>().unwrap()), "1 secrets");
    }
}
