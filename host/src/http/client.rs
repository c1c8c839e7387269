//! One POST at a time over pooled connections.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, SystemTime};

use serde::Deserialize;
use ureq::http::{self, HeaderMap, Uri};
use ureq::tls::TlsConfig;
use ureq::unversioned::transport::{ConnectProxyConnector, Connector, RustlsConnector};
use ureq::{Agent, Timeout};

use super::Failure;
use super::policy::{Origin, Policy, PrivateAccess, Rule};
use super::resolver::{Forbidden, GuardedResolver};
use super::roots::Roots;
use super::tcp::{OUTPUT, Tcp};
use super::wire::{self, Stage, Watch};

/// How much, and how long.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Time to resolve the name and connect, TLS included.
    pub connect: Duration,
    /// Time to send the request.
    pub send: Duration,
    /// Time from the request's end to the end of the response's headers.
    pub first_byte: Duration,
    /// Time for everything together.
    pub total: Duration,
    /// Largest request body in bytes.
    pub request_bytes: usize,
    /// Largest response body in bytes, after decompression.
    pub response_bytes: u64,
    /// Largest response head in bytes.
    pub header_bytes: usize,
    /// Idle connections kept for one origin, and for all.
    pub idle_connections: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            send: Duration::from_secs(10),
            first_byte: Duration::from_secs(20),
            total: Duration::from_secs(30),
            request_bytes: 1 << 20,
            response_bytes: 1 << 20,
            header_bytes: 64 << 10,
            idle_connections: 1024,
        }
    }
}

/// What a plugin asks for: the JSON document it hands to `http_request`.
#[derive(Debug, Deserialize)]
pub struct Request {
    /// The whole address.
    pub url: String,
    /// The method; GET if it is left out.
    #[serde(default)]
    pub method: Option<String>,
    /// Headers by name.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
}

/// An HTTP response, whatever its status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    /// The status.
    pub status: u16,
    /// Headers that are text, by lower-case name.
    pub headers: BTreeMap<String, String>,
    /// The body, decompressed.
    pub body: Vec<u8>,
    /// When the server would like to be asked again, in seconds from now.
    pub retry_after_s: Option<u64>,
}

/// A client whose connections are kept and shared. Cloning it is cheap.
#[derive(Debug, Clone)]
pub struct Client(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    limits: Limits,
    private: Vec<Rule>,
    roots: Roots,
    plain: OnceLock<Agent>,
    // Apart, because reading hundreds of certificates is work that plain http does not need.
    tls: OnceLock<Agent>,
}

impl Client {
    /// A client that reaches public addresses, and those private ones that `private` names.
    pub fn new(limits: Limits, private: Vec<Rule>, roots: Roots) -> Self {
        Self(Arc::new(Inner { limits, private, roots, plain: OnceLock::new(), tls: OnceLock::new() }))
    }

    /// Sends one request, if the policy allows it, and follows no redirect.
    ///
    /// # Errors
    /// If there is no HTTP response, or one over its cap.
    pub fn send(&self, request: &Request, body: &[u8], policy: &Policy) -> Result<Response, Failure> {
        let uri: Uri = request.url.parse().map_err(|_| Failure::NotAllowed)?;
        let allowed = Origin::of(&uri).filter(|origin| policy.allows(origin));
        let Some(origin) = allowed.filter(|_| body.len() <= self.0.limits.request_bytes) else {
            return Err(Failure::NotAllowed);
        };
        let mut builder = http::Request::builder().method(request.method.as_deref().unwrap_or("GET")).uri(uri);
        for (name, value) in &request.headers {
            builder = builder.header(name, value);
        }
        let request = builder.body(body).map_err(|_| Failure::NotAllowed)?;
        wire::begin();
        let mut response = self.0.agent(&origin).run(request).map_err(|error| failure(&error, wire::stage()))?;
        let headers = text_headers(response.headers());
        let body = response
            .body_mut()
            .with_config()
            .limit(self.0.limits.response_bytes)
            .read_to_vec()
            .map_err(|error| failure(&error, Stage::Sent))?;
        let retry_after_s = headers.get("retry-after").and_then(|value| retry_after(value, SystemTime::now()));
        Ok(Response { status: response.status().as_u16(), headers, body, retry_after_s })
    }
}

