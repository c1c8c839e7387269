//! `plugin-host package archive|oci|python|mcpb|openapi`: what is made, of the real plugins and of hostile ones.

mod artifact;
#[path = "../common/mod.rs"]
mod common;
mod mcpb;
mod openapi;
mod python;
mod support;
