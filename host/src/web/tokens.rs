//! Bearer tokens of callers.

mod file;
mod token;

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;
use sha2::{Digest, Sha256};
use subtle::{ConditionallySelectable, ConstantTimeEq};

use super::caller::{Caller, UNNAMED};
pub use token::checked_name;
use token::{Token, hash};

/// The variable that holds tokens, apart by blanks.
pub const VARIABLE: &str = "PLUGIN_HOST_TOKENS";

/// The tokens that are let in, as hashes.
#[derive(Clone, Default)]
pub struct Tokens(Vec<Token>);

/// Why a token is not let in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Denied {
    /// It is none of these.
    Unknown,
    /// The token of this name was let in until this time.
    Expired(Arc<str>, Timestamp),
}

impl Tokens {
    /// Reads tokens from a file (a line each; lines that begin with `#` are notes) and from the
    /// value of [`VARIABLE`]. Before a token there may be a name, with a colon in between: tokens of
    /// one name are one caller's, so that one can be replaced by another. All of them may do everything.
    ///
    /// # Errors
    /// If the file can't be read or holds none, or if a token is malformed. No token is shown.
    pub fn read(file: Option<&Path>, variable: Option<&str>) -> Result<Self, String> {
        let mut tokens = Self::default();
        for token in variable.unwrap_or_default().split_whitespace() {
            tokens.add_entry(token).map_err(|why| format!("a token in {VARIABLE} {why}"))?;
        }
        let Some(file) = file else {
            return Ok(tokens);
        };
        let shown = file.display();
        let text = plugin_host_core::file::read(file)?;
        let lines = text.lines().map(str::trim).enumerate();
        let before = tokens.0.len();
        for (number, line) in lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#')) {
            tokens.add_entry(line).map_err(|why| format!("the token in line {} of {shown} {why}", number + 1))?;
        }
        if tokens.0.len() == before {
            return Err(format!("{shown} holds no token: write one into each line"));
        }
        Ok(tokens)
    }

    /// Adds those of a TOML file, each with what it is for.
    ///
    /// # Errors
    /// With everything that is wrong with the file, a line each. No value is shown.
    pub fn with_file(mut self, path: &Path, variable: impl Fn(&str) -> Option<String>) -> Result<Self, String> {
        for token in file::read(path, &variable)? {
            let name = token.caller.name().cloned().unwrap_or_default();
            self.add(token).map_err(|why| format!("the token of {name} in {} {why}", path.display()))?;
        }
        Ok(self)
    }

    /// Whether nobody has to show one.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Who shows this token. How long this takes depends on nothing but the number of tokens and
    /// the length of the one that is shown.
    ///
    /// # Errors
    /// If it is not let in.
    pub fn caller(&self, token: &str) -> Result<Caller, Denied> {
        let shown: [u8; 32] = Sha256::digest(token).into();
        let nobody = u64::MAX;
        let place = (0..).zip(&self.0).fold(nobody, |found, (place, token)| {
            u64::conditional_select(&found, &place, token.hash[..].ct_eq(&shown[..]))
        });
        let found = usize::try_from(place).ok().and_then(|place| self.0.get(place));
        let token = found.ok_or(Denied::Unknown)?;
        match token.expired() {
            Some(at) => Err(Denied::Expired(token.caller.name().cloned().unwrap_or_default(), at)),
            None => Ok(token.caller.clone()),
        }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// What needs a person's eyes though it can be used, with these connections and actions: a line each.
    pub fn doubts(&self, connections: &[&str], actions: &[&str]) -> Vec<String> {
        let mut doubts = Vec::new();
        for token in &self.0 {
            let name = token.caller.name().map_or(UNNAMED, |name| name);
            let in_vain = token.caller.scope().in_vain(connections, actions);
            for (kind, patterns) in ["connection", "action"].into_iter().zip(in_vain) {
                let told = |pattern| format!("the token {name} is for the {kind} {pattern}, and none is called so");
                doubts.extend(patterns.into_iter().map(told));
            }
            doubts.extend(token.expired().map(|at| format!("the token {name} has expired ({at}), and is not let in")));
        }
        doubts.dedup();
        doubts
    }

    fn add_entry(&mut self, entry: &str) -> Result<(), String> {
        let (name, token) = match entry.split_once(':') {
            Some((name, token)) => (Some(name.trim()), token.trim()),
            None => (None, entry),
        };
        if let Some(name) = name {
            checked_name(name).map_err(|why| format!("has a name that {why}"))?;
        }
        let hash = hash(token)?;
        let caller = name.map_or_else(|| Caller::unnamed(hash), |name| Caller::named(name, None));
        self.add(Token { hash, caller, expires: None })
    }

    fn add(&mut self, token: Token) -> Result<(), String> {
        let is_same = |other: &Caller| other.id() == token.caller.id() && other.scope() == token.caller.scope();
        if self.0.iter().any(|other| other.hash == token.hash && !is_same(&other.caller)) {
            return Err(
                "is there under another name, or for something else, as well: give each caller a token of its own"
                    .to_owned(),
            );
        }
        self.0.push(token);
        Ok(())
    }
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} tokens", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    const ONE: &str = "0123456789abcdef";
    const OTHER: &str = "fedcba9876543210";

    fn from_file(text: &str) -> Result<Tokens, String> {
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(file.path(), text).unwrap();
        Tokens::read(Some(file.path()), None)
    }

    #[test]
    fn any_of_several_tokens_is_let_in_and_each_is_a_caller_of_its_own() {
        for tokens in [
            from_file(&format!("# of the shop\n{ONE}\n\n{OTHER}\n")).unwrap(),
            Tokens::read(None, Some(&format!("{ONE} {OTHER}"))).unwrap(),
        ] {
            assert_ne!(tokens.caller(ONE).unwrap().id(), tokens.caller(OTHER).unwrap().id());
            for wrong in ["", "0123456789abcde", "0123456789abcdeF", "# of the shop"] {
                assert_eq!(tokens.caller(wrong).unwrap_err(), Denied::Unknown, "{wrong}");
            }
        }
    }

    #[test]
    fn what_is_wrong_with_a_token_is_told_by_its_line_without_it() {
        let refusal = from_file(&format!("{ONE}\nhunter2")).unwrap_err();
        assert!(refusal.contains("line 2") && refusal.contains("shorter") && !refusal.contains("hunter2"), "{refusal}");
        assert!(from_file("hunter2 hunter2 hunter2").unwrap_err().contains("characters other"));
        assert!(from_file("# nothing\n").unwrap_err().contains("holds no token"));
        assert!(Tokens::read(Some(Path::new("nowhere")), None).unwrap_err().contains("can't read nowhere"));
        assert!(Tokens::read(None, None).unwrap().is_empty());
    }

    #[test]
    fn debug_shows_no_token() {
        assert_eq!(format!("{:?}", Tokens::read(None, Some(ONE)).unwrap()), "1 tokens");
    }

    #[test]
    fn tokens_of_one_name_are_one_callers_and_one_token_has_one_name() {
        let tokens = from_file(&format!("n8n: {ONE}\nn8n:{OTHER}\nshop:aaaabbbbccccdddd")).unwrap();
        let (one, other) = (tokens.caller(ONE).unwrap().id(), tokens.caller(OTHER).unwrap().id());
        assert_eq!(one, other);
        assert_ne!(one, tokens.caller("aaaabbbbccccdddd").unwrap().id());
        assert_eq!(from_file(&format!("n8n:{OTHER}")).unwrap().caller(OTHER).unwrap().id(), one, "a replaced token");
        assert!(from_file(&format!("n8n:{ONE}\n{ONE}")).unwrap_err().contains("another name"));
        for wrong in [
            format!(":{ONE}"),
            format!("my n8n:{ONE}"),
            "n8n:".to_owned(),
            format!("{ONE}:n8n"),
            format!("unnamed:{ONE}"),
        ] {
            let refusal = from_file(&wrong).unwrap_err();
            assert!(refusal.contains("line 1") && !refusal.contains(ONE), "{refusal}");
        }
    }

    #[test]
    fn a_byte_order_mark_is_no_part_of_the_first_token_and_another_encoding_is_named() {
        assert!(from_file(&format!("\u{feff}{ONE}\r\n")).unwrap().caller(ONE).is_ok());
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(file.path(), [0xff, 0xfe, b'0', 0]).unwrap();
        assert!(Tokens::read(Some(file.path()), None).unwrap_err().contains("save it as UTF-8"));
    }
}
