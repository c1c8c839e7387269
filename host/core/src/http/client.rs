//! One POST at a time over pooled connections.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, OnceLock};
use std::time::{Instant, SystemTime};

use serde::Deserialize;
use ureq::http::{self, HeaderMap, Uri};
use ureq::tls::TlsConfig;
use ureq::unversioned::transport::{ConnectProxyConnector, Connector, RustlsConnector};
use ureq::{Agent, Timeout};

use super::headers::{may_be_set, may_be_used};
use super::limits::Limits;
use super::policy::{Origin, Policy, PrivateAccess, Rule};
use super::proxy::{Proxies, Via};
use super::resolver::{Forbidden, GuardedResolver};
use super::roots::Roots;
use super::tcp::{OUTPUT, Tcp};
use super::wire::{self, Stage, TrackSending};
use super::{Failure, NoResponse, PreparedRequest};
use crate::text;

/// What a plugin asks for: the JSON document it hands to `http_request`.
#[derive(Debug, Clone, Deserialize)]
#[non_exhaustive]
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
#[non_exhaustive]
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

impl Response {
    /// A response without headers and body, for whoever tests what becomes of one.
    pub fn new(status: u16, retry_after_s: Option<u64>) -> Self {
        Self { status, headers: BTreeMap::new(), body: Vec::new(), retry_after_s }
    }
}

/// A client whose connections are kept and shared. Cloning it is cheap.
#[derive(Debug, Clone)]
pub struct Client {
    inner: Arc<Inner>,
    response_bytes: u64,
}

#[derive(Debug)]
struct Inner {
    limits: Limits,
    private: Vec<Rule>,
    roots: Roots,
    proxies: Proxies,
    /// Judges what a proxy would connect to.
    guard: GuardedResolver,
    plain: Agents,
    // Apart, because reading hundreds of certificates is work that plain http does not need.
    tls: Agents,
}

/// The agents of a scheme, each made when it is needed.
#[derive(Debug, Default)]
struct Agents {
    direct: OnceLock<Agent>,
    proxied: OnceLock<Agent>,
}

impl Client {
    /// A client that reaches public addresses, and those private ones that `private` names.
    pub fn new(limits: Limits, private: Vec<Rule>, roots: Roots, proxies: Proxies) -> Self {
        let guard = GuardedResolver::new(PrivateAccess { allowed: private.clone() });
        let (plain, tls) = (Agents::default(), Agents::default());
        let response_bytes = limits.response_bytes;
        Self { inner: Arc::new(Inner { limits, private, roots, proxies, guard, plain, tls }), response_bytes }
    }

    /// The same client, connections included, for responses of so many bytes.
    #[must_use]
    pub fn response_bytes(&self, response_bytes: u64) -> Self {
        Self { inner: self.inner.clone(), response_bytes }
    }

    /// Whether a request may be sent at all, as far as that can be told without asking for an address.
    ///
    /// # Errors
    /// Why not.
    pub fn judge(&self, request: &PreparedRequest, policy: &Policy) -> Result<(), NoResponse> {
        Request::of(request).judged(request.body.len(), &self.inner.limits, policy).map(|_| ())
    }

    /// Sends one request, if the policy allows it, and follows no redirect. It is over at the
    /// deadline, if there is one, or when its limits say so.
    ///
    /// # Errors
    /// If there is no HTTP response, or one over its cap.
    pub fn send(
        &self,
        request: &Request,
        body: &[u8],
        policy: &Policy,
        deadline: Option<Instant>,
    ) -> Result<Response, NoResponse> {
        let limits = &self.inner.limits;
        let (uri, origin) = request.judged(body.len(), limits, policy)?;
        let via = self.inner.proxies.route(&origin);
        if via.is_some() && !self.inner.guard.lets_through_proxy(&uri, &origin) {
            return Err(forbidden(&origin));
        }
        let mut builder = http::Request::builder().method(request.method()).uri(uri);
        for (name, value) in &request.headers {
            builder = builder.header(name, value);
        }
        let not_http = |_| NoResponse::impossible("has a method or a header that is not one of HTTP");
        let mut request = builder.body(body).map_err(not_http)?;
        let agent = self.inner.agent(&origin, via);
        if let Some(left) = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()))
            && left < limits.total
        {
            if left.is_zero() {
                return Err(Failure::NotSent.into());
            }
            request = agent.configure_request(request).timeout_global(Some(left)).build();
        }
        wire::begin();
        let failed = |error: &ureq::Error, stage| no_response(error, stage, &origin, via);
        let mut response = agent.run(request).map_err(|error| failed(&error, wire::stage()))?;
        let headers = text_headers(response.headers());
        let body = response
            .body_mut()
            .with_config()
            .limit(self.response_bytes)
            .read_to_vec()
            .map_err(|error| failed(&error, Stage::Sent))?;
        Ok(Response::of(response.status().as_u16(), headers, body))
    }
}

