//! `plugin-host verify`: this project's plugins keep the contract, and for each rule there is a plugin
//! that breaks it.

#[path = "../common/mod.rs"]
mod common;

mod broken;
mod own;
mod record;
mod rules;
mod support;
