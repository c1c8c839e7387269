//! `cargo xtask bench` runs this; so can you, after a release build.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result};
use benches::contender::{self, Contender};
use benches::measure::{Figures, Part};
use benches::plan::Plan;
use benches::process::Origins;
use benches::programs::Programs;
use benches::server::Server;
use benches::service::Service;
use benches::{measure, report, tls, usage};
use clap::{Parser, Subcommand, ValueEnum};

/// Measure plugin-host side by side with a native client, the stock Extism host and the PHP sample.
#[derive(Parser)]
struct Args {
    /// Print the figures alone, as JSON.
    #[arg(long)]
    json: bool,
    /// Take half a minute instead of some minutes, and keep nothing.
    #[arg(long)]
    quick: bool,
    /// Measure these parts alone, and keep the others' figures, if those are of this machine and day.
    #[arg(long, value_name = "PART", value_delimiter = ',')]
    only: Vec<Part>,
    /// Measure nothing: write the tables and plots of the last figures again.
    #[arg(long, conflicts_with_all = ["quick", "only"])]
    show: bool,
    #[command(subcommand)]
    role: Option<Role>,
}

/// What this program is when it starts itself.
#[derive(Subcommand)]
enum Role {
    /// Be the server that all call.
    #[command(hide = true)]
    Serve {
        /// The folder of its certificate.
        #[arg(long)]
        certificates: PathBuf,
    },
    /// Be a contender.
    #[command(hide = true)]
    Contender {
        contender: Contender,
        base_url: String,
        #[arg(long)]
        authority: Option<PathBuf>,
        #[arg(long)]
        in_flight: usize,
        #[arg(long)]
        bundle: PathBuf,
        #[arg(long)]
        plugin_host: PathBuf,
    },
    /// Be the proxy that does by hand what the server does.
    #[command(hide = true)]
    Proxy { base_url: String },
}

fn main() -> ExitCode {
    usage::allow_many_files();
    match run(&Args::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(args: &Args) -> Result<()> {
    match &args.role {
        None => bench(args),
        Some(Role::Serve { certificates }) => serve(certificates),
        Some(Role::Contender { contender, base_url, authority, in_flight, bundle, plugin_host }) => {
            let service = Service { base_url: base_url.clone(), authority: authority.clone() };
            let (bundle, plugin_host) = (bundle.clone(), plugin_host.clone());
            let programs = Programs { benches: std::env::current_exe()?, plugin_host, bundle };
            contender::obey(contender::ready(*contender, &service, &programs, *in_flight)?)
        }
        Some(Role::Proxy { base_url }) => contender::proxy::run(&Service::plain(base_url)),
    }
}

fn bench(args: &Args) -> Result<()> {
    let project = Path::new(env!("CARGO_MANIFEST_DIR")).parent().context("no project")?;
    let last = report::last(project);
    let keep = |figures: &Figures| if args.quick { Ok(()) } else { report::write(figures, project) };
    let mut figures = if args.show { last? } else { measured(args, last.ok(), keep)? };
    figures.sdks = report::sdks(project, &figures);
    if args.json {
        println!("{}", serde_json::to_string_pretty(&figures)?);
    } else {
        println!("{}", report::report(&figures));
    }
    keep(&figures)
}

fn measured(args: &Args, last: Option<Figures>, keep: impl Fn(&Figures) -> Result<()>) -> Result<Figures> {
    let programs = Programs::find(std::env::current_exe()?)?;
    let plan = if args.quick { Plan::quick() } else { Plan::whole() };
    let before = if args.only.is_empty() {
        None
    } else {
        let of_today = last.filter(Figures::are_of_this_machine_and_day);
        // What is not kept can stand alone.
        Some(
            of_today
                .or_else(|| args.quick.then(Figures::none))
                .context("the last figures are of another machine or day: measure everything first")?,
        )
    };
    let parts = if args.only.is_empty() { Part::value_variants() } else { &args.only };
    measure::these(parts, before.unwrap_or_else(Figures::none), &programs, &plan, keep)
}

/// Serves until whoever started it lets go of its standard input.
fn serve(certificates: &Path) -> Result<()> {
    let plain = Server::start(None, "http://localhost:1")?;
    let secured = Server::start(Some(tls::server_config(certificates)?), "https://localhost:1")?;
    let origins = Origins { http: plain.origin("127.0.0.1"), https: secured.origin("127.0.0.1") };
    let mut out = std::io::stdout().lock();
    writeln!(out, "{}", serde_json::to_string(&origins)?)?;
    out.flush()?;
    std::io::copy(&mut std::io::stdin(), &mut std::io::sink())?;
    Ok(())
}
