//! What a client of the shop can ask for.

use hyper::StatusCode;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::answer::Answer;
use crate::orders::NewOrder;
use crate::shop::Shop;

/// A request, read whole.
pub(crate) struct Request<'a> {
    pub method: &'a str,
    pub path: &'a str,
    pub query: &'a str,
    pub token: Option<&'a str>,
    pub body: &'a [u8],
}

/// A page of a list.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Page {
    #[serde(default = "first")]
    page: usize,
    #[serde(default = "fifty")]
    per_page: usize,
    customer: Option<String>,
    request_id: Option<String>,
    name: Option<String>,
}

/// The events after one.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct After {
    #[serde(default)]
    after: usize,
    #[serde(default)]
    since: u64,
    #[serde(default = "fifty")]
    limit: usize,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Note {
    text: String,
}

fn first() -> usize {
    1
}

fn fifty() -> usize {
    50
}

pub(crate) fn answer(shop: &mut Shop, token: &str, request: &Request) -> Answer {
    if request.token != Some(token) {
        return Answer::error(StatusCode::UNAUTHORIZED, "the header authorization does not hold the account's token");
    }
    let segments: Vec<_> = request.path.split('/').skip(1).collect();
    let answer = match (request.method, segments.as_slice()) {
        ("GET", ["me"]) => Ok(Answer::ok(json!({ "name": "Sample shop" }))),
        ("GET", ["goods"]) => Ok(Answer::ok(json!({ "items": shop.goods }))),
        ("GET", ["customers"]) => customers(shop, request),
        ("GET", ["orders"]) => orders(shop, request),
        ("POST", ["orders"]) => create(shop, request),
        ("POST", ["orders", id, "paid"]) => Ok(match shop.pay(id) {
            Some(order) => Answer::ok(json!({ "id": order.id, "paid": order.paid })),
            None => Answer::not_found(&format!("order {id}")),
        }),
        ("POST", ["notes"]) => note(shop, request),
        ("GET", ["events"]) => events(shop, request),
        (method, _) => Ok(Answer::not_found(&format!("{method} {}", request.path))),
    };
    answer.unwrap_or_else(|refusal| refusal)
}

fn create(shop: &mut Shop, request: &Request) -> Result<Answer, Answer> {
    let (order, repeated) = shop.create(body::<NewOrder>(request)?).map_err(Answer::refusal)?;
    let status = if repeated { StatusCode::OK } else { StatusCode::CREATED };
    Ok(Answer::new(status, json!({ "id": order.id, "repeated": repeated })))
}

fn orders(shop: &Shop, request: &Request) -> Result<Answer, Answer> {
    let page: Page = query(request)?;
    let is = |wanted: &Option<String>, value: &str| wanted.as_deref().is_none_or(|wanted| wanted == value);
    let found = shop
        .orders
        .iter()
        .map(|order| (&order.given, order))
        .filter(|(given, _)| is(&page.customer, &given.customer) && is(&page.request_id, &given.request_id));
    part(&page, found.map(|(_, order)| order.summary()).collect())
}

fn customers(shop: &Shop, request: &Request) -> Result<Answer, Answer> {
    let page: Page = query(request)?;
    let name = page.name.as_deref().unwrap_or_default().to_lowercase();
    let found = shop.customers.iter().filter(|customer| customer.name.to_lowercase().starts_with(&name));
    part(&page, found.map(|customer| json!(customer)).collect())
}

/// A page of all that was found.
fn part(page: &Page, found: Vec<Value>) -> Result<Answer, Answer> {
    if page.page == 0 || !(1..=100).contains(&page.per_page) {
        return Err(Answer::refusal("page is 1 or more, and per_page is 1 to 100"));
    }
    let total = found.len();
    let passed = (page.page - 1).saturating_mul(page.per_page);
    let items: Vec<_> = found.into_iter().skip(passed).take(page.per_page).collect();
    Ok(Answer::ok(json!({ "items": items, "page": page.page, "total": total })))
}

fn note(shop: &mut Shop, request: &Request) -> Result<Answer, Answer> {
    shop.notes.push(body::<Note>(request)?.text);
    Ok(Answer::new(StatusCode::CREATED, json!({ "id": shop.notes.len().to_string() })))
}

/// Oldest first; `last` is the number of the newest of all.
fn events(shop: &Shop, request: &Request) -> Result<Answer, Answer> {
    let After { after, since, limit } = query(request)?;
    let events = shop.events.iter().skip(after).filter(|event| event.time >= since);
    let events: Vec<_> = events.take(limit).collect();
    Ok(Answer::ok(json!({ "events": events, "last": shop.events.len() })))
}

fn body<T: DeserializeOwned>(request: &Request) -> Result<T, Answer> {
    serde_json::from_slice(request.body).map_err(|why| Answer::refusal(format!("the body: {why}")))
}

fn query<T: DeserializeOwned>(request: &Request) -> Result<T, Answer> {
    serde_urlencoded::from_str(request.query).map_err(|why| Answer::refusal(format!("the query: {why}")))
}
