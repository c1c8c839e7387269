//! Users and passwords of registries, as `docker login` and `oras login` write them down.

use std::collections::BTreeMap;
use std::env;
use std::path::PathBuf;

use plugin_host_core::file::read_bytes;
use serde::Deserialize;

/// The largest file, in bytes.
const LARGEST: u64 = 1 << 20;

#[derive(Deserialize)]
struct Config {
    #[serde(default)]
    auths: BTreeMap<String, Auth>,
}

#[derive(Deserialize)]
struct Auth {
    /// User, colon and password, in base64.
    #[serde(default)]
    auth: String,
}

/// The user and the password for a registry, in base64, from `config.json` in the folder that `DOCKER_CONFIG` names, or
/// else in `~/.docker`. What cannot be read is as if it were not there.
pub fn credentials(host: &str) -> Option<String> {
    let set = |name: &str| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let folder = set("DOCKER_CONFIG").or_else(|| Some(set("HOME")?.join(".docker")))?;
    of_config(&read_bytes(&folder.join("config.json"), LARGEST).ok()?, host)
}

fn of_config(config: &[u8], host: &str) -> Option<String> {
    let config: Config = serde_json::from_slice(config).ok()?;
    let auth = config.auths.into_iter().find(|(name, auth)| is_of(name, host) && !auth.auth.is_empty())?.1.auth;
    auth.bytes().all(|byte| byte.is_ascii_graphic()).then_some(auth)
}

/// Whether an entry is of a host, which may be written as an address.
fn is_of(name: &str, host: &str) -> bool {
    let name = name.strip_prefix("https://").or_else(|| name.strip_prefix("http://")).unwrap_or(name);
    let name = name.split('/').next().unwrap_or_default();
    name == host || (name == "index.docker.io" && host == "docker.io")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_for_the_registry_that_it_stands_for() {
        let config = br#"{"auths": {"a.example": {"auth": "YTpi"}, "https://b.example:5000/v2/": {"auth": "Yzpk"},
            "https://index.docker.io/v1/": {"auth": "ZTpm"}, "c.example": {}}, "credsStore": "x"}"#;
        let of = |host| of_config(config, host);
        assert_eq!(of("a.example").as_deref(), Some("YTpi"));
        assert_eq!(of("b.example:5000").as_deref(), Some("Yzpk"));
        assert_eq!(of("docker.io").as_deref(), Some("ZTpm"));
        for none in ["b.example", "a.example.evil", "c.example", "example"] {
            assert_eq!(of(none), None, "{none}");
        }
        assert_eq!(of_config(b"no JSON", "a.example"), None);
        assert_eq!(of_config(br#"{"auths": {"a": {"auth": "x\r\nHost: evil"}}}"#, "a"), None);
    }
}
