//! What services are answered.

use crate::receiver::Receiver;
use crate::server::{Server, sandbox, until};

#[test]
fn a_service_is_answered_by_the_contracts_table_and_told_nothing_else() {
    let (sandbox, receiver) = (sandbox(&["1"]), Receiver::start());
    let server = Server::start(&sandbox, &["--deliver", &receiver.url, "--largest-webhook", "4096"]);
    let address = server.address("order_paid");
    for (body, status) in [(&b"id=1"[..], 401), (b"\xff\x00=%", 400), (&[b'a'; 5000], 413)] {
        assert_eq!(server.send(&address, body), (status, String::new()), "{}", body.len());
    }
    until(|| server.log().contains("forged_event"));
    for address in [
        address.replace("order_paid", "order_gone"),
        format!("{address}/"),
        format!("{address}0"),
        address[..address.len() - 1].to_owned(),
    ] {
        let (status, body) = server.send(&address, b"id=1");
        assert_eq!(status, 404, "{address}");
        assert!(body.is_empty() || body.contains("unknown_path"), "{body}");
    }
}

#[test]
fn a_webhook_may_come_by_any_method_and_a_plugin_decides() {
    let (sandbox, receiver) = (sandbox(&[]), Receiver::start());
    let server = Server::start(&sandbox, &["--deliver", &receiver.url]);
    let address = server.address("order_paid");
    let mut answer = ureq::get(&address).config().http_status_as_error(false).build().call().unwrap();
    assert_eq!((answer.status().as_u16(), answer.body_mut().read_to_string().unwrap()), (401, String::new()));
}
