//! `doctor`: looks at all that a call or a server needs, and says what is wrong and what to do.

mod access;
mod audit;
mod bundles;
mod connections;
mod disk;
mod finding;
mod installed;
mod journals;
mod network;
mod online;
mod state;
mod tokens;

use plugin_host_core::Host;
use plugin_host_core::host::Settings;

use super::args::{Args, DoctorArgs};
use super::exit;
use super::failure::Failure;
use super::open::Opening;
use super::output::print;
use finding::Findings;

/// Looks at everything, and prints what was found.
///
/// # Errors
/// If something fails: it has been told.
pub fn run(doctor: &DoctorArgs, args: &Args) -> Result<(), Failure> {
    let mut findings = Findings::default();
    let host = Host::new(Settings::default())?;
    installed::look(&args.open, &mut findings);
    let plugins = bundles::look(&args.open, &host, &mut findings);
    let actions = tokens::actions(&plugins);
    let opening = Opening::of(&args.open, host, plugins);
    let named = connections::look(&args.open, &opening, &mut findings);
    tokens::look(doctor, &connections::names(&args.open, &named), &actions, &mut findings);
    let outside = network::look(&args.open, &named, &mut findings);
    state::look(doctor.state.as_deref(), &mut findings);
    audit::look(args.audit.as_deref(), &mut findings);
    journals::look(&doctor.journal, &mut findings);
    if doctor.online && outside {
        online::look(args, &opening, named, &mut findings)?;
    }
    print(&findings.json().to_string(), args.json, findings.text())?;
    if findings.has_failed() { Err(Failure::Told(exit::LOAD)) } else { Ok(()) }
}
