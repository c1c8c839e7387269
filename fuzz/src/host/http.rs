//! Answers over HTTP, from a real socket: whatever comes, there is an answer within the limits or one of the
//! contract's words, a request that was sent whole is never told as one that was not, and no more memory is
//! taken than the limits say.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::{Sender, channel};
use std::sync::{LazyLock, Mutex};
use std::thread;
use std::time::Duration;

use plugin_host_core::http::{Client, Limits, Policy, Proxies, Request, Roots};

use crate::memory;
use crate::seeds::Seeds;
use crate::target::{Target, choice};
use crate::told::one_line;

pub const TARGET: Target = Target { name: "http", seeds, run };

/// The largest body, and the largest head.
const BODY: usize = 4 << 10;
const HEAD: usize = 2 << 10;

/// What buffers take beside.
const FIXED: usize = 256 << 10;

/// Gives each connection the answer that was put here for it.
struct Server {
    address: SocketAddr,
    answers: Sender<Vec<u8>>,
    direct: Client,
    proxied: Client,
}

/// As many addresses of this machine in turn: a closed connection keeps its ports for a while.
static SERVERS: LazyLock<Vec<Mutex<Server>>> =
    LazyLock::new(|| (1..=64).map(|last| Mutex::new(server(last))).collect());

fn server(last: u8) -> Server {
    let listener = TcpListener::bind((Ipv4Addr::new(127, 0, 0, last), 0)).expect("an address of this machine");
    let address = listener.local_addr().expect("it is bound");
    let (answers, receiver) = channel::<Vec<u8>>();
    thread::spawn(move || {
        for answer in receiver {
            let Ok((stream, _)) = listener.accept() else { return };
            respond(stream, &answer);
        }
    });
    let limits = || {
        let soon = Duration::from_secs(5);
        Limits::default()
            .response_bytes(BODY as u64)
            .header_bytes(HEAD)
            .idle_connections(0)
            .total(soon)
            .first_byte(soon)
    };
    let allowed = || vec![format!("http://{address}").parse().expect("an origin")];
    let proxy = Proxies::given(&format!("http://{address}"), |_| None).expect("a proxy");
    Server {
        address,
        answers,
        direct: Client::new(limits(), allowed(), Roots::default(), Proxies::default()),
        proxied: Client::new(limits(), allowed(), Roots::default(), proxy),
    }
}

/// Reads a request's head, answers, and hears the other side out.
fn respond(mut stream: TcpStream, answer: &[u8]) {
    let mut request = Vec::new();
    let mut buffer = [0; 4096];
    while !request.windows(4).any(|part| part == b"\r\n\r\n") {
        match stream.read(&mut buffer) {
            Ok(0) | Err(_) => return,
            Ok(read) => request.extend_from_slice(&buffer[..read]),
        }
    }
    // It may have heard enough before the end.
    let _ = stream.write_all(answer);
    let _ = stream.shutdown(std::net::Shutdown::Write);
    while matches!(stream.read(&mut buffer), Ok(1..)) {}
}

fn seeds(seeds: &mut Seeds) {
    let gzip = b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 23\r\n\r\n\x1f\x8b\x08\0\0\0\0\0\0\x03\xcbH\xcd\xc9\xc9\x07\0\x86\xa6\x106\x05\0\0\0";
    let answers: [&[u8]; 12] = [
        b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2;a=b\r\nok\r\n0\r\nx: y\r\n\r\n",
        b"HTTP/1.0 404 Not Found\r\n\r\nuntil the end",
        b"HTTP/1.1 302 Found\r\nlocation: https://a.example/\r\ncontent-length: 0\r\n\r\n",
        b"HTTP/1.1 429 \r\nretry-after: 7\r\ncontent-length: 0\r\n\r\n",
        b"HTTP/1.1 503 x\r\nRetry-After: Sun, 06 Nov 1994 08:49:37 GMT\r\n\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\nabcdef",
        b"HTTP/1.1 200 OK\r\ncontent-length: 99999999999999999999\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nffffffffffffffff\r\n",
        b"HTTP/1.1 407 Proxy Authentication Required\r\nproxy-authenticate: Basic\r\n\r\n",
        gzip,
    ];
    for answer in answers {
        (0..2).for_each(|way| seeds.choosing(way, answer));
    }
}

fn run(data: &[u8]) {
    use std::sync::atomic::{AtomicUsize, Ordering};
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    let (way, answer) = choice(data);
    let server = &SERVERS[NEXT.fetch_add(1, Ordering::Relaxed) % SERVERS.len()];
    let server = server.lock().expect("no target panics twice");
    let Server { address, answers, direct, proxied } = &*server;
    // Through the proxy goes what is public; its answer to CONNECT or to the request is what comes.
    let (client, url) = match way % 2 {
        0 => (direct, format!("http://{address}/a")),
        _ => (proxied, "http://192.0.9.1/a".to_owned()),
    };
    let origin = url.parse().expect("an origin");
    let policy = Policy { origins: vec![origin], ..Policy::default() };
    let request = Request::new("GET", &url, BTreeMap::new());
    answers.send(answer.to_vec()).expect("the server is there");
    let outcome = memory::at_most(FIXED + 4 * BODY + 8 * HEAD, || client.send(&request, b"", &policy, None));
    match outcome {
        Ok(response) => {
            assert!((100..1000).contains(&response.status), "{}", response.status);
            assert!(response.body.len() <= BODY, "{} bytes", response.body.len());
            for (name, value) in &response.headers {
                assert!(!name.contains(|char: char| char.is_ascii_uppercase()), "{name}");
                assert!(!value.contains(['\r', '\n']), "{value:?}");
            }
        }
        Err(none) => {
            assert!(none.failure.may_have_been_sent() || way % 2 == 1, "{none:?}");
            assert!(!none.failure.as_str().is_empty());
            none.note.iter().for_each(|note| one_line(note));
        }
    }
}
