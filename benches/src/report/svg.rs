//! Bars in groups in panels, as an SVG that follows the reader's choice of light or dark.

use std::fmt::Write;

use crate::units::number;

/// A chart.
pub struct Chart {
    /// What is shown.
    pub title: String,
    /// In which unit, on what, when.
    pub subtitle: String,
    /// Side by side.
    pub panels: Vec<Panel>,
}

/// Groups of bars on one scale.
pub struct Panel {
    pub title: String,
    pub groups: Vec<Group>,
}

/// Bars that are to be compared.
pub struct Group {
    pub title: String,
    pub bars: Vec<Bar>,
}

/// One figure.
pub struct Bar {
    pub label: String,
    pub value: f64,
    /// The value as it reads.
    pub text: String,
    /// Whether it is the one that the chart is about.
    pub highlighted: bool,
}

pub(super) const PANEL: f64 = 430.0;
pub(super) const MARGIN: f64 = 24.0;
/// From a panel's left to its bars.
const LABELS: f64 = 118.0;
/// Right of the longest bar, for its value.
const VALUES: f64 = 62.0;
const BAR: f64 = 15.0;
const ROW: f64 = 21.0;
const GROUP: f64 = 34.0;
pub(super) const TOP: f64 = 92.0;

const STYLE: &str = "
  text { font: 12px system-ui, -apple-system, 'Segoe UI', sans-serif; fill: #1f2328 }
  .title { font-size: 17px; font-weight: 600 }
  .panel { font-size: 14px; font-weight: 600 }
  .quiet { fill: #59636e }
  .label { text-anchor: end }
  .bar { fill: #afb8c1 }
  .own { fill: #0969da }
  .line { fill: none; stroke: #afb8c1; stroke-width: 2 }
  .own-line { stroke: #0969da }
  .rule { stroke: #d1d9e0 }
  .middle { text-anchor: middle }
  .strong { font-weight: 600 }
  .back { fill: #ffffff }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 }
    .quiet { fill: #9198a1 }
    .bar { fill: #57606a }
    .own { fill: #4493f8 }
    .line { stroke: #57606a }
    .own-line { stroke: #4493f8 }
    .rule { stroke: #3d444d }
    .back { fill: #0d1117 }
  }
";

impl Chart {
    /// The chart as a file's content.
    pub fn draw(&self) -> String {
        let width = MARGIN * 2.0 + PANEL * number(self.panels.len());
        let height = TOP + self.panels.iter().map(Panel::height).fold(0.0, f64::max) + MARGIN;
        let mut svg = begin(width, height, &self.title, &self.subtitle);
        let mut left = MARGIN;
        for panel in &self.panels {
            panel.draw(&mut svg, left);
            left += PANEL;
        }
        svg + "</svg>\n"
    }
}

/// What stands above all panels.
pub(super) fn begin(width: f64, height: f64, title: &str, subtitle: &str) -> String {
    let mut svg = format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img" aria-label="{}">"#,
        escaped(title)
    );
    let _ = write!(svg, "\n<style>{STYLE}</style>\n");
    let _ = writeln!(svg, r#"<rect class="back" width="{width}" height="{height}" rx="6"/>"#);
    text(&mut svg, "title", MARGIN, 36.0, title);
    text(&mut svg, "quiet", MARGIN, 57.0, subtitle);
    svg
}

impl Panel {
    fn height(&self) -> f64 {
        let group = |group: &Group| GROUP + ROW * number(group.bars.len());
        self.groups.iter().map(group).sum()
    }

    fn draw(&self, svg: &mut String, left: f64) {
        text(svg, "panel", left, TOP - 4.0, &self.title);
        let most = self.groups.iter().flat_map(|group| &group.bars).map(|bar| bar.value).fold(0.0, f64::max);
        let scale = (PANEL - LABELS - VALUES) / most.max(f64::MIN_POSITIVE);
        let mut top = TOP;
        for group in &self.groups {
            text(svg, "quiet", left, top + GROUP - 9.0, &group.title);
            top += GROUP;
            for bar in &group.bars {
                bar.draw(svg, left + LABELS, top, bar.value * scale);
                top += ROW;
            }
        }
    }
}

impl Bar {
    fn draw(&self, svg: &mut String, left: f64, top: f64, length: f64) {
        let (own, strong) = if self.highlighted { (" own", " strong") } else { ("", "") };
        let baseline = top + BAR - 3.5;
        text(svg, &format!("label{strong}"), left - 8.0, baseline, &self.label);
        let length = length.max(1.0);
        let _ = writeln!(
            svg,
            r#"<rect class="bar{own}" x="{left:.1}" y="{top:.1}" width="{length:.1}" height="{BAR}" rx="2"/>"#
        );
        text(svg, strong.trim(), left + length + 6.0, baseline, &self.text);
    }
}

pub(super) fn text(svg: &mut String, class: &str, x: f64, y: f64, text: &str) {
    let _ = writeln!(svg, r#"<text class="{class}" x="{x:.1}" y="{y:.1}">{}</text>"#, escaped(text));
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bar(value: f64) -> Bar {
        Bar { label: "a & b".to_owned(), value, text: value.to_string(), highlighted: value > 1.0 }
    }

    fn chart(values: &[f64]) -> String {
        let bars = values.iter().copied().map(bar).collect();
        let panel = Panel { title: "p".to_owned(), groups: vec![Group { title: "g".to_owned(), bars }] };
        Chart { title: "<t>".to_owned(), subtitle: String::new(), panels: vec![panel] }.draw()
    }

    #[test]
    fn bars_are_as_long_as_their_values_in_proportion() {
        let svg = chart(&[1.0, 4.0]);
        let longest = PANEL - LABELS - VALUES;
        assert!(svg.contains(&format!(r#"class="bar own" x="142.0" y="147.0" width="{longest:.1}""#)), "{svg}");
        assert!(svg.contains(&format!(r#"width="{:.1}""#, longest / 4.0)), "{svg}");
    }

    #[test]
    fn texts_are_escaped_and_a_chart_without_figures_is_one() {
        let svg = chart(&[0.0]);
        assert!(svg.contains("&lt;t&gt;") && svg.contains("a &amp; b") && !svg.contains("NaN"), "{svg}");
        assert!(svg.starts_with("<svg ") && svg.ends_with("</svg>\n"));
    }
}