impl Response {
    /// A response that came from nobody, for whoever answers in a service's place.
    pub fn of(status: u16, headers: BTreeMap<String, String>, body: Vec<u8>) -> Self {
        let retry_after_s = headers.get("retry-after").and_then(|value| retry_after(value, SystemTime::now()));
        Self { status, headers, body, retry_after_s }
    }
}

impl Request {
    /// It with its body, ready to be sent or shown. Bytes of the body that are no text are replaced.
    pub fn prepared(&self, body: &[u8]) -> PreparedRequest {
        let Self { url, headers, .. } = self;
        let body = String::from_utf8_lossy(body).into_owned();
        PreparedRequest { method: self.method().to_owned(), url: url.clone(), headers: headers.clone(), body }
    }

    /// A request that is ready, as a plugin asks for it.
    pub fn of(request: &PreparedRequest) -> Self {
        let PreparedRequest { url, method, headers, .. } = request.clone();
        Self { url, method: Some(method), headers }
    }

    /// A request by this method for this whole address, with these headers.
    pub fn new(method: &str, url: &str, headers: BTreeMap<String, String>) -> Self {
        Self { url: url.to_owned(), method: Some(method.to_owned()), headers }
    }

    /// Its method.
    pub fn method(&self) -> &str {
        self.method.as_deref().unwrap_or("GET")
    }

    /// Where the request goes, if it may be sent at all.
    fn judged(&self, body_bytes: usize, limits: &Limits, policy: &Policy) -> Result<(Uri, Origin), NoResponse> {
        let uri = self.url.parse::<Uri>().ok();
        let Some((origin, uri)) = uri.and_then(|uri| Some((Origin::of(&uri)?, uri))) else {
            return Err(no_address(&self.url));
        };
        if !policy.allows(&origin) {
            let why = format!("{origin} is not an address of this connection.");
            return Err(NoResponse::noted(Failure::NotAllowed, why));
        }
        if !may_be_used(self.method()) {
            return Err(NoResponse::impossible(&format!("has the method {}, which no plugin may use", self.method())));
        }
        if let Some(name) = self.headers.keys().find(|name| !may_be_set(name)) {
            return Err(NoResponse::impossible(&format!("sets the header {name}, which no plugin may set")));
        }
        if body_bytes > limits.request_bytes {
            let most = limits.request_bytes;
            let what = format!("has a body that is larger than the {most} bytes that a request may have");
            return Err(NoResponse::impossible(&what));
        }
        Ok((uri, origin))
    }
}

impl Inner {
    fn agent(&self, origin: &Origin, via: Option<&Via>) -> &Agent {
        let agents = if origin.is_https() { &self.tls } else { &self.plain };
        let agent = if via.is_some() { &agents.proxied } else { &agents.direct };
        agent.get_or_init(|| {
            let needs_roots = origin.is_https() || via.is_some_and(Via::is_https);
            let tls = if needs_roots { self.roots.tls_config() } else { TlsConfig::default() };
            self.new_agent(tls, via)
        })
    }

    fn new_agent(&self, tls: TlsConfig, via: Option<&Via>) -> Agent {
        let limits = &self.limits;
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .proxy(via.map(|via| via.proxy.clone()))
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
        let track_sending = TrackSending { through_proxy: via.is_some() };
        let connector = proxy.chain(Tcp).chain(RustlsConnector::default()).chain(track_sending);
        let resolver = GuardedResolver::new(PrivateAccess { allowed: self.private.clone() });
        Agent::with_parts(config, connector, resolver)
    }
}

/// Why a text is no address that a request can go to. Of one that may have a password in it nothing is shown.
fn no_address(url: &str) -> NoResponse {
    const CHARS: usize = 120;
    let shown = text::cut(url, CHARS);
    let before_query = url.split('?').next().unwrap_or_default();
    if before_query.matches("://").count() > 1 && !url.contains('@') {
        return NoResponse::impossible(&format!(
            "is for {shown}, which is two addresses in one: a whole one stands where a path belongs"
        ));
    }
    let shown = if url.contains('@') { "Its address".to_owned() } else { format!("The request's address, {shown},") };
    let why = format!("{shown} is no whole http or https address without user and password.");
    NoResponse::noted(Failure::NotAllowed, why)
}

fn forbidden(origin: &Origin) -> NoResponse {
    NoResponse::noted(
        Failure::NotAllowed,
        format!("{origin} is a private or special address: let it be reached with --allow {origin}."),
    )
}

