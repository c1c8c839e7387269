//! The arguments of `batch`.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use encoding_rs::Encoding;
use plugin_host_core::queue::Rate;

use crate::batch::{Format, encoding};
use crate::cli::dates::DateArgs;

/// The most rows that may be under way at once.
const MOST: usize = 1000;

/// A whole file of calls, and how to run them.
#[derive(Debug, Args)]
pub struct BatchArgs {
    /// The action's name, as `describe` tells it.
    pub action: String,
    /// The rows: a workbook (.xlsx, .xlsb, .xls or .ods), CSV, JSON on lines or a JSON array; or - for
    /// standard input, which is read to its end first.
    #[arg(value_name = "FILE|-")]
    pub input: PathBuf,
    /// How the rows are written, if the file's name does not tell. Workbooks are recognised.
    #[arg(long, value_enum)]
    pub format: Option<RowFormat>,
    /// How the file is encoded, if that is not recognised: windows-1251, for instance. The results
    /// are encoded as the file is.
    #[arg(long, value_name = "NAME", value_parser = encoding::named)]
    pub encoding: Option<&'static Encoding>,
    /// The workbook's sheet, by its name or its number. If not given, the first with a header that
    /// fits.
    #[arg(long, value_name = "NAME|NUMBER")]
    pub sheet: Option<String>,
    #[command(flatten)]
    pub dates: DateArgs,
    /// A column that holds a field, where the header calls it neither by its name nor by its title; may
    /// be given for each. FIELD may be a part of one: goods[0].sku.
    #[arg(long, value_name = "COLUMN=FIELD", value_parser = column_and_field)]
    pub map: Vec<(String, String)>,
    /// A field's value for all rows that have none of their own; may be given for each.
    #[arg(long = "field", value_name = "NAME=VALUE", value_parser = field_and_value)]
    pub fields: Vec<(String, String)>,
    /// Columns by which rows make one input: those that stand one behind the other and have the same
    /// there. Columns such as goods[].sku (or goods.sku) give a line of the list each, and the others
    /// have to be the same in all of them, or empty.
    #[arg(long, value_name = "COLUMN,…", value_delimiter = ',')]
    pub group_by: Vec<String>,
    /// How many rows may be under way at once.
    #[arg(long, value_name = "N", default_value = "8", value_parser = in_flight)]
    pub in_flight: NonZeroUsize,
    /// How often the service may be asked: 10/s, 90/m or 1000/h.
    #[arg(long, value_name = "N/UNIT")]
    pub rate: Option<Rate>,
    /// Where the results go. Beside the input, if not given: orders.csv has orders.results.csv, and so
    /// has orders.xlsx. The results of standard input go to standard output.
    #[arg(long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Where the journal is, by which a batch is gone on with. Beside the input, if not given:
    /// orders.csv has orders.csv.journal. Standard input has none.
    #[arg(long, value_name = "FILE")]
    pub journal: Option<PathBuf>,
    /// Go on with a batch that was broken off: send what is not done yet.
    #[arg(long)]
    pub resume: bool,
    /// With --resume: repeat rows as well that failed for good.
    #[arg(long, requires = "resume")]
    pub retry_failed: bool,
    /// Let the plugin check every row, and send nothing.
    #[arg(long, conflicts_with_all = ["resume", "journal", "output"])]
    pub dry_run: bool,
}

/// How rows are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum RowFormat {
    /// Cells with , ; | or tabs between them, and a header.
    Csv,
    /// A JSON object on each line, or an array of them.
    #[value(alias = "json")]
    Ndjson,
}

impl BatchArgs {
    /// How the rows are written, as said or by the file's name.
    pub fn format(&self) -> Option<Format> {
        let extension = || self.input.extension()?.to_str().map(str::to_lowercase);
        match (self.format, extension().as_deref()) {
            (Some(RowFormat::Csv), _) => Some(Format::Csv),
            (Some(RowFormat::Ndjson), _) | (None, Some("ndjson" | "jsonl" | "json")) => Some(Format::Ndjson),
            // What has a workbook's name and is none is as a rule CSV.
            (None, Some("csv" | "tsv" | "txt" | "xlsx" | "xlsm" | "xls" | "xlsb")) => Some(Format::Csv),
            _ => None,
        }
    }
}

fn column_and_field(text: &str) -> Result<(String, String), String> {
    // A column may have any name, a field has no "=" in its own.
    pair(text.rsplit_once('='))
}

fn field_and_value(text: &str) -> Result<(String, String), String> {
    pair(text.split_once('='))
}

fn pair(split: Option<(&str, &str)>) -> Result<(String, String), String> {
    let (left, right) = split.ok_or("it has no \"=\"")?;
    Ok((left.to_owned(), right.to_owned()))
}

fn in_flight(text: &str) -> Result<NonZeroUsize, String> {
    let number = text.parse::<NonZeroUsize>().ok().filter(|number| number.get() <= MOST);
    number.ok_or(format!("it is a number from 1 to {MOST}"))
}
