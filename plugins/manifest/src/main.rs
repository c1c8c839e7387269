//! `plugin-manifest PLUGIN FOLDER` writes the files that are made from a plugin's code.

use std::path::Path;
use std::process::ExitCode;
use std::{env, fs, io};

use plugin_kit::Plugin;

/// Every plugin of this workspace, by its package.
const PLUGINS: [(&str, &Plugin); 3] =
    [("justclick-plugin", &justclick::PLUGIN), ("redmine-plugin", &redmine::PLUGIN), ("shop-plugin", &shop::PLUGIN)];

fn main() -> ExitCode {
    let words: Vec<String> = env::args().skip(1).collect();
    let [package, folder] = words.as_slice() else {
        eprintln!("Usage: plugin-manifest PLUGIN FOLDER");
        return ExitCode::from(2);
    };
    let Some((_, plugin)) = PLUGINS.iter().find(|(name, _)| name == package) else {
        eprintln!("plugin-manifest: there is no plugin {package}");
        return ExitCode::from(2);
    };
    match write(plugin, Path::new(folder)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("plugin-manifest: can't write into {folder}: {error}");
            ExitCode::FAILURE
        }
    }
}

fn write(plugin: &Plugin, folder: &Path) -> io::Result<()> {
    for (name, text) in plugin_kit::manifest::files(plugin) {
        fs::write(folder.join(name), text)?;
    }
    Ok(())
}
