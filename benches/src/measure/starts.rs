//! Programs that are started for one call.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, bail};
use bench_base::talking::alone;
use justclick_sandbox::{Order, Sandbox};
use serde::{Deserialize, Serialize};

use crate::contender;
use crate::listening::plugin_host;
use crate::plan::Plan;
use crate::programs::Programs;
use crate::sample::{ACTION, INPUT, ORDER};
use crate::service::Service;
use crate::stats::median;

/// A program that makes one call and ends.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Start {
    /// Which, and in what state.
    pub name: String,
    /// From its start to its end in milliseconds: the median.
    pub ms: f64,
}

/// The name of the first start ever, with nothing in the compile cache.
pub const FIRST: &str = "plugin-host call, first ever";

/// The name of any later start.
pub const WARM: &str = "plugin-host call";

/// Starts `plugin-host call`, and the PHP sample if it can be run.
pub fn measure(programs: &Programs, plan: &Plan, php: bool) -> Result<Vec<Start>> {
    let sandbox = Sandbox::builder().order(Order::new(ORDER.bill_id)).start()?;
    let service = Service::plain(sandbox.base_url());
    let call = |home: &Path| time(plugin_host(programs, &service, home).args(["call", ACTION, "--input", INPUT]));
    let fresh = || call(tempfile::tempdir()?.path());
    let first: Vec<f64> = (0..plan.first_starts).map(|_| fresh()).collect::<Result<_>>()?;
    let cache = tempfile::tempdir()?;
    call(cache.path())?;
    let warm: Vec<f64> = (0..plan.starts).map(|_| call(cache.path())).collect::<Result<_>>()?;
    let mut starts = vec![start(FIRST, first), start(WARM, warm)];
    if php {
        let sample: Vec<f64> =
            (0..plan.starts).map(|_| time(alone(&mut contender::php_once(&service)))).collect::<Result<_>>()?;
        starts.push(start("PHP sample", sample));
    }
    Ok(starts)
}

fn start(name: &str, millis: Vec<f64>) -> Start {
    Start { name: name.to_owned(), ms: median(millis) }
}

/// Milliseconds from its start to its end.
fn time(command: &mut Command) -> Result<f64> {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    let begun = Instant::now();
    let output = command.output().with_context(|| format!("can't start {}", command.get_program().display()))?;
    let took = begun.elapsed();
    if !output.status.success() {
        bail!("{} failed: {}", command.get_program().display(), String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(took.as_secs_f64() * 1e3)
}
