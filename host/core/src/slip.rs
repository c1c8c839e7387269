//! Names that are taken for slips: nearly those of something that is there.

/// A name this close to a known one is taken for a slip.
const NEAR: f64 = 0.8;

/// The known name that another one is nearly; `None` if it is near to none.
pub fn meant<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let scored = known.into_iter().map(|known| (strsim::jaro_winkler(name, known), known));
    scored.filter(|(score, _)| *score >= NEAR).max_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, known)| known)
}

/// A question to put behind a sentence on a name that is not known, with a blank before it; empty if it is near to none.
pub fn question<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    meant(name, known).map(|meant| format!(" Did you mean {meant}?")).unwrap_or_default()
}

/// The longest name that is plainly one, in letters.
const PLAIN: usize = 20;
/// No name is nearly a longer one than this, in bytes.
const LONGEST: usize = 64;

/// What is told in the place of a key that could be a secret.
pub const HIDDEN: &str = "a key (not shown, as it could be a secret)";

/// How a key of somebody's file is told, where these are known. Some paste a secret in a key's place: a key is shown
/// if it is nearly a known one, or a short word of letters and `_`.
pub fn shown<'n, 'k>(key: &'n str, known: impl IntoIterator<Item = &'k str>) -> &'n str {
    let is_plain = key.len() <= PLAIN && key.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'_');
    let is_near = |known: &str| strsim::osa_distance(key, known) <= known.len() / 3;
    let is_name = is_plain || (key.len() <= LONGEST && known.into_iter().any(is_near));
    if is_name { key } else { HIDDEN }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_told_with_the_nearest_name_and_what_is_near_to_none_with_nothing() {
        let known = ["get_issue", "get_issues", "create_order"];
        assert_eq!(question("get_isue", known), " Did you mean get_issue?");
        assert_eq!(question("fly", known), "");
        assert_eq!(question("get_issue", []), "");
    }

    #[test]
    fn a_key_is_shown_if_it_can_be_a_name_and_no_secret() {
        let known = ["login", "api_key", "sha256"];
        for name in ["lgoin", "api-key", "api_key2", "sha265", "password", "login"] {
            assert_eq!(shown(name, known), name);
        }
        let long = "k".repeat(100_000);
        for secret in ["SeCrEtKeY0123456789", "hunter2", "abcdefghijklmnopqrstu", "пароль", "a b", &long] {
            assert_eq!(shown(secret, known), HIDDEN);
        }
    }
}
