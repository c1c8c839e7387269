//! What is told of installed plugins.

use std::collections::BTreeSet;

use plugin_host_core::host::Plugin;
use plugin_host_core::text::on_one_line;
use serde_json::{Value, json};

use crate::cli::call::table;
use crate::install::{Locator, Lock, Locked, Staged};
use crate::verify::compat;
use crate::verify::findings::Findings;

/// What is told where nothing is installed.
pub const NONE: &str = "No plugin is installed. Install one: plugin-host install LOCATOR\n";

/// So many of what changed are listed.
const LISTED: usize = 20;

/// So much of a digest is shown in a list.
const SHOWN: usize = "sha256:".len() + 12;

/// An installed plugin, for machines.
pub fn plugin(name: &str, plugin: &Locked) -> Value {
    let mut value = json!({ "name": name });
    if let (Some(all), Ok(Value::Object(members))) = (value.as_object_mut(), serde_json::to_value(plugin)) {
        all.extend(members);
    }
    value
}

/// All installed plugins, for people.
pub fn list(lock: &Lock) -> String {
    if lock.plugins.is_empty() {
        return NONE.to_owned();
    }
    let header = ["name", "version", "from", "signed by", "digest"].map(str::to_owned).to_vec();
    let row = |(name, plugin): (&String, &Locked)| {
        let from = plugin.locator.parse::<Locator>().map_or_else(|_| "…".to_owned(), |locator| locator.shown());
        let key = plugin.key.clone().unwrap_or_else(|| "nobody".to_owned());
        // Whoever compares digests has --json, or the lock.
        let digest = format!("{}…", plugin.digest.chars().take(SHOWN).collect::<String>());
        vec![name.clone(), plugin.version.clone(), from, key, digest]
    };
    table(&std::iter::once(header).chain(lock.plugins.iter().map(row)).collect::<Vec<_>>())
}

/// What a plugin is, where it comes from, and who vouches for it.
pub fn introduced(staged: &Staged, locator: &Locator) -> String {
    let description = staged.plugin.description();
    let signed = match staged.signed() {
        Some(signed) => format!("signed by  {}\n           \"{}\"", signed.key, on_one_line(&signed.comment)),
        None => "signed by  nobody who is trusted: whoever can change it there decides what it does".to_owned(),
    };
    format!(
        "{} {} ({})\n{}\nfrom       {}\ndigest     {}\n{signed}\n",
        on_one_line(&description.title),
        on_one_line(&description.version),
        description.name,
        on_one_line(&description.description),
        locator.shown(),
        staged.digest(),
    )
}

/// What an update changes.
pub struct Changes {
    /// What it wants besides what it was let.
    pub more: Vec<String>,
    /// Actions and triggers that are new.
    new: Vec<String>,
    /// What breaks for who uses the old one: a place, and what is the matter there.
    broken: Vec<String>,
}

impl Changes {
    /// Those from one version to the next, as far as the old one is there.
    pub fn of(old: Option<&Plugin>, new: &Plugin, more: Vec<String>) -> Self {
        let Some(old) = old else { return Self { more, new: Vec::new(), broken: Vec::new() } };
        let known: BTreeSet<_> = names(old).collect();
        let value = |plugin: &Plugin| serde_json::from_str::<Value>(&plugin.description().text).unwrap_or_default();
        let mut findings = Findings::default();
        compat::check(&value(old), &value(new), &mut findings);
        let broken = findings.found.iter().map(|it| format!("{}: {}", it.place, it.message())).collect();
        Self { more, new: names(new).filter(|name| !known.contains(name)).collect(), broken }
    }

    /// For people, a line each.
    pub fn text(&self) -> String {
        let more = self.more.iter().map(|more| format!("  it may now {more}\n"));
        let new = (!self.new.is_empty()).then(|| format!("  new: {}\n", self.new.join(", ")));
        let broken = self.broken.iter().take(LISTED).map(|broken| format!("  breaks {broken}\n"));
        let left = self.broken.len().checked_sub(LISTED + 1).map(|left| format!("  and {} more\n", left + 1));
        more.chain(new).chain(broken).chain(left).collect()
    }

    /// For machines.
    pub fn json(&self) -> Value {
        json!({ "permissions": self.more, "new": self.new, "breaks": self.broken })
    }
}

/// The names of a plugin's actions and triggers.
fn names(plugin: &Plugin) -> impl Iterator<Item = String> {
    let description = plugin.description();
    let triggers = description.triggers.iter().map(|trigger| trigger.name.clone());
    description.actions.iter().map(|action| action.name.clone()).chain(triggers)
}
