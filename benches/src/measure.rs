//! What is measured.

mod batch;
mod disk;
mod loads;
mod many;
mod module;
mod redirects;
mod starts;
mod tenancy;
mod tenants;

use std::collections::BTreeMap;
use std::time::SystemTime;

use anyhow::Result;
use clap::ValueEnum;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::contender;
use crate::machine::Machine;
use crate::plan::{Plan, Rounds};
use crate::process::Served;
use crate::programs::Programs;

pub use batch::{Batch, measure as batch};
pub use loads::{Load, Scene};
pub use many::{Many, measure as many};
pub use module::{Instances, Module, measure as module};
pub use redirects::{Redirect, measure as redirects};
pub use starts::{FIRST, Start, WARM};
pub use tenants::{Tenants, measure as tenants};

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
    /// One, ten and a hundred calls in flight at a slow service, by those who hold no thread for each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub growth: Vec<Load>,
    /// Servers that make calls, with 1, 8 and 64 in flight.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub servers: Vec<Load>,
    /// The same call through the library and other faces.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub faces: Vec<Load>,
    /// Files of rows.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub batches: Vec<Batch>,
    /// Servers with many connections that are called.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tenants: Vec<Tenants>,
    /// How often in a second this disk takes what is to last, one write after the other.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub syncs_per_s: Option<f64>,
    /// What was measured of the packages in other languages on this machine and day, by the language, as its own file has
    /// it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub sdks: BTreeMap<String, Value>,
}

/// What can be measured by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Part {
    /// Calls one after the other, with 1, 8 and 64 in flight.
    Calls,
    /// From one call in flight at a slow service to ten thousand.
    Crowd,
    /// `plugin-host serve` beside a proxy made by hand, with 1, 8 and 64 in flight.
    Serve,
    /// The same call through `plugin-host mcp`, `plugin-host restate` and the library.
    Faces,
    /// Files of rows with `plugin-host batch`.
    Batch,
    /// Programs that are started for one call.
    Starts,
    /// Many plugins in one process.
    Many,
    /// Many connections in one process that are called, beside a busy one.
    Tenants,
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
            growth: Vec::new(),
            servers: Vec::new(),
            faces: Vec::new(),
            batches: Vec::new(),
            tenants: Vec::new(),
            syncs_per_s: None,
            sdks: BTreeMap::new(),
        }
    }

    /// Whether what is measured now can stand beside them.
    pub fn are_of_this_machine_and_day(&self) -> bool {
        self.are_beside(&Machine::this(), &now())
    }

    /// Whether what was measured on that machine then can stand beside them.
    pub fn are_beside(&self, machine: &Machine, date: &str) -> bool {
        let day = |date: &str| date.split('T').next().map(str::to_owned);
        self.machine == *machine && day(&self.date) == day(date)
    }
}

/// Measures these parts, and puts what is found in the place of what was found before. After each of them `keep` is
/// given all that there is, so that one that fails takes none of the others along.
///
/// # Errors
/// When a contender fails, or what `keep` fails with.
pub fn these(
    parts: &[Part],
    mut figures: Figures,
    programs: &Programs,
    plan: &Plan,
    keep: impl Fn(&Figures) -> Result<()>,
) -> Result<Figures> {
    let php = contender::php_is_missing().is_none();
    for part in parts {
        // What one part left on its server is no other's.
        let served = Served::start(programs)?;
        match part {
            Part::Calls => figures.loads = scenes(programs, Scene::usual(&served, php), &plan.usual)?,
            Part::Crowd => {
                let few = [1, 10, 100].map(|in_flight| Scene::tasks(&served, in_flight));
                figures.growth = scenes(programs, few.into(), &plan.growth)?;
                let mut many = vec![Scene::crowd(&served, plan.crowd)];
                many.extend(Scene::throng(&served, plan.throng));
                figures.crowd = scenes(programs, many, &plan.slow)?;
            }
            Part::Serve => {
                progress("how often the disk takes what is to last");
                figures.syncs_per_s = Some(disk::syncs_per_s(programs, plan.usual.length)?);
                figures.servers = scenes(programs, Scene::servers(&served), &plan.usual)?;
            }
            Part::Faces => figures.faces = scenes(programs, Scene::faces(&served), &plan.usual)?,
            Part::Batch => {
                progress("files of rows");
                figures.batches = batch(programs, &served, plan)?;
            }
            Part::Starts => {
                progress("programs that are started for one call");
                figures.starts = starts::measure(programs, plan, php)?;
            }
            Part::Many => {
                progress("many plugins in one process");
                figures.many = many(programs, plan.many)?;
            }
            Part::Tenants => {
                progress("many connections that are called, beside a busy one");
                figures.tenants = tenants(programs, &served, &plan.tenants)?;
            }
            Part::Plugin => {
                progress("instances, redirects, the module");
                figures.instances = module::instances(programs, plan.instances)?;
                figures.redirects = redirects(programs)?;
                figures.module = module(programs)?;
            }
        }
        figures.date = now();
        keep(&figures)?;
    }
    Ok(figures)
}

fn scenes(programs: &Programs, scenes: Vec<Scene>, rounds: &Rounds) -> Result<Vec<Load>> {
    let mut loads = Vec::new();
    for scene in scenes {
        progress(&scene.title());
        loads.extend(loads::measure(programs, &scene, rounds)?);
    }
    Ok(loads)
}

fn now() -> String {
    humantime::format_rfc3339_seconds(SystemTime::now()).to_string()
}

fn progress(what: &str) {
    eprintln!("bench: {what}");
}
