//! Contacts are added to groups, changed, and taken out.

use std::collections::BTreeMap;

use super::work::{Work, is_email, marks, required, switch};
use crate::form::Form;
use crate::reply::Reply;
use crate::shop::{Contact, Membership};
use crate::webhooks::{Event, Kind};

/// What the service calls a contact who gave no name.
const NAMELESS: &str = "Dear Friend";

/// `AddLeadToGroup`. A contact who is in some of the groups is added to the others.
pub(super) fn add_lead_to_group(work: &mut Work, form: &Form) -> Result<Reply, Reply> {
    let email = required(form, "lead_email", 100)?;
    if !is_email(&email) {
        return Err(Reply::of_code(101));
    }
    let groups = form.texts("rid");
    if groups.is_empty() {
        return Err(Reply::of_code(103));
    }
    let mut confirm = BTreeMap::new();
    for name in &groups {
        match work.shop.group(name) {
            None => return Err(Reply::of_code(103)),
            Some(group) if group.auto => return Err(Reply::new(104, &format!("subscription forbidden for {name}"))),
            Some(group) => drop(confirm.insert(name.clone(), group.confirm || switch(form, "activation"))),
        }
    }
    let now = work.clock.now();
    if work.shop.contact(&email).is_none() {
        work.shop.contacts.push(Contact { email: email.clone(), ..Contact::default() });
    }
    // It is there: it was put there if it was not.
    let Some(contact) = work.shop.contact(&email) else { return Err(Reply::of_code(101)) };
    if groups.iter().all(|name| contact.groups.get(name).is_some_and(Membership::is_in)) {
        return Err(Reply::of_code(102));
    }
    set(contact, form, "tag");
    if contact.name.is_empty() {
        contact.name = NAMELESS.to_owned();
    }
    contact.utm.extend(marks(form));
    let mut letter = false;
    let mut added = Vec::new();
    for (name, confirm) in confirm {
        let before = contact.groups.get(&name);
        if before.is_some_and(Membership::is_in) {
            continue;
        }
        // Whoever was in the group once has confirmed already.
        let waits = confirm && before.is_none();
        letter |= waits;
        let status = if waits { Membership::WAIT } else { Membership::SUBSCRIBED };
        contact.groups.insert(name.clone(), Membership::new(status, now));
        added.push(Event::of_contact(Kind::ContactSubscribed, contact, &name));
    }
    work.events.extend(added);
    Ok(Reply::new(0, if letter { "activation email sent to subscriber" } else { "ok" }))
}

/// Sets what is given. What is left out or empty stays.
fn set(contact: &mut Contact, form: &Form, tags: &str) {
    for (name, field) in [
        ("lead_name", &mut contact.name),
        ("lead_phone", &mut contact.phone),
        ("lead_city", &mut contact.city),
        (tags, &mut contact.tags),
    ] {
        let given = form.text(name);
        if !given.is_empty() {
            *field = given;
        }
    }
}

/// `UpdateSubscriberData`. Tags replace those that were.
pub(super) fn update_subscriber_data(work: &mut Work, form: &Form) -> Result<Reply, Reply> {
    let email = required(form, "lead_email", 100)?;
    let contact = work.shop.contact(&email).ok_or_else(|| Reply::of_code(801))?;
    set(contact, form, "lead_tags");
    Ok(Reply::new(0, "ok"))
}

/// `DeleteSubscribe`: the contact stays, and is in the group no more. Nobody is told.
pub(super) fn delete_subscribe(work: &mut Work, form: &Form) -> Result<Reply, Reply> {
    let email = required(form, "lead_email", 100)?;
    let group = form.text("rass_name");
    if work.shop.group(&group).is_none() {
        return Err(Reply::of_code(800));
    }
    let now = work.clock.now();
    let contact = work.shop.contact(&email).ok_or_else(|| Reply::of_code(801))?;
    let membership = contact.groups.get_mut(&group).ok_or_else(|| Reply::of_code(801))?;
    *membership = Membership::new(Membership::UNSUBSCRIBED, now);
    Ok(Reply::new(0, "ok"))
}
