//! From a folder or a file to a plugin that all commands find, and back.

use std::fs;

use serde_json::json;
use shop_service::{SAMPLE_TOKEN, Service};

use crate::support::{SHOP, World, packed, ran, text, version};

#[test]
fn a_plugin_is_installed_listed_used_and_removed() {
    let (world, service) = (World::new(), Service::start().unwrap());
    let folder = world.publish("shop", &[version("1.2.0")]);
    let installed = world.install(text(&folder)).done();
    assert_eq!(installed.stdout, "Installed shop 1.2.0.\n");
    for line in [
        "signed by  RW",
        "\"shop of the shop\"",
        "  reach   the address in address of its connection",
        "token (secret)",
        "create_order",
        "no network of its own",
    ] {
        assert!(installed.stderr.contains(line), "{line} is not in {}", installed.stderr);
    }
    let listed = &world.list()[0];
    assert_eq!(
        (&listed["name"], &listed["version"], &listed["key"]),
        (&json!("shop"), &json!("1.2.0"), &json!(world.key()))
    );
    assert_eq!(listed["locator"], format!("file:{}", folder.display()));
    assert_eq!(listed["granted"]["reaches"], json!(["address"]));
    let people = world.run(&["list"]).done().stdout;
    assert!(people.lines().count() == 2 && people.contains("shop  1.2.0") && people.contains(&world.key()), "{people}");
    // Other commands have it without a word of where it is, and --plugin names it.
    let call = |args: &[&str]| {
        let mut command = world.command();
        command.env("SHOP_ADDRESS", service.base_url()).env("SHOP_TOKEN", SAMPLE_TOKEN);
        ran(command.args(["--env-prefix", "SHOP"]).args(args))
    };
    let order = r#"{"request_id":"r-1","customer":7,"goods":[{"sku":"A-101","count":2}]}"#;
    call(&["check"]).done();
    call(&["--plugin", "shop", "call", "create_order", "--input", order]).done();
    assert_eq!(service.orders().len(), 1);
    call(&["--plugin", "crm", "check"]).refused(3, "there is no plugin crm. The plugins: shop");
    assert_eq!(world.install(text(&folder)).done().stdout, "1.2.0 shop is installed already.\n");

    assert_eq!(world.run(&["remove", "shop"]).done().stdout, "Removed shop 1.2.0.\n");
    assert_eq!((world.list(), world.there()), (json!([]), vec!["plugins.lock".to_owned()]));
    world.run(&["remove", "shop"]).refused(2, "there is no installed plugin shop; there are: none");
    assert!(world.run(&["list"]).done().stdout.contains("No plugin is installed"));
    world.run(&["check"]).refused(3, "`plugin-host install` gets one");
}

#[test]
fn an_archive_is_as_good_as_a_folder_and_so_are_all_ways_to_write_a_path() {
    let world = World::new();
    let folder = world.publish("shop", &[]);
    let archive = world.published("shop.tar.gz");
    fs::write(&archive, packed(&folder)).unwrap();
    let by_folder = {
        world.install(text(&folder)).done();
        world.list()[0]["digest"].clone()
    };
    for locator in [text(&archive).to_owned(), format!("file:{}", archive.display()), "published/shop".to_owned()] {
        world.run(&["remove", "shop"]).done();
        world.install(&locator).done();
        assert_eq!(world.list()[0]["digest"], by_folder, "{locator}");
        world.loads();
    }
    world.install("published/crm").refused(3, "can't read");
    fs::write(&archive, "<html>not here</html>").unwrap();
    world.install(text(&archive)).refused(3, "does not begin as gzip does");
    world.install("ftp://a.example/shop").refused(2, "name a folder or a .tar.gz");
    world.install("http://a.example/shop.tar.gz").refused(2, "it has to be https");
}

#[test]
fn what_is_installed_counts_before_what_lies_where_somebody_stands() {
    let world = World::new();
    world.install(text(&world.publish("shop", &[]))).done();
    // A stranger's folder, with a plugin of that name in the place where this project has its own.
    let elsewhere = world.published("elsewhere");
    fs::create_dir_all(elsewhere.join("dist")).unwrap();
    fs::write(elsewhere.join("dist/extism.json"), "{}").unwrap();
    let described = ran(world.command().current_dir(&elsewhere).args(["--json", "describe"])).done();
    assert_eq!(described.json()["name"], "shop");
    // What is named counts before both.
    ran(world.command().current_dir(&elsewhere).args(["--bundle", "dist", "describe"])).refused(3, "extism.json");
    ran(world.command().env("PLUGIN_BUNDLE", SHOP).args(["describe"])).done();
    // A folder may be named, too, and a list is none.
    let plugins = world.plugins();
    let named = |args: &[&str]| {
        ran(world.command().env("PLUGIN_HOST_PLUGINS", "/nowhere").args(["--plugins", text(&plugins)]).args(args))
    };
    named(&["describe"]).done();
    assert_eq!(named(&["--json", "list"]).done().json(), world.list());
    // A list needs no path of what is installed.
    let list = world.published("plugins.toml");
    fs::write(&list, "[shop]\nenv_prefix = \"CORNER\"\n").unwrap();
    let described = world.run(&["--plugins", text(&list), "describe"]).done();
    assert!(described.stdout.contains("CORNER_ADDRESS"), "{described:?}");
    fs::write(&list, "[crm]\n").unwrap();
    world
        .run(&["--plugins", text(&list), "describe"])
        .refused(3, "[crm] has no bundle = \"PATH\", and is not installed");
    fs::write(&list, "[shop]\nbundle = \"shop\"\n").unwrap();
    world.run(&["--plugins", text(&list), "list"]).refused(2, "names the folder of installed plugins here");
    let empty = world.published("empty");
    fs::create_dir(&empty).unwrap();
    world.run(&["--plugins", text(&empty), "describe"]).refused(3, "no plugin is installed in");
}

#[test]
fn nobody_is_taken_to_agree_who_could_not_be_asked() {
    let world = World::new();
    let folder = world.publish("shop", &[]);
    let refused = world.run(&["install", text(&folder), "--key", &world.key()]);
    refused.refused(2, "agree with --yes; nothing was changed");
    assert!(refused.stderr.contains("It may\n  reach "), "{refused:?}");
    world.run(&["--json", "install", text(&folder), "--key", &world.key()]).refused(2, "agree with --yes");
    assert_eq!((world.list(), world.there()), (json!([]), Vec::<String>::new()));
}

#[test]
fn a_plugin_of_a_name_that_is_there_does_not_take_its_place() {
    let world = World::new();
    world.install(text(&world.publish("shop", &[version("1.0.0")]))).done();
    let other = world.publish("other", &[version("6.6.6")]);
    world.install(text(&other)).refused(3, "shop is installed already, 1.0.0 from file:");
    assert_eq!(world.list()[0]["version"], "1.0.0");
    assert_eq!(world.there().len(), 2);
}

#[test]
fn what_a_plugin_says_of_itself_commands_no_terminal() {
    let world = World::new();
    let reason = json!({ "http": { "origins": ["address"], "reason": "To \u{1b}[2Jlist.\nInstalled." } });
    let folder = world.publish("shop", &[("/permissions", reason)]);
    let told = world.install(text(&folder));
    assert!(!told.stderr.contains('\u{1b}') && !told.stdout.contains('\u{1b}'), "{told:?}");
}
