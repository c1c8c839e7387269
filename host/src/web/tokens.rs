//! Bearer tokens of callers.

use std::path::Path;
use std::{fmt, fs};

use sha2::{Digest, Sha256};
use subtle::{Choice, ConstantTimeEq};

/// The variable that holds tokens, apart by blanks.
pub const VARIABLE: &str = "PLUGIN_HOST_TOKENS";

/// Shorter ones can be guessed.
const SHORTEST: usize = 16;

/// Who calls: the hash of the caller's token; zeros where none is asked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Caller(pub [u8; 32]);

/// The tokens that are let in, as hashes.
#[derive(Clone, Default)]
pub struct Tokens(Vec<[u8; 32]>);

impl Tokens {
    /// Reads tokens from a file (a line each; lines that begin with `#` are notes) and from the
    /// value of [`VARIABLE`].
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
        let text = fs::read_to_string(file).map_err(|error| format!("can't read {shown}: {error}"))?;
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
        let known = self.0.iter().fold(Choice::from(0), |known, hash| known | hash[..].ct_eq(&shown[..]));
        bool::from(known).then_some(Caller(shown))
    }

    fn add(&mut self, token: &str) -> Result<(), String> {
        if token.len() < SHORTEST {
            return Err(format!("is shorter than {SHORTEST} characters: make one with `openssl rand -hex 32`"));
        }
        // What RFC 6750 allows in the header.
        if !token.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~+/=".contains(&byte)) {
            return Err("holds characters other than letters, digits and -._~+/=".to_owned());
        }
        self.0.push(Sha256::digest(token).into());
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
}
