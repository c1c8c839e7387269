//! `doctor`: looks at all that a call or a server needs, and says what is wrong and what to do.

mod bundles;
mod connections;
mod finding;
mod network;
mod online;
mod state;

use std::path::PathBuf;

use clap::Args as ClapArgs;
use plugin_host_core::Host;
use plugin_host_core::host::Settings;

use super::args::Args;
use super::exit;
use super::failure::Failure;
use super::open::{Named, Opening};
use super::output::print;
use finding::Findings;

/// Look at all that a call or a server needs, and say what to do about what is wrong.
///
/// Bundles (the module's hash, the description), connections (their file, unknown and missing keys, who
/// else can read secrets), the way to the services (proxies), and what is kept on the disk. Nothing is
/// sent unless --online is given; nothing is changed.
///
/// Each line begins with ok, warn or fail, and those that are not ok end with the next step.
///
/// Ends with exit code 3 if something fails. What is warned of fails nothing.
#[derive(Debug, ClapArgs)]
pub struct DoctorArgs {
    /// Ask the services, too: the check of each connection, and whether this machine's clock is theirs.
    #[arg(long)]
    pub online: bool,
    /// The state file that serve or listen is given with --state. If not given: those in STATE_DIRECTORY,
    /// or in plugin-host in XDG_STATE_HOME or ~/.local/state.
    #[arg(long, value_name = "FILE")]
    pub state: Option<PathBuf>,
}

/// Looks at everything, and prints what was found.
///
/// # Errors
/// If something fails: it has been told.
pub fn run(doctor: &DoctorArgs, args: &Args) -> Result<(), Failure> {
    let mut findings = Findings::default();
    let host = Host::new(Settings::default())?;
    let plugins = bundles::look(&args.open, &host, &mut findings);
    let opening = Opening::of(&args.open, host, plugins);
    let named = connections::look(&args.open, &opening, &mut findings);
    let outside = network::look(&args.open, &named, &mut findings);
    state::look(doctor.state.as_deref(), &mut findings);
    if doctor.online && outside {
        online::look(args, &opening, named, &mut findings)?;
    }
    print(&findings.json().to_string(), args.json, findings.text())?;
    if findings.has_failed() { Err(Failure::Told(exit::LOAD)) } else { Ok(()) }
}

/// The addresses that a connection may reach, and its name.
fn origins<'a>(named: &'a [Named<'_>]) -> impl Iterator<Item = (&'a str, plugin_host_core::http::Origin)> {
    named.iter().flat_map(|it| {
        it.entry.description().origins(&it.connection).into_iter().map(|origin| (it.name.as_str(), origin))
    })
}
