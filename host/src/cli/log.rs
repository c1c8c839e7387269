//! Logs, on standard error.

mod journald;
mod non_blocking;

use std::fmt::Debug;
use std::io::{self, IsTerminal};

use clap::ValueEnum;
use plugin_host_core::text;
use tracing::Subscriber;
use tracing::field::Field;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::field::MakeExt;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::format::{Writer, debug_fn};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{Layer, fmt, registry};

use super::terminal::Stderr;
use crate::audit;
use crate::trace::Tracer;
use journald::Journald;
use non_blocking::NonBlockingWriter;
pub use non_blocking::finish;

/// How much is logged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Level {
    /// Nothing.
    Off,
    /// What failed and needs someone.
    Error,
    /// Calls that failed.
    Warn,
    /// All calls.
    Info,
    /// What the host does.
    Debug,
    /// All there is.
    Trace,
}

/// How a log line is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people.
    Text,
    /// A JSON object on each line.
    Json,
    /// For systemd's journal, which reads a line's priority from its beginning and has the time itself.
    Journald,
}

/// Begins to log. Called once, by whichever face of the host runs. A server goes on when nobody
/// reads its log, and calls [`finish`] at its end. What a tracer wants goes to it as well.
pub fn init(level: Level, format: Format, server: bool, tracer: Option<&Tracer>) {
    let level = match level {
        Level::Off => LevelFilter::OFF,
        Level::Error => LevelFilter::ERROR,
        Level::Warn => LevelFilter::WARN,
        Level::Info => LevelFilter::INFO,
        Level::Debug => LevelFilter::DEBUG,
        Level::Trace => LevelFilter::TRACE,
    };
    let colours = io::stderr().is_terminal();
    let layer = if server { layer(format, colours, || NonBlockingWriter) } else { layer(format, colours, || Stderr) };
    let logs = (level != LevelFilter::OFF).then(|| layer.with_filter(filter(level)).boxed());
    let layers: Vec<_> = logs.into_iter().chain(tracer.map(Tracer::layer)).collect();
    if !layers.is_empty() {
        // A log is there already in programs that brought their own.
        let _ = registry().with(layers).try_init();
    }
}

/// Where rmcp tells of a message on standard input that it does not take; it shows none of it.
const UNREADABLE_MESSAGES: &str = "rmcp::transport::async_rw";

/// What the plugin itself logs, without secrets.
const PLUGIN: &str = "plugin";

/// The host's own lines, the plugin's, and little else: what libraries log has not been read for
/// secrets.
fn filter(level: LevelFilter) -> Targets {
    Targets::new()
        .with_target("plugin_host", level)
        .with_target(PLUGIN, level)
        .with_target(audit::TARGET, level)
        .with_target(UNREADABLE_MESSAGES, LevelFilter::ERROR)
}

/// A field for people. Plugins and services have a say in some, and command no terminal by it: the
/// formatter's own sees to that in messages alone.
fn field(out: &mut Writer<'_>, field: &Field, value: &dyn Debug) -> std::fmt::Result {
    let value = format!("{value:?}");
    let value = text::printable(&value);
    if field.name() == "message" { write!(out, "{value}") } else { write!(out, "{field}={value}") }
}

fn layer<S, W>(format: Format, colours: bool, writer: W) -> Box<dyn Layer<S> + Send + Sync>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    W: for<'a> fmt::MakeWriter<'a> + Send + Sync + 'static,
{
    match format {
        Format::Text => {
            fmt::layer().with_ansi(colours).fmt_fields(debug_fn(field).delimited(" ")).with_writer(writer).boxed()
        }
        Format::Journald => {
            let lines = fmt::layer().with_ansi(false).without_time().with_level(false);
            lines.fmt_fields(debug_fn(field).delimited(" ")).with_writer(Journald(writer)).boxed()
        }
        Format::Json => fmt::layer().json().flatten_event(true).with_writer(writer).boxed(),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::super::terminal;
    use super::*;

    #[derive(Clone, Default)]
    struct Kept(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Kept {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn logged(format: Format) -> String {
        written(format, false, || {
            tracing::info!(subject = "7", "done");
            tracing::debug!("too much");
            tracing::error!(target: "a_library", "hunter2");
        })
    }

    fn written(format: Format, colours: bool, log: impl FnOnce()) -> String {
        let kept = Kept::default();
        let writer = kept.clone();
        let subscriber =
            registry().with(layer(format, colours, move || writer.clone()).with_filter(filter(LevelFilter::INFO)));
        tracing::subscriber::with_default(subscriber, log);
        let text = kept.0.lock().unwrap().clone();
        String::from_utf8(text).unwrap()
    }

    #[test]
    fn only_the_hosts_own_lines_are_logged_down_to_the_level() {
        let text = logged(Format::Text);
        assert!(text.lines().count() == 1 && text.contains("done subject=\"7\""), "{text}");
    }

    #[test]
    fn what_others_say_is_no_line_of_its_own_and_no_command_of_a_terminal() {
        let said = "no\r\n2026-11-29 ERROR forged\x1b[2J\u{9b}31m\u{202e}";
        for (format, colours) in
            [(Format::Text, false), (Format::Text, true), (Format::Json, false), (Format::Journald, false)]
        {
            let told = written(format, colours, || tracing::error!(id = %said, "{said}"));
            let line = terminal::log_line(told.as_bytes());
            let own = line.lines().filter(|line| !line.starts_with("    "));
            assert!(own.count() == 1 && line.ends_with('\n'), "{line:?}");
            assert!(!line.contains(['\r', '\u{9b}', '\u{202e}']) && !line.contains("\u{1b}[2J"), "{line:?}");
            assert!(colours || !line.contains('\u{1b}'), "{line:?}");
        }
    }

    #[test]
    fn a_line_for_the_journal_begins_with_its_priority_and_has_no_time() {
        let text = logged(Format::Journald);
        assert!(
            text.starts_with("<6>") && text.ends_with(" done subject=\"7\"\n") && text.lines().count() == 1,
            "{text}"
        );
        assert!(!text.contains("INFO") && !text.contains("20"), "{text}");
    }

    #[test]
    fn a_line_of_json_has_the_fields_at_its_top() {
        let line: serde_json::Value = serde_json::from_str(&logged(Format::Json)).unwrap();
        assert_eq!((&line["level"], &line["message"], &line["subject"]), (&"INFO".into(), &"done".into(), &"7".into()));
    }
}
