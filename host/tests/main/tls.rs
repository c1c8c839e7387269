//! TLS: whom the host believes, and what it does when there is nobody to believe.

use std::net::TcpListener;
use std::sync::Arc;

use plugin_host_core::http::Roots;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, date_time_ymd};
use rustls::ServerConfig;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};

use crate::server::Step::{Hang, Read, Reset};
use crate::server::{Server, Step, send};
use crate::support::*;

/// A certificate authority made for one test.
struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    /// What a host trusts that was given this authority's certificate in a file.
    fn roots(&self) -> Roots {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), self.0.pem()).unwrap();
        Roots::from_file(file.path()).unwrap()
    }

    /// A server that answers well and has a certificate for this name, with these changes.
    fn server(&self, name: &str, change: impl FnOnce(&mut CertificateParams)) -> Server {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new([name.to_owned()]).unwrap();
        change(&mut params);
        let certificate = params.signed_by(&key, &self.0).unwrap();
        serving(certificate.der().clone(), &key)
    }
}

/// A server that answers well and shows this certificate.
fn serving(certificate: CertificateDer<'static>, key: &KeyPair) -> Server {
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    Server::on(listener, [Read, Step::Send(good())], Some(Arc::new(config)))
}

/// Calls a server that the host must not believe, and expects that it got nothing to read.
#[track_caller]
fn assert_not_believed(server: &Server, roots: Roots, note: &str) {
    let runner = runner_with(limits(), &[&server.origin()], roots);
    let connected = runner.connect(account(&server.origin()));
    for way in Way::ALL.into_iter().chain(Way::ALL) {
        let error = way.refused(&connected);
        assert_nature(&error, NOT_SENT);
        assert_eq!(reason(&error), "tls", "{error:?}");
        assert!(error.message.contains(note), "{}", error.message);
    }
    assert!(server.accepted() > 0, "it was connected to");
    assert_eq!(server.requests(), Vec::<String>::new());
}

#[test]
fn a_server_with_a_certificate_of_a_given_authority_is_believed() {
    for way in Way::ALL {
        let authority = Authority::new();
        let server = authority.server("127.0.0.1", |_| {});
        let runner = runner_with(limits(), &[&server.origin()], authority.roots());
        let connected = runner.connect(account(&server.origin()));
        for _ in 0..3 {
            way.done(&connected);
        }
        assert_eq!(server.requests().len(), 3);
    }
}

#[test]
fn an_unknown_authority_is_not_believed() {
    assert_not_believed(&Authority::new().server("127.0.0.1", |_| {}), Roots::default(), "--ca-file");
    // One of the same name, that has not signed it.
    assert_not_believed(&Authority::new().server("127.0.0.1", |_| {}), Authority::new().roots(), "");
}

#[test]
fn a_certificate_for_another_name_is_not_believed() {
    let authority = Authority::new();
    for name in ["127.0.0.2", "localhost", "shop.example"] {
        assert_not_believed(&authority.server(name, |_| {}), authority.roots(), "that of another host");
    }
}

#[test]
fn a_certificate_out_of_its_time_is_not_believed() {
    let authority = Authority::new();
    let expired = |params: &mut CertificateParams| {
        (params.not_before, params.not_after) = (date_time_ymd(2001, 1, 1), date_time_ymd(2002, 1, 1));
    };
    let early = |params: &mut CertificateParams| params.not_before = date_time_ymd(4000, 1, 1);
    assert_not_believed(&authority.server("127.0.0.1", expired), authority.roots(), "has expired");
    assert_not_believed(&authority.server("127.0.0.1", early), authority.roots(), "not valid yet");
}

#[test]
fn a_server_that_signed_its_certificate_itself_is_told_what_that_has_to_be_like() {
    let made = |is_ca| {
        let mut params = CertificateParams::new(["127.0.0.1".to_owned()]).unwrap();
        params.is_ca = is_ca;
        let key = KeyPair::generate().unwrap();
        let certificate = params.self_signed(&key).unwrap();
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), certificate.pem()).unwrap();
        (serving(certificate.der().clone(), &key), Roots::from_file(file.path()).unwrap())
    };
    // As openssl makes it, unless it is told otherwise.
    let (server, roots) = made(IsCa::Ca(BasicConstraints::Unconstrained));
    for roots in [Roots::default(), roots] {
        assert_not_believed(&server, roots, "-addext basicConstraints=critical,CA:FALSE");
    }
    let (server, roots) = made(IsCa::ExplicitNoCa);
    assert_not_believed(&server, Roots::default(), "--ca-file");
    let connected = runner_with(limits(), &[&server.origin()], roots).connect(account(&server.origin()));
    for way in Way::ALL {
        way.done(&connected);
    }
}

#[test]
fn a_server_that_fails_in_the_handshake_got_no_request() {
    for way in Way::ALL {
        for (script, why) in [
            (vec![Hang], &["connect", "tls"][..]),
            (vec![send("HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\nThis is plain HTTP.")], &["tls"]),
            (vec![Reset], &["connect", "tls"]),
            (vec![], &["connect", "tls"]),
            // A record that announces a handshake and never comes.
            (vec![send([22, 3, 3, 0x40, 0]), Hang], &["connect", "tls"]),
        ] {
            let server = Server::start(script);
            let origin = server.origin().replace("http:", "https:");
            let runner = runner(&[&origin]);
            let connected = runner.connect(account(&origin));
            let error = way.refused(&connected);
            assert_nature(&error, NOT_SENT);
            assert!(why.contains(&reason(&error)), "{error:?}");
            let speaks_http = error.message.contains("is it an address of plain http?");
            assert_eq!(speaks_http, why == ["tls"], "{}", error.message);
        }
    }
}

#[test]
fn a_server_that_breaks_inside_tls_after_the_request_leaves_the_effect_open() {
    for way in Way::ALL {
        let authority = Authority::new();
        let server = authority.server("127.0.0.1", |_| {});
        let runner = runner_with(limits(), &[&server.origin()], authority.roots());
        let connected = runner.connect(account(&server.origin()));
        let half = good()[..60].to_vec();
        for (script, why) in [
            (vec![Read], "reset"),
            (vec![Read, Reset], "reset"),
            (vec![Read, Hang], "timeout"),
            (vec![Read, send(&half)], "reset"),
            (vec![Read, send(&half), Reset], "reset"),
            (vec![Read, send(&half), Hang], "timeout"),
        ] {
            server.play(script);
            let error = way.refused(&connected);
            assert_nature(&error, LOST);
            assert_eq!(reason(&error), why, "{error:?}");
            server.play_well();
            way.done(&connected);
        }
    }
}

#[test]
fn plain_http_to_a_tls_server_is_no_answer() {
    for way in Way::ALL {
        let authority = Authority::new();
        let server = authority.server("127.0.0.1", |_| {});
        let origin = server.origin().replace("https:", "http:");
        let runner = runner(&[&origin]);
        // The request left in the open; what came back is an alert and no HTTP.
        let error = way.refused(&runner.connect(account(&origin)));
        assert_nature(&error, LOST);
        assert_eq!(server.requests().len(), 0);
    }
}
