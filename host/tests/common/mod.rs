//! The command, as all tests of it start it.

use std::path::Path;
use std::process::Command;

use justclick_sandbox::{SAMPLE_API_KEY, Sandbox};

/// The plugin's bundle.
pub const BUNDLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../dist/extism.json");

/// The command with nothing in its environment but the bundle and a connection to the sandbox.
pub fn plugin_host(sandbox: &Sandbox) -> Command {
    assert!(Path::new(BUNDLE).exists(), "there is no bundle: run `cargo xtask dist`");
    let mut command = Command::new(env!("CARGO_BIN_EXE_plugin-host"));
    command
        .env_clear()
        .env("PLUGIN_BUNDLE", BUNDLE)
        .env("JUSTCLICK_LOGIN", "username")
        .env("JUSTCLICK_API_KEY", SAMPLE_API_KEY)
        .env("JUSTCLICK_BASE_URL", sandbox.base_url());
    command
}
