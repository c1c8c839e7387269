//! The plugin, natively, with a connection to its service.

use plugin_kit::{Request, Response, Transport};
use serde_json::{Value, json};
use shop::PLUGIN;
use shop_service::{SAMPLE_TOKEN, Service};

/// HTTP by a library. What it can't do has no response.
pub struct Http(ureq::Agent);

impl Http {
    pub fn new() -> Self {
        let config = ureq::Agent::config_builder().http_status_as_error(false).proxy(None).max_redirects(0);
        Self(ureq::Agent::new_with_config(config.build()))
    }
}

impl Transport for Http {
    fn send(&self, request: &Request) -> Response {
        let headers = request.headers.iter().map(|(name, value)| (*name, value.as_str()));
        let answer = match request.method {
            "GET" => headers.fold(self.0.get(&request.url), |it, (name, value)| it.header(name, value)).call(),
            _ => {
                headers.fold(self.0.post(&request.url), |it, (name, value)| it.header(name, value)).send(&request.body)
            }
        };
        match answer {
            Ok(mut answer) => {
                Response { status: answer.status().as_u16(), body: answer.body_mut().read_to_vec().unwrap() }
            }
            Err(_) => Response { status: 0, body: b"reset".to_vec() },
        }
    }
}

/// The config of an account of the service.
pub fn config(service: &Service) -> impl Fn(&str) -> Option<Vec<u8>> {
    let address = service.base_url();
    move |key| Some(if key == "address" { address.clone() } else { SAMPLE_TOKEN.to_owned() }.into_bytes())
}

/// Calls an action: its output, or its error document.
pub fn run(action: &str, input: &Value, service: &Service) -> Result<Value, Value> {
    let read = |json: String| serde_json::from_str(&json).expect("one line of JSON");
    let outcome = PLUGIN.run(action, input.to_string().as_bytes(), &config(service), &Http::new()).expect("the action");
    outcome.map(read).map_err(|error| read(error.to_json()))
}

/// An order of one line.
pub fn order(request_id: &str, customer: u32) -> Value {
    json!({ "request_id": request_id, "customer": customer, "goods": [{ "sku": "A-101", "count": 2 }] })
}
