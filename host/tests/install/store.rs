//! What lies in the folder is what the lock names, whatever happens to either.

use std::fs::{self, File};
use std::path::Path;

use serde_json::json;

use crate::support::{World, ran, text, version};

/// Changes a file in its middle.
fn damage(path: &Path) {
    let mut bytes = fs::read(path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(path, bytes).unwrap();
}

#[test]
fn a_bundle_that_was_changed_after_it_was_installed_is_not_loaded_and_is_fetched_again() {
    let world = World::new();
    world.install(text(&world.publish("shop", &[]))).done();
    let doctor = || ran(world.command().env("STATE_DIRECTORY", world.plugins()).args(["doctor"]));
    assert!(doctor().stdout.contains("ok    installed shop: "), "{:?}", doctor());
    for file in ["shop.wasm", "extism.json", "SHA256SUMS"] {
        damage(&world.bundle().join(file));
        world.run(&["describe"]).refused(3, "Get it again: plugin-host install");
        let found = doctor();
        assert!(found.code == 3 && found.stdout.contains("fail  installed shop: "), "{found:?}");
        assert_eq!(world.run(&["install"]).done().stdout.lines().count(), 1);
        world.loads();
    }
    // A module with a hash of its own is another one all the same.
    let manifest = world.bundle().join("extism.json");
    fs::write(&manifest, fs::read_to_string(&manifest).unwrap() + "\n").unwrap();
    world.run(&["describe"]).refused(3, "extism.json is not what SHA256SUMS says");
    fs::remove_dir_all(world.bundle()).unwrap();
    world.run(&["describe"]).refused(3, "Get it again: plugin-host install");
    world.run(&["install"]).done();
    world.loads();
    assert_eq!(world.run(&["install"]).done().stdout, "All that plugins.lock lists is there.\n");
}

#[test]
fn a_lock_alone_is_enough_to_get_the_same_bytes_elsewhere_and_no_others() {
    let (here, there) = (World::new(), World::new());
    let folder = here.publish("shop", &[version("1.0.0")]);
    here.install(text(&folder)).done();
    fs::create_dir(there.plugins()).unwrap();
    fs::copy(here.plugins().join("plugins.lock"), there.plugins().join("plugins.lock")).unwrap();
    there.run(&["describe"]).refused(3, "Get it again: plugin-host install");
    assert_eq!(there.run(&["install"]).done().stdout, "Installed shop 1.0.0.\n");
    there.loads();
    assert_eq!(there.list(), here.list());
    // Something else stands there by now, though who signed it is the same.
    here.publish("shop", &[version("1.0.1")]);
    fs::remove_dir_all(there.bundle()).unwrap();
    there.run(&["install"]).refused(3, "is not the one that is expected: its digest is sha256:");
    assert_eq!(there.there(), ["plugins.lock"]);
    // A lock that grants less than the plugin wants grants it no more.
    here.publish("shop", &[version("1.0.0")]);
    let lock = there.plugins().join("plugins.lock");
    let less = fs::read_to_string(&lock).unwrap().replace("reaches = [\"address\"]", "reaches = []");
    fs::write(&lock, less).unwrap();
    there.run(&["install"]).refused(3, "shop wants more than plugins.lock grants: reach the address in address");
}

#[test]
fn two_do_not_change_the_folder_at_once_and_readers_wait_for_nobody() {
    let world = World::new();
    world.install(text(&world.publish("shop", &[]))).done();
    let busy = File::options().write(true).open(world.plugins().join(".busy")).unwrap();
    busy.lock().unwrap();
    let other = world.publish("other", &[("/name", json!("other"))]);
    world.install(text(&other)).refused(3, "another plugin-host changes ");
    world.run(&["remove", "shop"]).refused(3, "wait until it has ended");
    world.loads();
    assert_eq!(world.list().as_array().unwrap().len(), 1);
    drop(busy);
    world.install(text(&other)).done();
    assert_eq!(world.list().as_array().unwrap().len(), 2);
}

#[test]
fn what_a_killed_process_left_behind_is_swept_up_and_nothing_else_is() {
    let world = World::new();
    world.install(text(&world.publish("shop", &[]))).done();
    let before = world.there();
    let left = [".new-abc/shop.wasm", ".new-def", "sha256-0000/extism.json"];
    for left in left {
        let path = world.plugins().join(left);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, "half").unwrap();
    }
    fs::write(world.plugins().join("notes.txt"), "the operator's").unwrap();
    world.loads();
    world.run(&["install"]).done();
    assert_eq!(world.there(), [vec!["notes.txt".to_owned()], before].concat());
}

#[test]
fn a_lock_that_is_none_is_told_by_its_line_and_left_as_it_is() {
    let world = World::new();
    fs::create_dir(world.plugins()).unwrap();
    let lock = world.plugins().join("plugins.lock");
    fs::write(&lock, "version = 1\n[plugin.shop]\nversion = 7\n").unwrap();
    let folder = world.publish("shop", &[]);
    for args in [&["list"][..], &["describe"], &["install", text(&folder), "--yes"], &["update"]] {
        world
            .run(args)
            .refused(3, "plugins.lock is no list of installed plugins that this version can read: look at line 3");
    }
    assert!(fs::read_to_string(&lock).unwrap().ends_with("version = 7\n"));
}
