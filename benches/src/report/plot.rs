//! Figures as charts.

use super::curve::{self, Curve, Curves};
use super::svg::{Bar, Chart, Group, Panel};
use super::tables::{grouped, time};
use crate::contender::Contender;
use crate::measure::{Batch, Figures, Load, Tenants};
use crate::units::number;

/// Calls in a second.
pub fn calls(figures: &Figures) -> String {
    let bar = |load: &Load| Some((load.calls_per_s, grouped(load.calls_per_s)));
    chart(figures, "Calls in a second", "longer is better", bar)
}

/// The processor's time for a call.
pub fn cpu(figures: &Figures) -> String {
    let bar = |load: &Load| load.cpu_us.map(|cpu| (cpu, format!("{cpu:.0} µs")));
    chart(figures, "The processor's time for a call", "shorter is better; the server's is not counted", bar)
}

/// What a call costs while more and more are in flight at a slow service; none if that was not measured.
pub fn growth(figures: &Figures) -> Option<String> {
    let curve = |contender: Contender, figure: fn(&Load) -> Option<f64>| {
        let all = figures.growth.iter().chain(&figures.crowd).filter(|load| load.contender == contender);
        let points = all.filter_map(|load| Some((number(load.in_flight), figure(load)?))).collect();
        Curve { label: contender.name().to_owned(), points, highlighted: contender == Contender::Queue }
    };
    let panel = |title: &str, reads, figure: fn(&Load) -> Option<f64>| {
        let curves = [Contender::Queue, Contender::Asynchronous].map(|contender| curve(contender, figure));
        curve::Panel { title: title.to_owned(), reads, curves: curves.into() }
    };
    let panels = vec![
        panel("The processor's time for a call", time, |load| load.cpu_us),
        panel("Most memory", memory, |load| load.peak_mb),
    ];
    let reading = "by calls in flight, at a service that takes 200 ms";
    (!figures.growth.is_empty()).then(|| curves(figures, "What calls in flight cost", reading, panels))
}

/// What a server costs while it has more and more connections; none if that was not measured.
pub fn tenants(figures: &Figures) -> Option<String> {
    let curve = |label: &str, highlighted, figure: fn(&Tenants) -> Option<f64>| {
        let points = figures.tenants.iter().filter_map(|it| Some((number(it.connections), figure(it)?))).collect();
        Curve { label: label.to_owned(), points, highlighted }
    };
    let called = curve("plugin-host serve, called", true, |it| it.called_mb);
    let rested = curve("when it has rested", false, |it| it.rested_mb);
    let listening = curve("when it listens", false, |it| it.listening_mb);
    let memory_of = vec![called, rested, listening];
    let busy = curve("the busy one", true, |it| Some(it.busy_p99_us));
    let others = curve("the others", false, |it| Some(it.p99_us));
    let panels = vec![
        curve::Panel { title: "Memory".to_owned(), reads: memory, curves: memory_of },
        curve::Panel { title: "99 of 100 calls took no longer".to_owned(), reads: time, curves: vec![busy, others] },
    ];
    let reading = "by connections, each called once a minute, beside one with 8 calls in flight";
    (!figures.tenants.is_empty()).then(|| curves(figures, "What connections cost", reading, panels))
}

/// What a file costs that has more and more rows; none if that was not measured.
pub fn batches(figures: &Figures) -> Option<String> {
    let curve = |slow: bool, figure: fn(&Batch) -> Option<f64>| {
        let of_kind = || figures.batches.iter().filter(move |batch| batch.slow == slow);
        let points = of_kind().filter_map(|batch| Some((number(batch.rows), figure(batch)?))).collect();
        let in_flight = of_kind().map(|batch| batch.in_flight).next().unwrap_or_default();
        let service = if slow { "200 ms" } else { "at once" };
        let label = format!("plugin-host batch, {} in flight, {service}", grouped(number(in_flight)));
        Curve { label, points, highlighted: slow }
    };
    let panel = |title: &str, reads, figure: fn(&Batch) -> Option<f64>| curve::Panel {
        title: title.to_owned(),
        reads,
        curves: vec![curve(true, figure), curve(false, figure)],
    };
    let panels = vec![
        panel("Most memory", memory, |batch| batch.peak_mb),
        panel("Rows in a second", grouped, |batch| Some(batch.rows_per_s)),
    ];
    let reading = "by rows of the file";
    (!figures.batches.is_empty()).then(|| curves(figures, "What rows cost", reading, panels))
}

fn curves(figures: &Figures, title: &str, reading: &str, panels: Vec<curve::Panel>) -> String {
    Curves { title: title.to_owned(), subtitle: subtitle(figures, reading), panels }.draw()
}

fn memory(mb: f64) -> String {
    format!("{mb:.0} MB")
}

fn chart(figures: &Figures, title: &str, reading: &str, figure: impl Fn(&Load) -> Option<(f64, String)>) -> String {
    let panel = |tls: bool, title: &str| {
        let groups = [1, 8, 64].map(|in_flight| {
            let there = |load: &&Load| load.tls == tls && load.in_flight == in_flight;
            let loads = figures.loads.iter().filter(there);
            let bars = loads.filter_map(|load| figure(load).map(|figure| bar(load.contender, figure))).collect();
            Group { title: format!("{in_flight} in flight"), bars }
        });
        Panel { title: title.to_owned(), groups: groups.into() }
    };
    Chart {
        title: title.to_owned(),
        subtitle: subtitle(figures, reading),
        panels: vec![panel(false, "Plain HTTP"), panel(true, "TLS")],
    }
    .draw()
}

fn subtitle(figures: &Figures, reading: &str) -> String {
    let date = figures.date.split('T').next().unwrap_or_default();
    format!("{reading} · {date} · {}", figures.machine.line())
}

fn bar(contender: Contender, (value, text): (f64, String)) -> Bar {
    Bar { label: contender.name().to_owned(), value, text, highlighted: contender == Contender::Host }
}
