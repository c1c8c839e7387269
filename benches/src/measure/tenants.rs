//! Many connections of some plugins in one server, each called once a minute, beside one that is busy.

use std::sync::{Arc, Mutex, PoisonError};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use hyper::Uri;
use serde::{Deserialize, Serialize};
use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval};

use super::tenancy;
use crate::contender::client::{HttpClient, ask, client};
use crate::listening::{Listening, folder};
use crate::plan::{Tenancy, Tenants as Plan};
use crate::process::Served;
use crate::programs::Programs;
use crate::round::nanos;
use crate::sample::{ACTION, input_for};
use crate::stats::percentile;
use crate::units::{megabytes, micros, number};
use crate::usage;

/// How often each connection is called.
const EVERY: Duration = Duration::from_secs(60);

/// Calls in flight of the busy one.
const BUSY: usize = 8;

/// Calls in flight while each connection is called for the first time.
const AT_ONCE: usize = 16;

/// A server with so many connections.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Tenants {
    /// How many plugins it has.
    pub plugins: usize,
    /// How many connections in all.
    pub connections: usize,
    /// Calls in a second of all but the busy one.
    pub calls_per_s: f64,
    /// Half of their calls took no longer.
    pub p50_us: f64,
    /// 99 of 100 of their calls took no longer.
    pub p99_us: f64,
    /// Calls in a second of the busy one, with 8 in flight.
    pub busy_per_s: f64,
    /// Half of its calls took no longer.
    pub busy_p50_us: f64,
    /// 99 of 100 of its calls took no longer.
    pub busy_p99_us: f64,
    /// Resident memory in MB when it listens, if that can be told.
    pub listening_mb: Option<f64>,
    /// The same when all are called.
    pub called_mb: Option<f64>,
    /// The same a while after the last call.
    pub rested_mb: Option<f64>,
}

/// Starts a server for each number of connections, has them called, and looks at their memory. The servers stay until
/// the last one has rested.
///
/// # Errors
/// When a call fails.
pub fn measure(programs: &Programs, served: &Served, plan: &Plan) -> Result<Vec<Tenants>> {
    let runtime = Builder::new_multi_thread().enable_all().build()?;
    let mut measured = Vec::new();
    for &connections in &plan.connections {
        eprintln!("bench:   {connections} connections");
        let tenancy = Tenancy { plugins: plan.plugins, connections: connections / plan.plugins };
        let folder = folder(programs)?;
        tenancy::write(tenancy, programs, folder.path(), &served.plain().base_url)?;
        let start = || Listening::start("the server of many connections", tenancy::serve(programs, folder.path()));
        // The first one compiles, which takes memory that is not asked about.
        drop(start()?);
        let server = start()?;
        let called = called(&runtime, &server, tenancy, plan.length);
        let called = called.with_context(|| format!("plugin-host serve with {connections} connections"))?;
        measured.push((server, folder, called));
    }
    if let Some(rest) = plan.rest {
        sleep(rest);
    }
    let rested = |(server, _folder, called): (Listening, _, Tenants)| Tenants {
        rested_mb: plan.rest.and_then(|_| resident(&server)),
        ..called
    };
    Ok(measured.into_iter().map(rested).collect())
}

fn called(runtime: &Runtime, server: &Listening, tenancy: Tenancy, length: Duration) -> Result<Tenants> {
    let listening_mb = resident(server);
    let asking = Arc::new(Asking::new(server, tenancy)?);
    runtime.block_on(asking.clone().all_once())?;
    let begun = Instant::now();
    let (others, busy) = runtime.block_on(asking.clone().all_through(begun + length))?;
    let seconds = begun.elapsed().as_secs_f64();
    Ok(Tenants {
        plugins: tenancy.plugins,
        connections: tenancy.plugins * tenancy.connections,
        calls_per_s: number(others.len()) / seconds,
        p50_us: micros(percentile(&others, 0.5)),
        p99_us: micros(percentile(&others, 0.99)),
        busy_per_s: number(busy.len()) / seconds,
        busy_p50_us: micros(percentile(&busy, 0.5)),
        busy_p99_us: micros(percentile(&busy, 0.99)),
        listening_mb,
        called_mb: resident(server),
        rested_mb: None,
    })
}

