//! Figures as charts.

use super::svg::{Bar, Chart, Group, Panel};
use super::tables::grouped;
use crate::contender::Contender;
use crate::measure::{Figures, Load};

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

fn chart(figures: &Figures, title: &str, reading: &str, figure: impl Fn(&Load) -> Option<(f64, String)>) -> String {
    let date = figures.date.split('T').next().unwrap_or_default();
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
        subtitle: format!("{reading} · {date} · {}", figures.machine.line()),
        panels: vec![panel(false, "Plain HTTP"), panel(true, "TLS")],
    }
    .draw()
}

fn bar(contender: Contender, (value, text): (f64, String)) -> Bar {
    Bar { label: contender.name().to_owned(), value, text, highlighted: contender == Contender::Host }
}
