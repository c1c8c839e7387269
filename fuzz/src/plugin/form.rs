//! Forms: what the plugin writes is what a stand-in for PHP reads and writes, and what is read as a form is
//! read the same when it is written again.

use justclick::form::http_build_query;
use justclick::signature;
use justclick_sandbox::Account;
use plugin_kit::{Form, Secret};

use crate::memory;
use crate::seeds::{self, Seeds};
use crate::target::Target;
use crate::told::SECRET;

pub const TARGET: Target = Target { name: "form", seeds, run };

/// Fields of a form that is held against the stand-in, which looks for each among all others.
const FEW: usize = 64;

fn seeds(seeds: &mut Seeds) {
    for line in
        seeds::text("tests/vectors/vectors.ndjson").lines().chain(seeds::text("tests/vectors/calls.ndjson").lines())
    {
        let vector: serde_json::Value = serde_json::from_str(line).expect("a vector is JSON");
        if let Some(body) = vector["body"].as_str() {
            seeds.add(body);
        }
    }
}

fn run(data: &[u8]) {
    let Ok(form) = memory::at_most(64 * data.len() + (256 << 10), || Form::parse(data)) else { return };
    let pairs: Vec<_> = form.iter().collect();
    let written = http_build_query(&pairs);
    assert!(written.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.%+&=".contains(&byte)), "{written}");
    let again = Form::parse(written.as_bytes()).expect("what was written");
    assert!(again.iter().eq(form.iter()), "{written}");
    // PHP makes arrays of brackets, drops what has no name, and knows no zero bytes in names: without those it
    // is one pair after the other there too.
    let is_plain = |name: &str| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if pairs.len() <= FEW && pairs.iter().all(|(name, _)| is_plain(name)) {
        let theirs = justclick_sandbox::Form::parse(written.as_bytes());
        assert_eq!(theirs.encode(), written);
        let key = Secret::new(SECRET.to_owned());
        assert_eq!(Account::new("username", SECRET).request_hash(&theirs), signature::sign(&written, "username", &key));
    }
}
