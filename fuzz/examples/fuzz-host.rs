//! The targets of the host.
#![no_main]

use fuzz::{engine, host};

libfuzzer_sys::fuzz_target!(init: engine::begin(&host::TARGETS), |data: &[u8]| engine::run(data));
