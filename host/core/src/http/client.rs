//! Requests over pooled connections: one client for the process, for callers that block and for those
//! on Tokio.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::{Instant, SystemTime};

use http::{HeaderMap, Uri};
use rustls::ClientConfig;
use serde::Deserialize;

use super::dial::{self, Dial};
use super::headers::{may_be_set, may_be_used};
use super::limits::Limits;
use super::net::{Blocking, Net, Tokio, run_blocking};
use super::policy::{Origin, Policy, PrivateAccess, Rule};
use super::pool::{Pool, key};
use super::proxy::Proxies;
use super::resolver::{GuardedResolver, Unresolved};
use super::roots::Roots;
use super::roundtrip::{Answer, Message};
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

struct Inner {
    limits: Limits,
    roots: Roots,
    proxies: Proxies,
    resolver: GuardedResolver,
    // Made when it is needed, because reading hundreds of certificates is work that plain http does not need.
    tls: OnceLock<Arc<ClientConfig>>,
    blocking: Pool<<Blocking as Net>::Stream>,
    tokio: Pool<<Tokio as Net>::Stream>,
}

impl Client {
    /// A client that reaches public addresses, and those private ones that `private` names.
    pub fn new(limits: Limits, private: Vec<Rule>, roots: Roots, proxies: Proxies) -> Self {
        let (response_bytes, idle) = (limits.response_bytes, limits.idle_connections);
        let inner = Inner {
            limits,
            roots,
            proxies,
            resolver: GuardedResolver::new(PrivateAccess { allowed: private }),
            tls: OnceLock::new(),
            blocking: Pool::new(idle),
            tokio: Pool::new(idle),
        };
        Self { inner: Arc::new(inner), response_bytes }
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
    /// deadline, if there is one, or when its limits say so. It blocks.
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
        run_blocking(self.sent::<Blocking>(&self.inner.blocking, request, body, policy, deadline))
    }

    /// The same on Tokio, whose timer and sockets have to be on. It holds no thread while it waits.
    ///
    /// # Errors
    /// If there is no HTTP response, or one over its cap.
    pub async fn send_async(
        &self,
        request: &Request,
        body: &[u8],
        policy: &Policy,
        deadline: Option<Instant>,
    ) -> Result<Response, NoResponse> {
        self.sent::<Tokio>(&self.inner.tokio, request, body, policy, deadline).await
    }

    async fn sent<N: Net>(
        &self,
        pool: &Pool<N::Stream>,
        request: &Request,
        body: &[u8],
        policy: &Policy,
        deadline: Option<Instant>,
    ) -> Result<Response, NoResponse> {
        let Inner { limits, proxies, resolver, .. } = &*self.inner;
        let (uri, origin) = request.judged(body.len(), limits, policy)?;
        let now = Instant::now();
        let end = now + limits.total;
        let until = deadline.map_or(end, |deadline| deadline.min(end));
        if until <= now {
            return Err(Failure::NotSent.into());
        }
        let via = proxies.route(&origin);
        if via.is_some() && !resolver.lets_through_proxy::<N>(&uri, &origin).await {
            return Err(forbidden(&origin));
        }
        let not_http = || NoResponse::impossible("has a method or a header that is not one of HTTP");
        let message = request.message(uri.clone(), body).ok_or_else(not_http)?;
        let addresses = match via {
            // The service's own name is the proxy's to find.
            Some(_) => None,
            None => {
                let resolved = resolver.resolve::<N>(&uri, &origin, until.min(now + limits.connect)).await;
                Some(resolved.map_err(|why| match why {
                    Unresolved::Forbidden => forbidden(&origin),
                    Unresolved::Unknown => Failure::Dns.into(),
                })?)
            }
        };
        let key = key(&uri).ok_or_else(not_http)?;
        let mut connection = match pool.take(&key) {
            Some(connection) => connection,
            None => {
                let needs_tls = origin.is_https() || via.is_some_and(|via| via.is_https());
                let tls = needs_tls.then(|| self.inner.tls());
                let until = until.min(Instant::now() + limits.connect);
                // Seldom, and much of what a request may need.
                Box::pin(dial::dial::<N>(Dial { origin: &origin, addresses, via, tls, until })).await?
            }
        };
        let answer = message.exchange(&mut connection, limits, self.response_bytes, until).await?;
        let Answer { status, headers, body, keep } = answer;
        if keep {
            pool.put(key, connection);
        }
        Ok(Response::of(status.as_u16(), text_headers(&headers), body))
    }
}

impl fmt::Debug for Inner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inner").field("limits", &self.limits).field("proxies", &self.proxies).finish_non_exhaustive()
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

    /// It as it goes over the wire; none if that can't be said in HTTP.
    fn message(&self, uri: Uri, body: &[u8]) -> Option<Message> {
        let request = http::Request::builder().method(self.method()).uri(uri);
        let request = self.headers.iter().fold(request, |request, (name, value)| request.header(name, value));
        Message::new(request.body(()).ok()?, body)
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
    fn tls(&self) -> Arc<ClientConfig> {
        self.tls.get_or_init(|| Arc::new(self.roots.tls_config())).clone()
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
            assert_eq!(listener.accept().unwrap_err().kind(), std::io::ErrorKind::WouldBlock);
        }
    }
}
