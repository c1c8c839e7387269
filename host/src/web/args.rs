//! The arguments that these commands share.

use std::env;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use plugin_host_core::Queues;
use plugin_host_core::queue::Rate;
use plugin_host_core::retry::Backoff;
use plugin_host_core::runner::Connected;

use super::guard::{Guard, HostName};
use super::listen::Clients;
use super::tokens::{self, Tokens};
use crate::web::admission::Admission;

/// As long as a call can take from its first request to its answer, and some more to write it down.
const LONGEST_CALL: Duration = Duration::from_secs(65);

/// What calls are taken on.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Calls")]
pub struct LoadArgs {
    /// How often each connection's service may be asked: 10/s, 90/m or 1000/h.
    #[arg(long, value_name = "RATE")]
    pub rate: Option<Rate>,
    /// How many calls may be under way at once. Half of these slots are shared out among the accounts,
    /// at least one to each, so that none can take them all; where there are more accounts than that, there is one
    /// for each beside the other half.
    #[arg(long, value_name = "N", default_value_t = 32, value_parser = clap::value_parser!(u16).range(1..=4096))]
    pub in_flight: u16,
    /// How many more may wait for their turn, shared out likewise. Any further one is refused.
    #[arg(long, value_name = "N", default_value_t = 64)]
    pub waiting: u16,
    /// How long a call may wait, for its turn and between repetitions.
    #[arg(long, value_name = "SECONDS", default_value_t = 10)]
    pub longest_wait: u64,
    /// How long calls under way may take to end when the server is asked to; another signal ends it at
    /// once. If not given: as long as any call can take, which is --longest-wait and 65 more. What
    /// supervises the server has to wait longer than that.
    #[arg(long, value_name = "SECONDS")]
    pub drain: Option<u64>,
}

impl LoadArgs {
    /// What takes calls on for these queues.
    pub fn admission(&self, queues: &Queues) -> Admission {
        let capacity = usize::from(self.in_flight) + usize::from(self.waiting);
        Admission::new(capacity, Duration::from_secs(self.longest_wait), queues)
    }

    /// The queues of these connections.
    pub fn queues(&self, connected: Vec<Connected>, backoff: &Backoff) -> Queues {
        Queues::new(connected, self.in_flight.into(), self.rate, backoff)
    }

    /// How long calls under way may take to end.
    pub fn drain(&self) -> Duration {
        drain(self.drain, Duration::from_secs(self.longest_wait))
    }
}

/// As long as asked for, or else as long as a call can take that waits for so long before it begins.
pub fn drain(asked: Option<u64>, longest_wait: Duration) -> Duration {
    asked.map_or(longest_wait.saturating_add(LONGEST_CALL), Duration::from_secs)
}

/// Who may call, and how.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Clients over HTTP")]
pub struct ClientArgs {
    /// A file with a token in each line, one of which callers have to show as bearer token. With a
    /// name before it (NAME:TOKEN) a token can be replaced: what has the same name is the same
    /// caller. They may do everything. The variable PLUGIN_HOST_TOKENS may hold some as well.
    #[arg(long, value_name = "FILE")]
    pub token_file: Option<PathBuf>,
    /// A TOML file of tokens and what each is for: a table [tokens.NAME] for each caller, with sha256 = "…"
    /// (as `plugin-host token NAME` writes it) or token = "env:NAME" or "file:PATH", and, if it is not for
    /// everything, connections = ["shop-*"], actions = ["get_*"], kinds of read, write, destructive, events
    /// and metrics, and expires = 2027-01-31T00:00:00Z.
    #[arg(long, value_name = "FILE")]
    pub tokens: Option<PathBuf>,
    /// A name under which this server is called, beside those of this machine: shop-gw or
    /// host.docker.internal; may be given for each. Without tokens, requests for any other name are
    /// refused, because they may come from a web page.
    #[arg(long, value_name = "NAME")]
    pub allow_host: Vec<HostName>,
    /// How many clients may be connected at once.
    #[arg(long, value_name = "N", default_value_t = 900, value_parser = clap::value_parser!(u16).range(1..))]
    pub clients: u16,
    /// How long a client may take to send a request's head or body, or to take an answer.
    #[arg(long, value_name = "SECONDS", default_value_t = 20, value_parser = clap::value_parser!(u64).range(1..))]
    pub patience: u64,
}

impl ClientArgs {
    /// The guard of a server at this address.
    ///
    /// # Errors
    /// If the tokens can't be had, or are needed and not there.
    pub fn guard(&self, listen: SocketAddr) -> Result<Guard, String> {
        let variable = env::var(tokens::VARIABLE).ok();
        let mut tokens = Tokens::read(self.token_file.as_deref(), variable.as_deref())?;
        if let Some(file) = &self.tokens {
            tokens = tokens.with_file(file, |name| env::var(name).ok())?;
        }
        Guard::new(tokens, &self.allow_host, listen)
    }

    /// The option that asks for tokens, if one does.
    pub fn asks_for_tokens(&self) -> Option<&'static str> {
        let named = [(&self.tokens, "--tokens"), (&self.token_file, "--token-file")];
        named.into_iter().find(|(file, _)| file.is_some()).map(|(_, option)| option)
    }

    /// What clients may do.
    pub fn clients(&self) -> Clients {
        Clients { at_once: self.clients.into(), patience: self.patience() }
    }

    /// How long one may take.
    pub fn patience(&self) -> Duration {
        Duration::from_secs(self.patience)
    }
}

#[cfg(test)]
mod tests {
    use plugin_host_core::http::Limits;

    use super::*;

    #[test]
    fn a_call_that_begins_at_the_last_moment_ends_before_the_process_does() {
        let wait = Duration::from_secs(10);
        assert!(drain(None, wait) > wait + Limits::default().total);
        assert_eq!(drain(Some(1), wait), Duration::from_secs(1));
    }
}
