//! Names with `*` in them, as operators write them.

/// Whether a name fits a pattern, in which `*` stands for any characters and all else for itself.
pub fn matches(pattern: &str, name: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == name,
        Some((before, after)) => name.strip_prefix(before).is_some_and(|rest| {
            let ends = (0..=rest.len()).filter(|at| rest.is_char_boundary(*at));
            ends.map(|at| &rest[at..]).any(|rest| matches(after, rest))
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_any_characters_and_all_else_for_itself() {
        for (pattern, name, is_match) in [
            ("*", "a", true),
            ("shop-*", "shop-ship", true),
            ("shop-*", "crm-ship", false),
            ("*_order*", "shop-ship_order", true),
            ("*-get_*_x", "shop-get_a_x_x", true),
            ("shop", "shop-ship", false),
            ("sho?", "shop", false),
            ("", "a", false),
        ] {
            assert_eq!(matches(pattern, name), is_match, "{pattern} {name}");
        }
    }
}
