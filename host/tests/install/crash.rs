//! kill -9 in the middle.

use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::server::{Answer, Server};
use crate::support::{World, files, packed, text, version};

fn begun(command: &mut Command) -> Child {
    command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

fn killed(mut child: Child) {
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn what_was_installed_is_there_after_a_process_was_killed_while_it_fetched() {
    let (world, server) = (World::new(), Server::start());
    let whole = packed(&world.publish("shop", &[version("1.0.0")]));
    server.answer("/shop.tar.gz", Answer::ok(whole.clone()));
    let url = server.url("/shop.tar.gz");
    let install = ["install", &url, "--key", &world.key(), "--yes"].map(str::to_owned);
    // Nothing is there yet.
    server.answer("/shop.tar.gz", Answer::Stuck(whole[..1000].to_vec()));
    let child = begun(world.command().args(&install));
    server.until_stuck();
    world.run(&["install"]).refused(3, "another plugin-host changes ");
    killed(child);
    assert!(world.there().is_empty());
    server.answer("/shop.tar.gz", Answer::ok(whole));
    world.install(&url).done();
    // Something is.
    let (listed, there) = (world.list(), world.there());
    server.answer("/shop.tar.gz", Answer::Stuck(Vec::new()));
    let child = begun(world.command().args(["update", "--yes"]));
    server.until_stuck();
    killed(child);
    assert_eq!((world.list(), world.there()), (listed, there));
    world.loads();
    assert!(files(&world.bundle()).contains_key("shop.wasm"));
}

#[test]
fn at_whichever_moment_a_process_is_killed_the_lock_names_a_plugin_that_is_whole() {
    const MOMENTS: u32 = 10;
    let world = World::new();
    world.install(text(&world.publish("shop", &[version("1.0.0")]))).done();
    world.publish("shop", &[version("1.0.1")]);
    let begun_at = Instant::now();
    world.run(&["update"]).done();
    let takes = begun_at.elapsed();
    let mut versions = Vec::new();
    for moment in 0..MOMENTS {
        world.publish("shop", &[version(&format!("1.1.{moment}"))]);
        let child = begun(world.command().arg("update"));
        thread::sleep(takes * moment / MOMENTS + Duration::from_millis(1));
        killed(child);
        world.loads();
        versions.push(world.list()[0]["version"].clone());
    }
    world.publish("shop", &[version("1.2.0")]);
    world.run(&["update"]).done();
    assert_eq!(world.list()[0]["version"], "1.2.0", "{versions:?}");
    assert_eq!(world.there().len(), 2, "what was left behind is gone");
}
