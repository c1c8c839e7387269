//! What the project takes to be built.

use super::version::Version;

/// The oldest rustc that builds the host: wasmtime, inside Extism's runtime, asks for it.
pub const OLDEST: Version = Version { major: 1, minor: 96 };

/// The plugin's target: it has no system interface at all, so the plugin can reach nothing but
/// what its host gives.
pub const WASM_TARGET: &str = "wasm32-unknown-unknown";
