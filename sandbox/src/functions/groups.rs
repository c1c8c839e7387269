//! Groups of contacts, and the groups of one contact.

use serde_json::{Value, json};

use super::work::{Work, required};
use crate::form::Form;
use crate::reply::Reply;
use crate::shop::{Contact, Membership};

/// The group of all contacts, which the service fills.
const ALL_LEADS: &str = "allleads";

/// `GetAllGroups`: those to which contacts can be added.
pub(super) fn get_all_groups(work: &mut Work, _: &Form) -> Result<Reply, Reply> {
    let groups = work.shop.groups.iter().filter(|group| !group.auto);
    Ok(Reply::with(
        groups.map(|group| json!({ "rass_name": group.rass_name, "rass_title": group.rass_title })).collect(),
    ))
}

/// `GetLeadGroups`: the older function, for the groups in which a contact is.
pub(super) fn get_lead_groups(work: &mut Work, form: &Form) -> Result<Reply, Reply> {
    of_contact(work, form, |name, title, membership| {
        membership.is_in().then(|| json!({ "rass_name": name, "rass_title": title }))
    })
}

/// `GetLeadGroupStatuses`: the groups in which a contact is or was.
pub(super) fn get_lead_group_statuses(work: &mut Work, form: &Form) -> Result<Reply, Reply> {
    of_contact(work, form, |name, title, membership| {
        Some(json!({
            "rass_name": name,
            "rass_title": title,
            "rass_status": membership.status,
            "subscription_time": membership.since,
        }))
    })
}

fn of_contact(
    work: &mut Work,
    form: &Form,
    shown: impl Fn(&str, &str, &Membership) -> Option<Value>,
) -> Result<Reply, Reply> {
    let email = required(form, "email", 500)?;
    let contact: Contact = work.shop.contact(&email).cloned().ok_or_else(|| Reply::of_code(500))?;
    let mut groups: Vec<Value> = Vec::new();
    for (name, membership) in &contact.groups {
        let title = work.shop.group(name).map_or(name.as_str(), |group| group.rass_title.as_str());
        groups.extend(shown(name, title, membership));
    }
    if work.shapes.auto_groups {
        let since = contact.groups.values().map(|membership| membership.since).min().unwrap_or_default();
        groups.extend(shown(ALL_LEADS, "All contacts", &Membership::new(Membership::SUBSCRIBED, since)));
    }
    if groups.is_empty() {
        Err(Reply { result: Some(json!([])), ..work.nothing(501) })
    } else {
        Ok(Reply::with(groups.into()))
    }
}

/// `GetCountSubscribe`: of a group, or by the two reserved words. The result is the number itself.
pub(super) fn get_count_subscribe(work: &mut Work, form: &Form) -> Result<Reply, Reply> {
    let name = required(form, "group_name", 800)?;
    let is_active = |membership: &Membership| membership.status == Membership::SUBSCRIBED;
    let contacts = &work.shop.contacts;
    let count = match name.as_str() {
        "all" => contacts.len(),
        "unique" => contacts.iter().filter(|contact| contact.groups.values().any(is_active)).count(),
        group if work.shop.group(group).is_some() => {
            contacts.iter().filter(|contact| contact.groups.get(group).is_some_and(is_active)).count()
        }
        _ => return Err(Reply::of_code(800)),
    };
    Ok(Reply::with(json!(count)))
}
