//! The arguments of `call`.

use clap::{Args, ValueEnum};

use crate::cli::input::InputArgs;

/// An action, and what to do with its output.
#[derive(Debug, Args)]
pub struct CallArgs {
    /// The action's name, as `describe` tells it.
    pub action: String,
    #[command(flatten)]
    pub input: InputArgs,
    /// Show the request that would be sent, and send nothing.
    #[arg(long)]
    pub dry_run: bool,
    #[command(flatten)]
    pub listing: ListingArgs,
}

/// How much of a search, and in which form.
#[derive(Debug, Args)]
pub struct ListingArgs {
    /// All items of a search, page after page; without --all and --limit, its first page.
    #[arg(long, conflicts_with = "limit")]
    pub all: bool,
    /// So many items of a search at most.
    #[arg(long, value_name = "N")]
    pub limit: Option<u64>,
    /// So many pages of a search at most; if it has more, that is an error.
    #[arg(long, value_name = "N", default_value_t = 1000, value_parser = clap::value_parser!(u32).range(1..))]
    pub max_pages: u32,
    /// How to print the output: a table for people, or with --json json, if not given. csv and ndjson
    /// have a line for each item of a search, and ndjson prints it as soon as it is there.
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub output_format: Option<OutputFormat>,
}

/// How an output is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum OutputFormat {
    /// For people.
    Table,
    /// UTF-8 with commas. What is nested has columns such as goods[0].sku, as batch takes them.
    Csv,
    /// JSON, an item on each line.
    Ndjson,
    /// One JSON document.
    Json,
}
