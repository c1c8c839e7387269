//! What a journal is the journal of.

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::sum::Seal;
use crate::batch::Refusal;

/// How the first line of every journal begins, whatever its version.
pub const BEGINS: &[u8] = br#"{"journal":"#;

/// The first line of a journal. It holds nothing that is secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// The version of the journal's format.
    pub journal: u32,
    /// What no other journal has: from it follow the keys by which a service knows a row's repeats.
    /// None if that is not known any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The plugin's name.
    pub plugin: String,
    /// Its version.
    pub plugin_version: String,
    /// The action.
    pub action: String,
    /// The connection's name; empty for that of the environment.
    pub connection: String,
    /// SHA-256 of the connection's values that are not secret: whose account it is.
    pub account: String,
    /// The input's name.
    pub input: String,
    /// SHA-256 of its content.
    pub input_sha256: String,
    /// SHA-256 of what the columns mean.
    pub columns_sha256: String,
    /// How many rows there are.
    pub rows: u64,
}

/// What can be told of a first line.
pub enum First {
    /// It is a header.
    Header(Box<Header>),
    /// It is that of a journal of this other version.
    Version(u32),
    /// It is none, or damaged.
    None,
}

impl First {
    /// Reads a first line.
    pub fn read(line: &[u8]) -> Self {
        #[derive(Deserialize)]
        struct Version {
            journal: u32,
        }
        match serde_json::from_slice::<Version>(line) {
            Ok(Version { journal }) if journal != Header::VERSION => Self::Version(journal),
            _ if !Seal::default().proves(line) => Self::None,
            _ => serde_json::from_slice(line).map_or(Self::None, |header| Self::Header(Box::new(header))),
        }
    }
}

impl Header {
    /// The version of the format that is written here.
    pub const VERSION: u32 = 2;

    /// As a line.
    pub fn line(&self) -> String {
        Seal::default().line(&serde_json::to_string(self).expect("texts and numbers are JSON"))
    }

    /// What the lines of a journal with this header are sealed with: all that must be the same for it
    /// to be gone on with.
    pub fn seal(&self) -> Seal {
        Seal::new([
            &*self.plugin,
            &self.action,
            &self.connection,
            &self.account,
            &self.input_sha256,
            &self.columns_sha256,
        ])
    }

    /// Checks that a journal begun with this header may be gone on with for `now`.
    ///
    /// # Errors
    /// If it is the journal of something else; the text says of what, and what to do.
    pub fn check(&self, now: &Self, path: &Path) -> Result<(), Refusal> {
        let (shown, input) = (path.display(), &now.input);
        let refuse = |why: String| Err(Refusal(why));
        let anew = || {
            format!(
                "To begin anew with this one, leave out --resume, and move {shown} and the results away or name others with --journal FILE and --output FILE"
            )
        };
        if (&self.plugin, &self.action) != (&now.plugin, &now.action) {
            return refuse(format!(
                "{shown} is the journal of {} of {}, not of {}",
                self.action, self.plugin, now.action
            ));
        }
        if self.input_sha256 != now.input_sha256 {
            return refuse(format!(
                "{input} has changed since {shown} was begun: put the old file back; or, to begin anew with what it is now, move the journal away"
            ));
        }
        if self.connection != now.connection {
            let name =
                |name: &str| if name.is_empty() { "that of the environment".to_owned() } else { name.to_owned() };
            let (then, now) = (name(&self.connection), name(&now.connection));
            return refuse(format!("{shown} was begun with another connection: {then}, not {now}. {}", anew()));
        }
        if self.account != now.account {
            return refuse(format!(
                "{shown} was begun with another account: the connection's address or login has changed since. {}",
                anew()
            ));
        }
        if self.columns_sha256 != now.columns_sha256 {
            return refuse(format!(
                "{shown} was begun with another --map, --field, --group-by, --format, --encoding, --sheet, --timezone or --date-format: say what was said then"
            ));
        }
        Ok(())
    }
}

#[cfg(test)]
pub mod tests {
    use super::*;

    pub fn header() -> Header {
        let text = |text: &str| text.to_owned();
        Header {
            journal: Header::VERSION,
            id: Some(text("7f0c")),
            plugin: text("p"),
            plugin_version: text("1"),
            action: text("a"),
            connection: text("shop"),
            account: text("x"),
            input: text("orders.csv"),
            input_sha256: text("y"),
            columns_sha256: text("z"),
            rows: 3,
        }
    }

    #[test]
    fn every_header_begins_alike() {
        assert!(header().line().as_bytes().starts_with(BEGINS));
    }

    #[test]
    fn a_first_line_is_a_header_of_this_version_or_one_of_another_or_none() {
        let line = header().line();
        assert!(matches!(First::read(line.as_bytes()), First::Header(found) if *found == header()));
        for (text, version) in
            [(line.replacen("\"journal\":2", "\"journal\":3", 1), 3), ("{\"journal\":1}\n".to_owned(), 1)]
        {
            assert!(matches!(First::read(text.as_bytes()), First::Version(found) if found == version), "{text}");
        }
        for text in [line.replacen("\"x\"", "\"z\"", 1), "{\"journal\":2}\n".to_owned(), "id,status\n".to_owned()] {
            assert!(matches!(First::read(text.as_bytes()), First::None), "{text}");
        }
    }

    #[test]
    fn a_journal_of_something_else_is_refused_and_one_of_another_plugin_version_is_not() {
        let text = |text: &str| text.to_owned();
        let check = |then: Header| then.check(&header(), Path::new("j")).map_err(|refusal| refusal.0);
        for (then, why) in [
            (Header { action: text("b"), ..header() }, "journal of b of p, not of a"),
            (Header { input_sha256: text("b"), ..header() }, "orders.csv has changed"),
            (Header { connection: text(""), ..header() }, "that of the environment, not shop"),
            (Header { account: text("b"), ..header() }, "another account"),
            (Header { columns_sha256: text("b"), ..header() }, "another --map, --field"),
        ] {
            let refusal = check(then).unwrap_err();
            assert!(refusal.contains(why), "{why} is not in {refusal}");
            let can_begin = why.contains("another account") || why.contains("environment");
            assert_eq!(refusal.contains("leave out --resume, and move j and the results away"), can_begin, "{refusal}");
        }
        assert_eq!(check(Header { plugin_version: text("2"), ..header() }), Ok(()));
        assert_eq!(check(Header { id: None, ..header() }), Ok(()));
    }
}
