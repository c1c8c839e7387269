//! What is measured.

use std::process::Command;
use std::time::{Duration, SystemTime};

use anyhow::{Context, Result};
use bench_base::machine::Machine;
use bench_base::round::Round;
use bench_base::rounds::{Rounds, turns};
use bench_base::stats::median;
use bench_base::talking::{Talking, alone};
use bench_base::units::megabytes;
use clap::ValueEnum;
use serde::{Deserialize, Serialize};

use crate::contender::Contender::{self, Aiohttp, AsyncPackage, Engine, Fetch, Package, StockJs, StockPython, Urllib3};
use crate::environment::Environment;

/// A language, or a platform.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// Node.js.
    Js,
    /// Python.
    Python,
    /// The real n8n.
    N8n,
}

impl Part {
    /// As `--only` names it, and as its file is called.
    pub fn name(self) -> &'static str {
        match self {
            Self::Js => "js",
            Self::Python => "python",
            Self::N8n => "n8n",
        }
    }
}

/// Of what figures are.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Stamp {
    /// Of which part.
    pub part: Part,
    /// When, in UTC.
    pub date: String,
    /// On what.
    pub machine: Machine,
}

impl Stamp {
    /// Of a part that is measured here and now.
    pub fn now(part: Part) -> Self {
        let date = humantime::format_rfc3339_seconds(SystemTime::now()).to_string();
        Self { part, date, machine: Machine::this() }
    }
}

/// What one language came to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Figures {
    /// Of what they are.
    #[serde(flatten)]
    pub stamp: Stamp,
    /// Medians, those of a program made for the call before those of the package.
    pub loads: Vec<Load>,
}

/// What a contender came to: medians over its rounds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Load {
    /// Who.
    pub contender: Contender,
    /// How many calls were in flight.
    pub in_flight: usize,
    /// Calls in a second.
    pub calls_per_s: f64,
    /// The same, of the program made for the call: the median over what each start came to.
    pub of_native: Option<f64>,
    /// Half of the calls took no longer.
    pub p50_us: f64,
    /// 99 of 100 calls took no longer.
    pub p99_us: f64,
    /// The processor's time for a call.
    pub cpu_us: Option<f64>,
    /// The most memory that was ever resident, in MB (millions of bytes).
    pub peak_mb: Option<f64>,
}

/// Calls in flight, and who is measured together with whom: the program made for the call comes first.
type Scene = (usize, &'static [Contender]);

/// Those of JavaScript.
pub const JS: &[Scene] =
    &[(1, &[Fetch, Engine, StockJs]), (8, &[Fetch, Engine, StockJs]), (64, &[Fetch, Engine, StockJs])];

/// Those of Python.
pub const PYTHON: &[Scene] = &[
    (1, &[Urllib3, Package, StockPython]),
    (8, &[Urllib3, Package, StockPython]),
    (64, &[Urllib3, Package, StockPython]),
    (1, &[Aiohttp, AsyncPackage]),
    (8, &[Aiohttp, AsyncPackage]),
    (64, &[Aiohttp, AsyncPackage]),
];

/// Some minutes, for figures to keep.
pub fn whole() -> Rounds {
    Rounds { starts: 5, rounds: 3, length: Duration::from_millis(600) }
}

/// For a look.
pub fn quick() -> Rounds {
    Rounds { starts: 2, rounds: 2, length: Duration::from_millis(400) }
}

/// The service that all call, a process of its own, and its address.
///
/// # Errors
/// When it can't be started.
pub fn service() -> Result<(Talking, String)> {
    let mut command = Command::new(std::env::current_exe()?);
    command.arg("serve");
    let mut server = Talking::start("the server", command)?;
    let base_url = server.hear()?;
    Ok((server, base_url))
}

/// Measures a language, whose contenders are there.
///
/// # Errors
/// When a call fails.
pub fn measure(part: Part, scenes: &[Scene], environment: &Environment, rounds: &Rounds) -> Result<Figures> {
    let (_server, base_url) = service()?;
    let mut loads = Vec::new();
    for (in_flight, contenders) in scenes {
        let names: Vec<_> = contenders.iter().map(|contender| contender.name()).collect();
        eprintln!("bench: {in_flight} in flight, {}", names.join(" and "));
        loads.extend(scene(environment, &base_url, *in_flight, contenders, rounds)?);
    }
    Ok(Figures { stamp: Stamp::now(part), loads })
}

fn scene(
    environment: &Environment,
    base_url: &str,
    in_flight: usize,
    contenders: &[Contender],
    rounds: &Rounds,
) -> Result<Vec<Load>> {
    let mut found = vec![Vec::new(); contenders.len()];
    for number in 0..rounds.starts {
        let mut running = Vec::new();
        for &contender in contenders {
            let mut command = contender.command(environment, base_url, in_flight);
            running.push(Talking::start(contender.name(), {
                alone(&mut command);
                command
            })?);
        }
        let mut round = |place: usize, length: Duration| -> Result<Round> {
            running[place].say(&length.as_millis().to_string())?;
            running[place].hear().with_context(|| format!("{in_flight} in flight"))
        };
        // In which they connect, and are compiled.
        for place in turns(contenders.len(), number) {
            round(place, rounds.length * 2)?;
        }
        for place in (0..rounds.rounds).flat_map(|turn| turns(contenders.len(), number + turn)) {
            found[place].push(round(place, rounds.length)?);
        }
    }
    let of_native = |own: &[Round]| median(own.iter().zip(&found[0]).map(|(own, native)| own.rate() / native.rate()));
    let loads = contenders.iter().zip(&found).enumerate().map(|(place, (&contender, rounds))| {
        let ratio = (place > 0).then(|| of_native(rounds));
        load(contender, in_flight, rounds, ratio)
    });
    Ok(loads.collect())
}

fn load(contender: Contender, in_flight: usize, rounds: &[Round], of_native: Option<f64>) -> Load {
    let of = |figure: fn(&Round) -> f64| median(rounds.iter().map(figure));
    let cpu: Vec<f64> = rounds.iter().filter_map(|round| round.cpu_us).collect();
    let peak = rounds.iter().filter_map(|round| round.peak_bytes).max();
    Load {
        contender,
        in_flight,
        calls_per_s: of(Round::rate),
        of_native,
        p50_us: of(|round| round.p50_us),
        p99_us: of(|round| round.p99_us),
        cpu_us: (!cpu.is_empty()).then(|| median(cpu)),
        peak_mb: peak.map(megabytes),
    }
}
