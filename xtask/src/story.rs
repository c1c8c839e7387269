//! How the demo tells its story: headings, commands as they can be typed, and aligned facts.

use std::io::{Stdout, Write, stdout};

use anyhow::Result;
use toolchain::ui::Paint;

/// A story on standard output. Every method fails when nobody reads any more.
pub struct Story {
    out: Stdout,
    paint: Paint,
    chapter: u32,
}

impl Story {
    /// A story that has not begun.
    pub fn new() -> Self {
        Self { out: stdout(), paint: Paint::stdout(), chapter: 0 }
    }

    /// The title, and what the reader should know before it begins.
    pub fn title(&mut self, title: &str, preface: &str) -> Result<()> {
        let title = self.paint.bold(title);
        Ok(writeln!(self.out, "\n{title}\n\n{preface}\n")?)
    }

    /// A numbered heading.
    pub fn chapter(&mut self, heading: &str) -> Result<()> {
        self.chapter += 1;
        let heading = self.paint.bold(&format!("{}  {heading}", self.chapter));
        Ok(writeln!(self.out, "\n{heading}")?)
    }

    /// A command, as it can be typed.
    pub fn command(&mut self, typed: &str) -> Result<()> {
        let typed = self.paint.dim(&format!("$ {typed}"));
        Ok(writeln!(self.out, "   {typed}")?)
    }

    /// The next line of the last command.
    pub fn command_continued(&mut self, typed: &str) -> Result<()> {
        let typed = self.paint.dim(typed);
        Ok(writeln!(self.out, "       {typed}")?)
    }

    /// What a command printed.
    pub fn printed(&mut self, text: &str) -> Result<()> {
        for line in text.trim_end().lines() {
            writeln!(self.out, "   {line}")?;
        }
        Ok(())
    }

    /// Names and values, one a line, in two columns; short blocks of one chapter line up.
    pub fn facts(&mut self, facts: &[(&str, String)]) -> Result<()> {
        let width = facts.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0).max(9);
        for (name, value) in facts {
            writeln!(self.out, "   {}  {value}", self.paint.dim(&format!("{name:<width$}")))?;
        }
        Ok(())
    }

    /// Something that is as it should be.
    pub fn good(&mut self, text: &str) -> Result<()> {
        let tick = self.paint.green("✓");
        Ok(writeln!(self.out, "   {tick} {text}")?)
    }

    /// A refusal: what was tried, and what the plugin said.
    pub fn refused(&mut self, tried: &str, said: &str) -> Result<()> {
        writeln!(self.out, "\n   {}", self.paint.bold(tried))?;
        let cross = self.paint.red("✗");
        for (index, line) in said.trim().lines().enumerate() {
            let mark = if index == 0 { cross.as_str() } else { " " };
            writeln!(self.out, "   {mark} {line}")?;
        }
        Ok(())
    }

    /// The last words.
    pub fn end(&mut self, text: &str) -> Result<()> {
        Ok(writeln!(self.out, "\n{text}")?)
    }
}
