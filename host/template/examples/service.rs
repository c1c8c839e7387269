//! A stand-in for the service, to try the plugin against: `cargo run --example service`.
//! It takes any key and keeps nothing.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};

fn main() -> std::io::Result<()> {
    let address = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:8777".to_owned());
    let listener = TcpListener::bind(address)?;
    println!("The stand-in listens on http://{}", listener.local_addr()?);
    for (number, stream) in listener.incoming().enumerate() {
        // Who goes away in the middle is no reason to stop.
        let _ = answer(stream?, number + 1);
    }
    Ok(())
}

fn answer(stream: TcpStream, number: usize) -> std::io::Result<()> {
    let mut reader = BufReader::new(&stream);
    let (mut first, mut length, mut has_key) = (String::new(), 0, false);
    reader.read_line(&mut first)?;
    for line in reader.by_ref().lines() {
        let line = line?.to_ascii_lowercase();
        if line.is_empty() {
            break;
        }
        has_key |= line.starts_with("x-api-key:");
        length = line.strip_prefix("content-length:").and_then(|text| text.trim().parse().ok()).unwrap_or(length);
    }
    let mut body = Vec::new();
    reader.take(length).read_to_end(&mut body)?;
    let (status, body) = match first.split(' ').take(2).collect::<Vec<_>>()[..] {
        _ if !has_key => ("401 Unauthorized", "{}".to_owned()),
        ["GET", "/me"] => ("200 OK", r#"{"name":"Made up"}"#.to_owned()),
        ["POST", "/messages"] => ("201 Created", format!(r#"{{"id":"{number}"}}"#)),
        _ => ("404 Not Found", "{}".to_owned()),
    };
    let head = format!("content-type: application/json\r\ncontent-length: {}\r\nconnection: close", body.len());
    write!(&stream, "HTTP/1.1 {status}\r\n{head}\r\n\r\n{body}")
}
