//! A Redmine of recorded answers: each is what Redmine 5.0 gives, cut down.

use std::cell::RefCell;

use plugin_kit::{Request, Response, Transport};
use serde_json::{Value, json};

/// Answers by method and a part of the address, the first that fits; each is given as often as it is asked for.
pub struct Redmine {
    answers: Vec<(&'static str, &'static str, u16, String)>,
    pub sent: RefCell<Vec<Request>>,
}

impl Redmine {
    /// One in which the key is right.
    pub fn new() -> Self {
        Self { answers: Vec::new(), sent: RefCell::default() }.answers(
            "GET",
            "/users/current.json",
            200,
            &json!({ "user": { "id": 6, "login": "dev", "admin": false } }),
        )
    }

    pub fn answers(self, method: &'static str, part: &'static str, status: u16, body: &Value) -> Self {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        self.raw(method, part, status, body)
    }

    pub fn raw(mut self, method: &'static str, part: &'static str, status: u16, body: String) -> Self {
        self.answers.push((method, part, status, body));
        self
    }
}

impl Transport for Redmine {
    fn send(&self, request: &Request) -> Response {
        let key = request.headers.iter().find(|(name, _)| *name == "x-redmine-api-key");
        assert_eq!(key.map(|(_, value)| value.as_str()), Some(KEY), "{}", request.url);
        self.sent.borrow_mut().push(request.clone());
        let fits = |method: &str, part: &str| method == request.method && request.url.contains(part);
        let answer = self.answers.iter().find(|(method, part, ..)| fits(method, part));
        let (.., status, body) = answer.unwrap_or_else(|| panic!("nothing answers {} {}", request.method, request.url));
        Response { status: *status, body: body.clone().into_bytes() }
    }
}

const KEY: &str = "5ab870093136669102d113fa275e2681d87c6ee5";

pub fn config(key: &str) -> Option<Vec<u8>> {
    Some(match key {
        "base_url" => b"https://www.example.com/redmine/".to_vec(),
        "api_key" => KEY.as_bytes().to_vec(),
        _ => return None,
    })
}

/// An issue as Redmine has it.
pub fn issue(id: u64, updated_on: &str) -> Value {
    json!({
        "id": id, "project": { "id": 1, "name": "Shop" }, "tracker": { "id": 1, "name": "Bug" },
        "status": { "id": 1, "name": "New", "is_closed": false }, "priority": { "id": 2, "name": "Normal" },
        "author": { "id": 6, "name": "Ann Baker" }, "subject": "One", "description": null, "start_date": "2026-11-29",
        "due_date": null, "done_ratio": 0, "is_private": false, "estimated_hours": null, "total_estimated_hours": null,
        "custom_fields": [
            { "id": 1, "name": "Order", "value": null },
            { "id": 2, "name": "Colours", "multiple": true, "value": [] },
        ],
        "created_on": "2026-11-29T02:28:14Z", "updated_on": updated_on, "closed_on": null,
    })
}

/// A list of them.
pub fn issues(all: &[Value], total: usize) -> Value {
    json!({ "issues": all, "total_count": total, "offset": 0, "limit": 100 })
}
