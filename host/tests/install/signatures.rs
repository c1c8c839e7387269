//! Whom a bundle has to be from.

use std::fs;

use minisign::KeyPair;
use serde_json::json;

use crate::support::{World, sign, sum, text, version};

#[test]
fn what_nobody_who_is_trusted_has_signed_is_not_installed() {
    let world = World::new();
    let folder = world.unsigned("shop", &[]);
    world.install(text(&folder)).refused(3, "is not signed: there is no SHA256SUMS.minisig beside its SHA256SUMS");
    let stranger = KeyPair::generate_unencrypted_keypair().unwrap();
    sign(&folder, &stranger, "trust me");
    world.install(text(&folder)).refused(3, "which is not one that is trusted: get the public key from who publishes");
    world.run(&["install", text(&folder), "--yes"]).refused(3, "is signed with the key ");
    assert_eq!((world.list(), world.there()), (json!([]), Vec::<String>::new()));
    // Taken as it is, it is known as such.
    let taken = world.run(&["install", text(&folder), "--allow-unsigned", "--yes"]).done();
    assert!(taken.stderr.contains("signed by  nobody who is trusted"), "{taken:?}");
    assert_eq!(world.list()[0]["key"], json!(null));
    assert!(world.run(&["list"]).done().stdout.contains("nobody"));
    world.loads();
    // It is not taken for more by itself; and once somebody who is trusted signs it, that is what counts.
    world.run(&["update"]).refused(3, "which is not one that is trusted");
    fs::write(world.plugins().join("trusted-keys.pub"), world.key()).unwrap();
    world.publish("shop", &[version("9.0.0")]);
    world.run(&["update"]).done();
    assert_eq!(world.list()[0]["key"], world.key());
}

#[test]
fn a_bundle_of_which_a_byte_is_another_is_not_installed_by_whatever_option() {
    let world = World::new();
    let any = ["--key", &world.key(), "--allow-unsigned", "--yes"].map(str::to_owned);
    for (file, resum, told) in [
        ("shop.wasm", false, "shop.wasm is not what SHA256SUMS says"),
        ("extism.json", false, "extism.json is not what SHA256SUMS says"),
        ("shop.wasm", true, "the signature of "),
        ("SHA256SUMS.minisig", false, "the signature of "),
    ] {
        let folder = world.publish("shop", &[]);
        let mut bytes = fs::read(folder.join(file)).unwrap();
        let last = bytes.len() - 10;
        bytes[last] ^= 1;
        fs::write(folder.join(file), bytes).unwrap();
        if resum {
            sum(&folder);
        }
        let args: Vec<_> = ["install", text(&folder)].into_iter().chain(any.iter().map(String::as_str)).collect();
        world.run(&args).refused(3, told);
        assert_eq!((world.list(), world.there()), (json!([]), Vec::<String>::new()), "{file}");
    }
}

#[test]
fn keys_in_the_folder_are_trusted_for_all_plugins() {
    let world = World::new();
    let folder = world.publish("shop", &[]);
    fs::create_dir(world.plugins()).unwrap();
    let keys = world.plugins().join("trusted-keys.pub");
    fs::write(&keys, "no key\n").unwrap();
    world.run(&["install", text(&folder), "--yes"]).refused(2, "trusted-keys.pub is no public key of minisign");
    fs::write(&keys, format!("# the shop's\n{}\n", world.pair.pk.to_box().unwrap())).unwrap();
    world.run(&["install", text(&folder), "--yes"]).done();
    assert_eq!(world.list()[0]["key"], world.key());
    assert!(keys.exists(), "what is not a bundle's is left alone");
}
