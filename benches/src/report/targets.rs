//! What `plugin-host` is to reach, and whether it does.

use crate::contender::Contender::{self, Asynchronous, Host, Native, Proxy, Queue, Serve, Socket, Stock, Transport};
use crate::measure::{FIRST, Figures, Load, WARM};

/// A figure that is aimed at.
#[derive(Debug, Clone, PartialEq)]
pub struct Target {
    /// Of what.
    pub what: String,
    /// What is aimed at, as it reads.
    pub wanted: String,
    /// What was found, as it reads.
    pub found: String,
    /// Whether that is enough.
    pub met: bool,
}

/// All of them, as far as they were measured.
pub fn targets(figures: &Figures) -> Vec<Target> {
    let loads = |contender, tls, in_flight| rate(&figures.loads, contender, tls, in_flight);
    let ratio = |other, tls, in_flight| Some(loads(Host, tls, in_flight)? / loads(other, tls, in_flight)?);
    let of_hyper = |in_flight| Some(loads(Queue, false, in_flight)? / loads(Asynchronous, false, in_flight)?);
    let crowd = |contender| figures.crowd.iter().find(|load| load.contender == contender);
    let throng = |contender| figures.crowd.iter().rfind(|load| load.contender == contender);
    let start = |name: &str| figures.starts.iter().find(|start| start.name == name).map(|start| start.ms);
    let served = |in_flight| {
        let of = |contender| rate(&figures.servers, contender, false, in_flight);
        Some(of(Serve)? / of(Proxy)?)
    };
    let slow = || figures.batches.iter().filter(|batch| batch.slow);
    let quick = || figures.batches.iter().filter(|batch| !batch.slow);
    let (fewest, most) = (quick().next(), quick().next_back());
    let of_native = |load: &Load| Some(load.calls_per_s / crowd(Native)?.calls_per_s);
    [
        at_least("calls/s of the native client's, 1 in flight", 0.95, ratio(Native, false, 1)),
        at_least("the same, 8 in flight", 0.85, ratio(Native, false, 8)),
        at_least("the same, 64 in flight", 0.85, ratio(Native, false, 64)),
        at_least("calls/s of the native client's on the same transport, 1 in flight", 0.95, ratio(Transport, false, 1)),
        at_least("the same, 8 in flight", 0.95, ratio(Transport, false, 8)),
        at_least("the same, 64 in flight", 0.95, ratio(Transport, false, 64)),
        at_least("calls/s of a bare socket's, 1 in flight", 0.85, ratio(Socket, false, 1)),
        at_least("the same, 8 in flight", 0.85, ratio(Socket, false, 8)),
        at_least("the same, 64 in flight", 0.85, ratio(Socket, false, 64)),
        at_least("async: calls/s of hyper's, 8 in flight", 0.9, of_hyper(8)),
        at_least("the same, 64 in flight", 0.9, of_hyper(64)),
        at_least("calls/s of stock Extism's, 1 in flight", 1.8, ratio(Stock, false, 1)),
        at_least("the same, 64 in flight", 5.0, ratio(Stock, false, 64)),
        at_least("the same over TLS, 1 in flight", 4.0, ratio(Stock, true, 1)),
        at_least("`plugin-host serve`: calls/s of an axum proxy's, 1 in flight", 0.7, served(1)),
        at_least("the same, 8 in flight", 0.7, served(8)),
        at_least("the same, 64 in flight", 0.7, served(64)),
        at_least(
            "`plugin-host batch`, 100,000 rows: of the rate that the service gives",
            0.9,
            slow().next_back().map(|batch| batch.rows_per_s / batch.service_per_s),
        ),
        at_most(
            "its memory with 100,000 rows, of that with 1,000",
            1.5,
            "×",
            fewest.zip(most).and_then(|(fewest, most)| Some(most.peak_mb? / fewest.peak_mb?)),
        ),
        at_most("`plugin-host call` from start to end, compiled before", 5.0, "ms", start(WARM)),
        at_most("the same, first ever", 60.0, "ms", start(FIRST)),
        at_most("memory with 1,000 calls in flight", 200.0, "MB", crowd(Host).and_then(|load| load.peak_mb)),
        at_most("the same, async", 200.0, "MB", crowd(Queue).and_then(|load| load.peak_mb)),
        at_least("calls/s of the native client's, 1,000 in flight", 0.9, crowd(Host).and_then(of_native)),
        at_least("the same, async", 0.9, crowd(Queue).and_then(of_native)),
        at_least(
            "async: calls/s of hyper's, 1,000 in flight",
            0.9,
            crowd(Queue).zip(crowd(Asynchronous)).map(|(queue, hyper)| queue.calls_per_s / hyper.calls_per_s),
        ),
        at_least(
            "the same, 10,000 in flight",
            0.95,
            throng(Queue).zip(throng(Asynchronous)).map(|(queue, hyper)| queue.calls_per_s / hyper.calls_per_s),
        ),
        at_most("memory with 10,000 calls in flight, async", 250.0, "MB", throng(Queue).and_then(|load| load.peak_mb)),
        at_most(
            "memory of a server of 100 plugins that rests, each with 100 connections",
            200.0,
            "MB",
            figures.many.as_ref().map(|many| many.first_mb.max(many.mb)),
        ),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn rate(loads: &[Load], contender: Contender, tls: bool, in_flight: usize) -> Option<f64> {
    let wanted = |load: &&Load| (load.contender, load.tls, load.in_flight) == (contender, tls, in_flight);
    loads.iter().find(wanted).map(|load| load.calls_per_s)
}

fn at_least(what: &str, least: f64, found: Option<f64>) -> Option<Target> {
    let found = found?;
    let read = |ratio: f64| format!("{ratio:.2} ×");
    Some(Target {
        what: what.to_owned(),
        wanted: format!("at least {}", read(least)),
        found: read(found),
        met: found >= least,
    })
}

fn at_most(what: &str, most: f64, unit: &str, found: Option<f64>) -> Option<Target> {
    let found = found?;
    // Where a tenth makes a difference.
    let digits = if most < 10.0 { 2 } else { 0 };
    Some(Target {
        what: what.to_owned(),
        wanted: format!("at most {most:.digits$} {unit}"),
        found: format!("{found:.digits$} {unit}"),
        met: found <= most,
    })
}
