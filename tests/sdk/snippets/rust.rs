use extism::{Manifest, Plugin, Wasm};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut manifest: Manifest = serde_json::from_slice(&std::fs::read("dist/extism.json")?)?;
    let hash = manifest.wasm[0].meta().hash.clone().unwrap_or_default();
    manifest.wasm = vec![Wasm::data(std::fs::read("dist/justclick.wasm")?).with_hash(hash)];
    for key in ["login", "api_key", "base_url"] {
        let value = std::env::var(format!("JUSTCLICK_{}", key.to_uppercase()))?;
        manifest.config.insert(key.to_owned(), value);
    }
    manifest.allowed_hosts = manifest.config["base_url"].split([':', '/']).nth(3).map(|host| vec![host.to_lowercase()]);
    let order = r#"{"bill_id": "100000", "status": "sent", "date": 1362254400, "rpo": "10000000000000"}"#;
    match Plugin::new(manifest, [], false)?.call::<_, String>("update_order_status", order) {
        Ok(output) => println!("{output}"),
        Err(error) => {
            let text = error.root_cause().to_string();
            let document: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
            eprintln!("{}", document["message"].as_str().unwrap_or(&text));
            std::process::exit(1);
        }
    }
    Ok(())
}
