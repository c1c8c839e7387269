//! The built plugin in real Extism hosts.
