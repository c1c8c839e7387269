//! Answers that are too large, on the wire or only once they are unpacked.

use std::io::Write;
use std::time::Duration;

use flate2::write::GzEncoder;
use flate2::{Compress, Compression, FlushCompress};

use crate::fault::Fault;
use crate::server::Step::{Flood, Hang, Read};
use crate::server::send;
use crate::support::*;

const TEN_GB: u64 = 10_000_000_000;

/// What the sockets between server and host may swallow beyond what the host reads.
const IN_THE_PIPE: u64 = 32 << 20;

fn filler() -> Vec<u8> {
    vec![b'x'; 1 << 16]
}

#[test]
fn a_body_of_10_gb_is_left_at_the_cap() {
    let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {TEN_GB}\r\n\r\n");
    let aftermath = Fault::of([Read, send(head), Flood(filler(), TEN_GB)]).tells(NO_REPLY, "too_large");
    assert!(aftermath.flooded < response_cap() + IN_THE_PIPE, "{}", aftermath.flooded);
}

#[test]
fn chunks_of_10_gb_are_left_at_the_cap() {
    let chunk = [b"10000\r\n".as_slice(), &filler(), b"\r\n"].concat();
    let head = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
    let aftermath = Fault::of([Read, send(head), Flood(chunk, TEN_GB)]).tells(NO_REPLY, "too_large");
    assert!(aftermath.flooded < response_cap() + IN_THE_PIPE, "{}", aftermath.flooded);
}

#[test]
fn a_body_without_length_or_end_is_left_at_the_cap() {
    let aftermath = Fault::of([Read, send("HTTP/1.0 200 OK\r\n\r\n"), Flood(filler(), TEN_GB)]);
    assert!(aftermath.tells(NO_REPLY, "too_large").flooded < response_cap() + IN_THE_PIPE);
}

#[test]
fn the_cap_is_the_manifests_to_the_byte() {
    // Blanks after the JSON are part of the answer and change nothing.
    let mut body = success().into_bytes();
    body.resize(response_cap().try_into().unwrap(), b' ');
    Fault::of([Read, send(response(200, "", &body))]).does_no_harm();
    body.push(b' ');
    Fault::of([Read, send(response(200, "", &body))]).tells(NO_REPLY, "too_large");
}

#[test]
fn a_length_that_is_not_one_is_not_waited_for() {
    for length in ["-1", "18446744073709551616", "9x", "5, 6"] {
        let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n{}", success());
        Fault::of([Read, send(head), Hang]).tells(LOST, "reset");
    }
}

#[test]
fn a_chunk_size_that_is_not_one_is_not_waited_for() {
    for size in ["ffffffffffffffffff", "-5", "zz"] {
        let head = format!("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n{size}\r\n");
        Fault::of([Read, send(head + &success()), Hang]).tells(LOST, "reset");
    }
}

#[test]
fn headers_without_end_are_left_at_their_cap() {
    let line = Flood(format!("x-filler: {}\r\n", "y".repeat(1000)).into_bytes(), TEN_GB);
    let aftermath = Fault::of([Read, send("HTTP/1.1 200 OK\r\n"), line]).tells(NO_REPLY, "too_large");
    assert!(aftermath.flooded < IN_THE_PIPE, "{}", aftermath.flooded);
}

#[test]
fn a_header_without_end_is_left_at_the_cap() {
    let value = Flood(filler(), TEN_GB);
    let aftermath = Fault::of([Read, send("HTTP/1.1 200 OK\r\nx-filler: "), value]).tells(NO_REPLY, "too_large");
    assert!(aftermath.flooded < IN_THE_PIPE, "{}", aftermath.flooded);
}

#[test]
fn short_headers_without_end_are_left_at_their_cap() {
    let line = Flood(b"a: b\r\n".repeat(100), TEN_GB);
    let aftermath = Fault::of([Read, send("HTTP/1.1 200 OK\r\n"), line]).tells(NO_REPLY, "too_large");
    assert!(aftermath.flooded < IN_THE_PIPE, "{}", aftermath.flooded);
}

#[test]
fn interim_responses_without_end_are_left_too() {
    let interim = Flood(b"HTTP/1.1 100 Continue\r\n\r\n".repeat(100_000), TEN_GB);
    let aftermath = Fault::of([Read, interim]).tells(NO_REPLY, "too_large");
    assert!(aftermath.flooded < IN_THE_PIPE, "{}", aftermath.flooded);
}

/// A response that is a gzip file of this many MiB of zeros.
fn bomb(mebibytes: usize) -> Vec<u8> {
    // A block that refers to nothing before it can be repeated: no need to compress gigabytes.
    let zeros = vec![0; 1 << 20];
    let mut block = Vec::with_capacity(1 << 16);
    Compress::new(Compression::best(), false).compress_vec(&zeros, &mut block, FlushCompress::Full).unwrap();
    let head = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff];
    response(200, "content-encoding: gzip\r\n", [head.as_slice(), &block.repeat(mebibytes)].concat())
}

#[test]
fn a_gzip_bomb_is_left_at_the_cap() {
    let small = bomb(200);
    assert!((small.len() as u64) < response_cap(), "packed it is within the cap: {}", small.len());
    Fault::of([Read, send(small)]).tells(NO_REPLY, "too_large");
    let gigabytes = bomb(10_000);
    assert!(gigabytes.len() < 12 << 20, "packed it is small: {}", gigabytes.len());
    Fault::of([Read, send(gigabytes)]).tells(NO_REPLY, "too_large");
}

#[test]
fn a_packed_stream_that_never_yields_a_byte_runs_out_of_time() {
    // Stored blocks of length 0: input without end, and no output to count.
    let head = "HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\n\r\n".as_bytes();
    let gzip = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff];
    let nothing = Flood([0, 0, 0, 0xff, 0xff].repeat(10_000), u64::MAX);
    let fault = Fault::of([Read, send([head, &gzip].concat()), nothing]);
    fault.limits(|limits| limits.total = Duration::from_secs(1)).tells(LOST, "timeout");
}

#[test]
fn what_is_not_gzip_although_it_says_so_is_no_answer() {
    let plain = response(200, "content-encoding: gzip\r\n", success());
    Fault::of([Read, send(plain)]).tells(LOST, "reset");
    let mut packer = GzEncoder::new(Vec::new(), Compression::default());
    packer.write_all(success().as_bytes()).unwrap();
    let packed = packer.finish().unwrap();
    let cut = response(200, "content-encoding: gzip\r\n", &packed[..packed.len() - 20]);
    Fault::of([Read, send(cut)]).tells(LOST, "reset");
    let mut altered = packed;
    // The last eight bytes are checksum and length.
    let checksum = altered.len() - 8;
    altered[checksum] ^= 1;
    Fault::of([Read, send(response(200, "content-encoding: gzip\r\n", altered))]).tells(LOST, "reset");
}
