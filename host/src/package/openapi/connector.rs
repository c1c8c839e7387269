//! What `paconn` needs beside the definition: who publishes the connector, what it looks like, and how it logs in.

use serde_json::{Value, json};

use crate::package::Bundle;
use crate::package::text::line;

/// The connector's colour where the plugin says none: Power Platform refuses white and its own blue.
const COLOUR: &str = "#3a4a5a";

/// `apiProperties.json`. The token is given as it is, and sent as the server wants it.
pub fn properties(bundle: &Bundle) -> Value {
    let title = line(&bundle.description.title);
    let publisher = bundle.publisher.author.name.as_deref().map_or_else(|| title.clone(), line);
    json!({
        "properties": {
            "connectionParameters": {
                "api_key": {
                    "type": "securestring",
                    "uiDefinition": {
                        "displayName": "Token",
                        "description": "A token of the server that runs the plugin.",
                        "tooltip": "Whoever runs the server has it.",
                        "constraints": { "tabIndex": 2, "clearText": false, "required": "true" },
                    },
                },
            },
            "iconBrandColor": colour(bundle),
            "capabilities": ["actions"],
            "policyTemplateInstances": [{
                "templateId": "setheader",
                "title": "Send the token",
                "parameters": {
                    "x-ms-apimTemplateParameter.name": "Authorization",
                    "x-ms-apimTemplateParameter.value": "Bearer @connectionParameters('api_key')",
                    "x-ms-apimTemplateParameter.existsAction": "override",
                    "x-ms-apimTemplate-policySection": "Request",
                },
            }],
            "publisher": publisher,
            "stackOwner": title,
        },
    })
}

/// `settings.json`: where `paconn` finds the rest.
pub fn settings(has_icon: bool) -> Value {
    let mut settings = json!({
        "connectorId": null,
        "environment": null,
        "apiProperties": "apiProperties.json",
        "apiDefinition": "apiDefinition.swagger.json",
        "powerAppsUrl": "https://api.powerapps.com",
        "powerAppsApiVersion": "2016-11-01",
    });
    if has_icon {
        settings["icon"] = "icon.png".into();
    }
    settings
}

/// The colour that `listing.json` names, if Power Platform takes it.
fn colour(bundle: &Bundle) -> String {
    let listing = bundle.file("listing.json").ok().flatten();
    let listing: Value = listing.and_then(|file| serde_json::from_slice(&file.content).ok()).unwrap_or_default();
    let colour = listing["colour"].as_str().unwrap_or_default().to_ascii_lowercase();
    let digits = colour.strip_prefix('#').unwrap_or_default();
    let is_colour = digits.len() == 6 && digits.bytes().all(|it| it.is_ascii_hexdigit());
    if is_colour && !["#ffffff", "#007ee5"].contains(&colour.as_str()) { colour } else { COLOUR.to_owned() }
}
