//! What can be told of a module without calling more than `describe`.

use plugin_host_core::engine::Module;

use super::super::bench::Plugin;
use super::super::findings::Findings;
use super::super::rule::{DESCRIPTION, IMPORTS, TOOL};

/// All that a plugin may import, beside what hands memory, values and logs to and fro.
const NEWER: &[&str] = &["extism:host/env::http_headers"];
/// The most that the part of a tool has which a model reads: 400 tokens of about four bytes.
const TOOL_BYTES: usize = 1600;

/// Holds the description and the imports against the contract.
pub fn check(plugin: &Plugin, module: &Module, findings: &mut Findings) {
    let description = plugin.description();
    findings.tried(&DESCRIPTION);
    for fault in description.faults() {
        findings.add(&DESCRIPTION, &fault.place, &fault.message, "");
    }
    findings.tried(&IMPORTS);
    for import in module.imports().iter().filter(|import| NEWER.contains(&import.as_str())) {
        let what = "is not there in older hosts, which then can't load the module at all";
        findings.add(&IMPORTS, import, what, "");
    }
    let text: serde_json::Value = serde_json::from_str(&description.text).unwrap_or_default();
    for action in text["actions"].as_array().into_iter().flatten() {
        findings.tried(&TOOL);
        let (tool, name) = (projection::tool(action), action["name"].as_str().unwrap_or_default());
        for fault in projection::faults(&tool) {
            findings.add(&TOOL, name, &format!("is no tool that every model takes: {fault}"), "");
        }
        let size = projection::size(&tool);
        if size > TOOL_BYTES {
            let what = format!("has a tool of some {} tokens, and 400 are enough: shorten texts", size.div_ceil(4));
            findings.add(&TOOL, name, &what, "");
        }
    }
}
