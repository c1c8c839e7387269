//! What is measured.

mod loads;
mod many;
mod module;
mod redirects;
mod starts;

use std::path::Path;
use std::time::SystemTime;

use anyhow::Result;
use clap::ValueEnum;
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
    /// A thousand calls in flight at a slow service, and ten thousand.
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

/// What can be measured by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Part {
    /// Calls one after the other, with 1, 8 and 64 in flight.
    Calls,
    /// A thousand calls in flight at a slow service, and ten thousand.
    Crowd,
    /// Programs that are started for one call.
    Starts,
    /// Many plugins in one process.
    Many,
    /// Instances, redirects, and the plugin itself.
    Plugin,
}

impl Figures {
    /// With nothing measured yet.
    pub fn none() -> Self {
        Self {
            date: now(),
            machine: Machine::this(),
            missing: contender::php_is_missing().into_iter().map(str::to_owned).collect(),
            loads: Vec::new(),
            crowd: Vec::new(),
            starts: Vec::new(),
            instances: Vec::new(),
            redirects: Vec::new(),
            module: Module::default(),
            many: None,
        }
    }

    /// Whether what is measured now can stand beside them.
    pub fn are_of_this_machine_and_day(&self) -> bool {
        let day = |date: &str| date.split('T').next().map(str::to_owned);
        self.machine == Machine::this() && day(&self.date) == day(&now())
    }
}

/// Measures these parts, and puts what is found in the place of what was found before. `plugin_host` is the command.
///
/// # Errors
/// When a contender fails.
pub fn these(
    parts: &[Part],
    mut figures: Figures,
    programs: &Programs,
    plugin_host: &Path,
    plan: &Plan,
) -> Result<Figures> {
    let served = Served::start(programs)?;
    let php = contender::php_is_missing().is_none();
    for part in parts {
        match part {
            Part::Calls => figures.loads = calls(programs, &served, plan, php)?,
            Part::Crowd => {
                figures.crowd.clear();
                for scene in [Scene::crowd(&served, plan.crowd), Scene::throng(&served, plan.throng)] {
                    progress(&scene.title());
                    figures.crowd.extend(loads::measure(programs, &scene, &plan.slow)?);
                }
            }
            Part::Starts => {
                progress("programs that are started for one call");
                figures.starts = starts::measure(programs, plugin_host, plan, php)?;
            }
            Part::Many => {
                progress("many plugins in one process");
                figures.many = many(programs, plugin_host, plan.many)?;
            }
            Part::Plugin => {
                progress("instances, redirects, the module");
                figures.instances = module::instances(programs, plan.instances)?;
                figures.redirects = redirects(programs)?;
                figures.module = module(programs)?;
            }
        }
    }
    Ok(Figures { date: now(), ..figures })
}

fn calls(programs: &Programs, served: &Served, plan: &Plan, php: bool) -> Result<Vec<Load>> {
    let mut loads = Vec::new();
    for scene in Scene::usual(served, php) {
        progress(&scene.title());
        loads.extend(loads::measure(programs, &scene, &plan.usual)?);
    }
    Ok(loads)
}

fn now() -> String {
    humantime::format_rfc3339_seconds(SystemTime::now()).to_string()
}

fn progress(what: &str) {
    eprintln!("bench: {what}");
}