fn resident(server: &Listening) -> Option<f64> {
    usage::resident(server.process()).map(megabytes)
}

/// Who calls all connections. The first of them is the busy one.
struct Asking {
    client: HttpClient,
    urls: Vec<Uri>,
}

impl Asking {
    fn new(server: &Listening, tenancy: Tenancy) -> Result<Self> {
        let origin = &server.address;
        // One plugin after the other, as they would come.
        let names = (0..tenancy.connections)
            .flat_map(|connection| (0..tenancy.plugins).map(move |plugin| tenancy::name(plugin, connection)));
        let url = |name| format!("http://{origin}/v1/connections/{name}/actions/{ACTION}").parse();
        let urls = names.map(url).collect::<Result<_, _>>()?;
        Ok(Self { client: client(AT_ONCE), urls })
    }

    /// Calls each connection, so that all have what a call leaves behind.
    async fn all_once(self: Arc<Self>) -> Result<()> {
        let mut tasks = JoinSet::new();
        for place in 0..self.urls.len() {
            if tasks.len() == AT_ONCE {
                tasks.join_next().await.context("no task")???;
            }
            let asking = self.clone();
            tasks.spawn(async move { asking.call(place, 1).await });
        }
        tasks.join_all().await.into_iter().try_for_each(|took| took.map(drop))
    }

    /// Calls the busy connection without a break and all others in turn, each once a minute. Gives how long both took,
    /// sorted.
    async fn all_through(self: Arc<Self>, end: Instant) -> Result<(Vec<u64>, Vec<u64>)> {
        let mut busy = JoinSet::new();
        for order in 1..=BUSY {
            let asking = self.clone();
            busy.spawn(async move {
                let mut took = Vec::new();
                while Instant::now() < end {
                    took.push(asking.call(0, order).await?);
                }
                anyhow::Ok(took)
            });
        }
        let others = self.others(end).await?;
        let busy: Vec<Vec<u64>> = busy.join_all().await.into_iter().collect::<Result<_>>()?;
        let mut busy = busy.concat();
        busy.sort_unstable();
        Ok((others, busy))
    }

    async fn others(self: &Arc<Self>, end: Instant) -> Result<Vec<u64>> {
        let (took, others) = (Arc::new(Mutex::new(Vec::new())), self.urls.len() - 1);
        let mut due = interval(EVERY / u32::try_from(others)?);
        due.set_missed_tick_behavior(MissedTickBehavior::Burst);
        let mut tasks = JoinSet::new();
        // Whether or not those before have an answer.
        for place in (0..others).cycle() {
            due.tick().await;
            if place > 0 && Instant::now() >= end {
                break;
            }
            let (asking, took) = (self.clone(), took.clone());
            tasks.spawn(async move {
                let call = asking.call(1 + place, 1).await?;
                took.lock().unwrap_or_else(PoisonError::into_inner).push(call);
                anyhow::Ok(())
            });
            while let Some(ended) = tasks.try_join_next() {
                ended??;
            }
        }
        tasks.join_all().await.into_iter().collect::<Result<()>>()?;
        let mut took = std::mem::take(&mut *took.lock().unwrap_or_else(PoisonError::into_inner));
        took.sort_unstable();
        Ok(took)
    }

    /// The nanoseconds that a call takes.
    async fn call(&self, place: usize, order: usize) -> Result<u64> {
        let (url, begun) = (self.urls[place].clone(), Instant::now());
        ask(&self.client, url, input_for(order), None).await.with_context(|| self.urls[place].path().to_owned())?;
        Ok(nanos(begun))
    }
}
