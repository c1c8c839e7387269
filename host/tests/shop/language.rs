//! The plugin's texts in other languages.

use serde_json::json;

use crate::server::{Server, mcp};
use crate::support::{command, run_by, service};

const RUSSIAN: &str = "Создаёт заказ из нескольких товаров.";
const ENGLISH: &str = "Creates an order of some goods.";

#[test]
fn describe_is_in_the_language_of_who_asks_as_far_as_the_plugin_has_it() {
    let service = service();
    let described = |variables: &[(&str, &str)], args: &[&str]| {
        let mut command = command(&service);
        command.envs(variables.iter().copied());
        let (code, stdout, stderr) = run_by(command, &[&["describe"], args].concat());
        assert_eq!(code, 0, "{stderr}");
        stdout
    };
    let russian = described(&[("LANG", "ru_RU.UTF-8")], &[]);
    assert!(russian.contains(RUSSIAN) && russian.contains("Finds customers"), "{russian}");
    assert!(described(&[], &["--lang", "ru"]).contains(RUSSIAN));
    assert!(described(&[("LANG", "ru_RU.UTF-8")], &["--lang", "en"]).contains(ENGLISH));
    assert!(described(&[("LANG", "ru_RU.UTF-8"), ("LC_ALL", "C")], &[]).contains(ENGLISH));
    // For programs it is the same everywhere, unless they say so.
    assert!(described(&[("LANG", "ru_RU.UTF-8")], &["--json"]).contains(&format!("\"description\":\"{ENGLISH}\"")));
    assert!(described(&[], &["--json", "--lang", "ru"]).contains(&format!("\"description\":\"{RUSSIAN}\"")));
}

#[test]
fn what_is_no_language_is_told() {
    let (code, _, said) = run_by(command(&service()), &["--lang", "???", "describe"]);
    assert_eq!(code, 2);
    assert!(said.contains("is no language: write ru, pt-BR"), "{said}");
}

#[test]
fn an_openapi_document_is_in_the_language_that_is_accepted() {
    let service = service();
    let server = Server::start(command(&service));
    for (accepted, language, text) in [
        (Some("ru-RU, en;q=0.5"), "ru", RUSSIAN),
        (Some("de, fr"), "en", ENGLISH),
        (Some("en, ru;q=0.9"), "en", ENGLISH),
        (None, "en", ENGLISH),
    ] {
        let (document, said) = server.openapi(accepted);
        let action = &document["paths"]["/v1/connections/{connection}/actions/create_order"]["post"];
        assert_eq!((said.as_str(), action["description"].as_str()), (language, Some(text)), "{accepted:?}");
        assert_eq!(action["operationId"], "create_order");
    }
}

#[test]
fn tools_are_in_the_language_that_the_server_is_told() {
    let service = service();
    let list = [("tools/list", json!({}))];
    let described = |args: &[&str]| mcp(command(&service), args, &list)[0]["tools"][0]["description"].clone();
    assert_eq!(described(&["--lang", "ru"]), RUSSIAN);
    assert_eq!(described(&[]), ENGLISH);
}

#[test]
fn describe_tells_how_often_an_action_may_be_called() {
    let (_, stdout, _) = run_by(command(&service()), &["describe"]);
    assert!(stdout.contains("Of create_order, at most 20/s besides."), "{stdout}");
}
