//! `shop-service`: the made-up shop's service as a command.

use std::io::{self, Write};
use std::process::ExitCode;

use clap::Parser;
use shop_service::{SAMPLE_TOKEN, Service};

/// The made-up shop's service, on this machine: prints its address and serves until it is ended.
///
/// What tests do with it is under /control: see its README.
// No `Debug`: it would show the token.
#[derive(Parser)]
#[command(version)]
struct Options {
    /// The port to listen on; 0 is a free one
    #[arg(long, default_value_t = 0)]
    port: u16,

    /// The account's token; the default is a sample, not a secret
    #[arg(long, env = "SHOP_TOKEN", hide_env_values = true, default_value = SAMPLE_TOKEN)]
    token: String,
}

fn main() -> ExitCode {
    let options = Options::parse();
    let Err(error) = run(&options);
    // Not `eprintln!`, which panics when nobody reads.
    let _ = writeln!(io::stderr(), "shop-service: can't listen on port {}: {error}", options.port);
    ExitCode::FAILURE
}

fn run(options: &Options) -> io::Result<std::convert::Infallible> {
    let service = Service::listen(options.port, &options.token)?;
    let mut out = io::stdout();
    writeln!(out, "Shop service on {}", service.base_url())?;
    out.flush()?;
    loop {
        std::thread::park();
    }
}
