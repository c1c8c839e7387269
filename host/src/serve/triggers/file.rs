//! The file of triggers: which of them are open, what narrows them down, how often they are asked, and
//! where their events go.

use std::path::Path;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use plugin_host_core::connections::resolved;
use plugin_host_core::file;
use plugin_host_core::slip;
use plugin_host_core::text::trim;
use plugin_host_core::trigger::Start;
use serde_json::{Map, Value, json};
use toml::Table;

use crate::events::receiver::Receiver;
use crate::problems::Problems;

/// What a receiver is said with, for all triggers or for one.
const OF_RECEIVER: [&str; 3] = ["deliver", "secret", "token"];
/// The keys of a trigger.
const KEYS: [&str; 6] = ["deliver", "every", "input", "secret", "start", "token"];
/// A poll that is made more often is of no use to anybody.
const SHORTEST: Duration = Duration::from_secs(1);

/// The file's content.
#[derive(Debug, Default, PartialEq)]
pub struct File {
    /// Where the events of triggers go that name no receiver.
    pub receiver: Option<Receiver>,
    /// The triggers that are open, in the file's order of names.
    pub triggers: Vec<Entry>,
}

/// A trigger of a connection.
#[derive(Debug, PartialEq)]
pub struct Entry {
    /// The connection's name.
    pub connection: String,
    /// The trigger's.
    pub trigger: String,
    /// What narrows it down.
    pub input: Value,
    /// How often a poll is made.
    pub every: Option<Duration>,
    /// From where on, the first time.
    pub start: Option<Start>,
    /// Where its events go.
    pub receiver: Option<Receiver>,
}

impl Entry {
    /// A trigger of which nothing is said.
    pub fn new(connection: &str, trigger: &str) -> Self {
        let (connection, trigger) = (connection.to_owned(), trigger.to_owned());
        Self { connection, trigger, input: json!({}), every: None, start: None, receiver: None }
    }
}

/// Reads a file of triggers.
///
/// # Errors
/// With everything that is wrong with it, a line each. No value is shown: any may be a secret.
pub fn read(path: &Path, variable: &dyn Fn(&str) -> Option<String>) -> Result<File, String> {
    let (shown, text) = (path.display(), file::read(path)?);
    let table: Table = file::toml(&text).map_err(|line| format!("{shown} is not valid TOML: look at line {line}"))?;
    let mut problems = Problems::default();
    let file = file(&table, variable, &mut problems);
    problems.none(&shown.to_string()).map(|()| file)
}

fn file(table: &Table, variable: &dyn Fn(&str) -> Option<String>, problems: &mut Problems) -> File {
    let mut triggers = Vec::new();
    for (name, value) in table {
        match value {
            toml::Value::Table(connection) => {
                triggers.extend(connection.iter().filter_map(|(trigger, value)| match value {
                    toml::Value::Table(table) => Some(entry(name, trigger, table, variable, problems)),
                    _ => {
                        problems.add(&format!("{name}.{}", slip::shown(trigger, [])), NO_TABLE);
                        None
                    }
                }));
            }
            _ if OF_RECEIVER.contains(&name.as_str()) => {}
            _ => problems.add(
                slip::shown(name, OF_RECEIVER),
                &format!("is not known: above the tables stand {}", OF_RECEIVER.join(", ")),
            ),
        }
    }
    File { receiver: receiver("", table, variable, problems), triggers }
}

const NO_TABLE: &str = "is no trigger's table: write a line such as [shop.order_paid] above what belongs to it";

