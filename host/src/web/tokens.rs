//! Bearer tokens of callers.

use std::fmt;
use std::path::Path;

use plugin_host_core::text;
use sha2::{Digest, Sha256};
use subtle::{ConditionallySelectable, ConstantTimeEq};

/// The variable that holds tokens, apart by blanks.
pub const VARIABLE: &str = "PLUGIN_HOST_TOKENS";

/// Shorter ones can be guessed.
const SHORTEST: usize = 16;

/// Longer ones are no names.
const LONGEST_NAME: usize = 64;

/// Who calls: a hash of the caller's name, or of the token where it has none; zeros where no token
/// is asked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Caller(pub [u8; 32]);

impl Caller {
    fn named(name: &str) -> Self {
        // No token has a NUL in it, so no token's hash is a name's.
        Self(Sha256::new_with_prefix(b"name\0").chain_update(name).finalize().into())
    }
}

/// The tokens that are let in, as hashes.
#[derive(Clone, Default)]
pub struct Tokens(Vec<Token>);

#[derive(Clone)]
struct Token {
    hash: [u8; 32],
    caller: Caller,
}

impl Tokens {
    /// Reads tokens from a file (a line each; lines that begin with `#` are notes) and from the
    /// value of [`VARIABLE`]. Before a token there may be a name, with a colon in between: tokens of
    /// one name are one caller's, so that one can be replaced by another.
    ///
    /// # Errors
    /// If the file can't be read or holds none, or if a token is malformed. No token is shown.
    pub fn read(file: Option<&Path>, variable: Option<&str>) -> Result<Self, String> {
        let mut tokens = Self::default();
        for token in variable.unwrap_or_default().split_whitespace() {
            tokens.add(token).map_err(|why| format!("a token in {VARIABLE} {why}"))?;
        }
        let Some(file) = file else {
            return Ok(tokens);
        };
        let shown = file.display();
        let text = text::read(file)?;
        let lines = text.lines().map(str::trim).enumerate();
        let before = tokens.0.len();
        for (number, line) in lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#')) {
            tokens.add(line).map_err(|why| format!("the token in line {} of {shown} {why}", number + 1))?;
        }
        if tokens.0.len() == before {
            return Err(format!("{shown} holds no token: write one into each line"));
        }
        Ok(tokens)
    }

    /// Whether nobody has to show one.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Who shows this token. How long this takes depends on nothing but the number of tokens and
    /// the length of the one that is shown.
    pub fn caller(&self, token: &str) -> Option<Caller> {
        let shown: [u8; 32] = Sha256::digest(token).into();
        let nobody = u64::MAX;
        let place = (0..).zip(&self.0).fold(nobody, |found, (place, token)| {
            u64::conditional_select(&found, &place, token.hash[..].ct_eq(&shown[..]))
        });
        self.0.get(usize::try_from(place).ok()?).map(|token| token.caller)
    }

    fn add(&mut self, entry: &str) -> Result<(), String> {
        let (name, token) = match entry.split_once(':') {
            Some((name, token)) => (Some(name.trim()), token.trim()),
            None => (None, entry),
        };
        if name.is_some_and(|name| !is_name(name)) {
            return Err(format!("has a name that is not 1 to {LONGEST_NAME} letters, digits or ._-"));
        }
        if token.len() < SHORTEST {
            return Err(format!("is shorter than {SHORTEST} characters: make one with `openssl rand -hex 32`"));
        }
        // What RFC 6750 allows in the header.
        if !token.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~+/=".contains(&byte)) {
            return Err("holds characters other than letters, digits and -._~+/=".to_owned());
        }
        let hash: [u8; 32] = Sha256::digest(token).into();
        let caller = name.map_or(Caller(hash), Caller::named);
        if self.0.iter().any(|other| other.hash == hash && other.caller != caller) {
            return Err("is there under another name as well: give each caller a token of its own".to_owned());
        }
        self.0.push(Token { hash, caller });
        Ok(())
    }
}

fn is_name(name: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    (1..=LONGEST_NAME).contains(&name.len()) && name.bytes().all(allowed)
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
            assert!(tokens.caller(ONE).is_some() && tokens.caller(OTHER).is_some());
            assert_ne!(tokens.caller(ONE), tokens.caller(OTHER));
            for wrong in ["", "0123456789abcde", "0123456789abcdeF", "# of the shop"] {
                assert_eq!(tokens.caller(wrong), None, "{wrong}");
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
        let (one, other) = (tokens.caller(ONE).unwrap(), tokens.caller(OTHER).unwrap());
        assert_eq!(one, other);
        assert_ne!(one, tokens.caller("aaaabbbbccccdddd").unwrap());
        assert_eq!(from_file(&format!("n8n:{OTHER}")).unwrap().caller(OTHER), Some(one), "a replaced token");
        assert!(from_file(&format!("n8n:{ONE}\n{ONE}")).unwrap_err().contains("another name"));
        for wrong in [format!(":{ONE}"), format!("my n8n:{ONE}"), "n8n:".to_owned(), format!("{ONE}:n8n")] {
            let refusal = from_file(&wrong).unwrap_err();
            assert!(refusal.contains("line 1") && !refusal.contains(ONE), "{refusal}");
        }
    }

    #[test]
    fn a_byte_order_mark_is_no_part_of_the_first_token_and_another_encoding_is_named() {
        assert!(from_file(&format!("\u{feff}{ONE}\r\n")).unwrap().caller(ONE).is_some());
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(file.path(), [0xff, 0xfe, b'0', 0]).unwrap();
        assert!(Tokens::read(Some(file.path()), None).unwrap_err().contains("save it as UTF-8"));
    }
}
