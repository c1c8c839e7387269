//! Products.

use std::collections::BTreeMap;

use serde_json::json;

use super::work::{Work, required};
use crate::form::Form;
use crate::money;
use crate::reply::Reply;
use crate::shop::Product;

/// The groups that buyers are put into, with commas between them.
const BUYERS_GROUPS: &str = "good_client_rassilki";

/// The optional fields of both functions.
const FIELDS: [&str; 30] = [
    "parent_id",
    "good_api_url_notif",
    "good_api_url_new_order",
    "good_success_link",
    BUYERS_GROUPS,
    "good_nalozh_only",
    "good_quickpost_article",
    "good_post_service",
    "good_only_countries",
    "good_download",
    "good_mail_subject",
    "good_mail_format",
    "good_mail_body",
    "good_mail_text",
    "good_partner_fee",
    "good_partner_fee_perc",
    "good_partner_pfee",
    "good_partner_pfee_perc",
    "good_partner_show",
    "good_partner_SL_link",
    "good_partner_addition_link",
    "good_partner_text",
    "good_pay_text",
    "good_timer",
    "good_timer_unit",
    "good_timer_duration",
    "good_use_short",
    "good_rashod",
    "good_rashod_perc",
    "good_publish",
];

/// `GetAllGoods`.
pub(super) fn get_all_goods(work: &mut Work, _: &Form) -> Result<Reply, Reply> {
    let goods = work.shop.products.iter().map(|good| {
        let kind = good.good_type.parse::<u64>().map_or_else(|_| json!(good.good_type), |number| json!(number));
        json!({
            "good_id": good.good_id,
            "good_name": good.good_name,
            "good_title": good.good_title,
            "good_sum": good.good_sum,
            "good_type": kind,
        })
    });
    let goods: Vec<_> = goods.collect();
    if goods.is_empty() { Ok(work.nothing(700)) } else { Ok(Reply::with(goods.into())) }
}

/// `AddGood`. A second product of the same id is refused.
pub(super) fn add_good(work: &mut Work, form: &Form) -> Result<Reply, Reply> {
    let good_name = required(form, "good_name", 3)?;
    let good_type = match form.text("good_type").as_str() {
        "1" | "real" => "1",
        "0" | "digital" => "0",
        _ => return Err(Reply::of_code(3)),
    };
    let good_title = required(form, "good_title", 3)?;
    let good_sum = money::print(money::read(&form.text("good_sum")).ok_or_else(|| Reply::of_code(3))?);
    if work.shop.product(&good_name).is_some() {
        return Err(Reply::new(3, "product with such name already exists"));
    }
    let fields = fields(form);
    work.shop.add_missing_groups(fields.get(BUYERS_GROUPS).map_or("", String::as_str));
    let last = work.shop.products.iter().map(|good| good.good_id).max().unwrap_or(12_000);
    let good_type = good_type.to_owned();
    let webhooks = BTreeMap::new();
    work.shop.products.push(Product {
        good_id: last + 1,
        good_name,
        good_title,
        good_sum,
        good_type,
        fields,
        webhooks,
    });
    Ok(Reply::new(0, "ok"))
}

/// `UpdateGood`: what is left out stays.
pub(super) fn update_good(work: &mut Work, form: &Form) -> Result<Reply, Reply> {
    let good_name = required(form, "good_name", 3)?;
    let sum = match form.text("good_sum") {
        none if none.is_empty() => None,
        given => Some(money::print(money::read(&given).ok_or_else(|| Reply::of_code(3))?)),
    };
    let fields = fields(form);
    let good = work.shop.products.iter_mut().find(|good| good.good_name == good_name);
    let good = good.ok_or_else(|| Reply::of_code(604))?;
    good.good_sum = sum.unwrap_or_else(|| good.good_sum.clone());
    let title = form.text("good_title");
    if !title.is_empty() {
        good.good_title = title;
    }
    let groups = fields.get(BUYERS_GROUPS).cloned().unwrap_or_default();
    good.fields.extend(fields);
    work.shop.add_missing_groups(&groups);
    Ok(Reply::new(0, "ok"))
}

fn fields(form: &Form) -> BTreeMap<String, String> {
    form.iter().filter(|(name, _)| FIELDS.contains(&name.as_str())).collect()
}

/// `DeleteGood`. Orders of it stay as they are.
pub(super) fn delete_good(work: &mut Work, form: &Form) -> Result<Reply, Reply> {
    let good_name = required(form, "good_name", 3)?;
    let before = work.shop.products.len();
    work.shop.products.retain(|good| good.good_name != good_name);
    if work.shop.products.len() < before { Ok(Reply::new(0, "ok")) } else { Err(Reply::of_code(604)) }
}
