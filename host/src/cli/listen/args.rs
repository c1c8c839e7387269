//! The arguments of `listen`.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use plugin_host_core::description::{Delivery, TriggerDescription};
use plugin_host_core::runner::Connected;
use plugin_host_core::trigger::Start;
use plugin_kit::signature::hex;
use sha2::{Digest, Sha256};

use crate::cli::failure::Failure;
use crate::cli::input::InputArgs;
use crate::moment::Moment;
use crate::state;
use crate::web::operator::OperatorArgs;

/// Print what happens at the service: events, as CloudEvents, one on each line.
///
/// Triggers that are polled are asked at once and then from time to time; a service that tells of its events
/// itself does so at --listen. What the plugin says is to be confirmed is looked up first.
///
/// An event is there at least once, and is known by its id: it stays in the state file until its line is
/// written, and the place from where on to ask is kept with it. So nothing is lost by kill -9 or a power
/// cut, and after it the line that was being written may come again. Several triggers in one command tell of
/// one event once, whichever tells it first.
///
/// Ctrl-C ends it, and so does a reader that goes away. What is dropped, and what can't be had for now, is
/// told on standard error.
#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES)]
pub struct ListenArgs {
    /// The triggers, as `describe` tells them.
    #[arg(required = true, value_name = "TRIGGER")]
    pub triggers: Vec<String>,
    #[command(flatten)]
    pub input: InputArgs,
    /// From where on, the first time: now (from the first answer), beginning, or a time, in UNIX seconds or
    /// as people write it. After that it goes on where it was.
    #[arg(long, value_name = "now|beginning|TIME", default_value = "now")]
    pub start: String,
    /// How often to ask: 30s, 5m, 1h.
    #[arg(long, value_name = "TIME", default_value = "60s", value_parser = every)]
    pub every: Duration,
    /// Where events and places are kept: an SQLite file, of this command alone. If not given, a file for the
    /// account and these triggers in STATE_DIRECTORY, or in plugin-host in XDG_STATE_HOME or
    /// ~/.local/state.
    #[arg(long, value_name = "FILE")]
    pub state: Option<PathBuf>,
    /// Ask once, print what there is, and end: for cron.
    #[arg(long, conflicts_with = "listen")]
    pub once: bool,
    /// Where to receive webhooks. The addresses to be given to the service are told on standard error; they
    /// stay the same as long as the state file does. Whoever knows one can tell of events, so it is a secret.
    #[arg(long, value_name = "ADDRESS:PORT")]
    pub listen: Option<SocketAddr>,
    /// Under which address the service reaches what is received there: https://hooks.example. If the plugin has a
    /// call for it, the service is told so, and goes on sending there when this command has ended, until
    /// --unsubscribe. If not given, addresses are shown with http:// and that of --listen, and no service is told.
    #[arg(long, value_name = "URL", requires = "listen")]
    pub public_url: Option<String>,
    /// Tell the service to stop sending what it was told to send here, and end.
    #[arg(long, conflicts_with_all = ["once", "listen"])]
    pub unsubscribe: bool,
    /// The largest webhook that is taken.
    #[arg(long, value_name = "BYTES", default_value_t = 1 << 20)]
    pub largest_webhook: usize,
    /// What operators are told.
    #[command(flatten)]
    pub operator: OperatorArgs,
}

const EXIT_CODES: &str = "\
Exit codes: 0 asked to end, the reader went away, or with --once all is printed, 2 it can't begin, or events
can't be kept, 22 events can't be printed; with --once, and at the beginning, those of an action's error, by
its kind: see plugin-host --help";

impl ListenArgs {
    /// The triggers that are meant, each once.
    ///
    /// # Errors
    /// If there is none of the name, or it can't be listened to like this.
    pub fn triggers(&self, connected: &Connected) -> Result<Vec<TriggerDescription>, Failure> {
        let mut triggers = Vec::<TriggerDescription>::new();
        for name in &self.triggers {
            let trigger = connected.trigger(name)?;
            if triggers.iter().all(|other| other.name != *name) {
                triggers.push(trigger.clone());
            }
        }
        let webhook = triggers.iter().find(|trigger| trigger.delivery == Delivery::Webhook);
        let wrong = match webhook {
            Some(_) if self.unsubscribe => return Ok(triggers),
            None if self.unsubscribe => {
                "--unsubscribe is for triggers of which the service tells by itself, and this is asked for".to_owned()
            }
            Some(trigger) if self.once => {
                format!("--once is for what can be asked for, and the service tells of {} by itself", trigger.name)
            }
            Some(trigger) if self.listen.is_none() => {
                format!(
                    "the service tells of {} by itself: say where to receive that with --listen ADDRESS:PORT",
                    trigger.name
                )
            }
            None if self.listen.is_some() => {
                "--listen is for triggers of which the service tells by itself, and this is asked for".to_owned()
            }
            _ => return Ok(triggers),
        };
        Err(Failure::Usage(wrong))
    }

    /// From where on.
    ///
    /// # Errors
    /// If it is no time.
    pub fn start(&self) -> Result<Start, String> {
        match self.start.trim() {
            "now" => Ok(Start::Now),
            "beginning" => Ok(Start::Beginning),
            text => match (text.parse(), self.input.dates.clock()?.read(text)) {
                (Ok(seconds), _) | (_, Moment::At { seconds, .. }) => Ok(Start::At(seconds)),
                (_, Moment::Refused(reason)) => Err(format!("--start {text} is none to go by: {}", reason.as_str())),
                (_, Moment::Unknown) => Err(format!(
                    "--start {text} is none of now, beginning, UNIX seconds and dates such as 2026-11-25 14:30"
                )),
            },
        }
    }

    /// Where things are kept.
    ///
    /// # Errors
    /// If nobody says where, and there is no usual place.
    pub fn state(&self, connected: &Connected) -> Result<PathBuf, String> {
        if let Some(path) = &self.state {
            return Ok(path.clone());
        }
        let mut names: Vec<_> = self.triggers.iter().map(String::as_str).collect();
        names.sort_unstable();
        names.dedup();
        let listened = format!("{}\0{}", connected.account(), names.join("\0"));
        let short = &hex(&Sha256::digest(listened))[..16];
        state::usual(&format!("listen-{}-{short}.sqlite", connected.description().name))
    }
}

/// A time such as 30s, 5m or 1h; a number alone is seconds.
fn every(text: &str) -> Result<Duration, String> {
    let wrong = || "give a time from 1s to 24h, such as 30s, 5m or 1h".to_owned();
    let text = text.trim();
    let (number, unit) = text.split_at(text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len()));
    let number: u64 = number.parse().map_err(|_| wrong())?;
    let unit = match unit.trim() {
        "" | "s" => 1,
        "m" | "min" => 60,
        "h" => 3600,
        _ => return Err(wrong()),
    };
    let seconds = number.checked_mul(unit).filter(|seconds| (1..=86_400).contains(seconds));
    seconds.map(Duration::from_secs).ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_read_with_its_unit_and_one_that_nobody_means_is_refused() {
        for (text, seconds) in [("30s", 30), ("5m", 300), ("5 min", 300), ("1h", 3600), ("45", 45), ("24h", 86_400)] {
            assert_eq!(every(text), Ok(Duration::from_secs(seconds)), "{text}");
        }
        for text in ["", "s", "0s", "1.5s", "-1s", "25h", "1d", "99999999999999999999h", "18446744073709551615h"] {
            assert!(every(text).is_err(), "{text}");
        }
    }
}
