//! The plugins of this workspace.

use std::path::PathBuf;

use crate::project::Project;

/// A plugin that is built and bundled.
pub struct Plugin {
    /// Its name, which is also its module's.
    pub name: &'static str,
    /// Its package.
    pub package: &'static str,
    /// The folder of its `extism.json`, the manifest for stock hosts, from the project's root.
    pub manifest: &'static str,
    /// The folder of its bundle, from that of all bundles; empty for that folder itself.
    pub bundle: &'static str,
    /// The largest module that may be released, in bytes.
    pub largest: usize,
}

/// The plugin that this project is named after.
pub const JUSTCLICK: Plugin =
    Plugin { name: "justclick", package: "justclick-plugin", manifest: "manifest", bundle: "", largest: 256 * 1024 };

/// The made-up one, for tests of hosts and platforms.
pub const SHOP: Plugin = Plugin {
    name: "shop",
    package: "shop-plugin",
    manifest: "plugins/shop",
    bundle: "plugins/shop",
    largest: 160 * 1024,
};

/// That of a service which nobody here has made.
pub const REDMINE: Plugin = Plugin {
    name: "redmine",
    package: "redmine-plugin",
    manifest: "plugins/redmine",
    bundle: "plugins/redmine",
    largest: 192 * 1024,
};

/// All of them.
pub const PLUGINS: [&Plugin; 3] = [&JUSTCLICK, &SHOP, &REDMINE];

impl Plugin {
    /// The file name of its module.
    pub fn module(&self) -> String {
        format!("{}.wasm", self.name)
    }

    /// The folder of its bundle.
    pub fn dist(&self, project: &Project) -> PathBuf {
        project.dist().join(self.bundle)
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use toolchain::icon;

    use super::*;

    /// It travels in packages that are downloaded. In bytes.
    const LARGEST_ICON: usize = 30_000;

    /// `cargo xtask e2e mcp` draws it of icon.svg, with `UPDATE_SCREENSHOT=1`, and holds it to that each time.
    #[test]
    fn a_plugin_s_icon_png_is_one_that_is_shown_and_small() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let mut names = Vec::new();
        for plugin in PLUGINS {
            let Ok(content) = std::fs::read(root.join(plugin.manifest).join(icon::NAME)) else { continue };
            assert_eq!(icon::check(&content), Ok(()), "{}", plugin.name);
            assert!(content.len() <= LARGEST_ICON, "{}: {} bytes", plugin.name, content.len());
            names.push(plugin.name);
        }
        assert!(names.contains(&JUSTCLICK.name), "{names:?}");
    }
}
