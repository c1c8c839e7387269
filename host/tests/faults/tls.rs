//! Faults of TLS: nothing is sent to a server that can't prove who it is.

use std::io::Write;
use std::net::TcpStream;
use std::sync::Arc;

use plugin_host::http::Roots;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, date_time_ymd};
use rustls::pki_types::PrivateKeyDer;
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use crate::server::{Server, read_request};
use crate::support::{assert_fails, call, connect, runner, success};

/// A certificate authority of the test, and a file that names it.
struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
    file: tempfile::NamedTempFile,
}

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(issuer.pem().as_bytes()).unwrap();
        Self { issuer, file }
    }

    fn roots(&self) -> Roots {
        Roots::from_file(self.file.path()).unwrap()
    }

    /// A server whose certificate this authority signs, for `name`.
    fn serve(&self, name: &str, alter: impl FnOnce(&mut CertificateParams)) -> Server {
        let mut params = CertificateParams::new([name.to_owned()]).unwrap();
        alter(&mut params);
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], PrivateKeyDer::try_from(key.serialize_der()).unwrap())
            .unwrap();
        let config = Arc::new(config);
        Server::start(move |stream: TcpStream| {
            let mut stream = StreamOwned::new(ServerConnection::new(Arc::clone(&config)).unwrap(), stream);
            read_request(&mut stream);
            let _ = stream.write_all(&success());
            stream.conn.send_close_notify();
            let _ = stream.flush();
        })
    }
}

/// The server's address with https, and by the name that the certificate has to show.
fn https(server: &Server) -> String {
    server.base_url().replace("http://127.0.0.1", "https://localhost")
}

#[test]
fn a_server_with_a_certificate_of_the_given_authority_is_trusted() {
    let authority = Authority::new();
    let server = authority.serve("localhost", |_| {});
    let runner = runner(&https(&server), authority.roots());
    call(&connect(&runner, &https(&server))).unwrap();
}

#[test]
fn an_unknown_authority_a_wrong_name_and_an_expired_certificate_send_nothing() {
    let authority = Authority::new();
    let unknown = authority.serve("localhost", |_| {});
    let wrong = authority.serve("other.example", |_| {});
    let expired = authority.serve("localhost", |params| {
        params.not_before = date_time_ymd(2000, 1, 1);
        params.not_after = date_time_ymd(2001, 1, 1);
    });
    for (server, roots) in [(&unknown, Roots::default()), (&wrong, authority.roots()), (&expired, authority.roots())] {
        let runner = runner(&https(server), roots);
        let connected = connect(&runner, &https(server));
        assert_fails(&connected, "unavailable", "none");
        assert!(call(&connected).unwrap_err().message.contains("certificate"));
    }
}

#[test]
fn a_server_without_tls_behind_an_https_address_gets_nothing() {
    let server = Server::start(|mut stream| drop(stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n")));
    let runner = runner(&https(&server), Roots::default());
    assert_fails(&connect(&runner, &https(&server)), "unavailable", "none");
}

#[test]
fn a_handshake_that_hangs_ends_at_its_deadline_and_nothing_was_sent() {
    let server = Server::start(|mut stream| drop(std::io::copy(&mut stream, &mut std::io::sink())));
    let runner = runner(&https(&server), Roots::default());
    assert_fails(&connect(&runner, &https(&server)), "unavailable", "none");
}
