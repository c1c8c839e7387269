//! `plugin-host package python|mcpb|openapi`: what is made, of the real plugins and of hostile ones.

#[path = "../common/mod.rs"]
mod common;
mod mcpb;
mod openapi;
mod python;
mod support;
