//! A registry that may answer anything.

use std::fs;

use serde_json::{Value, json};
use toolchain::oci::{INDEX, MANIFEST, digest};

use crate::server::{Answer, Server};
use crate::support::{Ran, World, files, ran, version};

/// `merchant:hunter2`.
const USER: &str = "bWVyY2hhbnQ6aHVudGVyMg==";

/// Publishes a version of the shop's plugin in a registry, as `plugins/shop:1`. Gives the manifest's digest.
fn push(world: &World, server: &Server, number: &str) -> String {
    server.push("plugins/shop", "1", &files(&world.publish("shop", &[version(number)])))
}

fn locator(server: &Server) -> String {
    format!("oci:{}/plugins/shop:1", server.host())
}

/// The path of the module's blob.
fn module(world: &World) -> String {
    format!("/v2/plugins/shop/blobs/{}", digest(&files(&world.published("shop"))["shop.wasm"]))
}

#[track_caller]
fn nothing(world: &World) {
    assert_eq!((world.list(), world.there()), (json!([]), Vec::<String>::new()));
}

/// Installs with what `docker login` has written down.
fn logged_in(world: &World, server: &Server, more: &[&str]) -> Ran {
    let config = world.published("docker");
    fs::create_dir_all(&config).unwrap();
    let auths =
        json!({ "auths": { server.host(): { "auth": USER }, "other.example": { "auth": "b3RoZXI6b3RoZXI=" } } });
    fs::write(config.join("config.json"), auths.to_string()).unwrap();
    let mut command = world.command();
    command.env("DOCKER_CONFIG", config).args(more);
    let ended = ran(command.args(["install", &locator(server), "--key", &world.key(), "--yes"]));
    for secret in [USER, "hunter2", "token-of-the-registry"] {
        assert!(!ended.stdout.contains(secret) && !ended.stderr.contains(secret), "{ended:?}");
    }
    ended
}

#[test]
fn a_tag_is_installed_as_the_digest_that_it_had() {
    let (world, server) = (World::new(), Server::start());
    let first = push(&world, &server, "1.0.0");
    world.install(&locator(&server)).done();
    assert_eq!(world.list()[0]["manifest"], first);
    // The tag has moved since.
    let second = push(&world, &server, "1.1.0");
    fs::remove_dir_all(world.bundle()).unwrap();
    assert_eq!(world.run(&["install"]).done().stdout, "Installed shop 1.0.0.\n");
    world.loads();
    world.run(&["update"]).done();
    assert_eq!(world.list()[0]["manifest"], second);
    // The registry gives something else for the digest that the lock names.
    fs::remove_dir_all(world.bundle()).unwrap();
    let other = files(&world.publish("shop", &[version("1.1.1")]));
    let third = server.push("plugins/shop", "2", &other);
    let manifest = crate::support::manifest(&other);
    assert_eq!(digest(&manifest), third);
    server.answer(&format!("/v2/plugins/shop/manifests/{second}"), Answer::of_type(MANIFEST, manifest));
    world.run(&["install"]).refused(3, "the manifest of ");
    world.run(&["remove", "shop"]).done();
    world.install(&format!("oci:{}/plugins/shop@{first}", server.host())).done();
    assert!(world.run(&["update"]).done().stdout.contains("its locator is pinned to a digest"));
}

#[test]
fn a_blob_that_is_another_breaks_or_never_ends_installs_nothing() {
    let (world, server) = (World::new(), Server::start());
    push(&world, &server, "1.0.0");
    let (path, whole) = (module(&world), files(&world.published("shop"))["shop.wasm"].clone());
    let mut other = whole.clone();
    other[100] ^= 1;
    for (answer, told) in [
        (Answer::ok(other), "shop.wasm of 127.0.0.1:"),
        (Answer::ok(&whole[..1000]), "is not the one that is expected: its digest is sha256:"),
        (Answer::CutOff(whole[..1000].to_vec()), "nothing came from "),
        (Answer::Endless, "bytes that it may have"),
        (Answer::ok([&whole[..], b"more"].concat()), "bytes that it may have"),
        (Answer::Whole(404, Vec::new(), Vec::new()), "answered 404"),
    ] {
        server.answer(&path, answer);
        world.install(&locator(&server)).refused(3, told);
        nothing(&world);
    }
    server.answer(&path, Answer::ok(whole));
    world.install(&locator(&server)).done();
}

