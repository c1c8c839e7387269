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
}