fn entry(
    connection: &str,
    trigger: &str,
    table: &Table,
    variable: &dyn Fn(&str) -> Option<String>,
    problems: &mut Problems,
) -> Entry {
    let place = format!("{connection}.{trigger}");
    for key in table.keys().filter(|key| !KEYS.contains(&key.as_str())) {
        let key = slip::shown(key, KEYS);
        problems.add(&format!("{place}: {key}"), &format!("is not known: the keys are {}", KEYS.join(", ")));
    }
    let mut told = |key: &str, why: &str| problems.add(&format!("{place}: {key}"), why);
    let every = table.get("every").and_then(|value| every(value).map_err(|why| told("every", why)).ok());
    let start = table.get("start").and_then(|value| start(value).map_err(|why| told("start", why)).ok());
    let input = match table.get("input") {
        None => json!({}),
        Some(toml::Value::Table(input)) => of_table(input),
        Some(_) => {
            told("input", "is no table: write it as { field = \"value\" }");
            json!({})
        }
    };
    let receiver = receiver(&format!("{place}: "), table, variable, problems);
    Entry { input, every, start, receiver, ..Entry::new(connection, trigger) }
}

/// The receiver that a table names. Secret and token are of the address beside which they stand: none is
/// ever shown to another.
fn receiver(
    place: &str,
    table: &Table,
    variable: &dyn Fn(&str) -> Option<String>,
    problems: &mut Problems,
) -> Option<Receiver> {
    let mut value = |key: &str| {
        let text = match table.get(key)? {
            toml::Value::String(text) => resolved(text, variable),
            _ => Err("must be a text".to_owned()),
        };
        let text = text.and_then(|text| match trim(&text) {
            "" => Err("is empty".to_owned()),
            text => Ok(text.to_owned()),
        });
        text.map_err(|why| problems.add(&format!("{place}{key}"), &why)).ok()
    };
    let [url, secret, token] = OF_RECEIVER.map(&mut value);
    if !table.contains_key("deliver") {
        for key in ["secret", "token"].into_iter().filter(|key| table.get(*key).is_some_and(|it| !it.is_table())) {
            problems.add(&format!("{place}{key}"), "stands beside no deliver, whose it would be");
        }
        return None;
    }
    made(url?.as_str(), secret, token, |key, why| problems.add(&format!("{place}{key}"), &why))
}

/// A receiver of texts.
pub fn made(
    url: &str,
    secret: Option<String>,
    token: Option<String>,
    mut problem: impl FnMut(&str, String),
) -> Option<Receiver> {
    let secrets = secret.map(|secret| secret.parse().map_err(|why| problem("secret", why)).ok());
    if token.as_ref().is_some_and(|token| !token.bytes().all(|byte| byte.is_ascii_graphic())) {
        problem("token", "holds blanks or letters that no header takes".to_owned());
    }
    Receiver::new(url, secrets.flatten(), token).map_err(|why| problem("deliver", why)).ok()
}

fn every(value: &toml::Value) -> Result<Duration, &'static str> {
    const WRONG: &str = "is no time of a second or more: write it as 30s, 5m or 1h";
    let text = value.as_str().ok_or(WRONG)?;
    let duration: SignedDuration = text.parse().map_err(|_| WRONG)?;
    Duration::try_from(duration).ok().filter(|duration| *duration >= SHORTEST).ok_or(WRONG)
}

fn start(value: &toml::Value) -> Result<Start, &'static str> {
    const WRONG: &str =
        "is none of now, beginning, a time with its offset such as 2026-11-25T14:30:00+03:00, and UNIX seconds";
    let time = |text: &str| text.parse::<Timestamp>().map(|time| Start::At(time.as_second())).map_err(|_| WRONG);
    match value {
        toml::Value::String(text) if text == "now" => Ok(Start::Now),
        toml::Value::String(text) if text == "beginning" => Ok(Start::Beginning),
        toml::Value::String(text) => time(text),
        toml::Value::Datetime(datetime) => time(&datetime.to_string()),
        toml::Value::Integer(seconds) => Ok(Start::At(*seconds)),
        _ => Err(WRONG),
    }
}

fn of_table(table: &Table) -> Value {
    table.iter().map(|(key, value)| (key.clone(), of_value(value))).collect::<Map<_, _>>().into()
}

