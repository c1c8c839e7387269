//! The command, as all tests of it start it.

#[allow(dead_code, reason = "not every test needs another plugin")]
mod altered;
#[allow(dead_code, reason = "not every test looks at traces")]
pub mod collector;
#[allow(dead_code, reason = "not every test has a server of its own")]
pub mod request;
#[allow(dead_code, reason = "not every test has a service that is told where to send")]
pub mod subscribing;

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;

use justclick_sandbox::{SAMPLE_API_KEY, Sandbox};
use serde_json::Value;
use sha2::{Digest, Sha256};

/// A function of modules that tests write, `$text`: a block of what stands in their memory.
#[allow(dead_code, reason = "not every test writes a module")]
pub const COPY: &str = include_str!("text.wat");

/// The plugin's bundle.
pub const BUNDLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../dist/extism.json");

/// The command with nothing in its environment but the bundle and a connection to the sandbox.
#[allow(dead_code, reason = "not every test is of that plugin")]
pub fn plugin_host(sandbox: &Sandbox) -> Command {
    assert!(Path::new(BUNDLE).exists(), "there is no bundle: run `cargo xtask dist`");
    let mut command = Command::new(env!("CARGO_BIN_EXE_plugin-host"));
    command
        .env_clear()
        .env("PLUGIN_BUNDLE", BUNDLE)
        .env("PLUGIN_ENV_PREFIX", "JUSTCLICK")
        .env("JUSTCLICK_LOGIN", "username")
        .env("JUSTCLICK_API_KEY", SAMPLE_API_KEY)
        .env("JUSTCLICK_BASE_URL", sandbox.base_url());
    command
}

/// The plugin, but for something else that its description says, as a bundle in this folder.
#[allow(dead_code, reason = "not every test needs another plugin")]
pub fn described_bundle(folder: &Path, place: &str, value: Value) -> PathBuf {
    altered_bundle(Path::new(BUNDLE), folder, &[(place, value)])
}

/// A bundle's plugin, but for what stands at these places of its description, as a bundle in this
/// folder. Null takes a place out.
#[allow(dead_code, reason = "not every test needs another plugin")]
pub fn altered_bundle(bundle: &Path, folder: &Path, changes: &[(&str, Value)]) -> PathBuf {
    let mut manifest: Value = serde_json::from_slice(&fs::read(bundle).unwrap()).unwrap();
    let name = manifest["wasm"][0]["path"].as_str().unwrap().to_owned();
    let module = fs::read(bundle.with_file_name(&name)).unwrap();
    let mut description: Value =
        serde_json::from_slice(&fs::read(bundle.with_file_name("describe.json")).unwrap()).unwrap();
    // What stands beside the module is not what it says.
    if bundle.with_file_name("i18n").is_dir() {
        description.as_object_mut().unwrap().shift_remove("i18n");
    }
    for (place, value) in changes {
        let (parent, name) = place.rsplit_once('/').unwrap();
        let parent = description.pointer_mut(parent).unwrap().as_object_mut().unwrap();
        match value {
            Value::Null => drop(parent.shift_remove(name)),
            value => drop(parent.insert(name.to_owned(), value.clone())),
        }
    }
    let module = altered::with_description(&module, description.to_string().as_bytes());
    fs::write(folder.join(&name), &module).unwrap();
    let hash: String = Sha256::digest(&module).iter().map(|byte| format!("{byte:02x}")).collect();
    manifest["wasm"][0]["hash"] = hash.into();
    fs::write(folder.join("extism.json"), manifest.to_string()).unwrap();
    folder.join("extism.json")
}

/// The plugin, but for a description in which a repeat of `update_order_status` does it once more.
#[allow(dead_code, reason = "not every test needs another plugin")]
pub fn harmful_bundle(folder: &Path) -> PathBuf {
    described_bundle(folder, "/actions/0/idempotency", "none".into())
}

/// The plugin, but for a description that says `update_order_status` only reads.
#[allow(dead_code, reason = "not every test needs another plugin")]
pub fn reading_bundle(folder: &Path) -> PathBuf {
    described_bundle(folder, "/actions/0/annotations/readOnlyHint", true.into())
}

/// A server that has said where it listens.
#[allow(dead_code, reason = "not every test looks into a server's log")]
pub struct Begun {
    pub child: Child,
    /// What it said when it began.
    pub greeting: String,
    /// What it has logged so far.
    pub log: Arc<Mutex<String>>,
}

/// Starts a server, and keeps its log.
#[allow(dead_code, reason = "not every test looks into a server's log")]
pub fn begun(command: &mut Command) -> Begun {
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let log = Arc::<Mutex<String>>::default();
    let (lines, kept) = (BufReader::new(child.stderr.take().unwrap()), log.clone());
    thread::spawn(move || {
        for line in lines.lines().map_while(Result::ok) {
            *kept.lock().unwrap() += &(line + "\n");
        }
    });
    let mut greeting = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut greeting).unwrap();
    assert!(greeting.contains("http://"), "it did not start: {greeting:?} {}", log.lock().unwrap());
    Begun { child, greeting, log }
}

/// A file with connections of these names to the sandboxes.
#[allow(dead_code, reason = "not every test needs several connections")]
pub fn connections(sandboxes: &[(&str, &Sandbox)]) -> tempfile::NamedTempFile {
    let table = |(name, sandbox): &(&str, &Sandbox)| {
        let base = sandbox.base_url();
        format!("[{name}]\nlogin = \"username\"\napi_key = \"{SAMPLE_API_KEY}\"\nbase_url = \"{base}\"\n")
    };
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(file.path(), sandboxes.iter().map(table).collect::<String>()).unwrap();
    file
}