#[test]
fn what_is_no_bundle_of_this_kind_is_told_as_such() {
    let (world, server) = (World::new(), Server::start());
    let change = |place: &str, value: Value, told: &str| {
        push(&world, &server, "1.0.0");
        server.change_manifest("plugins/shop", "1", place, value);
        world.install(&locator(&server)).refused(3, told);
        nothing(&world);
    };
    change("/artifactType", json!("application/vnd.wasm.config.v0+json"), "its artifactType is \"application/vnd.wasm");
    change("/mediaType", json!(INDEX), "is not of the media type");
    change("/layers/0/digest", json!("md5:00"), "is none of SHA-256");
    change("/layers/0/size", json!(1_u64 << 40), "it has more than 128 MiB");
    change("/layers", json!([]), "it has no SHA256SUMS");
    for path in ["../../evil", "/tmp/evil", "a/../../evil", "c:\\evil", "SHA256SUMS"] {
        let title = "/layers/2/annotations/org.opencontainers.image.title";
        change(title, json!(path), if path == "SHA256SUMS" { "is in it twice" } else { "is no path within" });
    }
    let page = "/v2/plugins/shop/manifests/1";
    for (answer, told) in [
        (Answer::of_type("text/html", "<html>sign in</html>"), "is of the media type \"text/html\""),
        (Answer::of_type(INDEX, "{}"), "is of the media type \"application/vnd.oci.image.index"),
        (Answer::of_type(MANIFEST, "<html>"), "its manifest is none"),
        (Answer::of_type(MANIFEST, vec![b' '; 5 << 20]), "it has more than the 4194304 bytes"),
    ] {
        server.answer(page, answer);
        world.install(&locator(&server)).refused(3, told);
        nothing(&world);
    }
}

#[test]
fn a_registry_that_leads_elsewhere_is_followed_to_safe_places_without_what_it_was_shown() {
    let (world, server, other) = (World::new(), Server::start(), Server::start());
    push(&world, &server, "1.0.0");
    let path = module(&world);
    let whole = files(&world.published("shop"))["shop.wasm"].clone();
    other.answer("/blob", Answer::ok(whole));
    server.wants(&format!("Basic {USER}"), "Basic realm=\"shop\"");
    server.answer(&path, Answer::with(307, "Location", &other.url("/blob?signature=hunter2")));
    let refused = logged_in(&world, &server, &[]);
    refused.refused(3, "is a private or special address: let it be reached with --allow");
    assert!(other.asked().is_empty());
    nothing(&world);
    logged_in(&world, &server, &["--allow", &other.url("")]).done();
    let asked = other.asked();
    assert!(asked.len() == 1 && asked[0].authorization.is_none(), "{asked:?}");
    world.loads();
}

#[test]
fn a_password_is_shown_once_to_who_asks_for_it_and_a_refusal_is_the_end() {
    let (world, server) = (World::new(), Server::start());
    push(&world, &server, "1.0.0");
    // It never lets anybody in.
    server.wants("nothing", "Basic realm=\"shop\"");
    world.install(&locator(&server)).refused(3, "answered 401: it is not for everybody");
    assert!(server.asked().len() == 1 && server.asked()[0].authorization.is_none(), "{:?}", server.asked());
    logged_in(&world, &server, &[]).refused(3, "answered 401");
    assert_eq!(server.asked().len(), 3);
    // A token does not help either.
    server.wants("nothing", &format!("Bearer realm=\"{}\",service=\"s\"", server.url("/token")));
    server.answer("/token", Answer::ok(r#"{"token": "token-of-the-registry"}"#));
    logged_in(&world, &server, &[]).refused(3, "answered 401");
    let asked = server.asked();
    assert_eq!(asked.len(), 6, "{asked:?}");
    assert_eq!(asked[4].path, "/token?service=s&scope=repository%3Aplugins%2Fshop%3Apull");
    assert_eq!(asked[4].authorization.as_deref(), Some(&*format!("Basic {USER}")));
    nothing(&world);
    // And one that does.
    let bearer = "Bearer token-of-the-registry";
    server.wants(bearer, &format!("Bearer realm=\"{}\",service=\"s\"", server.url("/token")));
    logged_in(&world, &server, &[]).done();
    assert_eq!(server.asked().last().unwrap().authorization.as_deref(), Some(bearer));
    for answer in ["{}", "no JSON", r#"{"token": ""}"#, r#"{"token": "a\r\nb"}"#] {
        server.answer("/token", Answer::ok(answer));
        world.run(&["remove", "shop"]);
        logged_in(&world, &server, &[]).refused(3, "was given no token for us");
    }
}

#[test]
fn a_password_goes_to_nobody_on_another_machine_or_port_that_nobody_named() {
    let (world, server, thief) = (World::new(), Server::start(), Server::start());
    push(&world, &server, "1.0.0");
    thief.answer("/token", Answer::ok(r#"{"token": "token-of-the-registry"}"#));
    for (realm, told) in [
        (thief.url("/token"), "let it be reached with --allow"),
        ("http://thief.example/token".to_owned(), "asks for a token at an address of plain http"),
        ("file:///etc/passwd".to_owned(), "asks for a token at an address of plain http"),
        ("not an address".to_owned(), "asks for a token of what is no address"),
    ] {
        server.wants("nothing", &format!("Bearer realm=\"{realm}\""));
        logged_in(&world, &server, &[]).refused(3, told);
    }
    server.wants("nothing", "Bearer");
    logged_in(&world, &server, &[]).refused(3, "does not say whom to ask");
    assert!(thief.asked().is_empty());
    nothing(&world);
}
