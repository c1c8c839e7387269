//! A plugin as each of its faces has it: for Python itself, for Airflow, for Prefect.
//!
//! This is where everything gets its name. The stubs are written of it, and the package finds it beside its
//! code, as `_faces.json`, and makes its classes of that: so the two can't differ.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Map, Value};

use super::method::{Maker, Method, Words, is_search};
use super::names::{camel, class, distribution, identifier, module};
use super::types::{Member, Type, Types, properties, text};
use super::{taken, ways};

/// A value of a connection.
#[derive(Debug, Serialize)]
pub struct Key {
    /// The attribute's name.
    pub name: String,
    /// What Prefect's block calls it.
    pub block_name: String,
    /// What the description calls it.
    pub key: String,
    /// The end of the variable that holds it: `BASE_URL`.
    pub variable: String,
    /// What people call it.
    pub title: String,
    /// What it is.
    pub about: String,
    /// Whether it is hidden wherever it turns up.
    pub is_secret: bool,
    /// Whether its values are true and false, as texts.
    pub is_switch: bool,
    /// Whether it is an origin that the plugin may reach.
    pub is_address: bool,
    /// Whether it has to be given.
    pub required: bool,
    /// What it is if it is not given.
    pub default: String,
}

/// All that is made of a description.
#[derive(Debug, Serialize)]
pub struct Faces {
    /// The plugin's name.
    pub name: String,
    /// What people call it.
    pub title: String,
    /// What it is for.
    pub about: String,
    /// Where people read more.
    pub homepage: Option<String>,
    /// What `pip install` is told: `shop-plugin`.
    pub distribution: String,
    /// What is imported: `shop_plugin`.
    pub module: String,
    /// What variables of the environment begin with: `SHOP`.
    pub prefix: String,
    /// The client's class: `Shop`.
    pub client: String,
    /// The client's class for asyncio: `AsyncShop`.
    pub async_client: String,
    /// The block of Prefect: `ShopCredentials`.
    pub credentials: String,
    /// The block of Prefect that holds how far a flow has come with events: `ShopCursor`.
    pub cursor_block: String,
    /// The sensor of Airflow: `ShopEventSensor`.
    pub sensor: String,
    /// What waits in Airflow's triggerer: `ShopEventTrigger`.
    pub trigger: String,
    /// What an operator of Airflow calls its connection: `shop_conn_id`.
    pub connection_id: String,
    /// The values of a connection, those that are required first, as arguments have to be.
    pub keys: Vec<Key>,
    /// The types that have names of their own.
    pub types: Vec<Type>,
    /// The actions as methods of the client.
    pub python: Vec<Method>,
    /// The actions as operators of Airflow.
    pub airflow: Vec<Method>,
    /// The operators of Airflow, by their actions: `ShopCreateOrderOperator`.
    pub operators: BTreeMap<String, String>,
    /// The actions as tasks of Prefect.
    pub prefect: Vec<Method>,
    /// The triggers that are polled.
    pub polls: Vec<Method>,
    /// The triggers that come by webhooks.
    pub webhooks: Vec<Method>,
    /// The ways in which triggers are asked and read.
    pub ways: [ways::Way; 3],
    /// What the arguments of these ways are.
    pub arguments: Map<String, Value>,
    /// What a search over all pages takes besides.
    pub how_many: &'static str,
}

