//! `plugin-manifest PLUGIN FOLDER` writes the files that are made from a plugin's code and from its
//! translations, which stand in the folder `i18n` of its package.

use std::path::{Path, PathBuf};
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
    match write(plugin, &sources(package).join("i18n"), Path::new(folder)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("plugin-manifest: {error}");
            ExitCode::FAILURE
        }
    }
}

/// The folder of a package: the root for the plugin that the workspace is named after, `plugins/NAME` for
/// the others.
fn sources(package: &str) -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    match package.strip_suffix("-plugin") {
        Some(name) if root.join("plugins").join(name).is_dir() => root.join("plugins").join(name),
        _ => root,
    }
}

fn write(plugin: &Plugin, sources: &Path, folder: &Path) -> Result<(), String> {
    let languages = plugin_kit::manifest::languages(sources)?;
    let files = plugin_kit::manifest::files(plugin, &languages)
        .map_err(|faults| format!("{} does not fit the plugin:\n  - {}", sources.display(), faults.join("\n  - ")))?;
    let unwritable = |error: io::Error| format!("can't write into {}: {error}", folder.display());
    for (name, text) in files {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().unwrap_or(folder)).map_err(unwritable)?;
        fs::write(path, text).map_err(unwritable)?;
    }
    Ok(())
}
