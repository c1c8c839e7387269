//! `plugin-host batch`: a file of rows, and how its memory and its pace go with the number of rows.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use bench_base::talking::alone;
use serde::{Deserialize, Serialize};

use super::loads::{self, Scene};
use crate::listening::{folder, warm_plugin_host};
use crate::plan::Plan;
use crate::process::Served;
use crate::programs::Programs;
use crate::sample::{ACTION, ORDER};
use crate::server::SLOW;
use crate::service::Service;
use crate::units::{megabytes, number};
use crate::usage;

/// How often the memory of a run is looked at: what it takes most of is known to the system, and must only be asked
/// for before it ends.
const LOOK: Duration = Duration::from_millis(4);

/// A file that was sent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Batch {
    /// Whether the service takes its time.
    pub slow: bool,
    /// How many rows were in flight.
    pub in_flight: usize,
    /// How many there were.
    pub rows: usize,
    /// From the command's start to its end.
    pub seconds: f64,
    /// Rows in a second.
    pub rows_per_s: f64,
    /// Calls in a second that the service gives the async client with as many in flight.
    pub service_per_s: f64,
    /// The most memory that was ever resident, in MB, if that can be told.
    pub peak_mb: Option<f64>,
}

/// Sends files of so many rows to a service that takes its time, with many in flight, and to one that takes none.
///
/// # Errors
/// When one is not done whole.
pub fn measure(programs: &Programs, served: &Served, plan: &Plan) -> Result<Vec<Batch>> {
    let (slow, quick) = plan.batch_in_flight;
    let services = [(true, served.plain().at(SLOW), slow), (false, served.plain(), quick)];
    let mut batches = Vec::new();
    for (slow, service, in_flight) in services {
        let rounds = if slow { &plan.growth } else { &plan.usual };
        let gives = loads::measure(programs, &Scene::of_service(service.clone(), in_flight), rounds)?;
        let service_per_s = gives.first().context("nothing was measured")?.calls_per_s;
        for &rows in &plan.rows {
            let (seconds, peak) = run(programs, &service, in_flight, rows)
                .with_context(|| format!("plugin-host batch, {rows} rows at {}", service.base_url))?;
            let (rows_per_s, peak_mb) = (number(rows) / seconds, peak.map(megabytes));
            batches.push(Batch { slow, in_flight, rows, seconds, rows_per_s, service_per_s, peak_mb });
        }
    }
    Ok(batches)
}

/// The seconds and the most memory of a run.
fn run(programs: &Programs, service: &Service, in_flight: usize, rows: usize) -> Result<(f64, Option<u64>)> {
    let folder = folder(programs)?;
    let (input, errors) = (folder.path().join("orders.csv"), folder.path().join("errors"));
    write(&input, rows)?;
    let mut command = warm_plugin_host(programs, service, folder.path())?;
    command.args(["batch", ACTION]).arg(&input).args(["--in-flight", &in_flight.to_string()]);
    let begun = Instant::now();
    let peak = finish(alone(&mut command).stdout(Stdio::null()), &errors)?;
    let seconds = begun.elapsed().as_secs_f64();
    let results = fs::read_to_string(folder.path().join("orders.results.csv"))?;
    let lines = results.lines().count();
    ensure!(lines == rows + 1, "there are {lines} lines of results for {rows} rows");
    Ok((seconds, peak))
}

fn write(path: &Path, rows: usize) -> Result<()> {
    let mut file = BufWriter::new(File::create(path)?);
    writeln!(file, "bill_id,status,date,rpo")?;
    for row in 0..rows {
        writeln!(file, "{},{},{},{}", 100_000 + row, ORDER.status, ORDER.date, ORDER.rpo)?;
    }
    Ok(file.flush()?)
}

/// Runs it to its end; gives the most memory that it had.
fn finish(command: &mut Command, errors: &Path) -> Result<Option<u64>> {
    let mut child = command.stdin(Stdio::null()).stderr(File::create(errors)?).spawn()?;
    let mut peak = None;
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break status;
        }
        // Nothing is told of one that has ended.
        peak = usage::peak_resident_of(child.id()).or(peak);
        sleep(LOOK);
    };
    ensure!(status.success(), "{status}: {}", fs::read_to_string(errors).unwrap_or_default().trim());
    Ok(peak)
}
