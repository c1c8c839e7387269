//! Figures as Markdown, aligned so that a terminal shows them as well.

use std::fmt::Write;

use super::targets::targets;
use crate::contender::Contender;
use crate::measure::{Figures, Load, Many};
use crate::units::number;

/// A table that is being written.
struct Table(Vec<Vec<String>>);

impl Table {
    fn new<const N: usize>(head: [&str; N]) -> Self {
        Self(vec![head.map(str::to_owned).into()])
    }

    fn row<const N: usize>(&mut self, cells: [String; N]) {
        self.0.push(cells.into());
    }

    /// The first column to the left, the others to the right.
    fn finish(self) -> String {
        let columns = self.0[0].len();
        let width = |column: usize| self.0.iter().map(|row| row[column].chars().count()).max().unwrap_or(0).max(3);
        let widths: Vec<usize> = (0..columns).map(width).collect();
        let line = |row: &Vec<String>| {
            let cell = |(column, cell): (usize, &String)| {
                let width = widths[column];
                if column == 0 { format!("{cell:<width$}") } else { format!("{cell:>width$}") }
            };
            format!("| {} |\n", row.iter().enumerate().map(cell).collect::<Vec<_>>().join(" | "))
        };
        let rule = |(column, width): (usize, &usize)| {
            if column == 0 { "-".repeat(*width) } else { format!("{}:", "-".repeat(width - 1)) }
        };
        let rules: Vec<String> = widths.iter().enumerate().map(rule).collect();
        let (head, body) = self.0.split_at(1);
        let body: String = body.iter().map(line).collect();
        format!("{}| {} |\n{body}", line(&head[0]), rules.join(" | "))
    }
}

/// The passage of `benches/README.md`.
pub fn summary(figures: &Figures) -> String {
    let mut table = Table::new(["calls/s", "1 in flight", "8", "64", "1, over TLS", "64, over TLS"]);
    for contender in [Contender::Host, Contender::Native, Contender::Stock, Contender::Php] {
        let rate = |tls, in_flight| {
            let load = find(figures, contender, tls, in_flight);
            load.map_or_else(|| "–".to_owned(), |load| grouped(load.calls_per_s))
        };
        let name = contender.name().to_owned();
        table.row([name, rate(false, 1), rate(false, 8), rate(false, 64), rate(true, 1), rate(true, 64)]);
    }
    let date = figures.date.split('T').next().unwrap_or_default();
    format!("{}\nMeasured on {date}; {}.\n", table.finish(), figures.machine.line())
}

fn find(figures: &Figures, contender: Contender, tls: bool, in_flight: usize) -> Option<&Load> {
    figures.loads.iter().find(|load| (load.contender, load.tls, load.in_flight) == (contender, tls, in_flight))
}

/// Everything.
pub fn report(figures: &Figures) -> String {
    let mut text = format!("# Figures of {}\n\n{}.\n", figures.date, figures.machine.line());
    for missing in &figures.missing {
        let _ = write!(text, "\nNot measured: {missing}.\n");
    }
    let mut section = |title: &str, table: Table| {
        let _ = write!(text, "\n## {title}\n\n{}", table.finish());
    };
    section("Aims", aims(figures));
    for (tls, way) in [(false, "Over plain HTTP"), (true, "Over TLS")] {
        section(way, loads(figures.loads.iter().filter(|load| load.tls == tls)));
    }
    section("At a service that takes 200 ms", loads(figures.growth.iter().chain(&figures.crowd)));
    if !figures.servers.is_empty() {
        section("Servers that make the call: memory and time are the server's", loads(figures.servers.iter()));
    }
    if let Some(syncs) = figures.syncs_per_s {
        let mut table = Table::new(["", "in a second"]);
        table.row(["writes that last on this disk, one after the other".to_owned(), grouped(syncs)]);
        section("The disk on which keyed calls are kept", table);
    }
    if !figures.faces.is_empty() {
        section("The same call through the library and other faces", loads(figures.faces.iter()));
    }
    if !figures.batches.is_empty() {
        section("Files of rows, from the command's start to its end", batches(figures));
    }
    section("Programs that are started for one call", starts(figures));
    section("A new instance, its `describe`, and its end", instances(figures));
    section("A service that redirects to a host that is not allowed", redirects(figures));
    section("The plugin", module(figures));
    if let Some(of) = &figures.many {
        section("A server of many plugins that rests", many(of));
    }
    if !figures.tenants.is_empty() {
        section("A server of 10 plugins, each connection called once a minute beside a busy one", tenants(figures));
    }
    text
}

fn aims(figures: &Figures) -> Table {
    let mut table = Table::new(["", "aim", "found", "reached"]);
    for target in targets(figures) {
        let reached = if target.met { "yes" } else { "no" };
        table.row([target.what, target.wanted, target.found, reached.to_owned()]);
    }
    table
}

