//! The plugin itself: its size, what it computes, and what an instance of it costs.

use std::io::Write;
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use extism::{Plugin, PluginBuilder};
use flate2::Compression;
use flate2::write::GzEncoder;
use plugin_host_core::bundle::Bundle;
use plugin_host_core::engine::{CALL_TIME, Exchange, Outcome, Runtime};
use plugin_host_core::http::{Client, Limits, Proxies, Roots};
use serde::{Deserialize, Serialize};

use crate::contender::{Contender, stock_compiled, stock_manifest};
use crate::programs::Programs;
use crate::round::nanos;
use crate::sample::{ACTION, INPUT};
use crate::server::Server;
use crate::service::Service;
use crate::stats::percentile;
use crate::units::micros;

/// More than a call takes.
const FUEL: u64 = 1_000_000_000;

/// The plugin's module.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Module {
    /// Its size.
    pub bytes: usize,
    /// Its size when packed by gzip.
    pub gzip_bytes: usize,
    /// The fuel of a call, which is about the number of its instructions.
    pub fuel: u64,
}

/// What an instance costs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Instances {
    /// Whose.
    pub contender: Contender,
    /// To make one of a compiled module, call its `describe`, and throw it away: the median.
    pub p50_us: f64,
}

/// Looks at the module, and lets it make a call.
pub fn measure(programs: &Programs) -> Result<Module> {
    let wasm = Bundle::load(&programs.bundle)?.wasm;
    let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
    gzip.write_all(&wasm)?;
    let server = Server::start(None, "")?;
    let manifest = stock_manifest(&Service::plain(server.origin("127.0.0.1")), &programs.bundle)?;
    let compiled = stock_compiled(PluginBuilder::new(manifest).with_fuel_limit(FUEL))?;
    let mut plugin = Plugin::new_from_compiled(&compiled)?;
    // The first call also sets the instance up.
    for _ in 0..2 {
        plugin.call::<_, String>(ACTION, INPUT)?;
    }
    let fuel = plugin.fuel_consumed().context("the fuel is not counted")?;
    Ok(Module { bytes: wasm.len(), gzip_bytes: gzip.finish()?.len(), fuel })
}

/// Makes so many instances in either host.
pub fn instances(programs: &Programs, count: usize) -> Result<Vec<Instances>> {
    let module = Runtime::new()?.compile(&Bundle::load(&programs.bundle)?)?;
    let client = Client::new(Limits::default(), Vec::new(), Roots::default(), Proxies::default());
    let host = || {
        let exchange = Exchange::new(<_>::default(), client.clone());
        let outcome = module.instance(CALL_TIME)?.call("describe", "", exchange).0;
        ensure!(matches!(outcome, Outcome::Output(_)), "plugin-host can't describe the plugin");
        Ok(())
    };
    let manifest = stock_manifest(&Service::plain("http://127.0.0.1"), &programs.bundle)?;
    let compiled = stock_compiled(PluginBuilder::new(manifest))?;
    let stock = || {
        Plugin::new_from_compiled(&compiled)?.call::<_, String>("describe", "")?;
        Ok(())
    };
    Ok(vec![
        Instances { contender: Contender::Host, p50_us: p50_us(count, host)? },
        Instances { contender: Contender::Stock, p50_us: p50_us(count, stock)? },
    ])
}

fn p50_us(count: usize, mut work: impl FnMut() -> Result<()>) -> Result<f64> {
    let time = |_| {
        let begun = Instant::now();
        work()?;
        Ok(nanos(begun))
    };
    let mut took: Vec<u64> = (0..count).map(time).collect::<Result<_>>()?;
    took.sort_unstable();
    Ok(micros(percentile(&took, 0.5)))
}
