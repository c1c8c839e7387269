//! The AsyncAPI document: the events that a server sends, made from what the plugins say of their triggers.

use plugin_host_core::cloud_event::{kind, source};
use plugin_host_core::description::{Description, TriggerDescription};
use plugin_host_core::queues::Listed;
use serde_json::{Map, Value, json};

use super::documents::{about, schema};

/// An event of the document's examples: nobody's.
const EXAMPLE_TIME: &str = "2026-11-25T11:30:00Z";

/// The document for a server with these plugins. Where their events go is the operator's, and no part of
/// it.
pub fn document(plugins: &[Listed<'_>]) -> Value {
    let offers: Vec<_> = plugins
        .iter()
        .flat_map(|plugin| plugin.description.triggers.iter().map(move |trigger| Offer { plugin, trigger }))
        .collect();
    let of = |part: &dyn Fn(&Offer<'_>) -> Value| -> Map<String, Value> {
        offers.iter().map(|offer| (offer.name(), part(offer))).collect()
    };
    json!({
        "asyncapi": "3.0.0",
        "info": info(plugins),
        "defaultContentType": "application/cloudevents+json",
        "channels": of(&|offer| offer.channel()),
        "operations": of(&|offer| offer.operation()),
        "components": {
            "messages": of(&|offer| offer.message()),
            "schemas": of(&|offer| schema(&offer.trigger.event_schema)),
            "messageTraits": { "webhook": { "headers": headers() } },
            "securitySchemes": {
                "standard_webhooks": {
                    "type": "httpApiKey", "in": "header", "name": "webhook-signature",
                    "description": "Standard Webhooks: `v1,` and the HMAC-SHA256 of `webhook-id`, `webhook-timestamp` and the body, with points in between. It is there if the receiver has a secret.",
                },
                "token": {
                    "type": "http", "scheme": "bearer",
                    "description": "There, if the receiver has a token.",
                },
            },
        },
    })
}

/// A trigger of a plugin.
struct Offer<'a> {
    plugin: &'a Listed<'a>,
    trigger: &'a TriggerDescription,
}

impl Offer<'_> {
    /// What it is called in this document; its events' type.
    fn name(&self) -> String {
        kind(&self.plugin.description.name, &self.trigger.name)
    }

    fn channel(&self) -> Value {
        let name = self.name();
        json!({
            "address": null,
            "title": self.trigger.title,
            "description": "The receiver's address, which the operator names.",
            "messages": { (name.clone()): { "$ref": format!("#/components/messages/{name}") } },
        })
    }

    fn operation(&self) -> Value {
        let channel = format!("#/channels/{}", self.name());
        let message = format!("{channel}/messages/{}", self.name());
        json!({
            "action": "send",
            "channel": { "$ref": channel },
            "title": self.trigger.title,
            "summary": self.trigger.description,
            "description": "Each event is sent at least once, and again until it is answered with 2xx; those of one subject in their order. A 4xx other than 408, 425 and 429 means that it is not wanted.",
            "security": [
                { "$ref": "#/components/securitySchemes/standard_webhooks" },
                { "$ref": "#/components/securitySchemes/token" },
            ],
            "tags": [{ "name": self.plugin.description.name }],
            "bindings": { "http": { "method": "POST", "bindingVersion": "0.3.0" } },
            "messages": [{ "$ref": message }],
        })
    }

    fn message(&self) -> Value {
        let TriggerDescription { title, description, sample, .. } = self.trigger;
        let name = self.name();
        let sources = self.sources();
        let payload = json!({
            "type": "object",
            "required": ["specversion", "id", "source", "type", "datacontenttype", "data"],
            "properties": {
                "specversion": { "const": "1.0" },
                "id": {
                    "type": "string", "minLength": 1,
                    "description": "By it and `source` repeats are known.",
                },
                "source": { "type": "string", "enum": sources, "description": "The plugin and the connection." },
                "type": { "const": name },
                "time": { "type": "string", "format": "date-time", "description": "When it happened." },
                "subject": { "type": "string", "description": "What it happened to." },
                "datacontenttype": { "const": "application/json" },
                "data": { "$ref": format!("#/components/schemas/{name}") },
            },
        });
        let example = json!({
            "specversion": "1.0", "id": "example", "source": sources.first(), "type": name, "time": EXAMPLE_TIME,
            "datacontenttype": "application/json", "data": sample,
        });
        json!({
            "name": name,
            "title": title,
            "summary": description,
            "contentType": "application/cloudevents+json",
            "traits": [{ "$ref": "#/components/messageTraits/webhook" }],
            "payload": payload,
            "examples": [{ "name": "sample", "payload": example }],
        })
    }

    fn sources(&self) -> Vec<String> {
        let Listed { description, connections, .. } = self.plugin;
        connections.iter().map(|connection| source(&description.name, connection)).collect()
    }
}

