//! MCP bundles: what they say, and that they run as they say.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use shop_service::{SAMPLE_TOKEN, Service};

use crate::common::altered_bundle;
use crate::support::{Files, HOSTILE, PLUGINS, bundle, hostile, only, package, parsed, texts, unzipped};

/// A program that is none, but begins as one for Linux on x86-64 does.
fn stub(folder: &Path) -> String {
    let mut program = b"\x7fELF".to_vec();
    program.resize(64, 0);
    program[18] = 0x3e;
    let file = folder.join("program");
    fs::write(&file, program).unwrap();
    file.to_str().unwrap().to_owned()
}

fn made(bundle: &Path) -> (Files, Value, Value) {
    let folder = tempfile::tempdir().unwrap();
    let program = stub(folder.path());
    let files = package("mcpb", bundle, &["--binary", &program]).unwrap();
    assert_eq!(files, package("mcpb", bundle, &["--binary", &program]).unwrap());
    let inside = unzipped(only(&files, ".mcpb").1);
    let (manifest, server) = (parsed(&inside, "manifest.json"), parsed(&files, "server.json"));
    (files, manifest, server)
}

#[test]
fn a_manifest_and_its_entry_in_the_registry_keep_the_rules_of_both() {
    for (name, folder) in PLUGINS {
        let (files, manifest, server) = made(&bundle(folder));
        assert_eq!((&manifest["manifest_version"], &manifest["name"]), (&json!("0.3"), &json!(name)));
        assert_eq!(
            (&manifest["server"]["type"], &manifest["compatibility"]["platforms"]),
            (&json!("binary"), &json!(["linux"]))
        );
        for (key, asked) in manifest["user_config"].as_object().unwrap() {
            let variable = format!("CONNECTION_{}", key.to_uppercase());
            assert_eq!(manifest["server"]["mcp_config"]["env"][variable], format!("${{user_config.{key}}}"));
            // A client that knows no value would hand on the placeholder.
            assert!(asked["required"] == true || asked.get("default").is_some(), "{key}: {asked}");
            assert!(asked["title"].is_string() && asked["description"].is_string());
        }
        assert!(
            manifest["tools"]
                .as_array()
                .unwrap()
                .iter()
                .all(|it| it["name"].is_string() && it["description"].is_string())
        );

        let (file, content) = only(&files, ".mcpb");
        let package = &server["packages"][0];
        let hash: String = Sha256::digest(content).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!((&package["registryType"], &package["fileSha256"]), (&json!("mcpb"), &json!(hash)));
        assert!(
            package["identifier"].as_str().unwrap().starts_with("https://")
                && package["identifier"].as_str().unwrap().ends_with(file)
        );
        assert!(server["description"].as_str().unwrap().chars().count() <= 100);
        assert_eq!(server["name"].as_str().unwrap().split('/').nth(1), Some(name));
        let (secrets, asked): (Vec<_>, Vec<_>) = (
            package["environmentVariables"].as_array().unwrap().iter().map(|it| it["isSecret"] == true).collect(),
            manifest["user_config"].as_object().unwrap().values().map(|it| it["sensitive"] == true).collect(),
        );
        assert_eq!(secrets, asked);
        assert!(secrets.contains(&true));
    }
}

#[test]
fn the_picture_is_the_bundle_s_png_and_another_file_makes_no_package() {
    let folder = tempfile::tempdir().unwrap();
    let program = stub(folder.path());
    let (files, manifest, _) = made(&bundle("dist"));
    let picture = fs::read(bundle("dist").join("icon.png")).unwrap();
    assert_eq!(manifest["icon"], "icon.png");
    assert_eq!(unzipped(only(&files, ".mcpb").1)["icon.png"], picture);

    let (_, without, _) = made(&bundle("dist/plugins/shop"));
    assert_eq!(without.get("icon"), None);

    let shop = altered_bundle(&bundle("dist/plugins/shop").join("extism.json"), folder.path(), &[]);
    for (content, what) in
        [(&b"<svg/>"[..], "no PNG"), (&picture[..picture.len() / 2], "not a whole one"), (b"", "no PNG")]
    {
        fs::write(folder.path().join("icon.png"), content).unwrap();
        let connector = ["--profile", "power-platform", "--host", "hooks.example"];
        for (kind, args) in [("mcpb", &["--binary", program.as_str()][..]), ("openapi", &connector[..])] {
            let refusal = package(kind, &shop, args).unwrap_err();
            assert!(refusal.contains("its icon.png") && refusal.contains(what), "{refusal}");
        }
    }
}

