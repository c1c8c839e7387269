//! What is measured.

mod loads;
mod many;
mod module;
mod redirects;
mod starts;

use std::time::SystemTime;

use anyhow::Result;
use serde::{Deserialize, Serialize};

use crate::contender;
use crate::machine::Machine;
use crate::plan::Plan;
use crate::process::{Programs, Served};

pub use loads::{Load, Scene};
pub use many::{Many, measure as many};
pub use module::{Instances, Module, measure as module};
pub use redirects::{Redirect, measure as redirects};
pub use starts::{FIRST, Start, WARM};

/// All figures of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Figures {
    /// When, in UTC.
    pub date: String,
    /// On what.
    pub machine: Machine,
    /// What could not be measured, and what to do about it.
    pub missing: Vec<String>,
    /// Calls one after the other, with so many in flight.
    pub loads: Vec<Load>,
    /// A thousand calls in flight at a slow service.
    pub crowd: Vec<Load>,
    /// Programs that are started for one call.
    pub starts: Vec<Start>,
    /// What an instance costs.
    pub instances: Vec<Instances>,
    /// What becomes of a redirect to a host that is not allowed.
    pub redirects: Vec<Redirect>,
    /// The plugin.
    pub module: Module,
    /// A server of many plugins that rests; none where memory can't be told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub many: Option<Many>,
}

/// Measures everything. `plugin_host` is the command.
///
/// # Errors
/// When a contender fails.
pub fn all(programs: &Programs, plugin_host: &std::path::Path, plan: &Plan) -> Result<Figures> {
    let served = Served::start(programs)?;
    let missing: Vec<String> = contender::php_is_missing().into_iter().map(str::to_owned).collect();
    let php = missing.is_empty();
    let mut loads = Vec::new();
    for scene in Scene::usual(&served, php) {
        progress(&scene.title());
        loads.extend(loads::measure(programs, &scene, &plan.usual)?);
    }
    let scene = Scene::crowd(&served, plan.crowd);
    progress(&scene.title());
    let crowd = loads::measure(programs, &scene, &plan.slow)?;
    progress("programs that are started for one call");
    let starts = starts::measure(programs, plugin_host, plan, php)?;
    progress("many plugins in one process");
    let many = many(programs, plugin_host, plan.many)?;
    progress("instances, redirects, the module");
    Ok(Figures {
        date: humantime::format_rfc3339_seconds(SystemTime::now()).to_string(),
        machine: Machine::this(),
        missing,
        loads,
        crowd,
        starts,
        instances: module::instances(programs, plan.instances)?,
        redirects: redirects(programs)?,
        module: module(programs)?,
        many,
    })
}

fn progress(what: &str) {
    eprintln!("bench: {what}");
}