impl Faces {
    /// Of a description that keeps the contract.
    pub fn new(description: &Value) -> Self {
        let name = text(description, "name").to_owned();
        let title = text(description, "title").to_owned();
        let wanted = class(&title, &name);
        let reserved = || taken::EXPORTED.iter().chain(&taken::STUB).copied();
        let client = if reserved().any(|it| it == wanted) { format!("{wanted}Client") } else { wanted };
        let async_client = format!("Async{client}");
        let (credentials, cursor_block) = (format!("{client}Credentials"), format!("{client}Cursor"));
        let connection_id = format!("{name}_conn_id").replace('-', "_");
        let mut types = Types::new(reserved().map(str::to_owned).chain([client.clone(), async_client.clone()]));

        let actions: Vec<&Value> = list(description, "actions").collect();
        let triggers: Vec<&Value> = list(description, "triggers").collect();
        let prefixed = |ways: &[&str]| -> Vec<String> {
            let named = |trigger: &&Value| ways.iter().map(|way| format!("{way}_{}", text(trigger, "name"))).collect();
            triggers.iter().flat_map(|trigger| -> Vec<String> { named(trigger) }).collect()
        };
        let telling = prefixed(&["poll", "events", "webhook"]);
        let searched = actions.iter().filter(|it| is_search(it)).map(|it| format!("iter_{}", text(it, "name")));

        let of_client: Vec<_> = owned(&taken::CLIENT).chain(telling.iter().cloned()).chain(searched).collect();
        let words =
            Words { whose: "the client's `timezone`", made: "Made anew for each call if it is left out.", owner: None };
        let python = methods(&actions, of_client, &Maker { arguments: &["self"], words: &words }, &mut types);

        let mut of_operators: Vec<&str> = taken::airflow().collect();
        of_operators.push(&connection_id);
        let words = Words {
            whose: "the operator's `timezone`, or the Dag's",
            made: "Made of the task and its run if it is left out.",
            owner: None,
        };
        let airflow = methods(&actions, Vec::new(), &Maker { arguments: &of_operators, words: &words }, &mut types);

        let of_module =
            owned(&taken::PREFECT_MODULE).chain(telling).chain([credentials.clone(), cursor_block.clone()]).collect();
        let words = Words {
            whose: "the credentials' `timezone`",
            made: "Made of the task's run if it is left out.",
            owner: None,
        };
        let prefect = methods(&actions, of_module, &Maker { arguments: &taken::PREFECT, words: &words }, &mut types);

        let arguments: Vec<_> = ways::ARGUMENTS.iter().map(|(name, _, _)| *name).chain(taken::PREFECT).collect();
        // Triggers of one service tell of the same things.
        let words = Words { whose: "the client's `timezone`", made: "", owner: Some("event") };
        let [polls, webhooks] = ["poll", "webhook"].map(|delivery| {
            let told: Vec<_> =
                triggers.iter().filter(|it| it["delivery"] == delivery).map(|it| as_action(it)).collect();
            let maker = Maker { arguments: &arguments, words: &words };
            methods(&told.iter().collect::<Vec<_>>(), Vec::new(), &maker, &mut types)
        });

        let operator = |it: &Method| (it.action.clone(), format!("{client}{}Operator", camel(&it.action)));
        let operators = airflow.iter().map(operator).collect();
        for method in python.iter().chain(&polls) {
            inputs(method, &mut types);
        }
        Self {
            distribution: distribution(&name),
            module: module(&name),
            prefix: variable(&name),
            about: text(description, "description").to_owned(),
            homepage: description["homepage"].as_str().map(str::to_owned),
            sensor: format!("{client}EventSensor"),
            trigger: format!("{client}EventTrigger"),
            keys: keys(&description["connection"]),
            types: types.named,
            ways: [ways::POLL, ways::EVENTS, ways::WEBHOOK],
            arguments: ways::told(),
            how_many: ways::HOW_MANY,
            name,
            title,
            client,
            async_client,
            credentials,
            cursor_block,
            connection_id,
            python,
            airflow,
            operators,
            prefect,
            polls,
            webhooks,
        }
    }

    /// The operator of an action.
    pub fn operator(&self, method: &Method) -> &str {
        self.operators.get(&method.action).map_or("", String::as_str)
    }

    /// The variable of the environment that holds a value of the connection.
    pub fn variable(&self, key: &Key) -> String {
        format!("{}_{}", self.prefix, key.variable)
    }
}

fn owned(names: &[&str]) -> impl Iterator<Item = String> {
    names.iter().map(|name| (*name).to_owned())
}

fn list<'a>(description: &'a Value, name: &str) -> impl Iterator<Item = &'a Value> {
    description[name].as_array().into_iter().flatten()
}

fn methods(actions: &[&Value], mut names: Vec<String>, maker: &Maker<'_>, types: &mut Types) -> Vec<Method> {
    let mut found = Vec::new();
    for action in actions {
        let name = identifier(text(action, "name"), |name| names.iter().any(|other| other == name));
        names.push(name.clone());
        found.push(maker.method(action, name, types));
    }
    found
}

/// A trigger with an event's data as what comes back.
fn as_action(trigger: &Value) -> Value {
    let mut action = trigger.clone();
    action["outputSchema"] = trigger["eventSchema"].clone();
    action
}

/// The arguments of a method as one type, for a program that puts them together first.
fn inputs(method: &Method, types: &mut Types) {
    let member = |it: &super::method::Parameter| Member {
        key: it.name.clone(),
        kind: it.kind.clone(),
        required: it.required,
        about: it.about.clone(),
    };
    let about = format!("The arguments of {}, given along as **.", method.name);
    let members = method.parameters.iter().map(member).collect();
    types.shape(&format!("{}Input", camel(&method.action)), &method.action, members, &about);
}

