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
