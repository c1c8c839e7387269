//! What a plugin says of its failure, read and completed.

use crate::engine::Exchange;
use crate::error::{ActionError, Effect, ErrorKind, Retry};
use crate::redact::Redactor;

/// Reads a plugin's error document, and adds what the plugin can't know in every host: when to try
/// again, and what the host saw of the last request.
pub fn read(text: &str, exchange: &Exchange, effect: Effect, redactor: &Redactor) -> ActionError {
    let mut error: ActionError = match serde_json::from_str(text) {
        Ok(error) => error,
        Err(_) if text.is_empty() => {
            return ActionError::internal("The plugin failed without a word. Report it to its author.", effect);
        }
        Err(why) => {
            let begin = beginning(text, redactor);
            let what = if text.trim_start().starts_with('{') { format!(" ({why})") } else { String::new() };
            let message = format!("The plugin failed without an error document{what}: it says {begin}");
            return ActionError::internal(format!("{message}. Report it to its author."), effect);
        }
    };
    if let ErrorKind::Other(word) = &error.kind {
        error.message = format!("{} (The plugin calls it {word:?}, which is no kind of the contract.)", error.message);
        error.kind = ErrorKind::Internal;
    }
    if error.retry == Retry::Later {
        error.retry_after_s = error.retry_after_s.or(exchange.retry_after_s);
    }
    // Told where the error is of that response, or of there being none.
    let status = error.upstream.as_ref().map(|upstream| upstream.http_status);
    let is_of_it = status == Some(exchange.status) && (status == Some(0) || error.kind == ErrorKind::UnexpectedReply);
    if let Some(note) = exchange.note.as_ref().filter(|_| is_of_it) {
        // What the plugin says of a request that no host makes would have people look in the wrong place.
        error.message = if exchange.impossible { note.clone() } else { format!("{} {note}", error.message) };
    }
    error
}

/// The beginning of a text that should have been another, in quotation marks.
pub fn beginning(text: &str, redactor: &Redactor) -> String {
    const LONGEST: usize = 120;
    let text = redactor.text(text);
    let (begin, cut) = match text.char_indices().nth(LONGEST) {
        Some((end, _)) => (&text[..end], "…"),
        None => (&*text, ""),
    };
    if begin.is_empty() { "nothing".to_owned() } else { format!("{begin:?}{cut}") }
}

#[cfg(test)]
mod tests {
    use super::{ActionError, Effect, Exchange, Redactor};
    use crate::http::{Client, Limits, Proxies, Roots};

    fn exchange() -> Exchange {
        let client = Client::new(Limits::default(), Vec::new(), Roots::default(), Proxies::default());
        Exchange::new(<_>::default(), client)
    }

    fn read(text: &str, change: impl FnOnce(&mut Exchange)) -> ActionError {
        let mut exchange = exchange();
        change(&mut exchange);
        super::read(text, &exchange, Effect::Unknown, &Redactor::of(["hunter2"]))
    }

    #[test]
    fn the_servers_wish_to_wait_is_told_where_a_retry_makes_sense() {
        let document = |retry| format!(r#"{{"kind":"throttled","message":"m","retry":"{retry}","effect":"none"}}"#);
        let wait = |retry, seconds| read(&document(retry), |exchange| exchange.retry_after_s = seconds).retry_after_s;
        assert_eq!(wait("later", Some(7)), Some(7));
        assert_eq!(wait("never", Some(7)), None);
    }

    #[test]
    fn an_error_that_is_no_document_is_an_internal_one_that_says_what_it_is() {
        let error = read("it is hunter2\n!", |_| ());
        assert_eq!((error.kind.as_str(), error.effect), ("internal", Effect::Unknown));
        assert!(error.message.contains(r#""it is ***\n!""#), "{}", error.message);
        assert!(read("", |_| ()).message.contains("without a word"));
        let error = read(r#"{"kind":"auth","message":"m","effect":"none"}"#, |_| ());
        assert!(error.message.contains("missing field `retry`"), "{}", error.message);
    }

    #[test]
    fn a_kind_that_is_not_of_the_contract_is_named() {
        let error = read(r#"{"kind":"forbidden","message":"No.","retry":"never","effect":"none"}"#, |_| ());
        assert_eq!(error.kind, "internal");
        assert!(error.message.starts_with("No. ") && error.message.contains("\"forbidden\""), "{}", error.message);
    }

    #[test]
    fn what_the_host_saw_is_told_with_the_error_that_is_of_it() {
        let document = |kind, status| {
            format!(
                r#"{{"kind":"{kind}","message":"Moved.","retry":"never","effect":"none","upstream":{{"http_status":{status},"verified":false}}}}"#
            )
        };
        let told = |kind, status, seen| {
            let change = |exchange: &mut Exchange| {
                (exchange.status, exchange.note) = (seen, Some("It was sent to https://a.".to_owned()));
            };
            read(&document(kind, status), change).message
        };
        assert_eq!(told("unexpected_reply", 301, 301), "Moved. It was sent to https://a.");
        assert_eq!(told("unavailable", 0, 0), "Moved. It was sent to https://a.");
        let change = |exchange: &mut Exchange| {
            (exchange.note, exchange.impossible) = (Some("The plugin's request is none.".to_owned()), true);
        };
        assert_eq!(read(&document("unavailable", 0), change).message, "The plugin's request is none.");
        assert_eq!(told("rejected", 301, 301), "Moved.");
        assert_eq!(told("unexpected_reply", 200, 301), "Moved.");
    }
}
