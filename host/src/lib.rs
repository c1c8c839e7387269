//! Runs Extism action plugins.
