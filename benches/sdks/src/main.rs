//! `cargo xtask bench --only js,python,n8n` runs this; so can you, after a release build.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result};
use bench_base::server::Server;
use bench_base::usage;
use bench_sdks::environment::Environment;
use bench_sdks::measure::{self, Part};
use bench_sdks::n8n;
use bench_sdks::report::{self, Table};
use clap::{Parser, Subcommand, ValueEnum};

/// Measure the packages in JavaScript, Python and n8n side by side with what people would take for the same call.
#[derive(Parser)]
struct Args {
    /// Print the figures alone, as JSON.
    #[arg(long)]
    json: bool,
    /// Take half a minute, and keep nothing.
    #[arg(long)]
    quick: bool,
    /// These languages and platforms alone.
    #[arg(long, value_name = "PART", value_delimiter = ',')]
    only: Vec<Part>,
    /// Where the virtual environment and what is built are kept between runs.
    #[arg(long, default_value = "target/bench")]
    work: PathBuf,
    /// The command that makes the Python package.
    #[arg(long, default_value = "target/debug/plugin-host")]
    plugin_host: PathBuf,
    #[command(subcommand)]
    role: Option<Role>,
}

/// What this program is when it starts itself.
#[derive(Subcommand)]
enum Role {
    /// Be the server that all call.
    #[command(hide = true)]
    Serve,
}

fn main() -> ExitCode {
    usage::allow_many_files();
    let args = Args::parse();
    let done = match args.role {
        Some(Role::Serve) => serve(),
        None => bench(&args),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn bench(args: &Args) -> Result<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let project = folder.ancestors().nth(2).context("no project")?;
    let environment = Environment::new(&args.work, project.join("dist"))?;
    let rounds = if args.quick { measure::quick() } else { measure::whole() };
    for part in if args.only.is_empty() { Part::value_variants() } else { &args.only } {
        match part {
            Part::Js => {
                environment.build_node()?;
                tell(&measure::measure(*part, measure::JS, &environment, &rounds)?, args, project)?;
            }
            Part::Python => {
                environment.install_python(&args.plugin_host)?;
                tell(&measure::measure(*part, measure::PYTHON, &environment, &rounds)?, args, project)?;
            }
            Part::N8n => {
                let size = if args.quick { &n8n::QUICK } else { &n8n::WHOLE };
                tell(&n8n::measure(&environment, size)?, args, project)?;
            }
        }
    }
    Ok(())
}

fn tell(figures: &impl Table, args: &Args, project: &Path) -> Result<()> {
    if args.json {
        println!("{}", serde_json::to_string_pretty(figures)?);
    } else {
        println!("{}", report::text(figures));
    }
    if !args.quick {
        report::write(figures, project)?;
    }
    Ok(())
}

/// Serves until whoever started it lets go of its standard input.
fn serve() -> Result<()> {
    let server = Server::start(None, "http://localhost:1")?;
    let mut out = std::io::stdout().lock();
    writeln!(out, "{}", serde_json::to_string(&server.origin("127.0.0.1"))?)?;
    out.flush()?;
    std::io::copy(&mut std::io::stdin(), &mut std::io::sink())?;
    Ok(())
}
