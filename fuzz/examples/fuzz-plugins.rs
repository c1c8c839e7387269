//! The targets of the kit and the plugins, without the host.
#![no_main]

use fuzz::{engine, plugin};

libfuzzer_sys::fuzz_target!(init: engine::begin(&plugin::TARGETS), |data: &[u8]| engine::run(data));
