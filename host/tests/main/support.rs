//! What the topics share: the bundle, an account, and what errors are expected to say.

use std::path::{Path, PathBuf};
use std::sync::{LazyLock, OnceLock};
use std::time::Duration;

use justclick_sandbox::{Account, SAMPLE_API_KEY, SAMPLE_LOGIN};
use plugin_host_core::bundle::Bundle;
use plugin_host_core::error::{Effect, Retry};
use plugin_host_core::http::{Limits, Roots};
use plugin_host_core::runner::{Connected, Settings};
use plugin_host_core::{ActionError, Connection, Runner};
use tokio::runtime::Runtime;

pub const ACTION: &str = "update_order_status";

/// The input of the example on the service's page.
pub const INPUT: &str = r#"{"bill_id":"100000","status":"sent","date":1362254400,"rpo":"10000000000000"}"#;

/// Kind, retry and effect of an error.
pub type Nature = (&'static str, Retry, Effect);

/// The service never saw the request.
pub const NOT_SENT: Nature = ("unavailable", Retry::Later, Effect::None);
/// The service may have seen the request.
pub const LOST: Nature = ("unavailable", Retry::Later, Effect::Unknown);
/// What came is no reply of the service.
pub const NO_REPLY: Nature = ("unexpected_reply", Retry::Never, Effect::Unknown);

/// The bundle under test: in `JUSTCLICK_DIST`, or in `dist` in the workspace.
pub fn bundle() -> &'static Bundle {
    static BUNDLE: OnceLock<Bundle> = OnceLock::new();
    BUNDLE.get_or_init(|| {
        let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let folder = std::env::var_os("JUSTCLICK_DIST").map_or_else(|| workspace.join("dist"), PathBuf::from);
        match Bundle::load(&folder.join("extism.json")) {
            Ok(bundle) => bundle,
            Err(error) => panic!("{error}; make the bundle: cargo xtask dist"),
        }
    })
}

/// The cap on responses in the bundle's manifest, in bytes.
pub fn response_cap() -> u64 {
    bundle().max_http_response_bytes.expect("the manifest caps responses")
}

/// Limits that keep a test short, and are still far from what a good answer needs.
pub fn limits() -> Limits {
    let second = Duration::from_secs(1);
    Limits::default().connect(second).send(2 * second).first_byte(second).total(2 * second)
}

/// A host of the plugin that may reach these loopback origins.
pub fn runner(allowed: &[&str]) -> Runner {
    runner_with(limits(), allowed, Roots::default())
}

/// A host of the plugin with these limits and certificate authorities.
pub fn runner_with(limits: Limits, allowed: &[&str], roots: Roots) -> Runner {
    Runner::load(bundle(), settings(limits, allowed, roots)).unwrap()
}

/// Settings that let plugins reach these loopback origins.
pub fn settings(limits: Limits, allowed: &[&str], roots: Roots) -> Settings {
    let allow_private = allowed.iter().map(|origin| origin.parse().unwrap()).collect();
    Settings::default().limits(limits).allow_private(allow_private).roots(roots)
}

/// The sample account at this address.
pub fn account(base_url: &str) -> Connection {
    Connection::new([("login", SAMPLE_LOGIN), ("api_key", SAMPLE_API_KEY), ("base_url", base_url)])
}

/// The body of the service's answer when the order was changed.
pub fn success() -> String {
    let text = "order status changed";
    let hash = Account::new(SAMPLE_LOGIN, SAMPLE_API_KEY).reply_hash(0, text.as_bytes());
    format!(r#"{{"error_code":0,"error_text":"{text}","hash":"{hash}"}}"#)
}

/// A whole response that closes the connection, with these header lines, each with its line end.
pub fn response(status: u16, headers: &str, body: impl AsRef<[u8]>) -> Vec<u8> {
    whole(status, &format!("connection: close\r\n{headers}"), body.as_ref())
}

fn whole(status: u16, headers: &str, body: &[u8]) -> Vec<u8> {
    let head = format!("HTTP/1.1 {status} Whatever\r\n{headers}content-length: {}\r\n\r\n", body.len());
    [head.as_bytes(), body].concat()
}

/// The service's whole answer when the order was changed; it closes the connection.
pub fn good() -> Vec<u8> {
    response(200, "", success())
}

/// The same, on a connection that is to be kept.
pub fn good_and_stay() -> Vec<u8> {
    whole(200, "connection: keep-alive\r\n", success().as_bytes())
}

/// The two ways to make a call, which are to come to the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// It blocks its thread.
    Blocking,
    /// It waits on Tokio.
    Tokio,
}

/// Where calls wait on Tokio: as long as the tests run, so that connections are kept from one to the next.
static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().unwrap());

impl Way {
    /// Both, one after the other.
    pub const ALL: [Self; 2] = [Self::Blocking, Self::Tokio];

    /// Makes a call.
    pub fn call(self, connected: &Connected, action: &str, input: &str) -> Result<String, Box<ActionError>> {
        match self {
            Self::Blocking => connected.call(action, input),
            Self::Tokio => RUNTIME.block_on(connected.call_async(action, input)),
        }
    }

    /// Calls the action and expects it to be done.
    #[track_caller]
    pub fn done(self, connected: &Connected) {
        match self.call(connected, ACTION, INPUT) {
            Ok(output) => assert!(output.contains("order status changed"), "{self:?}: {output}"),
            Err(error) => panic!("{self:?}: the call should have succeeded: {error:?}"),
        }
    }

    /// Calls the action and expects it to fail.
    #[track_caller]
    pub fn refused(self, connected: &Connected) -> ActionError {
        match self.call(connected, ACTION, INPUT) {
            Ok(output) => panic!("{self:?}: the call should have failed: {output}"),
            Err(error) => *error,
        }
    }
}

/// Calls the action by the blocking way and expects it to be done.
#[track_caller]
pub fn done(connected: &Connected) {
    Way::Blocking.done(connected);
}

/// Calls the action by the blocking way and expects it to fail.
#[track_caller]
pub fn refused(connected: &Connected) -> ActionError {
    Way::Blocking.refused(connected)
}

/// Expects an error to be of this nature, and to be clean of the key.
#[track_caller]
pub fn assert_nature(error: &ActionError, nature: Nature) {
    assert_eq!((error.kind.as_str(), error.retry, error.effect), nature, "{error:?}");
    assert!(!format!("{error:?}").contains(SAMPLE_API_KEY), "{error:?}");
}

/// What the host said about why there is no response.
pub fn reason(error: &ActionError) -> &str {
    let upstream = error.upstream.as_ref().filter(|upstream| upstream.http_status == 0);
    upstream.and_then(|upstream| upstream.error_text.as_deref()).unwrap_or_default()
}
