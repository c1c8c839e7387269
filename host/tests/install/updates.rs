//! What an update may bring by itself, and what it may not.

use std::fs;

use minisign::KeyPair;
use serde_json::{Value, json};

use crate::support::{World, sign, text, version};

/// A world in which version 1.0.0 is installed, with one address that it may reach.
fn world() -> World {
    let world = World::new();
    world.install(text(&world.publish("shop", &[version("1.0.0")]))).done();
    world
}

fn installed(world: &World) -> Value {
    world.list()[0]["version"].clone()
}

#[test]
fn a_newer_version_that_wants_no_more_is_taken_without_a_question() {
    let world = world();
    let old = world.bundle();
    assert_eq!(world.run(&["update"]).done().stdout, "shop 1.0.0 is up to date.\n");
    world.publish("shop", &[version("1.1.0")]);
    let updated = world.run(&["update", "shop"]).done();
    assert!(updated.stdout.starts_with("Updated shop from 1.0.0 to 1.1.0.\n"), "{updated:?}");
    assert_eq!((installed(&world), updated.stderr.as_str()), (json!("1.1.0"), ""));
    assert!(!old.exists(), "what nobody uses any more is gone");
    world.loads();
    world.run(&["update", "crm"]).refused(2, "there is no installed plugin crm; there are: shop");
}

#[test]
fn what_breaks_and_what_is_new_is_shown() {
    let world = World::new();
    world.install(text(&world.publish("shop", &[version("1.0.0"), ("/triggers", json!([]))]))).done();
    world.publish("shop", &[version("2.0.0"), ("/actions/0/subject", json!(null))]);
    let updated = world.run(&["update"]).done();
    assert!(updated.stdout.contains("  new: order_created"), "{updated:?}");
    world.publish("shop", &[version("3.0.0"), ("/triggers", json!([]))]);
    let updated = world.run(&["--json", "update"]).done().json();
    let breaks = updated[0]["changes"]["breaks"].to_string();
    assert!(updated[0]["to"] == "3.0.0" && breaks.contains("order_created: is gone"), "{updated}");
}

#[test]
fn a_version_that_wants_more_is_asked_for_again() {
    let world = World::new();
    let reading = ("/actions/0/annotations/readOnlyHint", json!(true));
    world.install(text(&world.publish("shop", &[version("1.0.0"), reading.clone()]))).done();
    let granted = world.list()[0]["granted"].clone();
    world.publish("shop", &[version("1.1.0")]);
    let refused = world.run(&["update"]);
    refused.refused(3, "agree with --yes");
    assert!(refused.stderr.contains("  it may now change things by create_order\n"), "{refused:?}");
    assert_eq!((installed(&world), &world.list()[0]["granted"]), (json!("1.0.0"), &granted));
    let updated = world.run(&["update", "--yes"]).done();
    assert!(updated.stdout.contains("it may now change things by create_order"), "{updated:?}");
    assert_ne!(world.list()[0]["granted"], granted);
    // What it does without from now on is not granted any longer.
    world.publish("shop", &[version("1.2.0"), reading]);
    world.run(&["update"]).done();
    assert_eq!(world.list()[0]["granted"], granted);
}

#[test]
fn an_update_comes_from_whom_the_plugin_came_from() {
    let world = world();
    let stranger = KeyPair::generate_unencrypted_keypair().unwrap();
    let folder = world.unsigned("shop", &[version("1.1.0")]);
    let yes = ["update", "--yes", "--allow-unsigned"];
    world.run(&yes).refused(3, "is not signed: there is no SHA256SUMS.minisig");
    sign(&folder, &stranger, "the new owner");
    world.run(&yes).refused(3, "is not signed with the key that shop was installed with");
    // A key that is trusted for other plugins is none of this one.
    fs::write(world.plugins().join("trusted-keys.pub"), stranger.pk.to_base64()).unwrap();
    world.run(&yes).refused(3, "is not signed with the key that shop was installed with");
    assert_eq!(installed(&world), "1.0.0");
    // The operator says otherwise.
    world.run(&["update", "--key", &stranger.pk.to_base64()]).done();
    assert_eq!((installed(&world), &world.list()[0]["key"]), (json!("1.1.0"), &json!(stranger.pk.to_base64())));
}

#[test]
fn an_older_version_and_another_plugin_do_not_take_its_place() {
    let world = world();
    world.publish("shop", &[version("0.9.0")]);
    world.run(&["update"]).refused(3, "shop 0.9.0 now, which is older than the 1.0.0 that is installed");
    assert_eq!(installed(&world), "1.0.0");
    world.run(&["update", "--allow-downgrade"]).done();
    assert_eq!(installed(&world), "0.9.0");
    world.publish("shop", &[version("2.0.0"), ("/name", json!("crm"))]);
    world.run(&["update", "--yes"]).refused(3, "is the plugin crm now, and no longer shop");
    assert_eq!(world.there().len(), 2);
}

#[test]
fn one_that_can_not_be_updated_keeps_no_other_from_it() {
    let world = world();
    world.install(text(&world.publish("crm", &[version("1.0.0"), ("/name", json!("crm"))]))).done();
    fs::remove_dir_all(world.published("crm")).unwrap();
    world.publish("shop", &[version("1.1.0")]);
    let updated = world.run(&["update"]);
    updated.refused(3, "error: crm: can't read");
    assert!(updated.stdout.contains("Updated shop from 1.0.0 to 1.1.0."), "{updated:?}");
}
