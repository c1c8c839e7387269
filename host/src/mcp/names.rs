//! What tools are called, and which of them are offered.

use plugin_host_core::description::ActionDescription;
use sha2::{Digest, Sha256};

use crate::glob::matches;

/// The longest name of a tool that is called after its plugin, too. Clients take 64 characters, and put
/// what they call the server before it.
const LONGEST: usize = 48;
/// So many characters of a hash end a name that was cut.
const HASH: usize = 8;

/// The name of a plugin's action, where there are several plugins. It depends on no other plugin, and no
/// two actions have one name: there is no `-` in an action's, so the last one says where the plugin's
/// ends.
pub fn of_plugin(plugin: &str, action: &str) -> String {
    let whole = format!("{plugin}-{action}");
    if whole.len() <= LONGEST {
        return whole;
    }
    let hash: String = Sha256::digest(&whole).iter().map(|byte| format!("{byte:02x}")).collect();
    // The contract's names are ASCII; others are cut at a character's end all the same.
    let end = (0..=LONGEST - HASH - 1).rev().find(|end| whole.is_char_boundary(*end)).unwrap_or_default();
    format!("{}-{}", &whole[..end], &hash[..HASH])
}

/// Which tools are offered.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Names, in which `*` stands for any characters; none for all.
    pub patterns: Vec<String>,
    /// Whether only those that change nothing are.
    pub read_only: bool,
}

impl Filter {
    /// Whether a tool of this name and action is offered.
    pub fn takes(&self, name: &str, action: &ActionDescription) -> bool {
        let named = self.patterns.is_empty() || self.patterns.iter().any(|pattern| matches(pattern, name));
        named && (!self.read_only || action.annotations["readOnlyHint"] == true)
    }

    /// The first pattern that none of these names has.
    pub fn in_vain<'a>(&'a self, names: &[String]) -> Option<&'a str> {
        let fits = |pattern: &&String| names.iter().any(|name| matches(pattern, name));
        self.patterns.iter().find(|pattern| !fits(pattern)).map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_says_the_plugin_and_is_cut_to_what_clients_take_without_becoming_anothers() {
        assert_eq!(of_plugin("shop", "ship_order"), "shop-ship_order");
        assert_ne!(of_plugin("a", "b_c"), of_plugin("a_b", "c"));
        let long = |end: &str| of_plugin(&"p".repeat(40), &format!("{}{end}", "a".repeat(63)));
        assert_eq!(long("x").len(), LONGEST);
        assert_eq!(long("x"), long("x"));
        assert_ne!(long("x"), long("y"));
        assert!(long("x").bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte)));
    }
}
