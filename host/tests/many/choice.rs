//! Which plugins there are, and which of them is meant.

use justclick_sandbox::SAMPLE_API_KEY;

use crate::host::{Folder, run, sandbox};

const CANCEL: [&str; 5] = ["call", "update_order_status", "--field=bill_id=1", "--field=status=cancel", "--json"];

#[test]
fn a_call_uses_the_plugin_that_its_connection_names() {
    let (folder, berlin, paris) = (Folder::of_two(), sandbox(), sandbox());
    folder.connections(&[("berlin", Some("justclick"), &berlin), ("paris", Some("shop"), &paris)]);
    for (connection, other) in [("berlin", &paris), ("paris", &berlin)] {
        let (code, _, stderr) = run(folder.command(&["--connection", connection]).args(CANCEL));
        assert_eq!((code, other.request_count()), (0, u64::from(connection == "paris")), "{stderr}");
    }
    let (code, stdout, stderr) = run(&mut folder.command(&["--connection", "paris", "describe"]));
    assert!(code == 0 && stdout.starts_with("Shop 1.0.0 (shop)"), "{stdout}{stderr}");
    // One of the plugin's is its only one.
    let (code, _, stderr) = run(&mut folder.command(&["--plugin", "shop", "check"]));
    assert!(code == 0 && paris.request_count() == 2, "{stderr}");
}

#[test]
fn a_connection_that_names_no_plugin_or_an_unknown_one_is_told_with_those_that_there_are() {
    let (folder, sandbox) = (Folder::of_two(), sandbox());
    folder.connections(&[
        ("berlin", None, &sandbox),
        ("paris", Some("pay"), &sandbox),
        ("rome", Some("shop"), &sandbox),
    ]);
    let told = |args: &[&str]| {
        let (code, _, stderr) = run(&mut folder.command(args));
        assert_eq!(code, 11, "{stderr}");
        stderr
    };
    let (missing, unknown) = (
        "connection berlin does not say which plugin it is for: put plugin = \"NAME\" into it, one of: justclick, shop",
        "connection paris is for no plugin that is loaded: its plugin has to be one of: justclick, shop",
    );
    assert!(told(&["--connection", "berlin", "check"]).contains(missing));
    assert!(told(&["--connection", "paris", "check"]).contains(unknown));
    let all = told(&["serve", "--listen", "127.0.0.1:0"]);
    assert!(all.contains(missing) && all.contains(unknown) && !all.contains("rome"), "{all}");
    assert_eq!(sandbox.request_count(), 0);
}

#[test]
fn without_a_connection_several_plugins_have_to_be_told_apart() {
    let folder = Folder::of_two();
    let plugins = folder.text("plugins");
    for args in [&["describe"][..], &["check"]] {
        let (code, _, stderr) = run(folder.bare(&["--bundle", &plugins]).args(args));
        assert!(
            code == 3 && stderr.contains("say which plugin with --plugin NAME, one of: justclick, shop"),
            "{stderr}"
        );
    }
    let (code, stdout, _) = run(&mut folder.bare(&["--bundle", &plugins, "--plugin", "shop", "describe"]));
    assert!(code == 0 && stdout.starts_with("Shop 1.0.0 (shop)"), "{stdout}");
    let (code, _, stderr) = run(&mut folder.bare(&["--bundle", &plugins, "--plugin", "pay", "describe"]));
    assert!(code == 3 && stderr.contains("there is no plugin pay. The plugins: justclick, shop"), "{stderr}");
}

#[test]
fn two_bundles_of_one_name_are_refused_with_both_their_paths() {
    let folder = Folder::of_two();
    folder.plugin_at("other", "shop", "Another shop", "2.0.0");
    let (code, _, stderr) =
        run(&mut folder.bare(&["--bundle", "plugins", "--bundle", "other", "--plugin", "shop", "describe"]));
    let told = "plugins/shop/extism.json and other/extism.json are both the plugin shop: leave one out";
    assert!(code == 3 && stderr.contains(told), "{stderr}");
}

#[test]
fn a_list_says_what_each_plugin_is_called_and_which_variables_it_reads() {
    let (folder, sandbox) = (Folder::of_two(), sandbox());
    let list = "[justclick]\nbundle = \"plugins/justclick\"\nenv_prefix = \"A\"\n[shop]\nbundle = \"plugins/shop/extism.json\"\nenv_prefix = \"B\"\n";
    folder.write("plugins.toml", list);
    let command = |args: &[&str]| {
        let mut command = folder.bare(&["--plugins", "plugins.toml"]);
        command.env("B_LOGIN", "username").env("B_API_KEY", SAMPLE_API_KEY).env("B_BASE_URL", sandbox.base_url());
        command.args(args);
        command
    };
    let (code, _, stderr) = run(&mut command(&["--plugin", "shop", "check"]));
    assert_eq!((code, sandbox.request_count()), (0, 1), "{stderr}");
    let (code, _, stderr) = run(&mut command(&["--plugin", "justclick", "check"]));
    assert!(code == 11 && stderr.contains("A_LOGIN is missing"), "{stderr}");
    // A plugin is what its operator takes it for.
    folder.write("plugins.toml", &list.replace("[shop]", "[crm]"));
    let (code, _, stderr) = run(&mut command(&["--plugin", "crm", "check"]));
    assert!(code == 3 && stderr.contains("is the plugin shop, and is listed as crm"), "{stderr}");
}

#[test]
fn a_prefix_is_for_one_plugin() {
    let folder = Folder::of_two();
    let (code, _, stderr) = run(&mut folder.bare(&["--bundle", "plugins", "--env-prefix", "A", "mcp"]));
    assert!(code == 2 && stderr.contains("is for one plugin: say which with --plugin NAME"), "{stderr}");
    let (code, _, stderr) = run(&mut folder.bare(&["--bundle", "plugins", "mcp"]));
    assert!(code == 11 && stderr.contains("no plugin has a connection"), "{stderr}");
    let (code, _, stderr) =
        run(&mut folder.bare(&["--bundle", "plugins", "--plugin", "shop", "--env-prefix", "A", "check"]));
    assert!(code == 11 && stderr.contains("A_LOGIN is missing"), "{stderr}");
}
