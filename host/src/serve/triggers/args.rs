//! What the operator says of events.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use jiff::SignedDuration;
use plugin_host_core::Queues;
use plugin_host_core::connections::resolved;

use super::Plan;
use super::file;
use crate::events::receiver::Receiver;
use crate::problems::Problems;
use crate::web::admission::Admission;

/// How long a webhook waits for its turn: services give up soon.
const LONGEST_WAIT: Duration = Duration::from_secs(10);

/// What triggers are open, and where their events go.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Events")]
pub struct EventArgs {
    /// A TOML file of the triggers that are open: a table such as [shop.paid_order] for each, called by
    /// its connection and its trigger, with input = { FIELD = VALUE }, and for what is asked for every =
    /// "5m" (else each minute) and start = "now", "beginning" or a time. Where their events go stands
    /// there, too: deliver = "URL", secret = "env:NAME" (of Standard Webhooks) and token = "env:NAME" (a
    /// bearer token), in a trigger's table or above them all. Without this file, all webhooks are open,
    /// if --deliver says where their events go, and nothing is asked for.
    #[arg(long, value_name = "FILE")]
    pub triggers: Option<PathBuf>,
    /// Where the events of all triggers go for which the file of --triggers names no other address: by
    /// POST, as CloudEvents, each until it is answered with 2xx. It may be env:NAME or file:PATH, too.
    #[arg(long, value_name = "URL")]
    pub deliver: Option<String>,
    /// The secret with which they are signed, as Standard Webhooks are: whsec_ and base64, from a
    /// variable or a file.
    #[arg(long, value_name = "env:NAME|file:PATH", requires = "deliver")]
    pub deliver_secret: Option<String>,
    /// The bearer token that they bring, from a variable or a file.
    #[arg(long, value_name = "env:NAME|file:PATH", requires = "deliver")]
    pub deliver_token: Option<String>,
    /// How long an event is handed on that its receiver does not take: 30m, 12h or 72h. Then it is a dead
    /// letter, until somebody has it sent again.
    #[arg(long, value_name = "TIME", default_value = "72h", value_parser = time)]
    pub deliver_for: Duration,
    /// What the addresses of webhooks begin with, as the services see this server: https://hooks.example. A service
    /// for which the plugin has a call for that is told the address of each of its triggers that the file of
    /// --triggers names.
    #[arg(long, value_name = "URL")]
    pub public_url: Option<String>,
    /// Receive webhooks here alone, and nothing else: what can be reached from outside while calls can't.
    #[arg(long, value_name = "ADDRESS:PORT")]
    pub webhook_listen: Option<SocketAddr>,
    /// How many webhooks may be under way at once. These places are their own: calls take none of them,
    /// nor they those of calls.
    #[arg(long, value_name = "N", default_value_t = 64, value_parser = clap::value_parser!(u16).range(1..=4096))]
    pub webhooks: u16,
    /// The largest webhook that is taken.
    #[arg(long, value_name = "BYTES", default_value_t = 1 << 20)]
    pub largest_webhook: usize,
    /// Where to keep events until they are handed on: an SQLite file, of this server alone. Without it:
    /// events.sqlite beside the file of --state. The addresses of webhooks follow from it.
    #[arg(long, value_name = "FILE")]
    pub events: Option<PathBuf>,
}

impl EventArgs {
    /// What is open, as files and variables say it now.
    ///
    /// # Errors
    /// With everything that is wrong, a line each. No value is shown.
    pub fn plan(&self, variable: &dyn Fn(&str) -> Option<String>) -> Result<Plan, String> {
        let read = |path: &PathBuf| Ok::<_, String>((path.display().to_string(), file::read(path, variable)?));
        Ok(Plan { file: self.triggers.as_ref().map(read).transpose()?, receiver: self.receiver(variable)? })
    }

    /// What takes on webhooks for these queues.
    pub fn admission(&self, queues: &Queues) -> Admission {
        Admission::new(self.webhooks.into(), LONGEST_WAIT, queues)
    }

    /// What the addresses of webhooks begin with, if that is known.
    pub fn public_url(&self) -> Option<String> {
        let own = || self.webhook_listen.map(|address| format!("http://{address}"));
        self.public_url.clone().or_else(own)
    }

    fn receiver(&self, variable: &dyn Fn(&str) -> Option<String>) -> Result<Option<Receiver>, String> {
        let Some(url) = &self.deliver else { return Ok(None) };
        let mut problems = Problems::default();
        let mut value = |option: &str, text: &str| {
            // Everybody on the machine sees arguments.
            let value = match text.starts_with("env:") || text.starts_with("file:") || option == "--deliver" {
                true => resolved(text, variable),
                false => Err("is shown to whoever lists processes: put it into a variable or a file, and write env:NAME or file:PATH".to_owned()),
            };
            value.map_err(|why| problems.add(option, &why)).ok()
        };
        let secret = self.deliver_secret.as_ref().and_then(|text| value("--deliver-secret", text));
        let token = self.deliver_token.as_ref().and_then(|text| value("--deliver-token", text));
        let Some(url) = value("--deliver", url) else {
            return problems.none("where events go").map(|()| None);
        };
        let receiver = file::made(&url, secret, token, |key, why| {
            let option = if key == "deliver" { "--deliver".to_owned() } else { format!("--deliver-{key}") };
            problems.add(&option, &why);
        });
        problems.none("where events go").map(|()| receiver)
    }
}

fn time(text: &str) -> Result<Duration, String> {
    let time = text.parse::<SignedDuration>().ok().and_then(|time| Duration::try_from(time).ok());
    time.ok_or_else(|| "it is no time: write it as 30m, 12h or 72h".to_owned())
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Command {
        #[command(flatten)]
        events: EventArgs,
    }

    fn plan(args: &[&str]) -> Result<Plan, String> {
        let parsed = Command::try_parse_from(["x"].iter().chain(args)).map_err(|error| error.to_string())?;
        parsed.events.plan(&|name| (name == "URL").then(|| "https://n8n.example/webhook/a".to_owned()))
    }

    #[test]
    fn where_events_go_is_said_by_options_whose_secrets_stand_elsewhere() {
        assert!(plan(&[]).unwrap().receiver.is_none());
        for url in ["https://n8n.example/webhook/a", "env:URL"] {
            assert_eq!(
                plan(&["--deliver", url]).unwrap().receiver.unwrap().origin().to_string(),
                "https://n8n.example"
            );
        }
        let told =
            plan(&["--deliver", "hunter2", "--deliver-secret", "hunter2", "--deliver-token", "env:NONE"]).unwrap_err();
        for part in ["--deliver is no whole", "--deliver-secret is shown to", "--deliver-token is not to be had"] {
            assert!(told.contains(part), "{part} is not in {told}");
        }
        assert!(!told.contains("hunter2"), "{told}");
    }
}
