//! Contenders that take turns at making calls.

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

use crate::contender::Contender::{
    self, Asynchronous, Host, Keyed, Mcp, Native, Php, Proxy, Queue, Restate, Serve, Socket, Stock, Transport,
};
use crate::plan::{Rounds, turns};
use crate::process::{Running, Served};
use crate::programs::Programs;
use crate::round::Round;
use crate::server;
use crate::service::Service;
use crate::stats::median;
use crate::units::megabytes;

/// Who is measured at what, together.
pub struct Scene {
    service: Service,
    tls: bool,
    in_flight: usize,
    contenders: Vec<Contender>,
}

/// What a contender came to: medians over its rounds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Load {
    /// Who.
    pub contender: Contender,
    /// Whether over TLS.
    pub tls: bool,
    /// How many calls were in flight.
    pub in_flight: usize,
    /// Calls in a second.
    pub calls_per_s: f64,
    /// Half of the calls took no longer.
    pub p50_us: f64,
    /// 99 of 100 calls took no longer.
    pub p99_us: f64,
    /// The processor's time for a call.
    pub cpu_us: Option<f64>,
    /// The most memory that was ever resident, in MB (millions of bytes).
    pub peak_mb: Option<f64>,
}

impl Scene {
    /// One, 8 and 64 calls in flight, plain and over TLS.
    pub fn usual(served: &Served, php: bool) -> Vec<Self> {
        let scene = |tls, in_flight| {
            let service = if tls { served.tls() } else { served.plain() };
            let mut contenders = vec![Native, Transport, Host, Stock];
            contenders.extend((!tls).then_some(Socket));
            contenders.extend((in_flight > 1).then_some(Queue));
            contenders.extend((in_flight > 1 && !tls).then_some(Asynchronous));
            contenders.extend((in_flight == 1 && php).then_some(Php));
            Self { service, tls, in_flight, contenders }
        };
        [false, true].into_iter().flat_map(|tls| [1, 8, 64].map(|in_flight| scene(tls, in_flight))).collect()
    }

    /// One, 8 and 64 calls in flight at servers that make them.
    pub fn servers(served: &Served) -> Vec<Self> {
        [1, 8, 64].map(|in_flight| Self::of(served.plain(), in_flight, vec![Proxy, Serve, Keyed])).into()
    }

    /// The same call through the library and through other faces, one at a time and 8 at once.
    pub fn faces(served: &Served) -> Vec<Self> {
        [1, 8].map(|in_flight| Self::of(served.plain(), in_flight, vec![Queue, Mcp, Restate])).into()
    }

    /// What a service gives to so many calls in flight.
    pub fn of_service(service: Service, in_flight: usize) -> Self {
        Self::of(service, in_flight, vec![Asynchronous])
    }

    fn of(service: Service, in_flight: usize, contenders: Vec<Contender>) -> Self {
        Self { service, tls: false, in_flight, contenders }
    }

    /// So many calls in flight at a service that takes its time.
    pub fn crowd(served: &Served, in_flight: usize) -> Self {
        Self::of(served.plain().at(server::SLOW), in_flight, vec![Native, Asynchronous, Host, Queue, Stock])
    }

    /// So many, by those who hold no thread for each.
    pub fn tasks(served: &Served, in_flight: usize) -> Self {
        Self::of(served.plain().at(server::SLOW), in_flight, vec![Asynchronous, Queue])
    }

    /// So many more, by one after the other: the server has a thread for each connection, and no room for those of both
    /// at once.
    pub fn throng(served: &Served, in_flight: usize) -> [Self; 2] {
        [Asynchronous, Queue].map(|it| Self::of(served.plain().at(server::SLOW), in_flight, vec![it]))
    }

    /// In one line.
    pub fn title(&self) -> String {
        format!("{} in flight at {}", self.in_flight, self.service.base_url)
    }

    /// Who failed, and at what.
    fn failure(&self, place: usize) -> String {
        format!("{}, {}", self.contenders[place].name(), self.title())
    }
}

/// Has all contenders of a scene make rounds in turn. The first round of a process, in which it
/// connects and warms up, does not count. They are started several times, since how a process happens
/// to lie in memory makes some percent of difference for as long as it lives.
pub fn measure(programs: &Programs, scene: &Scene, rounds: &Rounds) -> Result<Vec<Load>> {
    let start = |contender: &Contender| Running::start(programs, *contender, &scene.service, scene.in_flight);
    let mut results: Vec<Vec<Round>> = vec![Vec::new(); scene.contenders.len()];
    for number in 0..rounds.starts {
        let mut running: Vec<Running> = scene.contenders.iter().map(start).collect::<Result<_>>()?;
        for place in turns(running.len(), number) {
            running[place].round(rounds.length).with_context(|| scene.failure(place))?;
        }
        for place in (0..rounds.rounds).flat_map(|round| turns(scene.contenders.len(), number + round)) {
            results[place].push(running[place].round(rounds.length).with_context(|| scene.failure(place))?);
        }
    }
    Ok(scene.contenders.iter().zip(&results).map(|(contender, rounds)| load(*contender, scene, rounds)).collect())
}

fn load(contender: Contender, scene: &Scene, rounds: &[Round]) -> Load {
    let of = |figure: fn(&Round) -> f64| median(rounds.iter().map(figure));
    let cpu: Vec<f64> = rounds.iter().filter_map(|round| round.cpu_us).collect();
    let peak = rounds.iter().filter_map(|round| round.peak_bytes).max();
    Load {
        contender,
        tls: scene.tls,
        in_flight: scene.in_flight,
        calls_per_s: of(Round::rate),
        p50_us: of(|round| round.p50_us),
        p99_us: of(|round| round.p99_us),
        cpu_us: (!cpu.is_empty()).then(|| median(cpu)),
        peak_mb: peak.map(megabytes),
    }
}
