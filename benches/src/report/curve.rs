//! How figures grow with what there is of something, as an SVG of curves.

use std::fmt::Write;

use super::svg::{MARGIN, PANEL, TOP, begin, text};
use super::tables::grouped;
use crate::units::number;

/// A chart.
pub struct Curves {
    /// What is shown.
    pub title: String,
    /// In which unit, on what, when.
    pub subtitle: String,
    /// Side by side.
    pub panels: Vec<Panel>,
}

/// Curves on one scale, which begins at zero.
pub struct Panel {
    pub title: String,
    /// A figure as it reads.
    pub reads: fn(f64) -> String,
    pub curves: Vec<Curve>,
}

/// Figures by how much there was of something.
pub struct Curve {
    pub label: String,
    pub points: Vec<(f64, f64)>,
    /// Whether it is one that the chart is about.
    pub highlighted: bool,
}

const HEIGHT: f64 = 200.0;
/// From a panel's left to its curves.
const LEFT: f64 = 62.0;
/// Right of the curves.
const RIGHT: f64 = 40.0;
/// Below them, for the numbers and the labels.
const BELOW: f64 = 30.0;
const LABEL: f64 = 20.0;

impl Curves {
    /// The chart as a file's content.
    pub fn draw(&self) -> String {
        let labels = self.panels.iter().map(|panel| panel.curves.len()).max().unwrap_or(0);
        let width = MARGIN * 2.0 + PANEL * number(self.panels.len());
        let height = TOP + 16.0 + HEIGHT + BELOW + LABEL * number(labels) + MARGIN;
        let mut svg = begin(width, height, &self.title, &self.subtitle);
        for (place, panel) in self.panels.iter().enumerate() {
            panel.draw(&mut svg, MARGIN + PANEL * number(place));
        }
        svg + "</svg>\n"
    }
}

impl Panel {
    fn draw(&self, svg: &mut String, left: f64) {
        text(svg, "panel", left, TOP - 4.0, &self.title);
        let bottom = TOP + 16.0 + HEIGHT;
        let points = || self.curves.iter().flat_map(|curve| &curve.points);
        let most = points().map(|point| point.1).fold(0.0, f64::max).max(f64::MIN_POSITIVE);
        let mut numbers: Vec<f64> = points().map(|point| point.0).collect();
        numbers.sort_by(f64::total_cmp);
        numbers.dedup();
        let (Some(first), Some(last)) = (numbers.first(), numbers.last()) else { return };
        let across = (last / first).log10().max(f64::MIN_POSITIVE);
        let x = |at: f64| left + LEFT + (PANEL - LEFT - RIGHT) * (at / first).log10() / across;
        let y = |at: f64| bottom - HEIGHT * at / most;
        for share in [0.0, 0.5, 1.0] {
            let at = y(most * share);
            let (from, to) = (left + LEFT, left + PANEL - RIGHT);
            let _ = writeln!(svg, r#"<line class="rule" x1="{from:.1}" y1="{at:.1}" x2="{to:.1}" y2="{at:.1}"/>"#);
            text(svg, "quiet label", from - 8.0, at + 4.0, &(self.reads)(most * share));
        }
        for number in &numbers {
            text(svg, "quiet middle", x(*number), bottom + 18.0, &grouped(*number));
        }
        for (place, curve) in self.curves.iter().enumerate() {
            curve.draw(svg, x, y);
            curve.name(svg, left + LEFT, bottom + BELOW + LABEL * number(place + 1), self.reads);
        }
    }
}

impl Curve {
    fn draw(&self, svg: &mut String, x: impl Fn(f64) -> f64, y: impl Fn(f64) -> f64) {
        let own = if self.highlighted { " own-line" } else { "" };
        let points: Vec<String> = self.points.iter().map(|(at, of)| format!("{:.1},{:.1}", x(*at), y(*of))).collect();
        let _ = writeln!(svg, r#"<polyline class="line{own}" points="{}"/>"#, points.join(" "));
        let dot = if self.highlighted { "bar own" } else { "bar" };
        for (at, of) in &self.points {
            let _ = writeln!(svg, r#"<circle class="{dot}" cx="{:.1}" cy="{:.1}" r="3.5"/>"#, x(*at), y(*of));
        }
    }

    /// What it is called, and its figures.
    fn name(&self, svg: &mut String, left: f64, baseline: f64, reads: fn(f64) -> String) {
        let (dot, strong) = if self.highlighted { ("bar own", "strong") } else { ("bar", "") };
        let _ = writeln!(svg, r#"<circle class="{dot}" cx="{left:.1}" cy="{:.1}" r="3.5"/>"#, baseline - 4.0);
        let figures: Vec<String> = self.points.iter().map(|(_, of)| reads(*of)).collect();
        text(svg, strong, left + 10.0, baseline, &format!("{}: {}", self.label, figures.join(", ")));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chart(points: &[(f64, f64)]) -> String {
        let curve = Curve { label: "a & b".to_owned(), points: points.to_vec(), highlighted: true };
        let panel = Panel { title: "p".to_owned(), reads: |of| format!("{of:.0} MB"), curves: vec![curve] };
        Curves { title: "<t>".to_owned(), subtitle: String::new(), panels: vec![panel] }.draw()
    }

    #[test]
    fn each_tenfold_is_as_far_and_figures_are_as_high_as_they_are_large() {
        let svg = chart(&[(1.0, 0.0), (10.0, 2.0), (100.0, 4.0)]);
        let (left, right) = (MARGIN + LEFT, MARGIN + PANEL - RIGHT);
        let (bottom, top) = (TOP + 16.0 + HEIGHT, TOP + 16.0);
        let middle = format!("{:.1},{:.1}", f64::midpoint(left, right), f64::midpoint(top, bottom));
        let points = format!(r#"points="{left:.1},{bottom:.1} {middle} {right:.1},{top:.1}""#);
        assert!(svg.contains(&points), "{points} in {svg}");
        assert!(svg.contains("a &amp; b: 0 MB, 2 MB, 4 MB") && svg.contains("&lt;t&gt;"), "{svg}");
    }

    #[test]
    fn a_chart_of_one_figure_or_of_none_is_one() {
        for points in [&[][..], &[(7.0, 0.0)]] {
            let svg = chart(points);
            assert!(svg.ends_with("</svg>\n") && !svg.contains("NaN") && !svg.contains("inf"), "{svg}");
        }
    }
}
