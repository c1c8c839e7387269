//! Whether the bundles can be used.

use plugin_host_core::Host;
use plugin_host_core::plugins::{Entry, Plugins};

use super::finding::Findings;
use crate::cli::args::OpenArgs;
use crate::cli::open;

const CHECK: &str = "bundle";
/// So many faults of a description are shown.
const FAULTS: usize = 5;

/// Loads each bundle by itself, so that one that is broken hides nothing of the others. Gives those that
/// can be used.
pub fn look(args: &OpenArgs, host: &Host, findings: &mut Findings) -> Plugins {
    let sources = match open::sources_of(args) {
        Ok(sources) => sources,
        Err(why) => {
            let next = "name a bundle with --bundle, or a list of them with --plugins";
            findings.fail(CHECK, "sources", why.to_string(), next);
            return Plugins::default();
        }
    };
    let mut usable = Plugins::default();
    for source in sources {
        let shown = source.manifest.display().to_string();
        let loaded = Plugins::load(host, vec![source]);
        let Some(entry) = loaded
            .map_err(|why| {
                findings.fail(
                    CHECK,
                    &shown,
                    why.to_string(),
                    "get the bundle again from who publishes it, or mend what is told",
                )
            })
            .ok()
            .and_then(Plugins::into_only)
        else {
            continue;
        };
        told(&entry, &shown, findings);
        if let Err(why) = usable.add(entry) {
            findings.fail(CHECK, shown, why.to_string(), "leave one of them out");
        }
    }
    if let Some(name) = &args.plugin
        && let Err(why) = usable.get(name)
    {
        findings.fail(CHECK, name, why.to_string(), "give --plugin one of these names");
    }
    usable
}

fn told(entry: &Entry, shown: &str, findings: &mut Findings) {
    let description = entry.description();
    let message = format!(
        "{} {} follows version {} of the contract, has {} actions and {} triggers, and its module is the one that the manifest names",
        description.title,
        description.version,
        description.contract,
        description.actions.len(),
        description.triggers.len(),
    );
    findings.ok(CHECK, shown, message);
    for fault in description.faults().iter().take(FAULTS) {
        let next = "tell its author; plugin-host describe lists all of them";
        findings.warn(CHECK, shown, format!("its description breaks the contract: {fault}"), next);
    }
}
