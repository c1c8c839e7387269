//! Partners: what they brought, counted from orders and contacts.

use serde_json::json;

use super::work::{Work, required};
use crate::calendar::Day;
use crate::form::Form;
use crate::money;
use crate::orders::Order;
use crate::reply::Reply;
use crate::shop::Contact;

/// `GetPartnerStats`: of days from the first to the last, both included; of all without them.
pub(super) fn get_partner_stats(work: &mut Work, form: &Form) -> Result<Reply, Reply> {
    let login = required(form, "partner", 3)?;
    let day = |name: &str| match form.text(name).as_str() {
        "" => Ok(None),
        text => Day::read_dashed(text).map(Some).ok_or_else(|| Reply::of_code(3)),
    };
    let (first, last) = (day("date_from")?, day("date_to")?);
    let is_between = |day: Day| first.is_none_or(|first| first <= day) && last.is_none_or(|last| day <= last);
    let is_then = |moment: u64| is_between(Day::at(moment, work.clock.zone_s));
    let partner = work.shop.partners.iter().find(|partner| partner.login == login);
    let partner = partner.ok_or_else(|| Reply::new(3, "partner not found"))?;

    let is_paid = |order: &Order| order.pay_status() == "paid" && order.paid_at().is_some_and(is_then);
    let paid = work.orders.all().into_iter();
    let paid: Vec<_> = paid.filter(|order| order.data.partner() == Some(&login) && is_paid(order)).collect();
    let earned: u64 = paid.iter().flat_map(|order| &order.data.items).map(|item| work.shop.fee(item)).sum();
    let is_lead = |contact: &&Contact| {
        let mark = |name: &str| contact.utm.get(name).map(String::as_str);
        let since = contact.groups.values().map(|membership| membership.since).min();
        mark("medium") == Some("affiliate") && mark("source") == Some(&login) && since.is_some_and(is_then)
    };
    let is_day = |day: &str| Day::read_dashed(day).is_some_and(is_between);
    let clicks: u64 = partner.clicks.iter().filter(|(day, _)| is_day(day)).map(|(_, clicks)| clicks).sum();
    let paid_out = money::read(&partner.paid_out).unwrap_or(0);
    Ok(Reply::with(json!({
        "earned_total": money::print(earned),
        "topay_total": money::print(earned.saturating_sub(paid_out)),
        "clicks_total": clicks,
        "leads_total": work.shop.contacts.iter().filter(is_lead).count(),
        "bills_total": paid.len(),
        "partners_total": partner.partners,
    })))
}
