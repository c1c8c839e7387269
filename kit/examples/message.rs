//! A whole plugin: an action that sends a message with one signed POST.

use plugin_kit::types::{Text, Token, Url};
use plugin_kit::{Action, Call, Connection, Error, Field, Object, Plugin};

const CONNECTION: Connection = Connection::new(
    "Example account",
    "An account of the example service.",
    &[
        Field::required("base_url", &Url::new("https://api.example.com"))
            .title("Base URL")
            .about("The service's address."),
        Field::required("api_key", &Token::secret()).title("API key").about("The key of the account."),
    ],
);

const SEND: Action = Action::create("send_message", "Send a message", "Sends a message to everyone.", send)
    .input(&[Field::required("text", &Text::new(500)).title("Text").about("What to say.")])
    .output("Sent message", &[Field::required("id", &Text::new(40)).title("Number").about("The message's number.")]);

fn send(call: &Call) -> Result<Object, Error> {
    let body = call.input().object().finish();
    let signature = sign(&body, call.secret("api_key").expose());
    let reply = call.post("/messages").header("x-signature", &signature).body("application/json", body).send()?;
    Ok(Object::new().json("id", call.members(&reply)?.get("id").unwrap_or("\"\"")))
}

fn check(call: &Call) -> Result<Object, Error> {
    call.get("/me").header("x-signature", &sign("", call.secret("api_key").expose())).send()?;
    Ok(Object::new())
}

/// As the service signs: the length of both, in a real plugin a hash by a library.
fn sign(body: &str, key: &str) -> String {
    (body.len() + key.len()).to_string()
}

plugin_kit::plugin! {
    /// The example service.
    pub static PLUGIN: Plugin = Plugin::new("example", "Example", "1.0.0", "Sends messages.", CONNECTION);
    check check_connection = check;
    no tools;
    actions { send_message = SEND }
}
