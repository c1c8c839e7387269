//! A request as received, and what became of its hash.

use crate::form::Form;
use crate::reply::Reply;
use crate::signature::Account;

/// The parameters without the hash.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) form: Form,
    signature: Signature,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Signature {
    NoParameters,
    NoHash,
    Wrong,
    Right,
}

impl Call {
    /// Reads a body and checks its signature over the parameters in PHP's order.
    pub(crate) fn read(body: &[u8], account: &Account) -> Self {
        let mut form = Form::parse(body);
        let signature = if form.is_empty() {
            Signature::NoParameters
        } else {
            match form.take("hash") {
                None => Signature::NoHash,
                Some(hash) if hash == account.request_hash(&form).as_bytes() => Signature::Right,
                Some(_) => Signature::Wrong,
            }
        };
        Self { form, signature }
    }

    pub(crate) fn signature_ok(&self) -> bool {
        self.signature == Signature::Right
    }

    /// What every function checks first.
    pub(crate) fn authorise(&self) -> Result<(), Reply> {
        match self.signature {
            Signature::Right => Ok(()),
            Signature::NoParameters => Err(Reply::of_code(2)),
            Signature::NoHash => Err(Reply::of_code(1)),
            Signature::Wrong => Err(Reply::of_code(4)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signature::{SAMPLE_API_KEY, SAMPLE_LOGIN};

    #[test]
    fn a_hash_is_right_only_over_the_order_received_and_in_lower_case() {
        let account = Account::new(SAMPLE_LOGIN, SAMPLE_API_KEY);
        let hash = account.request_hash(&Form::parse(b"a=1&b=2"));
        let ok = |body: String| Call::read(body.as_bytes(), &account).signature_ok();
        assert!(ok(format!("a=1&b=2&hash={hash}")));
        assert!(ok(format!("hash={hash}&a=1&b=2")));
        assert!(!ok(format!("b=2&a=1&hash={hash}")));
        assert!(!ok(format!("a=1&b=2&hash={}", hash.to_uppercase())));
        assert!(!ok("a=1&b=2&hash=".to_owned()));
    }
}