/// What comes with every event.
fn headers() -> Value {
    let text = |description: &str| json!({ "type": "string", "description": description });
    json!({
        "type": "object",
        "required": ["webhook-id", "webhook-timestamp", "idempotency-key"],
        "properties": {
            "webhook-id": text("The event's key: the same each time that it is sent, and of no other event of any connection."),
            "idempotency-key": text("The same, for receivers that know this header."),
            "webhook-timestamp": text("When it was sent, in UNIX seconds."),
            "webhook-signature": text("By what the receiver knows that it is from here, if it has a secret."),
        },
    })
}

fn info(plugins: &[Listed<'_>]) -> Value {
    if let [Listed { description: Description { title, version, description, .. }, .. }] = plugins {
        return json!({ "title": title, "version": version, "description": description });
    }
    let tags: Vec<_> = plugins
        .iter()
        .map(|plugin| json!({ "name": plugin.description.name, "description": about(plugin.description) }))
        .collect();
    json!({
        "title": "plugin-host", "version": env!("CARGO_PKG_VERSION"),
        "description": "The events of these plugins.", "tags": tags,
    })
}

#[cfg(test)]
mod tests {
    use plugin_host_core::language;

    use super::*;

    const DESCRIPTION: &str = r#"{"contract":1,"name":"birds","title":"Birds","version":"1","description":"Flying.",
        "connection":{"check":"c","schema":{}},"actions":[],"triggers":[{"name":"landed","title":"Landed",
        "description":"Triggers when a bird lands.","delivery":"webhook","inputSchema":{},"sample":{"bird":"7"},
        "eventSchema":{"$schema":"x","type":"object","properties":{"bird":{"type":"string"}}}}]}"#;

    fn made() -> Value {
        let description = &Description::parse(DESCRIPTION.to_owned()).unwrap();
        let connections = vec!["north 1", "south"];
        document(&[Listed { description, translated: description, language: language::BASE, connections }])
    }

    #[test]
    fn every_trigger_is_a_message_with_its_schema_and_its_sample() {
        let document = made();
        let message = &document["components"]["messages"]["birds.landed"];
        assert_eq!(message["summary"], "Triggers when a bird lands.");
        let source = &message["payload"]["properties"]["source"]["enum"];
        assert_eq!(*source, json!(["/birds/north%201", "/birds/south"]));
        assert_eq!(message["examples"][0]["payload"]["data"], json!({ "bird": "7" }));
        let schema = &document["components"]["schemas"]["birds.landed"];
        assert_eq!(*schema, json!({ "type": "object", "properties": { "bird": { "type": "string" } } }));
        assert_eq!(document["operations"]["birds.landed"]["action"], "send");
    }

    #[test]
    fn its_examples_keep_their_schemas_and_every_reference_leads_somewhere() {
        fn resolved(part: &Value, whole: &Value) -> Value {
            if let Some(reference) = part.get("$ref").and_then(Value::as_str) {
                let there = whole.pointer(reference.trim_start_matches('#'));
                return resolved(there.unwrap_or_else(|| panic!("{reference} leads nowhere")), whole);
            }
            match part {
                Value::Object(members) => members
                    .iter()
                    .map(|(name, part)| (name.clone(), resolved(part, whole)))
                    .collect::<Map<_, _>>()
                    .into(),
                Value::Array(items) => items.iter().map(|part| resolved(part, whole)).collect(),
                other => other.clone(),
            }
        }
        let document = made();
        let whole = resolved(&document, &document);
        let message = &whole["operations"]["birds.landed"]["messages"][0];
        let validator = jsonschema::validator_for(&message["payload"]).unwrap();
        assert!(validator.is_valid(&message["examples"][0]["payload"]), "{message}");
    }
}