#[test]
fn a_strangers_texts_are_no_placeholders_and_no_control_characters() {
    let folder = tempfile::tempdir().unwrap();
    let plugin = hostile(folder.path());
    fs::copy(bundle("manifest").join("publisher.json"), folder.path().join("publisher.json")).unwrap();
    let (_, manifest, server) = made(&plugin);
    for text in texts(&manifest).into_iter().chain(texts(&server)) {
        assert!(!text.chars().any(|it| it.is_control() && it != '\n'), "{text:?}");
    }
    assert!(
        HOSTILE.contains("${user_config.token}") && manifest["display_name"].as_str().unwrap().starts_with("Sells")
    );
    // Placeholders count in the command alone, and there nothing is the plugin's.
    let config = &manifest["server"]["mcp_config"];
    assert_eq!(config["args"].as_array().unwrap().len(), 5);
    assert!(texts(config).iter().all(|it| !it.contains("Sells")), "{config}");
}

#[test]
fn a_program_for_no_such_platform_and_a_name_that_is_none_make_no_package() {
    let folder = tempfile::tempdir().unwrap();
    let script = folder.path().join("script");
    fs::write(&script, "#!/bin/sh\n").unwrap();
    let shop = bundle("dist/plugins/shop");
    let refusal = package("mcpb", &shop, &["--binary", script.to_str().unwrap()]).unwrap_err();
    assert!(refusal.contains("Linux, macOS or Windows"), "{refusal}");
    let program = stub(folder.path());
    for (option, value) in [("--registry-name", "shop"), ("--download-url", "http://shop.example")] {
        let refusal = package("mcpb", &shop, &["--binary", &program, option, value]).unwrap_err();
        assert!(refusal.contains(value), "{refusal}");
    }
}

#[test]
fn what_is_unpacked_is_begun_as_the_manifest_says_and_makes_a_call() {
    let service = std::thread::spawn(Service::start).join().unwrap().unwrap();
    let files = package("mcpb", &bundle("dist/plugins/shop"), &[]).unwrap();
    let inside = unzipped(only(&files, ".mcpb").1);
    let folder = tempfile::tempdir().unwrap();
    let manifest = parsed(&inside, "manifest.json");
    let program = manifest["server"]["entry_point"].as_str().unwrap();
    for (path, content) in &inside {
        let file = folder.path().join(path);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(&file, content).unwrap();
        #[cfg(unix)]
        if path == program {
            use std::os::unix::fs::PermissionsExt as _;
            fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).unwrap();
        }
    }
    // As a client fills it in.
    let here = folder.path().to_str().unwrap();
    let filled = |text: &str| {
        text.replace("${__dirname}", here)
            .replace("${user_config.address}", &service.base_url())
            .replace("${user_config.token}", SAMPLE_TOKEN)
    };
    let config = &manifest["server"]["mcp_config"];
    let mut command = Command::new(filled(config["command"].as_str().unwrap()));
    command.env_clear().args(texts(&config["args"]).into_iter().map(filled));
    for (name, value) in config["env"].as_object().unwrap() {
        command.env(name, filled(value.as_str().unwrap()));
    }
    let mut server = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let (mut input, mut lines) = (server.stdin.take().unwrap(), BufReader::new(server.stdout.take().unwrap()).lines());
    let mut ask = |id: u64, method: &str, params: Value| -> Value {
        writeln!(input, "{}", json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params })).unwrap();
        let answers = lines.by_ref().map(|line| serde_json::from_str::<Value>(&line.unwrap()).unwrap());
        answers.into_iter().find(|it| it["id"] == id).expect("an answer")["result"].clone()
    };
    let client = json!({ "name": "test", "version": "1" });
    let begun =
        ask(1, "initialize", json!({ "protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": client }));
    assert_eq!(begun["serverInfo"]["name"], manifest["name"]);
    let listed = ask(2, "tools/list", json!({}));
    let names = |tools: &Value| tools.as_array().unwrap().iter().map(|it| it["name"].clone()).collect::<Vec<_>>();
    assert_eq!(names(&listed["tools"]), names(&manifest["tools"]));
    let found = ask(3, "tools/call", json!({ "name": "find_customers", "arguments": { "name": "Anna" } }));
    assert!(
        found["isError"] != true && found["structuredContent"]["items"].as_array().is_some_and(|it| !it.is_empty()),
        "{found}"
    );
    drop(input);
    assert!(server.wait().unwrap().success());
}
