//! The plugin {{name}}.

use plugin_kit::types::{Text, Token, Url};
use plugin_kit::{Action, Call, Connection, Error, Example, Field, Object, Plugin};

const CONNECTION: Connection = Connection::new(
    "{{title}} account",
    "An account of {{title}}.",
    &[
        Field::required("base_url", &Url::new("https://api.example.com"))
            .title("Base URL")
            .about("The service's address."),
        Field::required("api_key", &Token::secret()).title("API key").about("The key of the account."),
    ],
);

const SENT: &[Field] = &[Field::required("id", &Text::new(40)).title("Number").about("The message's number.")];

const SEND: Action = Action::create("send_message", "Send a message", "Sends a message to everyone.", send)
    .input(&[Field::required("text", &Text::new(500)).title("Text").about("What to say.").examples(r#"["Hello"]"#)])
    .output("Sent message", SENT)
    .examples(&[Example { title: "Say hello", input: r#"{"text":"Hello"}"#, output: r#"{"id":"7"}"# }]);

fn send(call: &Call) -> Result<Object, Error> {
    let key = call.secret("api_key");
    let reply = call.post("/messages").header("x-api-key", key.expose()).json(call.input().object()).send()?;
    Ok(call.read(&reply, "", SENT)?.object())
}

fn check(call: &Call) -> Result<Object, Error> {
    let reply = call.get("/me").header("x-api-key", call.secret("api_key").expose()).send()?;
    call.members(&reply)?;
    Ok(Object::new())
}

plugin_kit::plugin! {
    /// The plugin.
    pub static PLUGIN: Plugin = Plugin::new("{{name}}", "{{title}}", "0.1.0", "Sends messages.", CONNECTION);
    check check_connection = check;
    no tools;
    actions { send_message = SEND }
}
