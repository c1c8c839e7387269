//! `plugin-host`: see `plugin-host --help`.

use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(plugin_host::cli::main())
}