/// What the plugin and people are told of an error.
fn no_response(error: &ureq::Error, stage: Stage, origin: &Origin, via: Option<&Via>) -> NoResponse {
    if matches!(error, ureq::Error::Other(other) if other.is::<Forbidden>()) {
        return forbidden(origin);
    }
    let failure = failure(error, stage);
    if let Some(note) = tls_note(error).filter(|_| failure == Failure::Tls) {
        return NoResponse::noted(failure, note.to_owned());
    }
    let Some(via) = via else {
        return failure.into();
    };
    match (error, failure) {
        // All that was said was said to the proxy.
        (ureq::Error::ConnectProxyFailed(why), _) if why.contains("407") => NoResponse::noted(
            Failure::Connect,
            format!("The proxy {via} wants another user name and password (407): put them into its address."),
        ),
        (ureq::Error::ConnectProxyFailed(why), _) => {
            // ureq's words end with the status twice.
            let status = why.rsplit('/').next().filter(|status| status.parse::<u16>().is_ok());
            let status = status.map(|status| format!(" ({status})")).unwrap_or_default();
            NoResponse::noted(Failure::Connect, format!("The proxy {via} refused to connect{status}."))
        }
        // The service's own name is the proxy's to find.
        (_, Failure::Dns | Failure::Connect) => {
            NoResponse::noted(Failure::Connect, format!("The way leads through the proxy {via}."))
        }
        (_, other) => other.into(),
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

/// What a person can do about a connection that could not be made secure. rustls is ureq's own, so its
/// errors are known by their words.
fn tls_note(error: &ureq::Error) -> Option<&'static str> {
    let told = error.to_string();
    let notes = [
        ("InvalidContentType", "What answers there speaks no TLS: is it an address of plain http?"),
        (
            "UnknownIssuer",
            "The authority that signed it is not known here: if that is your own, name the file with its certificate by --ca-file.",
        ),
        ("not valid for name", "The certificate is that of another host."),
        ("expired", "The certificate has expired."),
    ];
    notes.into_iter().find(|(word, _)| told.contains(word)).map(|(_, note)| note)
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
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_request_that_can_not_be_made_says_whose_fault_it_is() {
        let judged = |method: &str, url: &str, header: &str, body: usize| {
            let request = Request::new(method, url, [(header.to_owned(), "1".to_owned())].into());
            let policy = Policy { origins: vec!["http://127.0.0.1:8791".parse().unwrap()], ..Policy::default() };
            let refused = request.judged(body, &Limits::default(), &policy).unwrap_err();
            assert_eq!(refused.failure, Failure::NotAllowed);
            (refused.note.unwrap(), refused.impossible)
        };
        let shop = "http://127.0.0.1:8791/";
        for (told, impossible, request) in [
            (
                "The plugin's request is for http://127.0.0.1:8791https://telemetry.example/x, which is two addresses in one: a whole one stands where a path belongs. Report it to the plugin's author.",
                true,
                judged("GET", "http://127.0.0.1:8791https://telemetry.example/x", "accept", 0),
            ),
            ("The request's address, /me, is no whole http or https", false, judged("GET", "/me", "accept", 0)),
            ("Its address is no whole", false, judged("GET", "https://ann:hunter2@a.example/", "accept", 0)),
            (
                "https://telemetry.example is not an address",
                false,
                judged("GET", "https://telemetry.example/", "accept", 0),
            ),
            ("The plugin's request has the method TRACE, which no", true, judged("TRACE", shop, "accept", 0)),
            ("The plugin's request sets the header Host, which no", true, judged("GET", shop, "Host", 0)),
            ("The plugin's request has a body that is larger", true, judged("POST", shop, "accept", 2 << 20)),
        ] {
            assert!(request.0.starts_with(told) && request.1 == impossible, "{request:?}");
            assert!(!request.0.contains("hunter2"), "{request:?}");
        }
    }

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
        let client = Client::new(Limits::default(), Vec::new(), Roots::default(), Proxies::default());
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        let request = Request { url: url.clone(), method: None, headers: BTreeMap::new() };
        // Not one of the connection's origins; then one, but a private address.
        for origins in [Vec::new(), vec![url.parse().unwrap()]] {
            let policy = Policy { origins, ..Policy::default() };
            let refused = client.send(&request, b"", &policy, None).unwrap_err();
            assert_eq!(refused.failure, Failure::NotAllowed);
            assert!(refused.note.unwrap().contains("http://127.0.0.1:"));
            assert_eq!(listener.accept().unwrap_err().kind(), io::ErrorKind::WouldBlock);
        }
    }
}
