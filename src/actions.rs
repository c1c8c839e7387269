//! The plugin, its actions and its triggers. A new action is a file in this folder, its module here, and
//! a line in the table.

pub mod add_contact;
pub mod count_contacts;
pub mod create_order;
pub mod create_product;
pub mod delete_order;
pub mod delete_product;
pub mod find_orders;
pub mod get_contact_groups;
pub mod get_order;
pub mod get_partner_stats;
pub mod list_groups;
pub mod list_orders;
pub mod list_products;
pub mod remove_contact;
pub mod update_contact;
pub mod update_order_status;
pub mod update_product;

use plugin_kit::Plugin;

use crate::account;
use crate::triggers::{contacts, polls, webhooks};

plugin_kit::plugin! {
    /// JustClick.
    pub static PLUGIN: Plugin = Plugin::new(
        "justclick",
        "JustClick",
        env!("CARGO_PKG_VERSION"),
        "JustClick, also sold as InfluencerSoft: an e-mail marketing and shop service.",
        account::CONNECTION,
    )
    .homepage("https://help.justclick.io");
    check check_connection = account::check;
    actions {
        update_order_status = update_order_status::ACTION,
        create_order = create_order::ACTION,
        delete_order = delete_order::ACTION,
        get_order = get_order::ACTION,
        list_orders = list_orders::ACTION,
        find_orders = find_orders::ACTION,
        add_contact = add_contact::ACTION,
        update_contact = update_contact::ACTION,
        remove_contact = remove_contact::ACTION,
        get_contact_groups = get_contact_groups::ACTION,
        list_groups = list_groups::ACTION,
        count_contacts = count_contacts::ACTION,
        list_products = list_products::ACTION,
        create_product = create_product::ACTION,
        update_product = update_product::ACTION,
        delete_product = delete_product::ACTION,
        get_partner_stats = get_partner_stats::ACTION,
    }
    triggers {
        order_created = webhooks::CREATED,
        order_cancelled = webhooks::CANCELLED,
        order_paid = webhooks::PAID,
        order_prepaid = webhooks::PREPAID,
        order_refunded = webhooks::REFUNDED,
        contact_subscribed = contacts::SUBSCRIBED,
        contact_activated = contacts::ACTIVATED,
        contact_unsubscribed = contacts::UNSUBSCRIBED,
        new_order = polls::NEW,
        paid_order = polls::PAID,
    }
}