fn keys(connection: &Value) -> Vec<Key> {
    let schema = &connection["schema"];
    let listed = |list: &Value, key: &str| list.as_array().is_some_and(|all| all.iter().any(|it| it == key));
    let mut found: Vec<Key> = Vec::new();
    for (key, value) in properties(schema) {
        let name = identifier(key, |name| taken::CONNECTION.contains(&name) || found.iter().any(|it| it.name == name));
        let words: Vec<_> = value["enum"].as_array().into_iter().flatten().collect();
        let is_switch = value["type"] == "boolean"
            || (!words.is_empty() && words.iter().all(|word| **word == "true" || **word == "false"));
        found.push(Key {
            name,
            block_name: String::new(),
            key: key.clone(),
            variable: variable(key),
            title: value["title"].as_str().unwrap_or(key).to_owned(),
            about: text(value, "description").to_owned(),
            is_secret: value["writeOnly"] == true || value["format"] == "password",
            is_switch,
            is_address: listed(&connection["origins"], key),
            required: listed(&schema["required"], key),
            default: match &value["default"] {
                Value::String(text) => text.clone(),
                Value::Null => String::new(),
                other => other.to_string(),
            },
        });
    }
    found.sort_by_key(|key| !key.required);
    let mut names: Vec<String> = Vec::new();
    for key in &mut found {
        key.block_name =
            identifier(&key.name, |name| taken::BLOCK.contains(&name) || names.iter().any(|it| it == name));
        names.push(key.block_name.clone());
    }
    found
}

/// The part of a variable's name that a name becomes.
fn variable(name: &str) -> String {
    name.to_uppercase().replace('-', "_")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn faces(change: impl FnOnce(&mut Value)) -> Faces {
        let mut description = json!({
            "name": "shop", "title": "Shop", "description": "Sells.",
            "connection": { "schema": { "properties": {} }, "origins": [] }, "actions": [],
        });
        change(&mut description);
        Faces::new(&description)
    }

    #[test]
    fn a_client_has_no_name_that_the_package_needs_itself() {
        assert_eq!(faces(|_| {}).client, "Shop");
        for title in ["Connection", "Any"] {
            assert_eq!(faces(|it| it["title"] = title.into()).client, format!("{title}Client"));
        }
    }

    #[test]
    fn values_of_a_connection_have_names_of_their_own_and_those_required_come_first() {
        let made = faces(|it| {
            it["connection"]["schema"] = json!({
                "properties": { "region": { "default": "eu" }, "api-key": { "writeOnly": true }, "config": {} },
                "required": ["api-key"],
            });
        });
        let names: Vec<_> = made.keys.iter().map(|key| (key.name.as_str(), made.variable(key))).collect();
        let expected = [("api_key", "SHOP_API_KEY"), ("region", "SHOP_REGION"), ("config_", "SHOP_CONFIG")];
        assert_eq!(names, expected.map(|(name, variable)| (name, variable.to_owned())));
        assert!(made.keys[0].is_secret && !made.keys[1].is_secret);
        assert_eq!((made.keys[1].default.as_str(), made.keys[2].block_name.as_str()), ("eu", "config_"));
    }

    #[test]
    fn two_types_of_one_name_are_told_apart_by_what_they_belong_to() {
        let action = |name: &str, values: &[&str]| {
            json!({ "name": name, "title": name, "description": "Does.", "outputSchema": {},
                "inputSchema": { "properties": { "status": { "type": "string", "enum": values } } } })
        };
        let made =
            faces(|it| it["actions"] = json!([action("buy", &["a"]), action("sell", &["b"]), action("x", &["a"])]));
        let names: Vec<_> = made.types.iter().map(|it| it.name.as_str()).collect();
        assert_eq!(names, ["Status", "SellStatus", "BuyInput", "SellInput", "XInput"]);
        assert_eq!(made.python[2].parameters[0].kind.annotation(), "Status | None");
    }

    #[test]
    fn an_action_that_has_the_name_of_a_method_of_every_client_gets_a_line_behind_it() {
        let made = faces(|it| {
            let action = |name: &str| json!({ "name": name, "title": "", "description": "", "inputSchema": {} });
            it["actions"] = json!([action("options"), action("import"), action("list")]);
        });
        assert_eq!(made.python.iter().map(|it| it.name.as_str()).collect::<Vec<_>>(), ["options_", "import_", "list"]);
        assert_eq!(made.operator(&made.python[1]), "ShopImportOperator");
    }
}
