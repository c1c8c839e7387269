//! Archives from an address that may answer anything.

use serde_json::json;

use crate::server::{Answer, Server};
use crate::support::{World, files, packed, version};

/// A published archive and where it stands. The address holds a secret.
fn archive(world: &World, server: &Server, number: &str) -> String {
    server.answer("/shop.tar.gz", Answer::ok(packed(&world.publish("shop", &[version(number)]))));
    server.url("/shop.tar.gz?key=hunter2")
}

#[test]
fn an_archive_is_installed_and_updated_from_its_address_whose_query_nobody_is_shown() {
    let (world, server) = (World::new(), Server::start());
    let url = archive(&world, &server, "1.0.0");
    let installed = world.install(&url).done();
    archive(&world, &server, "1.1.0");
    let updated = world.run(&["update"]).done();
    let listed = world.run(&["list"]).done();
    for ran in [&installed, &updated, &listed] {
        assert!(!ran.stdout.contains("hunter2") && !ran.stderr.contains("hunter2"), "{ran:?}");
    }
    assert!(listed.stdout.contains("1.1.0") && listed.stdout.contains(&server.url("/shop.tar.gz")), "{listed:?}");
    assert!(server.asked().iter().all(|asked| asked.path.ends_with("?key=hunter2")), "it is asked for with all of it");
    // What is there in its place is no reason to lose what was installed.
    server.answer("/shop.tar.gz", Answer::Whole(404, Vec::new(), Vec::new()));
    let gone = world.run(&["update"]);
    gone.refused(3, "/shop.tar.gz answered 404: look whether the locator is right");
    assert!(!gone.stderr.contains("hunter2"));
    world.loads();
}

#[test]
fn what_breaks_never_ends_or_leads_elsewhere_installs_nothing() {
    let (world, server, other) = (World::new(), Server::start(), Server::start());
    let whole = packed(&world.publish("shop", &[]));
    other.answer("/shop.tar.gz", Answer::ok(whole.clone()));
    let away = other.url("/shop.tar.gz");
    let to = |address: &str| Answer::with(302, "Location", address);
    for (answer, told) in [
        (Answer::CutOff(whole[..whole.len() / 2].to_vec()), "nothing came from "),
        (Answer::ok(&whole[..whole.len() / 2]), "can't be unpacked"),
        (Answer::Endless, "it has more than the 67108864 bytes that it may have"),
        (Answer::ok("<html>sign in</html>"), "does not begin as gzip does"),
        (to("/shop.tar.gz"), "leads on more than 5 times"),
        (to("file:///etc/passwd"), "leads from https to what anybody on the way could change"),
        (to("http://a.example/shop.tar.gz"), "leads on to plain http"),
        (to(&away), "let it be reached with --allow http://127.0.0.1:"),
        (Answer::Whole(302, Vec::new(), Vec::new()), "leads on to nowhere"),
        (Answer::Whole(503, Vec::new(), Vec::new()), "try again later"),
    ] {
        server.answer("/shop.tar.gz", answer);
        world.install(&server.url("/shop.tar.gz")).refused(3, told);
        assert_eq!((world.list(), world.there()), (json!([]), Vec::<String>::new()), "{told}");
    }
    assert!(other.asked().is_empty());
    server.answer("/shop.tar.gz", to(&away));
    let allow = format!("http://{}", other.host());
    world.run(&["--allow", &allow, "install", &server.url("/shop.tar.gz"), "--key", &world.key(), "--yes"]).done();
    assert_eq!(other.asked().len(), 1);
}

#[test]
fn a_bundle_in_pieces_or_with_more_than_its_sums_name_is_what_they_name() {
    let (world, server) = (World::new(), Server::start());
    let folder = world.publish("shop", &[]);
    std::fs::write(folder.join("install.sh"), "rm -rf /").unwrap();
    server.answer("/shop.tar.gz", Answer::ok(packed(&folder)));
    world.install(&server.url("/shop.tar.gz")).done();
    let names: Vec<_> = files(&world.bundle()).into_keys().collect();
    assert_eq!(names, ["SHA256SUMS", "SHA256SUMS.minisig", "extism.json", "shop.wasm"]);
}
