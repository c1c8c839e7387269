//! The options of dates that a person wrote.

use clap::Args;

use crate::moment::Clock;

/// How dates are to be read.
#[derive(Debug, Args)]
pub struct DateArgs {
    /// Whose time zone it is that dates without one are written in: Europe/Moscow, or an offset such as
    /// +03:00. If not given, the system's.
    #[arg(long, value_name = "NAME", allow_hyphen_values = true)]
    pub timezone: Option<String>,
    /// How dates are written that could be read in two ways, as strftime has it: %d/%m/%Y is for
    /// 25/11/2026; may be given for each way.
    #[arg(long, value_name = "FORMAT")]
    pub date_format: Vec<String>,
}

impl DateArgs {
    /// The clock that reads them.
    ///
    /// # Errors
    /// If an option is no zone or no format.
    pub fn clock(&self) -> Result<Clock, String> {
        Clock::new(self.timezone.as_deref(), self.date_format.clone()).map_err(|why| {
            let option = if self.timezone.as_ref().is_some_and(|zone| why.starts_with(zone.trim())) {
                "--timezone"
            } else {
                "--date-format"
            };
            format!("{option}: {why}")
        })
    }
}