fn of_value(value: &toml::Value) -> Value {
    match value {
        toml::Value::String(text) => json!(text),
        toml::Value::Integer(number) => json!(number),
        toml::Value::Float(number) => json!(number),
        toml::Value::Boolean(switch) => json!(switch),
        toml::Value::Datetime(datetime) => json!(datetime.to_string()),
        toml::Value::Array(items) => items.iter().map(of_value).collect(),
        toml::Value::Table(table) => of_table(table),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn variable(name: &str) -> Option<String> {
        (name == "SECRET").then(|| "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".to_owned())
    }

    fn of(text: &str) -> Result<File, String> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        read(file.path(), &variable)
    }

    #[test]
    fn each_table_is_a_trigger_and_what_stands_above_them_is_for_all_that_name_no_receiver() {
        let file = of(r#"
            deliver = "http://restate:8080/Orders/paid/send"
            [berlin.order_paid]
            [berlin.new_order]
            every = "5m"
            start = 2026-11-25T14:30:00+03:00
            input = { numbers = ["12"], least = 1.5, only = true }
            deliver = "https://n8n.example/webhook/a"
            secret = "env:SECRET"
        "#)
        .unwrap();
        assert_eq!(file.receiver.unwrap().origin().to_string(), "http://restate:8080");
        let names: Vec<_> = file.triggers.iter().map(|entry| entry.trigger.as_str()).collect();
        assert_eq!(names, ["new_order", "order_paid"]);
        let [new, paid] = &file.triggers[..] else { panic!() };
        assert_eq!((new.every, new.start), (Some(Duration::from_secs(300)), Some(Start::At(1_795_606_200))));
        assert_eq!(new.input, json!({ "numbers": ["12"], "least": 1.5, "only": true }));
        assert!(new.receiver.as_ref().unwrap().is_signed());
        assert_eq!((&paid.input, paid.every, &paid.receiver), (&json!({}), None, &None));
    }

    #[test]
    fn all_that_is_wrong_is_told_at_once_by_name_and_without_a_value() {
        let told = of(r#"
            every = "5m"
            token = "hunter2"
            [berlin]
            order_paid = true
            [berlin.new_order]
            every = "often"
            evry = "5m"
            start = "soon"
            input = "hunter2"
            deliver = "hunter2"
            secret = "hunter2"
            [paris.order_paid]
            secret = "env:NONE"
            [rome.order_paid]
            deliver = "file:/nowhere"
        "#)
        .unwrap_err();
        for line in [
            "every is not known: above the tables stand deliver, secret, token",
            "token stands beside no deliver",
            "berlin.order_paid is no trigger's table",
            "berlin.new_order: every is no time",
            "berlin.new_order: evry is not known: the keys are",
            "berlin.new_order: start is none of now",
            "berlin.new_order: input is no table",
            "berlin.new_order: deliver is no whole http or https address",
            "berlin.new_order: secret is no secret of Standard Webhooks",
            "paris.order_paid: secret is not to be had: the environment has no NONE",
            "paris.order_paid: secret stands beside no deliver",
            "rome.order_paid: deliver is not to be had: can't read /nowhere",
        ] {
            assert!(told.contains(&format!("\n  - {line}")), "{line} is not in {told}");
        }
        assert!(!told.contains("hunter2"), "{told}");
        assert!(of("a = [").unwrap_err().contains("is not valid TOML: look at line 1"));
    }

    #[test]
    fn a_poll_begins_now_or_at_the_beginning_or_at_a_time() {
        for (written, start) in [
            ("\"now\"", Start::Now),
            ("\"beginning\"", Start::Beginning),
            ("\"2026-11-25T11:30:00Z\"", Start::At(1_795_606_200)),
            ("1795606200", Start::At(1_795_606_200)),
        ] {
            assert_eq!(of(&format!("[a.b]\nstart = {written}")).unwrap().triggers[0].start, Some(start), "{written}");
        }
        for wrong in ["\"2026-11-25\"", "2026-11-25T14:30:00", "true"] {
            assert!(of(&format!("[a.b]\nstart = {wrong}")).is_err(), "{wrong}");
        }
    }
}