fn loads<'a>(loads: impl Iterator<Item = &'a Load>) -> Table {
    let mut table =
        Table::new(["", "in flight", "calls/s", "p50", "p99", "processor's time for a call", "most memory"]);
    let maybe = |figure: Option<f64>, unit: &str| figure.map_or_else(|| "–".to_owned(), |of| format!("{of:.0} {unit}"));
    for load in loads {
        table.row([
            load.contender.name().to_owned(),
            grouped(number(load.in_flight)),
            grouped(load.calls_per_s),
            time(load.p50_us),
            time(load.p99_us),
            maybe(load.cpu_us, "µs"),
            maybe(load.peak_mb, "MB"),
        ]);
    }
    table
}

fn starts(figures: &Figures) -> Table {
    let mut table = Table::new(["", "from start to end"]);
    for start in &figures.starts {
        table.row([start.name.clone(), format!("{:.1} ms", start.ms)]);
    }
    table
}

fn instances(figures: &Figures) -> Table {
    let mut table = Table::new(["", "p50"]);
    for instances in &figures.instances {
        table.row([instances.contender.name().to_owned(), time(instances.p50_us)]);
    }
    table
}

fn redirects(figures: &Figures) -> Table {
    let mut table = Table::new(["", "sent the request on", "took the other host's answer for the service's"]);
    let word = |is: bool| if is { "yes" } else { "no" }.to_owned();
    for redirect in &figures.redirects {
        table.row([redirect.contender.name().to_owned(), word(redirect.followed), word(redirect.believed)]);
    }
    table
}

fn module(figures: &Figures) -> Table {
    let mut table = Table::new(["bytes", "with gzip", "fuel for a call"]);
    let module = &figures.module;
    let fuel = usize::try_from(module.fuel).unwrap_or(usize::MAX);
    table.row([module.bytes, module.gzip_bytes, fuel].map(|count| grouped(number(count))));
    table
}

fn many(many: &Many) -> Table {
    let mut table = Table::new(["plugins", "connections of each", "memory, compiled by itself", "compiled before"]);
    let count = |of: usize| grouped(number(of));
    let memory = |mb: f64| format!("{mb:.0} MB");
    table.row([count(many.plugins), count(many.connections), memory(many.first_mb), memory(many.mb)]);
    table
}

fn batches(figures: &Figures) -> Table {
    let mut table =
        Table::new(["the service takes", "in flight", "rows", "seconds", "rows/s", "the service gives", "most memory"]);
    for batch in &figures.batches {
        table.row([
            if batch.slow { "200 ms" } else { "no time" }.to_owned(),
            grouped(number(batch.in_flight)),
            grouped(number(batch.rows)),
            format!("{:.2}", batch.seconds),
            grouped(batch.rows_per_s),
            grouped(batch.service_per_s),
            megabytes(batch.peak_mb),
        ]);
    }
    table
}

fn tenants(figures: &Figures) -> Table {
    let mut table = Table::new([
        "connections",
        "calls/s",
        "p50",
        "p99",
        "of the busy one",
        "its p50",
        "its p99",
        "memory, listening",
        "called",
        "rested",
    ]);
    for it in &figures.tenants {
        table.row([
            grouped(number(it.connections)),
            grouped(it.calls_per_s),
            time(it.p50_us),
            time(it.p99_us),
            grouped(it.busy_per_s),
            time(it.busy_p50_us),
            time(it.busy_p99_us),
            megabytes(it.listening_mb),
            megabytes(it.called_mb),
            megabytes(it.rested_mb),
        ]);
    }
    table
}

fn megabytes(mb: Option<f64>) -> String {
    mb.map_or_else(|| "–".to_owned(), |mb| format!("{mb:.0} MB"))
}

/// `12345.6` as `12,346`.
pub fn grouped(number: f64) -> String {
    let digits = format!("{number:.0}");
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// In the unit in which it is short.
pub fn time(us: f64) -> String {
    if us < 1000.0 { format!("{us:.0} µs") } else { format!("{:.1} ms", us / 1e3) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_line_up() {
        let mut table = Table::new(["", "calls/s"]);
        table.row(["native".to_owned(), grouped(1234.5)]);
        assert_eq!(table.finish(), "|        | calls/s |\n| ------ | ------: |\n| native |   1,234 |\n");
    }

    #[test]
    fn numbers_are_grouped_and_times_are_short() {
        assert_eq!([0.4, 999.0, 1000.0, 1_234_567.0].map(grouped), ["0", "999", "1,000", "1,234,567"]);
        assert_eq!([70.4, 999.9, 1500.0].map(time), ["70 µs", "1000 µs", "1.5 ms"]);
    }
}
