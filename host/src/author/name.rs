//! What a plugin may be called.

/// The longest name.
const LONGEST: usize = 40;

/// A plugin's name, as the contract has it.
///
/// # Errors
/// Which rule it breaks.
pub fn checked(name: &str) -> Result<String, String> {
    let told = |rule: &str| Err(format!("a plugin can't be called {name:?}: its name {rule}"));
    let is_plain = |char: char| char.is_ascii_lowercase() || char.is_ascii_digit() || matches!(char, '-' | '_');
    if !name.starts_with(|char: char| char.is_ascii_lowercase()) {
        return told("begins with a small letter from a to z");
    }
    if let Some(other) = name.chars().find(|char| !is_plain(*char)) {
        return told(&format!("has nothing but small letters, digits, - and _ in it, and no {other:?}"));
    }
    if name.len() > LONGEST {
        return told(&format!("has at most {LONGEST} characters, and this has {}", name.len()));
    }
    Ok(name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_name_is_refused_with_the_rule_that_it_breaks() {
        assert_eq!(checked("my-shop_2"), Ok("my-shop_2".to_owned()));
        for (name, rule) in [
            ("", "begins with a small letter"),
            ("2day", "begins with a small letter"),
            ("Parcel", "begins with a small letter"),
            ("parcel/x", "and no '/'"),
            ("párcel", "and no 'á'"),
            (&"a".repeat(41), "at most 40 characters, and this has 41"),
        ] {
            let refusal = checked(name).unwrap_err();
            assert!(refusal.contains(rule), "{refusal}");
        }
    }
}
