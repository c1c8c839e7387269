//! Whether callers' tokens can be read and are for something, and who else could give out some.

use std::env;
use std::path::Path;

use plugin_host_core::plugins::Plugins;
use plugin_host_core::text::counted;

use super::access::{guarded, private};
use super::finding::Findings;
use crate::cli::args::DoctorArgs;
use crate::web::tokens::Tokens;

const CHECK: &str = "tokens";

/// The names of all actions.
pub fn actions(plugins: &Plugins) -> Vec<String> {
    let all = plugins.iter().flat_map(|(_, entry)| &entry.description().actions);
    all.map(|action| action.name.clone()).collect()
}

/// Looks at the files of tokens that are named, where there are these connections and actions.
pub fn look(args: &DoctorArgs, connections: &[String], actions: &[String], findings: &mut Findings) {
    if let Some(file) = &args.token_file {
        read(file, Tokens::read(Some(file), None), "--token-file", findings);
        private(file, "which holds tokens", findings);
    }
    let Some(file) = &args.tokens else { return };
    let tokens = Tokens::default().with_file(file, |name| env::var(name).ok());
    if let Some(tokens) = read(file, tokens, "--tokens", findings) {
        let [connections, actions] =
            [connections, actions].map(|names| names.iter().map(String::as_str).collect::<Vec<_>>());
        let next = "mend its table, or take it out; SIGHUP has a server read the file again";
        for doubt in tokens.doubts(&connections, &actions) {
            findings.warn(CHECK, file.display().to_string(), doubt, next);
        }
    }
    guarded(file, "which says who may call", findings);
}

/// Tells whether a file's tokens could be read.
fn read(file: &Path, tokens: Result<Tokens, String>, option: &str, findings: &mut Findings) -> Option<Tokens> {
    let shown = file.display().to_string();
    match tokens {
        Ok(tokens) => {
            let some = counted(tokens.len(), "token");
            findings.ok(CHECK, shown, format!("it has {some}"));
            Some(tokens)
        }
        Err(why) => {
            findings.fail(CHECK, shown, why, format!("mend the file of {option}: no server begins with it"));
            None
        }
    }
}
