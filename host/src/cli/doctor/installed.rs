//! Whether installed plugins are what their lock names.

use std::path::Path;

use super::finding::Findings;
use crate::cli::args::OpenArgs;
use crate::install::{self, Lock, Locked};

const CHECK: &str = "installed";

/// Looks at every file of each installed plugin, and at who vouches for it.
pub fn look(args: &OpenArgs, findings: &mut Findings) {
    let folder = args.plugins.clone().filter(|path| path.is_dir()).or_else(|| install::usual().ok());
    let Some(folder) = folder else { return };
    match Lock::read(&folder) {
        Ok(lock) => {
            for (name, plugin) in &lock.plugins {
                told(&folder, name, plugin, findings);
            }
        }
        Err(why) => {
            let next = "get plugins.lock back as it was, or put it aside and install the plugins anew";
            findings.fail(CHECK, folder.display().to_string(), why.to_string(), next);
        }
    }
}

fn told(folder: &Path, name: &str, plugin: &Locked, findings: &mut Findings) {
    if let Some(fault) = install::fault(folder, plugin) {
        findings.fail(CHECK, name, fault.to_string(), "plugin-host install");
        return;
    }
    let whole = format!("all files of {name} {} are those that plugins.lock names", plugin.version);
    match &plugin.key {
        Some(key) => findings.ok(CHECK, name, format!("{whole}, and signed by {key}")),
        None => {
            let next = "ask who publishes it for a signed one; then remove it, and install that";
            findings.warn(CHECK, name, format!("{whole}, and nobody who is trusted has signed them"), next);
        }
    }
}