impl Inner {
    fn agent(&self, origin: &Origin) -> &Agent {
        if origin.is_https() {
            self.tls.get_or_init(|| self.new_agent(self.roots.tls_config()))
        } else {
            self.plain.get_or_init(|| self.new_agent(TlsConfig::default()))
        }
    }

    fn new_agent(&self, tls: TlsConfig) -> Agent {
        let limits = &self.limits;
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .timeout_resolve(Some(limits.connect))
            .timeout_connect(Some(limits.connect))
            .timeout_send_request(Some(limits.send))
            .timeout_send_body(Some(limits.send))
            .timeout_recv_response(Some(limits.first_byte))
            .timeout_global(Some(limits.total))
            .max_response_header_size(limits.header_bytes)
            .max_idle_connections(limits.idle_connections)
            .max_idle_connections_per_host(limits.idle_connections)
            // A response's head has to fit, and to be found too large.
            .input_buffer_size(limits.header_bytes + (4 << 10))
            .output_buffer_size(OUTPUT)
            .tls_config(tls)
            .build();
        let proxy = ().chain(ConnectProxyConnector::default());
        let connector = proxy.chain(Tcp).chain(RustlsConnector::default()).chain(Watch);
        let resolver = GuardedResolver::new(PrivateAccess { allowed: self.private.clone() });
        Agent::with_parts(config, connector, resolver)
    }
}

fn text_headers(headers: &HeaderMap) -> BTreeMap<String, String> {
    headers
        .iter()
        .filter_map(|(name, value)| Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned())))
        .collect()
}

/// The seconds that a `Retry-After` header asks for: a number, or an HTTP date.
fn retry_after(value: &str, now: SystemTime) -> Option<u64> {
    let value = value.trim();
    value.parse().ok().or_else(|| {
        let date = httpdate::parse_http_date(value).ok()?;
        Some(date.duration_since(now).map_or(0, |wait| wait.as_secs()))
    })
}

/// What an error means for whoever asks whether something may have changed.
fn failure(error: &ureq::Error, stage: Stage) -> Failure {
    use ureq::Error;
    match error {
        Error::Other(other) if other.is::<Forbidden>() => Failure::NotAllowed,
        Error::BadUri(_) | Error::Http(_) | Error::RequireHttpsOnly(_) => Failure::NotAllowed,
        Error::HostNotFound | Error::Timeout(Timeout::Resolve) => Failure::Dns,
        Error::BodyExceedsLimit(_) | Error::LargeResponseHeader(..) => Failure::TooLarge,
        // The type within is not ureq's own, so that it can't be matched.
        Error::Protocol(error) if error.to_string().contains("too many headers") => Failure::TooLarge,
        Error::Timeout(Timeout::SendRequest | Timeout::SendBody) => Failure::NotSent,
        _ => match stage {
            Stage::Sending => Failure::NotSent,
            Stage::Before if is_tls(error) => Failure::Tls,
            Stage::Before => Failure::Connect,
            Stage::Sent if matches!(error, Error::Timeout(_)) => Failure::Timeout,
            Stage::Sent => Failure::Reset,
        },
    }
}

fn is_tls(error: &ureq::Error) -> bool {
    match error {
        ureq::Error::Tls(_) | ureq::Error::Rustls(_) | ureq::Error::Pem(_) | ureq::Error::TlsRequired => true,
        // rustls hands its errors on as invalid data.
        ureq::Error::Io(error) => error.kind() == io::ErrorKind::InvalidData,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_770);
        assert_eq!(retry_after(" 7 ", now), Some(7));
        assert_eq!(retry_after("Sun, 06 Nov 1994 08:49:37 GMT", now), Some(7));
        assert_eq!(retry_after("Sun, 06 Nov 1994 08:49:00 GMT", now), Some(0));
        assert_eq!(retry_after("soon", now), None);
    }

    #[test]
    fn what_is_not_allowed_is_not_connected_to() {
        let client = Client::new(Limits::default(), Vec::new(), Roots::default());
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        let request = Request { url: url.clone(), method: None, headers: BTreeMap::new() };
        // Not one of the connection's origins; then one, but a private address.
        for origins in [Vec::new(), vec![url.parse().unwrap()]] {
            assert_eq!(client.send(&request, b"", &Policy { origins, ..Policy::default() }), Err(Failure::NotAllowed));
            assert_eq!(listener.accept().unwrap_err().kind(), io::ErrorKind::WouldBlock);
        }
    }
}
