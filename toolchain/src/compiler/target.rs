//! What plugins are compiled for.

/// A plugin's target: it has no system interface at all, so the plugin can reach nothing but what its
/// host gives.
pub const WASM_TARGET: &str = "wasm32-unknown-unknown";
