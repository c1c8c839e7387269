//! Which way requests take.

use std::collections::BTreeMap;
use std::env;

use plugin_host_core::http::Origin;

use super::finding::Findings;
use crate::cli::args::OpenArgs;
use crate::cli::open::{self, Named};

const CHECK: &str = "network";
/// So many addresses are shown by name.
const SHOWN: usize = 10;

/// Tells of each address whether it is reached through a proxy. Gives whether requests can be made at all.
pub fn look(args: &OpenArgs, named: &[Named<'_>], findings: &mut Findings) -> bool {
    let proxies = match open::outside(args) {
        Ok((_, proxies)) => proxies,
        Err(why) => {
            findings.fail(CHECK, "all", why.to_string(), "mend --ca-file, --proxy or the variable that is told");
            return false;
        }
    };
    let is_set = |name: &str| env::var(name).is_ok_and(|value| !value.trim().is_empty());
    if is_set("HTTP_PROXY") && !is_set("http_proxy") && args.proxy.is_none() {
        let message =
            "HTTP_PROXY counts in lower case alone, because servers hand a request's header Proxy on as HTTP_PROXY";
        findings.warn(
            CHECK,
            "HTTP_PROXY",
            message,
            "set http_proxy if plain http is to go through a proxy, or else unset it",
        );
    }
    let ways: BTreeMap<String, Option<String>> =
        origins(named).map(|origin| (origin.to_string(), proxies.shown(&origin))).collect();
    for (origin, proxy) in ways.iter().take(SHOWN) {
        match proxy {
            Some(proxy) => findings.ok(CHECK, origin, format!("it is reached through the proxy {proxy}")),
            None => findings.ok(CHECK, origin, "it is reached without a proxy"),
        }
        if origin.starts_with("http:") && !named.is_empty() && !is_here(named, origin) {
            let next = "give the connection an address with https, if the service has one";
            findings.warn(CHECK, origin, "what is sent there can be read on its way, as it is plain http", next);
        }
    }
    if ways.len() > SHOWN {
        let through = ways.values().skip(SHOWN).flatten().count();
        findings.ok(
            CHECK,
            "others",
            format!("{} more addresses, {through} of them through a proxy", ways.len() - SHOWN),
        );
    }
    true
}

/// Whether an address is of this machine.
fn is_here(named: &[Named<'_>], shown: &str) -> bool {
    origins(named).any(|origin| origin.is_this_machine() && origin.to_string() == shown)
}

/// The addresses that connections may reach.
fn origins(named: &[Named<'_>]) -> impl Iterator<Item = Origin> {
    named.iter().flat_map(|it| it.entry.description().origins(&it.connection))
}
