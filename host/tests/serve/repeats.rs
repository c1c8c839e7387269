//! What the server repeats by itself.

use justclick_sandbox::Misbehaviour;

use crate::common::{harmful_bundle, reading_bundle};
use crate::server::{Server, cancel, command, sandbox};

#[test]
fn what_might_be_done_twice_is_asked_for_once_and_a_read_is_repeated() {
    let sandbox = sandbox();
    let folder = tempfile::tempdir().unwrap();
    let harmful = (harmful_bundle as fn(&std::path::Path) -> _, 1, "never", "unknown");
    for (bundle, requests, retry, effect) in [harmful, (reading_bundle, 3, "later", "none")] {
        let mut command = command(&sandbox, &["--retries", "2"]);
        command.env("PLUGIN_BUNDLE", bundle(folder.path()));
        let server = Server::begin(command, tempfile::tempdir().unwrap());
        let before = sandbox.request_count();
        sandbox.set_misbehaviour(Some(Misbehaviour::DropAfter));
        let problem = server.call(&cancel("100000")).json();
        sandbox.set_misbehaviour(None);
        assert_eq!(sandbox.request_count() - before, requests, "{problem}");
        assert_eq!((&problem["retry"], &problem["effect"]), (&retry.into(), &effect.into()), "{problem}");
    }
}
