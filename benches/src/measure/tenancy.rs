//! Many plugins with many connections, as an operator has them in files.

#[path = "../../../host/tests/common/altered.rs"]
mod altered;

use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::Result;
use plugin_host_core::bundle::{Bundle, sha256};
use serde_json::{Value, json};

use crate::plan::Tenancy;
use crate::programs::Programs;
use crate::sample::API_KEY;

/// A connection's name.
pub fn name(plugin: usize, connection: usize) -> String {
    format!("shop-{plugin}-{connection}")
}

/// Writes the bundles and their connections to the service at this address. All are accounts of their own, and have
/// the key with which the service signs.
///
/// # Errors
/// When they can't be written.
pub fn write(tenancy: Tenancy, programs: &Programs, folder: &Path, base_url: &str) -> Result<()> {
    let module = Bundle::load(&programs.bundle)?.wasm;
    let described = programs.bundle.with_file_name("describe.json");
    let mut description: Value = serde_json::from_slice(&fs::read(&described)?)?;
    // What stands beside the module is not what it says.
    description.as_object_mut().and_then(|all| all.remove("i18n"));
    let mut file = String::new();
    for plugin in 0..tenancy.plugins {
        let plugin_name = format!("plugin-{plugin}");
        description["name"] = plugin_name.clone().into();
        let module = altered::with_description(&module, description.to_string().as_bytes());
        let bundle = folder.join("plugins").join(&plugin_name);
        fs::create_dir_all(&bundle)?;
        let hash = sha256(&module);
        let manifest = json!({ "wasm": [{ "path": "plugin.wasm", "hash": hash }] });
        fs::write(bundle.join("plugin.wasm"), module)?;
        fs::write(bundle.join("extism.json"), manifest.to_string())?;
        for connection in 0..tenancy.connections {
            writeln!(
                file,
                "[{}]\nplugin = \"{plugin_name}\"\nlogin = \"login-{connection}\"\n\
                 api_key = \"{API_KEY}\"\nbase_url = \"{base_url}\"",
                name(plugin, connection)
            )?;
        }
    }
    fs::write(folder.join("connections.toml"), file)?;
    Ok(())
}

/// `plugin-host serve` of what is in a folder, which is its home as well.
pub fn serve(programs: &Programs, folder: &Path) -> Command {
    let mut command = Command::new(&programs.plugin_host);
    command.env_clear().env("HOME", folder).current_dir(folder);
    command.args(["--bundle", "plugins", "--connections", "connections.toml", "--log", "warn"]);
    command.args(["serve", "--listen", "127.0.0.1:0"]);
    command
}
