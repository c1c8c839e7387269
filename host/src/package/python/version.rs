//! A plugin's version as Python writes one: `1.4.0-rc.1` is `1.4.0rc1`.

/// Other spellings of a stage before a release.
const STAGES: [(&str, &str); 8] = [
    ("alpha", "a"),
    ("beta", "b"),
    ("preview", "rc"),
    ("pre", "rc"),
    ("rc", "rc"),
    ("a", "a"),
    ("b", "b"),
    ("c", "rc"),
];

/// The version as PEP 440 has it; nothing if it is none that Python knows.
pub fn python(version: &str) -> Option<String> {
    let lower = version.trim().to_ascii_lowercase();
    let lower = lower.strip_prefix('v').unwrap_or(&lower);
    let (public, local) = lower.split_once('+').map_or((lower, None), |(public, local)| (public, Some(local)));
    let mut rest = Rest(public);
    let mut made = rest.number()?;
    while rest.0.starts_with('.') && rest.0[1..].starts_with(|it: char| it.is_ascii_digit()) {
        rest.0 = &rest.0[1..];
        made = format!("{made}.{}", rest.number()?);
    }
    if let Some((stage, number)) = STAGES.iter().find_map(|(word, stage)| Some((stage, rest.numbered(word)?))) {
        made = format!("{made}{stage}{number}");
    }
    for (words, name) in [(["post", "rev"], "post"), (["dev", "dev"], "dev")] {
        if let Some(number) = words.iter().find_map(|word| rest.numbered(word)) {
            made = format!("{made}.{name}{number}");
        }
    }
    if !rest.0.is_empty() {
        return None;
    }
    let Some(local) = local else { return Some(made) };
    let parts: Vec<_> = local.split(['.', '-', '_']).collect();
    let is_part = |part: &&str| !part.is_empty() && part.chars().all(|it| it.is_ascii_alphanumeric());
    parts
        .iter()
        .all(is_part)
        .then(|| format!("{made}+{}", parts.iter().map(|it| plain(it)).collect::<Vec<_>>().join(".")))
}

/// What of a version is not read yet.
struct Rest<'a>(&'a str);

impl Rest<'_> {
    fn number(&mut self) -> Option<String> {
        let end = self.0.find(|it: char| !it.is_ascii_digit()).unwrap_or(self.0.len());
        let (digits, rest) = self.0.split_at(end);
        self.0 = rest;
        (!digits.is_empty()).then(|| plain(digits))
    }

    /// A word with a number, which is 0 if none stands there: `-rc.1`, `.post2`, `dev`.
    fn numbered(&mut self, word: &str) -> Option<String> {
        const MARKS: [char; 3] = ['.', '-', '_'];
        let rest = self.0.strip_prefix(MARKS).unwrap_or(self.0).strip_prefix(word)?;
        let mut rest = Rest(rest.strip_prefix(MARKS).unwrap_or(rest));
        let number = match rest.0.chars().next() {
            Some(digit) if digit.is_ascii_digit() => rest.number()?,
            // Another word that begins with this one.
            Some(letter) if letter.is_ascii_alphabetic() => return None,
            _ => "0".to_owned(),
        };
        self.0 = rest.0;
        Some(number)
    }
}

/// A number without zeros before it; anything else as it is.
fn plain(part: &str) -> String {
    if !part.is_empty() && part.chars().all(|it| it.is_ascii_digit()) {
        let number = part.trim_start_matches('0');
        return if number.is_empty() { "0".to_owned() } else { number.to_owned() };
    }
    part.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_those_that_python_makes_of_them() {
        for (given, expected) in [
            ("1.4.0", "1.4.0"),
            ("1.4.0-rc.1", "1.4.0rc1"),
            ("v1.04-alpha", "1.4a0"),
            ("2.0.0-beta.2+build.07", "2.0.0b2+build.7"),
            ("1.0-preview3.post1.dev2", "1.0rc3.post1.dev2"),
            ("1.0.0-dev", "1.0.0.dev0"),
            ("1", "1"),
        ] {
            assert_eq!(python(given).as_deref(), Some(expected), "{given}");
        }
        for given in ["first", "", "1.4.0-next.1", "1..2", "1.0\nName: x", "1.0+", "1.0+a b", "-1", "1.x"] {
            assert_eq!(python(given), None, "{given}");
        }
    }
}
