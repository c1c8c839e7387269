//! `justclick-sandbox`: the stand-in as a command.

use std::io::{self, Write};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use justclick_sandbox::{Misbehaviour, SAMPLE_API_KEY, SAMPLE_LOGIN, Sandbox, StartError};

/// A stand-in for the JustClick API: checks signatures, keeps a shop in memory, misbehaves on
/// request.
///
/// Prints its address and serves until it is interrupted. Look into it at /orders/NUMBER, /requests,
/// /misbehaviour and /control/….
// No `Debug`: it would show the key.
#[derive(Parser)]
#[command(version)]
struct Options {
    /// Where to listen; port 0 is a free one. Anyone who reaches the address can alter the orders
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:0")]
    listen: SocketAddr,

    /// The account's login
    #[arg(long, default_value = SAMPLE_LOGIN, allow_hyphen_values = true)]
    login: String,

    /// The account's secret key; the default is the sample key of the documentation, not a secret.
    /// Other users of the machine can see an option's value: prefer the variable
    #[arg(
        long,
        value_name = "KEY",
        env = "SANDBOX_API_KEY",
        hide_env_values = true,
        default_value = SAMPLE_API_KEY,
        allow_hyphen_values = true
    )]
    api_key: String,

    /// Orders to start with: {"orders": [{"bill_id": "100000", "status": "new"}]}; a few samples
    /// unless given
    #[arg(long, value_name = "FILE")]
    orders: Option<PathBuf>,

    #[arg(long, value_name = "NAME", help = misbehave_help())]
    misbehave: Option<Misbehaviour>,

    /// The delay of "slow", in milliseconds
    #[arg(long, value_name = "MS", default_value_t = 3000)]
    slow_ms: u64,
}

fn misbehave_help() -> String {
    format!("How to answer all requests, whatever their order says: {}", Misbehaviour::names())
}

fn main() -> ExitCode {
    let options = Options::parse();
    match run(options) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Not `eprintln!`, which panics when nobody reads.
            let _ = writeln!(io::stderr(), "justclick-sandbox: {error}");
            ExitCode::from(match error.downcast_ref() {
                Some(StartError::OrdersFile { .. }) => 2,
                _ => 1,
            })
        }
    }
}

fn run(options: Options) -> Result<(), Box<dyn std::error::Error>> {
    let mut builder = Sandbox::builder()
        .login(options.login)
        .api_key(options.api_key)
        .listen(options.listen)
        .slow(Duration::from_millis(options.slow_ms));
    builder = match options.orders {
        Some(path) => builder.orders_file(path),
        None => builder.sample_orders(),
    };
    if let Some(misbehaviour) = options.misbehave {
        builder = builder.misbehaviour(misbehaviour);
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        // Before the address is printed: whoever reads it may end the sandbox at once.
        let interrupted = interrupted()?;
        let sandbox = builder.start()?;
        let mut out = io::stdout();
        writeln!(out, "JustClick sandbox on {}", sandbox.base_url())?;
        out.flush()?;
        interrupted.await;
        Ok(())
    })
}

/// Resolves at the first SIGINT or SIGTERM after this call.
#[cfg(unix)]
fn interrupted() -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

/// Resolves at Ctrl-C.
#[cfg(not(unix))]
fn interrupted() -> io::Result<impl Future<Output = ()>> {
    Ok(async {
        let _ = tokio::signal::ctrl_c().await;
    })
}
