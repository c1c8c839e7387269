//! `token`: a token for a caller, and the lines by which a server knows it.

use plugin_host_core::key::Key;
use plugin_kit::signature::hex;
use serde_json::json;
use toolchain::bundle::sha256;

use super::args::TokenArgs;
use super::failure::Failure;
use super::output::print;

/// What tokens of this program begin with, by which programs that look for lost secrets know them.
const PREFIX: &str = "pht_";

/// Makes a token, and prints it once.
///
/// # Errors
/// If it can't be printed.
pub fn run(args: &TokenArgs, json: bool) -> Result<(), Failure> {
    let token = format!("{PREFIX}{}", hex(&Key::secret()));
    let (name, hash) = (&args.name, sha256(token.as_bytes()));
    let lines = lines(name, &hash);
    let machine = json!({ "name": name, "token": token, "sha256": hash, "lines": lines }).to_string();
    let people = format!(
        "The token, which is kept nowhere: give it to who calls.\n\n{token}\n\nThe lines for the file of --tokens:\n\n{lines}"
    );
    print(&machine, json, people)
}

/// A caller's table. What it is for stands there to be filled in.
fn lines(name: &str, sha256: &str) -> String {
    // A point would be another table.
    let key = if name.contains('.') { format!("\"{name}\"") } else { name.to_owned() };
    format!(
        "[tokens.{key}]\nsha256 = \"{sha256}\"\n# connections = [\"shop-*\"]\n# actions = [\"get_*\", \"update_order_status\"]\n# kinds = [\"read\", \"write\"]   # destructive, events, metrics\n# expires = 2027-01-31T00:00:00Z\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::tokens::Tokens;

    #[test]
    fn the_lines_are_those_by_which_a_server_knows_the_token() {
        for name in ["n8n", "a.b"] {
            let file = tempfile::NamedTempFile::new().unwrap();
            let token = "pht_0123456789abcdef";
            std::fs::write(file.path(), lines(name, &sha256(token.as_bytes()))).unwrap();
            let tokens = Tokens::default().with_file(file.path(), |_| None).unwrap();
            assert_eq!(tokens.caller(token).unwrap().name().map(|name| &**name), Some(name));
        }
    }
}
