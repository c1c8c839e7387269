//! New connections: to the service, or through a proxy to it.

use std::io;
use std::sync::Arc;
use std::time::Instant;

use rustls::pki_types::ServerName;
use rustls::{CertificateError, ClientConfig, InvalidMessage};
use ureq_proto::parser::try_parse_response;
use url::Host;

use super::connection::{Connection, HandshakeError};
use super::net::{Net, Stream};
use super::policy::Origin;
use super::proxy::Via;
use super::resolver::{Addresses, addresses_of};
use super::{Failure, NoResponse};
use crate::text::on_one_line;

/// Headers that a proxy may answer with, and the bytes of them all.
const PROXY_HEADERS: usize = 64;
const PROXY_HEAD: usize = 64 << 10;

/// Where to connect, and how.
pub struct Dial<'a> {
    /// The service.
    pub origin: &'a Origin,
    /// Its addresses; none if a proxy has to find them.
    pub addresses: Option<Addresses>,
    /// The proxy, if it is to go through one.
    pub via: Option<&'a Via>,
    /// Whom to believe; none if nothing is to be secure.
    pub tls: Option<Arc<ClientConfig>>,
    /// When it has to be over.
    pub until: Instant,
}

/// Connects. Nothing of any request is sent.
///
/// # Errors
/// If there is no connection, with what a person can do about it.
pub async fn dial<N: Net>(dial: Dial<'_>) -> Result<Connection<N::Stream>, NoResponse> {
    let Dial { origin, addresses, via, tls, until } = dial;
    let unreached = || match via {
        Some(via) => NoResponse::noted(Failure::Connect, format!("The way leads through the proxy {via}.")),
        None => Failure::Connect.into(),
    };
    let secure = |host: &Host| (tls.clone(), server_name(host));
    let mut connection = match (via, addresses) {
        (Some(via), _) => {
            let addresses = addresses_of::<N>(via.host(), via.port(), until).await.map_err(|_| unreached())?;
            let stream = connect::<N>(&addresses, until).await.map_err(|_| unreached())?;
            let mut connection = Connection::new(stream);
            if via.is_https() {
                handshake(&mut connection, secure(via.host()), until)
                    .await
                    .map_err(|none| none.unwrap_or_else(unreached))?;
            }
            tunnel(&mut connection, origin, via, until).await.map_err(|none| none.unwrap_or_else(unreached))?;
            connection
        }
        (None, addresses) => {
            let stream = connect::<N>(addresses.as_deref().unwrap_or_default(), until).await;
            Connection::new(stream.map_err(|_| unreached())?)
        }
    };
    if origin.is_https() {
        let made = handshake(&mut connection, secure(origin.host()), until).await;
        made.map_err(|none| none.unwrap_or_else(unreached))?;
    }
    Ok(connection)
}

/// Connects to the first address that answers. Each may take its share of the time that is left.
async fn connect<N: Net>(addresses: &[std::net::SocketAddr], until: Instant) -> io::Result<N::Stream> {
    let mut failure = io::Error::from(io::ErrorKind::ConnectionRefused);
    let mut untried = u32::try_from(addresses.len()).unwrap_or(u32::MAX);
    for address in addresses {
        let now = Instant::now();
        let share = until.saturating_duration_since(now) / untried;
        untried -= 1;
        match N::connect(*address, now + share).await {
            Ok(stream) => return Ok(stream),
            Err(error) => failure = error,
        }
    }
    Err(failure)
}

/// Makes a connection secure. Without a word the error is one of the connection.
async fn handshake<S: Stream>(
    connection: &mut Connection<S>,
    (tls, server): (Option<Arc<ClientConfig>>, Option<ServerName<'static>>),
    until: Instant,
) -> Result<(), Option<NoResponse>> {
    let (Some(tls), Some(server)) = (tls, server) else { return Err(Some(Failure::Tls.into())) };
    connection.secure(tls, server, until).await.map_err(|error| match error {
        HandshakeError::Io => None,
        HandshakeError::Tls(error) => {
            Some(NoResponse { failure: Failure::Tls, note: Some(tls_note(&error)), impossible: false })
        }
    })
}

fn server_name(host: &Host) -> Option<ServerName<'static>> {
    match host {
        Host::Domain(name) => ServerName::try_from(name.clone()).ok(),
        Host::Ipv4(address) => Some(std::net::IpAddr::V4(*address).into()),
        Host::Ipv6(address) => Some(std::net::IpAddr::V6(*address).into()),
    }
}

