//! A server of many plugins with many connections, none of which is called.

#[path = "../../../host/tests/common/altered.rs"]
mod altered;

use std::fmt::Write;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, ensure};
use plugin_host_core::bundle::Bundle;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::process::{Programs, alone};
use crate::usage;

/// What a server of many plugins takes while it rests.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Many {
    /// How many plugins it has.
    pub plugins: usize,
    /// How many connections each of them has.
    pub connections: usize,
    /// Its resident memory in MB when it has compiled them itself.
    pub first_mb: f64,
    /// The same when they were compiled before.
    pub mb: f64,
}

/// Starts `plugin-host serve` on so many plugins, each with so many connections, and looks at its memory
/// when it listens: once with nothing in the compile cache, and once again. None where that can't be told.
///
/// # Errors
/// When the server does not start.
pub fn measure(
    programs: &Programs,
    plugin_host: &Path,
    (plugins, connections): (usize, usize),
) -> Result<Option<Many>> {
    let folder = tempfile::tempdir()?;
    write(programs, folder.path(), plugins, connections)?;
    let rest = || rest(plugin_host, folder.path());
    Ok(match (rest()?, rest()?) {
        (Some(first_mb), Some(mb)) => Some(Many { plugins, connections, first_mb, mb }),
        _ => None,
    })
}

/// The bundles, each of a module of its own, and their connections.
fn write(programs: &Programs, folder: &Path, plugins: usize, connections: usize) -> Result<()> {
    let module = Bundle::load(&programs.bundle)?.wasm;
    let described = programs.bundle.with_file_name("describe.json");
    let mut description: Value = serde_json::from_slice(&fs::read(&described)?)?;
    // What stands beside the module is not what it says.
    description.as_object_mut().and_then(|all| all.remove("i18n"));
    let mut file = String::new();
    for plugin in 0..plugins {
        let name = format!("plugin-{plugin}");
        description["name"] = name.clone().into();
        let module = altered::with_description(&module, description.to_string().as_bytes());
        let bundle = folder.join("plugins").join(&name);
        fs::create_dir_all(&bundle)?;
        let hash: String = Sha256::digest(&module).iter().map(|byte| format!("{byte:02x}")).collect();
        let manifest = json!({ "wasm": [{ "path": "plugin.wasm", "hash": hash }] });
        fs::write(bundle.join("plugin.wasm"), module)?;
        fs::write(bundle.join("extism.json"), manifest.to_string())?;
        for connection in 0..connections {
            writeln!(
                file,
                "[shop-{plugin}-{connection}]\nplugin = \"{name}\"\nlogin = \"login-{connection}\"\n\
                 api_key = \"a key of {plugin} and {connection}\"\nbase_url = \"https://shop-{connection}.example\""
            )?;
        }
    }
    fs::write(folder.join("connections.toml"), file)?;
    Ok(())
}

/// The megabytes that the server has resident when it listens.
fn rest(plugin_host: &Path, folder: &Path) -> Result<Option<f64>> {
    let mut command = Command::new(plugin_host);
    command.env_clear().env("HOME", folder).current_dir(folder);
    command.args(["--bundle", "plugins", "--connections", "connections.toml", "serve", "--listen", "127.0.0.1:0"]);
    let mut server = Server(alone(&mut command).stdin(Stdio::null()).stdout(Stdio::piped()).spawn().context("serve")?);
    let mut line = String::new();
    BufReader::new(server.0.stdout.take().context("no pipe")?).read_line(&mut line)?;
    ensure!(line.contains("http://"), "the server of many plugins did not start: it says why above");
    let bytes = usage::resident(server.0.id());
    #[expect(clippy::cast_precision_loss, reason = "no process has that much memory")]
    Ok(bytes.map(|bytes| bytes as f64 / 1e6))
}

/// Is killed when this is dropped.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
