//! What a plugin may do, for the person who decides whether to trust it.

use plugin_host_core::description::Description;
use plugin_host_core::host::Plugin;
use plugin_host_core::http::Limits;
use plugin_host_core::schema;
use serde::{Deserialize, Serialize};

/// What a plugin may do, besides what every plugin may not: no files, no clock, no environment, no network of its own.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Permissions {
    /// The keys of a connection that hold the only addresses it may reach.
    pub reaches: Vec<String>,
    /// The keys of a connection that it is given.
    pub given: Vec<String>,
    /// Its memory in MiB.
    pub memory_mib: u64,
    /// The largest answer of a service that it may take, in KiB.
    pub response_kib: u64,
    /// Its actions that change something.
    pub changes: Vec<String>,
}

impl Permissions {
    /// Those of a plugin.
    pub fn of(plugin: &Plugin) -> Self {
        let description = plugin.description();
        let bytes = plugin.module().response_bytes().unwrap_or(Limits::default().response_bytes);
        let changing = description.actions.iter().filter(|action| action.annotations["readOnlyHint"] != true);
        Self {
            reaches: description.connection.origins.clone(),
            given: description.config_keys().into_iter().map(str::to_owned).collect(),
            memory_mib: (plugin.module().memory_bytes() as u64).div_ceil(1 << 20),
            response_kib: bytes.div_ceil(1 << 10),
            changes: changing.map(|action| action.name.clone()).collect(),
        }
    }

    /// What they go beyond others in, a line each; nothing if they ask for no more.
    pub fn beyond(&self, granted: &Self) -> Vec<String> {
        let more = |own: &[String], theirs: &[String]| {
            let new: Vec<_> = own.iter().filter(|name| !theirs.contains(name)).map(String::as_str).collect();
            (!new.is_empty()).then(|| new.join(", "))
        };
        let lists = [
            more(&self.reaches, &granted.reaches).map(|new| format!("reach the address in {new} of its connection")),
            more(&self.given, &granted.given).map(|new| format!("be given {new} of its connection")),
            more(&self.changes, &granted.changes).map(|new| format!("change things by {new}")),
        ];
        let memory = (self.memory_mib > granted.memory_mib)
            .then(|| format!("use {} MiB of memory instead of {}", self.memory_mib, granted.memory_mib));
        let response = (self.response_kib > granted.response_kib)
            .then(|| format!("take answers of {} KiB instead of {}", self.response_kib, granted.response_kib));
        lists.into_iter().chain([memory, response]).flatten().collect()
    }

    /// For people: a line each, with why it reaches what it does.
    pub fn shown(&self, description: &Description) -> String {
        let secret =
            |key: &String| schema::field(&description.connection.schema, key).is_some_and(|field| field.is_secret());
        let given: Vec<_> =
            self.given.iter().map(|key| if secret(key) { format!("{key} (secret)") } else { key.clone() }).collect();
        let reason = description.permissions.http.as_ref().map(|http| format!(": {}", http.reason)).unwrap_or_default();
        let reaches = match self.reaches.is_empty() {
            true => "nothing".to_owned(),
            false => format!("the address in {} of its connection, and no other{reason}", self.reaches.join(", ")),
        };
        let listed = |names: &[String]| if names.is_empty() { "nothing".to_owned() } else { names.join(", ") };
        let Self { memory_mib, response_kib, .. } = self;
        format!(
            "It may\n  reach   {reaches}\n  know    {} of its connection\n  change  things by {}\n  use     {memory_mib} MiB of memory, and answers of up to {response_kib} KiB\nIt has no files, no clock, no environment and no network of its own.\n",
            listed(&given),
            listed(&self.changes),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn permissions() -> Permissions {
        let list = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        Permissions {
            reaches: list(&["base_url"]),
            given: list(&["login", "base_url"]),
            memory_mib: 16,
            response_kib: 256,
            changes: list(&["create_order"]),
        }
    }

    #[test]
    fn only_what_goes_beyond_is_told() {
        let granted = permissions();
        assert!(granted.beyond(&granted).is_empty());
        let less = Permissions { memory_mib: 8, changes: Vec::new(), ..permissions() };
        assert!(less.beyond(&granted).is_empty());
        let mut more = permissions();
        more.reaches.push("mirror".to_owned());
        more.given.push("mirror".to_owned());
        more.changes.insert(0, "delete_order".to_owned());
        (more.memory_mib, more.response_kib) = (64, 1024);
        assert_eq!(
            more.beyond(&granted),
            [
                "reach the address in mirror of its connection",
                "be given mirror of its connection",
                "change things by delete_order",
                "use 64 MiB of memory instead of 16",
                "take answers of 1024 KiB instead of 256",
            ]
        );
    }

    #[test]
    fn people_read_what_is_secret_and_why_it_is_needed() {
        let description = serde_json::json!({
            "contract": 1, "name": "shop", "title": "Shop", "version": "1", "actions": [],
            "permissions": { "http": { "reason": "To change orders." } },
            "connection": { "check": "c", "origins": ["base_url"], "schema": { "properties": {
                "login": {}, "base_url": { "format": "password" } } } },
        });
        let shown = permissions().shown(&Description::parse(description.to_string()).unwrap());
        for line in [
            "  reach   the address in base_url of its connection, and no other: To change orders.\n",
            "  know    login, base_url (secret) of its connection\n",
            "  change  things by create_order\n",
            "  use     16 MiB of memory, and answers of up to 256 KiB\n",
        ] {
            assert!(shown.contains(line), "{line} is not in {shown}");
        }
    }
}