/// Asks a proxy for a way to the service. All that is said is said to the proxy.
async fn tunnel<S: Stream>(
    connection: &mut Connection<S>,
    origin: &Origin,
    via: &Via,
    until: Instant,
) -> Result<(), Option<NoResponse>> {
    let target = format!("{}:{}", origin.host(), origin.port());
    connection.send(via.connect_message(&target).as_bytes(), until).await.map_err(|_| None)?;
    let refused =
        |status: &str| NoResponse::noted(Failure::Connect, format!("The proxy {via} refused to connect{status}."));
    loop {
        match try_parse_response::<PROXY_HEADERS>(connection.input()) {
            Ok(Some((used, response))) => {
                connection.consume(used);
                return match response.status().as_u16() {
                    200 => Ok(()),
                    407 => Err(Some(NoResponse::noted(
                        Failure::Connect,
                        format!(
                            "The proxy {via} wants another user name and password (407): put them into its address."
                        ),
                    ))),
                    status => Err(Some(refused(&format!(" ({status})")))),
                };
            }
            Ok(None) if connection.input().len() <= PROXY_HEAD => {}
            _ => return Err(None),
        }
        if connection.receive(until).await.map_err(|_| None)? == 0 {
            return Err(Some(refused("")));
        }
    }
}

/// Why a connection could not be made secure, and what a person can do about it.
fn tls_note(error: &rustls::Error) -> String {
    match error {
        rustls::Error::InvalidMessage(InvalidMessage::InvalidContentType) => {
            "What answers there speaks no TLS: is it an address of plain http?".to_owned()
        }
        rustls::Error::InvalidCertificate(error) => certificate_note(error),
        other => format!("The reason: {}.", on_one_line(&other.to_string())),
    }
}

/// What is wrong with a certificate, and who mends it how.
fn certificate_note(error: &CertificateError) -> String {
    use CertificateError::{
        BadSignature, Expired, ExpiredContext, InvalidPurpose, InvalidPurposeContext, NotValidForName,
        NotValidForNameContext, NotValidYet, NotValidYetContext, Other, Revoked, UnknownIssuer,
    };
    let told = match error {
        UnknownIssuer => {
            "The authority that signed it is not known here: if that is your own, name the file with its certificate by --ca-file."
        }
        // An authority of the same name, as one that was made anew.
        BadSignature => {
            "It is not signed by the authority that it names: give --ca-file the certificate of the authority that signed it."
        }
        NotValidForName | NotValidForNameContext { .. } => "The certificate is that of another host.",
        Expired | ExpiredContext { .. } => {
            "The certificate has expired: it has to be renewed, unless this machine's clock is wrong."
        }
        NotValidYet | NotValidYetContext { .. } => "The certificate is not valid yet: is this machine's clock right?",
        Revoked => "Its authority has revoked the certificate: the service needs another one.",
        InvalidPurpose | InvalidPurposeContext { .. } => {
            "The certificate is not one for servers: the service needs one with the purpose serverAuth."
        }
        // The verifier's own error, which rustls passes on without a name for it.
        Other(own) if own.to_string() == "CaUsedAsEndEntity" => {
            "The certificate is that of an authority (CA:TRUE), which can't be a server's: make one without, such as by openssl req -x509 … -addext basicConstraints=critical,CA:FALSE, and name its file by --ca-file."
        }
        other => return format!("What is wrong with it: {}.", on_one_line(&other.to_string())),
    };
    told.to_owned()
}
