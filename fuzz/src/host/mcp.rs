//! Lines of JSON-RPC: in whichever pieces they come, they are the same lines; a tool's arguments come out as
//! they were written, and of what is left serde_json reads the same method and the same id.

use plugin_host::fuzzing::{lines, message};
use plugin_host_core::json;
use serde_json::Value;

use crate::memory;
use crate::seeds::Seeds;
use crate::target::{Target, choice};
use crate::told::one_line;

pub const TARGET: Target = Target { name: "mcp", seeds, run };

const LONGEST: usize = 600;

fn seeds(seeds: &mut Seeds) {
    for text in [
        r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"a","arguments":{"n":12345678901234567890123,"t":"\u0436"},"_meta":{"arguments":1}}}"#,
        r#"{"jsonrpc":"2.0","id":"x","method":"tools/call","params":{"name":"a","arguments":"{\"n\": 1}"}}"#,
        r#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":7}}"#,
        r#"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"c","version":"1"}}}"#,
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}\n\r\n[]\n{\"id\":1,\"id\":2}",
    ] {
        (0..3).for_each(|piece| seeds.choosing(piece, text));
    }
}

fn run(data: &[u8]) {
    let (piece, data) = choice(data);
    let whole = lines(data, usize::MAX, LONGEST);
    assert_eq!(lines(data, piece, LONGEST), whole, "in pieces of {piece} they are others");
    let split: Vec<_> = data.split(|byte| *byte == b'\n').collect();
    for (line, text) in whole.iter().zip(&split) {
        assert_eq!(line.as_deref(), Some(*text).filter(|text| text.len() <= LONGEST));
    }
    for line in whole.into_iter().flatten() {
        read(&line);
    }
}

fn read(line: &[u8]) {
    let read = match memory::at_most(64 * line.len() + (64 << 10), || message(line)) {
        Ok(read) => read,
        Err(told) => return one_line(&told),
    };
    if let Ok(Value::Object(object)) = serde_json::from_str::<Value>(&read.text) {
        assert_eq!(object.get("method").and_then(Value::as_str).unwrap_or_default(), read.method);
        // Nothing is no id, and a whole number is one however it is written: 500, 5e2, 500.0.
        let id = object.get("id").filter(|id| !id.is_null());
        let whole = |id: &Value| id.as_f64().filter(|_| id.is_f64()).map(|number| format!("{:.0}", number + 0.0));
        let id = id.map(|id| whole(id).unwrap_or_else(|| id.to_string()));
        assert_eq!(id, read.id, "{}", read.text);
    }
    match &read.arguments {
        None => assert_eq!(read.text.as_bytes(), line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line)),
        Some(arguments) => {
            assert_eq!(read.method, "tools/call");
            let again = message(read.text.as_bytes()).unwrap_or_else(|why| panic!("{}: {why}", read.text));
            assert_eq!((&again.text, &again.method, &again.id), (&read.text, &read.method, &read.id));
            match arguments {
                Ok(input) => {
                    let object = json::object(input.as_bytes()).unwrap_or_else(|why| panic!("{input}: {why:?}"));
                    assert_eq!(&object.to_string(), input);
                }
                Err(told) => one_line(told),
            }
        }
    }
}
